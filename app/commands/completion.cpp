#include "app/commands/commands.h"
#include "app/terminal.h"

namespace app {
namespace {

// What may follow a command: its subcommands, its options, and those of the program.
struct Place {
  std::string path;  // "account create", "" for the program itself
  std::vector<std::string> words;
};

void collect(const CLI::App& at, const std::string& path, const std::vector<std::string>& above,
             std::vector<Place>& places) {
  std::vector<std::string> options = above;
  for (const auto* option : at.get_options()) {
    for (const auto& name : option->get_lnames()) options.push_back("--" + name);
  }
  std::ranges::sort(options);
  options.erase(std::unique(options.begin(), options.end()), options.end());
  Place place{path, {}};
  const auto children = at.get_subcommands([](const CLI::App*) { return true; });
  for (const auto* child : children) place.words.push_back(child->get_name());
  place.words.insert(place.words.end(), options.begin(), options.end());
  places.push_back(place);
  for (const auto* child : children) {
    collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(),
            {"--config", "--data", "--json", "--help"}, places);
  }
}

std::string bash(const std::vector<Place>& places) {
  std::string out =
      "# milepost completion for bash (and zsh through bashcompinit)\n"
      "_milepost() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\" "
      "path='' word\n"
      "  case \"$previous\" in --config|--data) COMPREPLY=($(compgen -f -- \"$current\")); "
      "return;; esac\n"
      "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      "    case \" $path $word\" in\n";
  for (const auto& place : places) {
    if (!place.path.empty())
      out += fmt::format("      ' {}'|'  {}') path='{}';;\n", place.path, place.path, place.path);
  }
  out += "    esac\n  done\n  local words=''\n  case \"$path\" in\n";
  for (const auto& place : places) {
    out += fmt::format("    '{}') words='{}';;\n", place.path, fmt::join(place.words, " "));
  }
  out +=
      "  esac\n"
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
      "  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n"
      "}\n"
      "complete -F _milepost milepost\n";
  return out;
}

std::string zsh(const std::vector<Place>& places) {
  return "#compdef milepost\nautoload -U +X bashcompinit && bashcompinit\n" + bash(places);
}

std::string fish(const std::vector<Place>& places) {
  std::string out = "# milepost completion for fish\ncomplete -c milepost -f\n";
  for (const auto& place : places) {
    std::string condition = "__fish_use_subcommand";
    if (!place.path.empty()) {
      condition.clear();
      std::string_view rest = place.path;
      while (!rest.empty()) {
        const auto word = rest.substr(0, rest.find(' '));
        condition += fmt::format("{}__fish_seen_subcommand_from {}",
                                 condition.empty() ? "" : "; and ", word);
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
      }
    }
    for (const auto& word : place.words) {
      out += word.starts_with("--")
                 ? fmt::format("complete -c milepost -n '{}' -l {}\n", condition, word.substr(2))
                 : fmt::format("complete -c milepost -n '{}' -a {}\n", condition, word);
    }
  }
  return out;
}

}  // namespace

void add_completion(CLI::App& app, CommandLine& line) {
  auto* command = app.add_subcommand("completion", "Shell completion: bash, zsh or fish");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("  source <(milepost completion bash)");
  command->callback([&app, &line, shell] {
    line.run = [&app, shell] {
      std::vector<Place> places;
      collect(app, "", {}, places);
      print(*shell == "fish" ? fish(places) : *shell == "zsh" ? zsh(places) : bash(places));
      return static_cast<int>(kOk);
    };
  });
}

}  // namespace app
