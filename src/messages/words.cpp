#include "messages/words.h"

#include <unicode/messagepattern.h>
#include <unicode/msgfmt.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <memory>
#include <set>
#include <unordered_map>

#include "base/text.h"

namespace messages {
namespace {

// What ICU takes for the words' language: the country whose dates we mean, and Latin digits in
// Arabic, as tracking numbers and clocks beside them are written.
std::string locale_for(std::string_view language) {
  if (language == "en" || language == "en-XA") return "en-GB";
  if (language == "pt") return "pt-PT";
  if (language == "ar") return "ar-u-nu-latn";
  if (language == "zh-Hant") return "zh-Hant-TW";
  return std::string(language);
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

// Compiling a pattern costs a hundred times its use, and a formatter is not shared between threads.
// Sentences live as long as the program, so that their address is their name.
icu::MessageFormat* compiled(const Sentence& sentence, const std::string& locale) {
  thread_local std::unordered_map<const Sentence*, std::unique_ptr<icu::MessageFormat>> made;
  auto& found = made[&sentence];
  if (!found) {
    UErrorCode status = U_ZERO_ERROR;
    UParseError where;
    auto format = std::make_unique<icu::MessageFormat>(icu::UnicodeString::fromUTF8(sentence.text),
                                                       icu::Locale::forLanguageTag(locale, status),
                                                       where, status);
    if (U_FAILURE(status)) return nullptr;
    found = std::move(format);
  }
  return found.get();
}

// Hebrew, Arabic and their neighbours: U+0590 to U+077F.
bool is_right_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0xd6 && byte <= 0xdd;
}
bool is_left_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return base::is_letter(c) || (byte >= 0xc3 && !is_right_letter(c));
}

// Would this text run against the one around it? To the right-to-left reader whatever does not
// begin in their own script, digits too; to others whatever holds a letter of those scripts.
bool runs_against(std::string_view text, bool is_right_to_left) {
  if (!is_right_to_left) return std::ranges::any_of(text, is_right_letter);
  const auto first =
      std::ranges::find_if(text, [](char c) { return is_right_letter(c) || is_left_letter(c); });
  return first == text.end() ? std::ranges::any_of(text, base::is_digit) : !is_right_letter(*first);
}

}  // namespace

Words::Words(std::string_view language, std::string_view text)
    : language_(language),
      locale_(locale_for(language)),
      is_right_to_left_(language == "ar" || language == "he") {
  auto rest = text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto tab = line.find('\t');
    if (line.empty() || line.front() == '#' || tab == std::string_view::npos) continue;
    const auto second = std::min(line.find('\t', tab + 1), line.size());
    const auto stamp = second < line.size() ? line.substr(second + 1) : std::string_view();
    sentences_.emplace(line.substr(0, tab),
                       Sentence{std::string(base::trim(line.substr(tab + 1, second - tab - 1))),
                                std::string(base::trim(stamp))});
  }
}

// Every file, read once when the first message is written.
class Catalogue {
 public:
  static const Catalogue& of(Family family) {
    static const Catalogue catalogues[] = {Catalogue(Family::Parcels), Catalogue(Family::Letters)};
    return catalogues[static_cast<std::size_t>(family)];
  }
  const Words* find(std::string_view language) const {
    const auto found = std::ranges::find_if(
        words_, [&](const auto& words) { return words->language() == language; });
    return found == words_.end() ? nullptr : found->get();
  }

 private:
  explicit Catalogue(Family family) {
    for (const auto& file : language_files()) {
      if (file.family != family) continue;
      words_.emplace_back(new Words(file.language, file.text));
      if (file.language != "en") continue;
      words_.emplace_back(new Words("en-XA", file.text));
      for (auto& [key, sentence] : words_.back()->sentences_) sentence.text = pseudo(sentence.text);
    }
  }
  std::vector<std::unique_ptr<Words>> words_;
};

const Words* Words::find(Family family, std::string_view language) {
  return Catalogue::of(family).find(language);
}

