// Loading: the pack that is built in, and the operator's folder over it.
#include <filesystem>
#include <fstream>
#include <map>

#include "carriers/definition.h"
#include "carriers/pack.h"

namespace embedded {
std::string_view carriers_connectors();
}

namespace carriers {
namespace {

namespace fs = std::filesystem;

// A connector's folder in memory: "connector.toml", "fixtures/delivered.json" ...
using Files = std::map<std::string, std::string>;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Files read_folder(const fs::path& folder) {
  Files files;
  std::error_code ignored;
  for (const auto* name : {"connector.toml", "codes.tsv"}) {
    if (fs::is_regular_file(folder / name, ignored)) files[name] = read_file(folder / name);
  }
  for (const auto& entry : fs::directory_iterator(folder / "fixtures", ignored)) {
    if (entry.is_regular_file(ignored))
      files["fixtures/" + entry.path().filename().string()] = read_file(entry.path());
  }
  return files;
}

// "delivered.json" stands beside "delivered.expected.json" and perhaps "delivered.http".
std::vector<Fixture> fixtures_of(const Files& files) {
  constexpr std::string_view kFolder = "fixtures/", kExpected = ".expected.json", kHttp = ".http";
  std::vector<Fixture> fixtures;
  for (const auto& [path, body] : files) {
    if (!path.starts_with(kFolder) || path.ends_with(kExpected) || path.ends_with(kHttp) ||
        path.ends_with(".md"))
      continue;
    Fixture fixture{path.substr(kFolder.size()), body, 200, {}};
    const auto stem = path.substr(0, path.rfind('.'));
    if (const auto found = files.find(stem + std::string(kExpected)); found != files.end())
      fixture.expected = found->second;
    if (const auto found = files.find(stem + std::string(kHttp)); found != files.end())
      fixture.http_status = std::atoi(found->second.c_str());
    fixtures.push_back(std::move(fixture));
  }
  return fixtures;
}

std::map<std::string, Files> built_in() {
  std::map<std::string, Files> folders;
  for (const auto& file : unpack(embedded::carriers_connectors())) {
    const auto slash = file.path.find('/');
    if (slash == std::string_view::npos) continue;
    folders[std::string(file.path.substr(0, slash))].emplace(file.path.substr(slash + 1),
                                                             file.bytes);
  }
  // A folder with a table of codes alone is no connector.
  std::erase_if(folders,
                [](const auto& folder) { return !folder.second.contains("connector.toml"); });
  return folders;
}

}  // namespace

std::string describe(const DefinitionMistake& mistake) {
  std::string out = mistake.file;
  if (mistake.line > 0) out += ":" + std::to_string(mistake.line);
  if (!mistake.key.empty()) out += ": " + mistake.key;
  return out + ": " + mistake.says;
}

struct ConnectorMaker {
  // Null when there is a mistake. `where`: the folder as people know it.
  static std::shared_ptr<const Connector> make(const std::string& id, const std::string& where,
                                               const Files& files, bool is_built_in,
                                               std::vector<DefinitionMistake>& mistakes) {
    for (const auto* name : {"connector.toml", "codes.tsv"}) {
      if (files.contains(name)) continue;
      mistakes.push_back({where, 0, "", fmt::format("there is no {} in it", name)});
      return nullptr;
    }
    auto definition =
        parse_definition(id, where, files.at("connector.toml"), files.at("codes.tsv"), mistakes);
    if (!definition) return nullptr;
    std::shared_ptr<Connector> connector(new Connector());
    connector->definition_ = std::make_unique<const Definition>(std::move(*definition));
    connector->fixtures_ = fixtures_of(files);
    connector->codes_text_ = files.at("codes.tsv");
    if (!is_built_in) connector->folder_ = where;
    return connector;
  }
};

Connectors::Loaded Connectors::load(const std::string& folder, const Connectors* before) {
  Loaded loaded;
  std::map<std::string, std::shared_ptr<const Connector>> found;
  const auto add = [&](const std::string& id, const std::string& where, const Files& files,
                       bool is_built_in) {
    auto made = ConnectorMaker::make(id, where, files, is_built_in, loaded.mistakes);
    if (made != nullptr) {
      found[id] = std::move(made);
      return;
    }
    if (before == nullptr) return;
    for (const auto& old : before->all()) {
      if (old->id() == id) found[id] = old;
    }
  };
  for (const auto& [id, files] : built_in()) add(id, id, files, true);
  std::error_code error;
  if (!folder.empty()) {
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      if (entry.is_directory(error))
        add(entry.path().filename().string(), entry.path().string(), read_folder(entry.path()),
            false);
    }
    if (error) loaded.mistakes.push_back({folder, 0, "", "cannot be read: " + error.message()});
  }
  auto all = std::make_shared<Connectors>();
  for (auto& [id, connector] : found) all->all_.push_back(std::move(connector));
  all->index();
  loaded.connectors = std::move(all);
  return loaded;
}

