#include "carriers/value.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "carriers/letters.h"

namespace carriers {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }

// White space at the front of text in bytes: ASCII, U+00A0, U+200B, U+FEFF, U+3000.
std::size_t space_at(std::string_view text) {
  if (is_space(text.front())) return 1;
  for (const std::string_view wide : {"\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf", "\xe3\x80\x80"})
    if (text.starts_with(wide)) return wide.size();
  return 0;
}

bool is_collapsed(std::string_view text) {
  bool after_space = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ' ') {
      if (after_space) return false;
      after_space = true;
      continue;
    }
    if (is_space(c)) return false;
    if (static_cast<unsigned char>(c) >= 0xc2 && space_at(text.substr(i)) > 0) return false;
    after_space = false;
  }
  return text.empty() || !after_space;
}

struct Entity {
  std::string_view name, text;
};
constexpr Entity kEntities[] = {
    {"amp", "&"},    {"lt", "<"},     {"gt", ">"},     {"quot", "\""},  {"apos", "'"},
    {"nbsp", " "},   {"reg", "®"},    {"trade", "™"},  {"copy", "©"},   {"deg", "°"},
    {"auml", "ä"},   {"ouml", "ö"},   {"uuml", "ü"},   {"Auml", "Ä"},   {"Ouml", "Ö"},
    {"Uuml", "Ü"},   {"szlig", "ß"},  {"eacute", "é"}, {"egrave", "è"}, {"ecirc", "ê"},
    {"agrave", "à"}, {"acirc", "â"},  {"aacute", "á"}, {"ccedil", "ç"}, {"ocirc", "ô"},
    {"ugrave", "ù"}, {"ucirc", "û"},  {"iacute", "í"}, {"icirc", "î"},  {"oacute", "ó"},
    {"uacute", "ú"}, {"ntilde", "ñ"}, {"aring", "å"},  {"Aring", "Å"},  {"oslash", "ø"},
    {"Oslash", "Ø"}, {"aelig", "æ"},  {"AElig", "Æ"},  {"Eacute", "É"}, {"atilde", "ã"},
    {"otilde", "õ"}, {"ndash", "–"},  {"mdash", "—"},  {"rsquo", "’"},  {"lsquo", "‘"},
    {"ldquo", "“"},  {"rdquo", "”"},  {"hellip", "…"}, {"euro", "€"},   {"middot", "·"},
};

void append_utf8(std::uint32_t c, std::string& out) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (c >> shift & 0x3f)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | c >> 6), tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | c >> 12), tail(6), tail(0);
  } else {
    out += static_cast<char>(0xf0 | c >> 18), tail(12), tail(6), tail(0);
  }
}

// "&#38;", "&#x26;": the number between, or 0 when it stands for no character.
std::uint32_t number_of(std::string_view digits) {
  const bool is_hex = digits.starts_with('x') || digits.starts_with('X');
  if (is_hex) digits.remove_prefix(1);
  if (digits.empty() || digits.size() > 7) return 0;
  std::uint32_t c = 0;
  for (const char digit : digits) {
    const char d = base::to_lower(digit);
    if (base::is_digit(d))
      c = c * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(d - '0');
    else if (is_hex && d >= 'a' && d <= 'f')
      c = c * 16 + static_cast<std::uint32_t>(d - 'a' + 10);
    else
      return 0;
  }
  return c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : c;
}

// The entity at the front of text, resolved into `out`; gives its length, 0 when there is none.
std::size_t resolve(std::string_view text, std::string& out) {
  constexpr std::size_t kLongest = 10;
  const auto end = text.substr(0, kLongest + 2).find(';');
  if (end == std::string_view::npos || end < 2) return 0;
  const auto word = text.substr(1, end - 1);
  if (word.starts_with('#')) {
    const auto c = number_of(word.substr(1));
    if (c == 0) return 0;
    append_utf8(c, out);
    return end + 1;
  }
  for (const auto& entity : kEntities) {
    if (entity.name != word) continue;
    out += entity.text;
    return end + 1;
  }
  return 0;
}

