#include "policy/facts.h"

#include <fmt/format.h>
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include "base/text.h"

namespace policy {
namespace {

using Words = std::map<std::string, std::string, std::less<>>;

std::vector<Purpose> read_purposes() {
  const toml::table root = toml::parse(data_file("privacy/purposes.toml"));
  std::vector<Purpose> all;
  for (const auto& node : *root["purpose"].as_array()) {
    const auto& entry = *node.as_table();
    const auto text = [&](std::string_view key) { return entry[key].value_or(std::string()); };
    all.push_back(
        {text("id"), text("title"), text("text"), text("basis"), entry["mailbox"].value_or(false)});
  }
  return all;
}

void join(std::vector<std::string>& into, const std::string& value) {
  if (std::ranges::find(into, value) == into.end()) into.push_back(value);
}

std::vector<Category> gather(const store::Dictionary& dictionary) {
  std::vector<Category> all;
  for (const std::string_view subject : {"consignee", "account-holder"}) {
    for (const auto& column : dictionary.columns()) {
      if (!column.personal || column.subject != subject) continue;
      auto found = std::ranges::find_if(all, [&](const Category& c) {
        return c.subject == subject && c.category == column.category;
      });
      if (found == all.end()) {
        all.emplace_back();
        found = all.end() - 1;
        found->subject = subject;
        found->category = column.category;
      }
      for (const auto& purpose : column.purposes) join(found->purposes, purpose);
      join(found->retention, column.retention);
      join(found->forms, column.form);
      join(found->columns, column.name.table + "." + column.name.column);
      found->is_required = found->is_required || column.required;
    }
  }
  return all;
}

Words read_words(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto tab = line.find('\t');
    if (line.empty() || line.front() == '#' || tab == std::string_view::npos) continue;
    words.emplace(line.substr(0, tab), line.substr(tab + 1));
  }
  return words;
}

const Words* words_of(std::string_view language) {
  static const std::map<std::string, Words, std::less<>> all = [] {
    std::map<std::string, Words, std::less<>> made;
    constexpr std::string_view kFolder = "languages/privacy/";
    for (const auto& file : data_files()) {
      if (!file.name.starts_with(kFolder)) continue;
      const auto name = file.name.substr(kFolder.size());
      made.emplace(name.substr(0, name.find('.')), read_words(file.text));
    }
    return made;
  }();
  const auto found = all.find(language);
  return found == all.end() ? nullptr : &found->second;
}

template <class List>
auto find_id(const List& list, std::string_view id) -> decltype(list.data()) {
  const auto found = std::ranges::find_if(list, [&](const auto& one) { return one.id == id; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

std::string_view data_file(std::string_view name) {
  for (const auto& file : data_files()) {
    if (file.name == name) return file.text;
  }
  return {};
}

bool is_in_eea(std::string_view country) {
  static constexpr std::array<std::string_view, 30> kCountries = {
      "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
      "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"};
  return std::ranges::binary_search(kCountries, country);
}

const store::Dictionary& dictionary() {
  static const store::Dictionary made = [] {
    store::DictionaryFiles files;
    constexpr std::string_view kRooms = "privacy/rooms/";
    for (const auto& file : data_files()) {
      if (file.name.starts_with(kRooms))
        files.rooms.push_back({std::string(file.name), std::string(file.text)});
    }
    files.purposes = data_file("privacy/purposes.toml");
    files.retention = data_file("privacy/retention.toml");
    return store::Dictionary(files);
  }();
  return made;
}

const Purpose* Facts::purpose(std::string_view id) const { return find_id(purposes, id); }

const store::RetentionClass* Facts::retention_class(std::string_view id) const {
  return find_id(retention, id);
}

Facts facts_of(Operator who, std::vector<Recipient> recipients, const http::Register& cookies) {
  static const auto purposes = read_purposes();
  static const auto categories = gather(dictionary());
  return {std::move(who),        purposes, dictionary().retention(), categories,
          std::move(recipients), cookies};
}

std::string_view say(std::string_view language, std::string_view key, std::string_view otherwise) {
  for (const auto code :
       {language, language.substr(0, language.find('-')), std::string_view("en")}) {
    const auto* words = words_of(code);
    if (words == nullptr) continue;
    if (const auto found = words->find(key); found != words->end()) return found->second;
    if (!otherwise.empty() && code == "en") return otherwise;
  }
  return otherwise.empty() ? key : otherwise;
}

std::string key_of(std::string_view words) {
  std::string key;
  for (const char c : words)
    key += base::is_letter(c) || base::is_digit(c) ? base::to_lower(c) : '-';
  return key;
}

std::vector<std::pair<std::string, std::string>> words_needed(const Facts& facts) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& one : facts.purposes) {
    all.emplace_back("purpose." + one.id + ".title", one.title);
    all.emplace_back("purpose." + one.id + ".text", one.text);
  }
  for (const auto& one : facts.retention) {
    const bool is_used = std::ranges::any_of(facts.categories, [&](const Category& c) {
      return std::ranges::find(c.retention, one.id) != c.retention.end();
    });
    if (!is_used) continue;
    all.emplace_back("retention." + one.id, one.text);
    if (one.days == 0) all.emplace_back("until." + one.id, one.until);
  }
  for (const auto& one : facts.categories) {
    all.emplace_back("category." + key_of(one.category), one.category);
  }
  for (const auto& one : facts.cookies.cookies) {
    all.emplace_back(fmt::format("cookie.{}.text", one.id), one.text);
    all.emplace_back(fmt::format("cookie.{}.when", one.id), one.set_when);
  }
  std::ranges::sort(all);
  const auto twice = std::ranges::unique(all);
  all.erase(twice.begin(), twice.end());
  return all;
}

}  // namespace policy