const Words& Words::get(Family family, std::string_view language) {
  const auto* words = find(family, language);
  return words != nullptr ? *words : *find(family, "en");
}

std::string Words::isolated(std::string_view value) const {
  // A telephone that makes links of addresses would take the closing mark for a part of it.
  const bool is_address = value.starts_with("https://");
  if (is_address || !runs_against(value, is_right_to_left_)) return std::string(value);
  return "\u2068" + std::string(value) + "\u2069";
}

std::string Words::say(std::string_view key, const Arguments& arguments) const {
  const auto found = sentences_.find(key);
  if (found == sentences_.end()) return std::string(key);
  if (found->second.text.find('{') == std::string::npos) return found->second.text;
  auto* format = compiled(found->second, locale_);
  if (format == nullptr) return std::string(key);
  std::vector<icu::UnicodeString> names;
  std::vector<icu::Formattable> values;
  for (const auto& [name, value] : arguments) {
    names.push_back(icu::UnicodeString::fromUTF8({name.data(), static_cast<int>(name.size())}));
    if (const auto* text = std::get_if<std::string>(&value)) {
      values.emplace_back(icu::UnicodeString::fromUTF8(text->empty() ? "none" : isolated(*text)));
    } else {
      values.emplace_back(static_cast<std::int64_t>(std::get<std::int64_t>(value)));
    }
  }
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString out;
  format->format(names.data(), values.data(), static_cast<int>(names.size()), out, status);
  return U_FAILURE(status) ? std::string(key) : to_utf8(out);
}

std::string stamp_of(std::string_view english) {
  std::uint32_t hash = 0x811c9dc5;
  for (const char c : english) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  }
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((hash >> shift) & 0xff);
  return base::to_hex(std::string_view(bytes));
}

// Sub-messages lie at even depths of braces, arguments and keywords at odd ones.
std::string pseudo(std::string_view pattern) {
  static const std::map<char, std::string_view> kAccented = {
      {'a', "á"}, {'c', "ç"}, {'d', "ð"}, {'e', "é"}, {'g', "ğ"}, {'h', "ĥ"}, {'i', "í"},
      {'j', "ĵ"}, {'k', "ķ"}, {'l', "ļ"}, {'n', "ñ"}, {'o', "ö"}, {'p', "þ"}, {'r', "ŕ"},
      {'s', "š"}, {'t', "ţ"}, {'u', "û"}, {'w', "ŵ"}, {'y', "ý"}, {'z', "ž"}};
  std::string out = "[";
  int depth = 0;
  std::size_t letters = 0;
  for (const char c : pattern) {
    if (c == '{') ++depth;
    if (c == '}') --depth;
    const auto accented = depth % 2 == 0 ? kAccented.find(c) : kAccented.end();
    if (accented == kAccented.end()) {
      out += c;
    } else {
      out += accented->second;
      ++letters;
    }
  }
  for (std::size_t i = 0; i < letters / 3; ++i) out += i % 6 == 0 ? " ·" : "·";
  return out + "]";
}

std::optional<std::vector<std::string>> arguments_of(std::string_view pattern) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError where;
  const auto text =
      icu::UnicodeString::fromUTF8({pattern.data(), static_cast<int>(pattern.size())});
  // MessagePattern reads the grammar; MessageFormat also asks for sense ("other" in a plural).
  const icu::MessagePattern parts(text, &where, status);
  const icu::MessageFormat format(text, icu::Locale::getEnglish(), where, status);
  if (U_FAILURE(status)) return std::nullopt;
  std::set<std::string> names;
  for (int i = 0; i < parts.countParts(); ++i) {
    const auto& part = parts.getPart(i);
    if (part.getType() == UMSGPAT_PART_TYPE_ARG_NAME)
      names.insert(to_utf8(parts.getSubstring(part)));
  }
  return std::vector<std::string>(names.begin(), names.end());
}

}  // namespace messages