std::string resolved(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto size = text.front() == '&' ? resolve(text, out) : 0;
    if (size == 0) out += text.front();
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string tags_out(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = text[i] == '<' && i + 1 < text.size() &&
                        (base::is_letter(text[i + 1]) || text[i + 1] == '/' || text[i + 1] == '!');
    const auto end = begins ? text.find('>', i) : std::string_view::npos;
    if (end == std::string_view::npos) {
      out += text[i];
      continue;
    }
    // A line break parts words; bold letters do not.
    const auto tag = base::lower(text.substr(i + 1, 3));
    if (tag.starts_with("br") || tag.starts_with("p") || tag.starts_with("/p") ||
        tag.starts_with("li") || tag.starts_with("div"))
      out += ' ';
    i = end;
  }
  return out;
}

std::string_view part_of(std::string_view text, std::string_view separator, int take) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) break;
    text.remove_prefix(end + separator.size());
  }
  const auto index = take < 0 ? take + static_cast<int>(parts.size()) : take;
  if (index < 0 || index >= static_cast<int>(parts.size())) return {};
  return parts[static_cast<std::size_t>(index)];
}

std::string_view matched(const re2::RE2& pattern, std::string_view text, int take) {
  constexpr int kGroups = 10;
  re2::StringPiece groups[kGroups];
  const int wanted = std::clamp(take, 0, kGroups - 1);
  if (!pattern.Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                     re2::RE2::UNANCHORED, groups, wanted + 1))
    return {};
  const auto& group = groups[wanted];
  return group.data() == nullptr ? std::string_view()
                                 : std::string_view(group.data(), group.size());
}

// The value before anything is done with it.
std::string_view taken(const Value& value, const Document& document, NodeId at,
                       std::string& scratch) {
  using Kind = Value::Kind;
  switch (value.kind) {
    case Kind::Nothing:
      return {};
    case Kind::Text:
      return value.text;
    case Kind::Path: {
      std::string_view found;
      value.path.each(document, at, [&](NodeId id) {
        found = collapsed(document.text(id), scratch);
        if (!is_absent(found)) return true;
        found = {};
        return false;
      });
      return found;
    }
    case Kind::First:
      for (const auto& part : value.parts) {
        const auto found = part.get(document, at, scratch);
        if (!found.empty()) return found;
      }
      return {};
    case Kind::Join: {
      std::string joined, part_scratch;
      bool any = false, first = true;
      for (const auto& part : value.parts) {
        const auto found = part.get(document, at, part_scratch);
        any = any || !found.empty();
        if (found.empty() && value.skip_empty) continue;
        if (!first) joined += value.text;
        first = false;
        joined += found;
      }
      scratch = any ? std::move(joined) : std::string();
      return scratch;
    }
    case Kind::All: {
      std::string joined, part_scratch;
      value.path.each(document, at, [&](NodeId id) {
        const auto found = collapsed(document.text(id), part_scratch);
        if (is_absent(found)) return false;
        if (!joined.empty()) joined += value.text;
        joined += found;
        return false;
      });
      scratch = std::move(joined);
      return scratch;
    }
    case Kind::Count: {
      int count = 0;
      value.path.each(document, at, [&](NodeId) { return ++count, false; });
      scratch = count == 0 ? std::string() : std::to_string(count);
      return scratch;
    }
  }
  return {};
}

// Puts what was made into scratch, which `text` may stand in itself.
std::string_view into(std::string& scratch, std::string made) {
  scratch = std::move(made);
  return scratch;
}

}  // namespace

bool is_absent(std::string_view text) { return text.empty() || text == "null" || text == "string"; }

std::string_view collapsed(std::string_view text, std::string& scratch) {
  if (is_collapsed(text)) return text;
  std::string out;
  out.reserve(text.size());
  bool after_space = true;
  while (!text.empty()) {
    const auto space = space_at(text);
    if (space == 0) {
      out += text.front();
      after_space = false;
    } else if (!after_space) {
      out += ' ';
      after_space = true;
    }
    text.remove_prefix(std::max<std::size_t>(space, 1));
  }
  if (out.ends_with(' ')) out.pop_back();
  return into(scratch, std::move(out));
}

