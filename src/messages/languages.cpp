// Which languages are spoken, and which of them serves whom.
#include <algorithm>

#include "base/text.h"
#include "messages/words.h"

namespace messages {
namespace {

// Old and neighbouring codes, by what people and systems write (BCP 47, ISO 639).
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"no", "nb"}, {"nn", "nb"}, {"iw", "he"}, {"gsw", "de"}, {"zh", "zh-Hans"}};

std::string canonical(std::string_view asked) {
  auto out = base::lower(base::trim(asked));
  std::ranges::replace(out, '_', '-');
  return out.substr(0, out.find_first_of(".@"));  // nl_NL.UTF-8
}

// The script is said, or follows from the place.
bool is_traditional(std::string_view code) {
  return code.find("-hant") != code.npos || code.find("-tw") != code.npos ||
         code.find("-hk") != code.npos || code.find("-mo") != code.npos;
}

}  // namespace

const std::vector<std::string_view>& languages() {
  static const auto kLanguages = [] {
    std::vector<std::string_view> out;
    for (const auto& file : language_files()) {
      if (file.family == Family::Parcels) out.push_back(file.language);
    }
    return out;
  }();
  return kLanguages;
}

std::string_view language_for(std::string_view asked) {
  const auto code = canonical(asked);
  const std::string first = code.substr(0, code.find('-'));
  std::string_view wanted = first;
  if (first == "zh" && is_traditional(code)) {
    wanted = "zh-Hant";
  } else {
    for (const auto& [alias, language] : kAliases) {
      if (first == alias) wanted = language;
    }
  }
  const auto found = std::ranges::find(languages(), wanted);
  return found == languages().end() ? std::string_view("en") : *found;
}

std::string_view own_name(std::string_view language) {
  const auto& sentences = Words::get(Family::Parcels, language).sentences();
  return sentences.find("language.name")->second.text;
}

bool is_right_to_left(std::string_view language) {
  return Words::get(Family::Parcels, language).is_right_to_left();
}

}  // namespace messages