Connectors::Loaded Connectors::load_one(const std::string& folder) {
  Loaded loaded;
  auto path = fs::absolute(folder).lexically_normal();
  if (path.filename().empty()) path = path.parent_path();
  auto all = std::make_shared<Connectors>();
  auto made = ConnectorMaker::make(path.filename().string(), folder, read_folder(path), false,
                                   loaded.mistakes);
  if (made != nullptr) all->all_.push_back(std::move(made));
  all->index();
  loaded.connectors = std::move(all);
  return loaded;
}

const Connector* Connectors::find(std::string_view id) const {
  for (const auto& connector : all_) {
    if (connector->id() == id) return connector.get();
  }
  return nullptr;
}

std::span<const Connector* const> Connectors::serving(std::string_view courier_code) const {
  const auto found = serving_.find(courier_code);
  if (found == serving_.end()) return {};
  return found->second;
}

// The carrier's published interface before any other, its own before those that serve it as well.
void Connectors::index() {
  const auto enter = [&](bool is_official) {
    for (const auto& connector : all_) {
      const auto& definition = connector->definition();
      if (definition.is_upstream || definition.is_official != is_official) continue;
      serving_[definition.courier].push_back(connector.get());
    }
  };
  enter(true);
  enter(false);
  for (const auto& connector : all_) {
    const auto& definition = connector->definition();
    if (definition.is_upstream) {
      upstreams_.push_back(connector.get());
      continue;
    }
    for (const auto& courier : definition.also) {
      if (courier != definition.courier) serving_[courier].push_back(connector.get());
    }
  }
}

namespace {

// Names, sizes and times of all files that count.
std::string look_of(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> lines;
  for (const auto& entry : fs::recursive_directory_iterator(folder, error)) {
    if (!entry.is_regular_file(error)) continue;
    const auto name = entry.path().filename();
    if (name != "connector.toml" && name != "codes.tsv") continue;
    lines.push_back(fmt::format("{} {} {}", entry.path().string(), entry.file_size(error),
                                entry.last_write_time(error).time_since_epoch().count()));
  }
  std::sort(lines.begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, "\n"));
}

}  // namespace

ConnectorShelf::ConnectorShelf(std::string folder)
    : folder_(std::move(folder)),
      seen_(folder_.empty() ? "" : look_of(folder_)),
      loaded_(Connectors::load(folder_)) {}

std::shared_ptr<const Connectors> ConnectorShelf::current() const {
  const std::lock_guard lock(mutex_);
  return loaded_.connectors;
}

std::vector<DefinitionMistake> ConnectorShelf::mistakes() const {
  const std::lock_guard lock(mutex_);
  return loaded_.mistakes;
}

bool ConnectorShelf::refresh() {
  if (folder_.empty()) return false;
  const auto look = look_of(folder_);
  const auto before = current();
  {
    const std::lock_guard lock(mutex_);
    if (look == seen_) return false;
  }
  auto loaded = Connectors::load(folder_, before.get());
  const std::lock_guard lock(mutex_);
  seen_ = look;
  loaded_ = std::move(loaded);
  return true;
}

}  // namespace carriers