std::string without_tags(std::string_view text) {
  // Twice, because tags are often escaped inside a text: "&lt;SUP&gt;&amp;reg;&lt;/SUP&gt;".
  return resolved(tags_out(resolved(tags_out(text))));
}

std::string_view Value::get(const Document& document, NodeId at, std::string& scratch) const {
  if (kind == Kind::Nothing) return {};
  if (!only_if.empty() && !all_hold(only_if, document, at)) return {};
  auto text_now = taken(*this, document, at, scratch);
  if (text_now.empty()) return {};
  if (strip_tags && text_now.find_first_of("<&") != std::string_view::npos) {
    text_now = into(scratch, without_tags(text_now));
    std::string again;
    text_now = into(scratch, std::string(collapsed(text_now, again)));
  }
  if (std::find(unless.begin(), unless.end(), text_now) != unless.end()) return {};
  if (has_split) text_now = base::trim(part_of(text_now, split, take));
  if (match != nullptr) text_now = base::trim(matched(*match, text_now, has_split ? 0 : take));
  if (!map.empty() || map_rest) {
    const auto found = std::lower_bound(
        map.begin(), map.end(), text_now,
        [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
    if (found != map.end() && found->first == text_now)
      text_now = found->second;
    else if (map_rest)
      text_now = *map_rest;
  }
  if (is_absent(text_now) && kind != Kind::Text) return {};
  if (letters == Case::Lower) return into(scratch, lower_letters(text_now));
  if (letters == Case::Upper) return into(scratch, upper_letters(text_now));
  if (letters == Case::Capitals) return into(scratch, capitals(text_now));
  return text_now;
}

std::string Value::get(const Document& document, NodeId at) const {
  std::string scratch;
  return std::string(get(document, at, scratch));
}

namespace {

bool is_one_of(std::string_view text, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool fits(const Condition& condition, std::string_view text) {
  if (condition.match != nullptr)
    return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *condition.match);
  return is_one_of(text, condition.words);
}

// Of a plain path each node is looked at, because lists of codes are common.
bool any_fits(const Condition& condition, const Document& document, NodeId at) {
  std::string scratch;
  const auto& value = condition.value;
  const bool is_plain = value.kind == Value::Kind::Path && !value.has_split &&
                        value.match == nullptr && value.map.empty() && !value.strip_tags &&
                        value.letters == Value::Case::Kept;
  if (!is_plain) return fits(condition, value.get(document, at, scratch));
  return value.path.each(document, at, [&](NodeId id) {
    return fits(condition, collapsed(document.text(id), scratch));
  });
}

// There: a name with a text or with something below.
bool is_present(const Condition& condition, const Document& document, NodeId at) {
  const auto& value = condition.value;
  if (value.kind == Value::Kind::Path) {
    return value.path.each(document, at, [&](NodeId id) {
      return document[id].first_child != kNoNode || !document.text(id).empty();
    });
  }
  std::string scratch;
  return !value.get(document, at, scratch).empty();
}

bool is_empty(const Condition& condition, const Document& document, NodeId at) {
  bool seen = false;
  const bool has_more = condition.value.path.each(
      document, at,
      [&](NodeId id) {
        seen = true;
        return document[id].kind != Node::Kind::Hollow;
      },
      Path::Hollow::Seen);
  return seen && !has_more;
}

}  // namespace

bool Condition::holds(const Document& document, NodeId at) const {
  switch (kind) {
    case Kind::Is:
    case Kind::Matches:
      return any_fits(*this, document, at);
    case Kind::Not:
      return !any_fits(*this, document, at);
    case Kind::Present:
      return is_present(*this, document, at);
    case Kind::Absent:
      return !is_present(*this, document, at);
    case Kind::Empty:
      return is_empty(*this, document, at);
  }
  return false;
}

bool all_hold(const std::vector<Condition>& conditions, const Document& document, NodeId at) {
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const auto& c) { return c.holds(document, at); });
}

bool any_holds(const std::vector<Condition>& conditions, const Document& document, NodeId at) {
  return std::any_of(conditions.begin(), conditions.end(),
                     [&](const auto& c) { return c.holds(document, at); });
}

}  // namespace carriers
