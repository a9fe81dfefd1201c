#include "app/carriers_config.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "base/text.h"
#include "carriers/definition.h"

namespace app {
namespace {

using carriers::Connector, carriers::Connectors, carriers::Settings;
using Value = std::variant<std::string, std::int64_t, double, bool>;

constexpr std::string_view kFileSuffix = "_file";

// What every connector has beside its secrets. Gives a sentence when the value is wrong.
struct Setting {
  std::string_view name;
  std::string (*assign)(Settings& settings, const Value& value);
};

template <class T>
const T* as(const Value& value) {
  return std::get_if<T>(&value);
}

std::string assign_address(std::string& to, const Value& value, bool may_be_direct) {
  const auto* text = as<std::string>(value);
  if (text == nullptr) return "must be a text in quotes";
  const bool is_address = text->starts_with("http://") || text->starts_with("https://");
  if (!text->empty() && !is_address && !(may_be_direct && *text == "direct"))
    return may_be_direct ? "must be http://HOST:PORT, or \"direct\""
                         : "must begin with http:// or https://";
  to = *text;
  return {};
}

template <class T>
std::string assign_number(std::optional<T>& to, const Value& value, std::int64_t least,
                          std::int64_t most) {
  const auto* whole = as<std::int64_t>(value);
  if (whole == nullptr) return "must be a whole number";
  if (*whole < least || *whole > most) return fmt::format("must be between {} and {}", least, most);
  to = static_cast<T>(*whole);
  return {};
}

const Setting kSettings[] = {
    {"enabled",
     [](Settings& s, const Value& v) -> std::string {
       if (as<bool>(v) == nullptr) return "must be true or false";
       s.is_enabled = *as<bool>(v);
       return {};
     }},
    {"base", [](Settings& s, const Value& v) { return assign_address(s.base, v, false); }},
    {"token_base",
     [](Settings& s, const Value& v) { return assign_address(s.token_base, v, false); }},
    {"proxy", [](Settings& s, const Value& v) { return assign_address(s.proxy, v, true); }},
    {"per_second",
     [](Settings& s, const Value& v) -> std::string {
       const auto* whole = as<std::int64_t>(v);
       const auto* number = as<double>(v);
       if (whole == nullptr && number == nullptr) return "must be a number";
       const double rate = number != nullptr ? *number : static_cast<double>(*whole);
       if (!(rate > 0 && rate <= 10'000)) return "must be above 0 and at most 10000";
       s.per_second = rate;
       return {};
     }},
    {"per_day",
     [](Settings& s, const Value& v) { return assign_number(s.per_day, v, 0, 1'000'000'000'000); }},
    {"concurrency",
     [](Settings& s, const Value& v) { return assign_number(s.concurrency, v, 1, 256); }},
    {"deadline_ms",
     [](Settings& s, const Value& v) { return assign_number(s.deadline_ms, v, 100, 120'000); }},
    {"min_gap_minutes",
     [](Settings& s, const Value& v) { return assign_number(s.min_gap_minutes, v, 0, 10'080); }},
};

std::vector<std::string_view> secrets_of(const Connector& connector) {
  const auto& access = connector.definition().access;
  std::vector<std::string_view> names(access.secrets.begin(), access.secrets.end());
  names.insert(names.end(), access.optional.begin(), access.optional.end());
  return names;
}

std::string variable_of(std::string_view connector, std::string_view key) {
  std::string name = fmt::format("MILEPOST_CARRIERS_{}_{}", connector, key);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c == '-' ? '_' : base::to_upper(c); });
  return name;
}

// A number, truth or text as an environment variable can say it.
Value value_of(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, whole);
      error == std::errc() && at == end)
    return whole;
  double number = 0;
  if (const auto [at, error] = std::from_chars(text.data(), end, number);
      error == std::errc() && at == end)
    return number;
  return text;
}

// Reads one connector's keys, from the file and from the environment.
class Reader {
 public:
  Reader(const Connector& connector, Settings& settings)
      : connector_(connector), settings_(settings), secrets_(secrets_of(connector)) {}

  // A sentence when something is wrong with it.
  std::string read(const std::string& key, const Value& value) {
    for (const auto& setting : kSettings) {
      if (setting.name == key) return setting.assign(settings_, value);
    }
    if (is_secret(key)) {
      if (as<std::string>(value) == nullptr) return "must be a text in quotes";
      return keep(key, *as<std::string>(value));
    }
    const auto stem = key.substr(0, key.size() - std::min(key.size(), kFileSuffix.size()));
    if (key.ends_with(kFileSuffix) && is_secret(stem)) {
      if (as<std::string>(value) == nullptr) return "must be a path in quotes";
      return read_file(stem, *as<std::string>(value));
    }
    return unknown(key);
  }

  void read_environment(const Environment& environment, std::vector<Mistake>& mistakes) {
    const auto look = [&](const std::string& key, bool is_text) {
      const auto variable = variable_of(connector_.id(), key);
      const auto value = environment(variable);
      if (!value) return;
      const auto wrong = read(key, is_text ? Value(*value) : value_of(*value));
      if (!wrong.empty())
        mistakes.push_back(
            {variable, 0, fmt::format("carriers.{}.{}", connector_.id(), key), wrong});
    };
    for (const auto& setting : kSettings)
      look(std::string(setting.name), setting.name.ends_with("base") || setting.name == "proxy");
    for (const auto secret : secrets_) {
      look(std::string(secret) + std::string(kFileSuffix), true);
      look(std::string(secret), true);
    }
  }

  // Somebody began to give access and did not finish.
  std::string half_given() const {
    if (settings_.secrets.values.empty() || !settings_.is_enabled) return {};
    const auto missing = carriers::missing_secret(connector_.definition(), settings_);
    return missing.empty() ? std::string() : fmt::format("{} is missing", missing);
  }

 private:
  bool is_secret(std::string_view key) const { return std::ranges::count(secrets_, key) > 0; }

  std::string keep(const std::string& key, const std::string& secret) {
    if (secret.empty()) {
      settings_.secrets.values.erase(key);
    } else {
      settings_.secrets.values[key] = secret;
    }
    return {};
  }

  std::string read_file(const std::string& key, const std::string& path) {
    if (path.empty()) return {};
    std::ifstream in(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const auto secret = base::trim(text);
    return secret.empty() ? fmt::format("{} is empty or cannot be read", path)
                          : keep(key, std::string(secret));
  }

  std::string unknown(const std::string& key) const {
    std::vector<std::string_view> known = secrets_;
    for (const auto& setting : kSettings) known.push_back(setting.name);
    const auto near = nearest(key, known);
    if (!near.empty()) return fmt::format("there is no such key; did you mean {}?", near);
    return secrets_.empty()
               ? fmt::format("there is no such key; {} needs no secrets", connector_.id())
               : fmt::format("there is no such key; the secrets of {} are {}", connector_.id(),
                             fmt::join(secrets_, ", "));
  }

  const Connector& connector_;
  Settings& settings_;
  std::vector<std::string_view> secrets_;
};

std::string unknown_connector(const std::string& id, const Connectors& connectors) {
  std::vector<std::string_view> known;
  for (const auto& connector : connectors.all()) known.push_back(connector->id());
  const auto near = nearest(id, known);
  return near.empty() ? "there is no such connector; see: milepost carriers list"
                      : fmt::format("there is no such connector; did you mean {}?", near);
}

}  // namespace

carriers::AllSettings carrier_settings(const Config& config, const Connectors& connectors,
                                       const Environment& environment,
                                       std::vector<Mistake>& mistakes) {
  carriers::AllSettings all;
  std::map<std::string, int> unknown;
  for (const auto& key : config.carrier_keys) {
    if (connectors.find(key.connector) == nullptr) unknown.try_emplace(key.connector, key.line);
  }
  for (const auto& [id, line] : unknown)
    mistakes.push_back({config.file, line, "carriers." + id, unknown_connector(id, connectors)});
  for (const auto& connector : connectors.all()) {
    Settings settings;
    Reader reader(*connector, settings);
    int first_line = 0;
    for (const auto& key : config.carrier_keys) {
      if (key.connector != connector->id()) continue;
      if (first_line == 0) first_line = key.line;
      const auto wrong = reader.read(key.key, key.value);
      if (!wrong.empty())
        mistakes.push_back(
            {config.file, key.line, fmt::format("carriers.{}.{}", key.connector, key.key), wrong});
    }
    reader.read_environment(environment, mistakes);
    if (const auto wrong = reader.half_given(); !wrong.empty())
      mistakes.push_back({first_line > 0 ? config.file : "environment", first_line,
                          fmt::format("carriers.{}", connector->id()), wrong});
    all.emplace(connector->id(), std::move(settings));
  }
  std::ranges::stable_sort(mistakes, {}, &Mistake::line);
  return all;
}

}  // namespace app
