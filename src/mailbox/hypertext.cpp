#include "mailbox/hypertext.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"
#include "personal/secret.h"

namespace mailbox {
namespace {

constexpr std::size_t kLongestValue = 100;
constexpr std::size_t kLongestLink = 4096;

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

struct Entity {
  std::string_view name;
  std::uint32_t character;
};
// Those that stand beside or inside numbers and addresses; others become a blank.
constexpr std::array<Entity, 12> kEntities = {{{"amp", '&'},
                                               {"lt", '<'},
                                               {"gt", '>'},
                                               {"quot", '"'},
                                               {"apos", '\''},
                                               {"nbsp", ' '},
                                               {"shy", 0xAD},
                                               {"zwnj", 0x200C},
                                               {"zwj", 0x200D},
                                               {"num", '#'},
                                               {"colon", ':'},
                                               {"sol", '/'}}};

// At '&'. How much of the text the entity takes; 0: it is none.
std::size_t take_entity(std::string_view text, std::string& out) {
  const auto end = text.substr(0, 12).find(';');
  if (end == std::string_view::npos || end < 2) return 0;
  const auto name = text.substr(1, end - 1);
  if (name[0] == '#') {
    const bool is_hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    std::uint32_t c = 0;
    for (const char digit : name.substr(is_hex ? 2 : 1)) {
      const auto small = base::to_lower(digit);
      if (base::is_digit(digit)) {
        c = c * (is_hex ? 16 : 10) + static_cast<std::uint32_t>(digit - '0');
      } else if (is_hex && small >= 'a' && small <= 'f') {
        c = c * 16 + static_cast<std::uint32_t>(small - 'a' + 10);
      } else {
        return 0;
      }
      if (c > 0x10FFFF) return 0;
    }
    if (c < 0x20 || (c >= 0xD800 && c < 0xE000)) c = ' ';
    append_utf8(out, c);
    return end + 1;
  }
  const auto found = std::ranges::find(kEntities, name, &Entity::name);
  if (found == kEntities.end()) {
    if (!std::ranges::all_of(name, base::is_letter)) return 0;
    out += ' ';
  } else {
    append_utf8(out, found->character);
  }
  return end + 1;
}

std::string entities_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto length = text[at] == '&' ? take_entity(text.substr(at), out) : 0;
    if (length == 0) out += text[at];
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::size_t find_ignoring_case(std::string_view text, std::string_view wanted, std::size_t from) {
  const auto found =
      std::search(text.begin() + static_cast<std::ptrdiff_t>(std::min(from, text.size())),
                  text.end(), wanted.begin(), wanted.end(),
                  [](char a, char b) { return base::to_lower(a) == base::to_lower(b); });
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

// The value of an attribute inside a tag; empty when there is none.
std::string_view attribute(std::string_view tag, std::string_view name) {
  for (auto at = find_ignoring_case(tag, name, 0); at != std::string_view::npos;
       at = find_ignoring_case(tag, name, at + 1)) {
    const bool is_word =
        at > 0 && (tag[at - 1] == ' ' || tag[at - 1] == '\t' || tag[at - 1] == '\n' ||
                   tag[at - 1] == '\r' || tag[at - 1] == '"' || tag[at - 1] == '\'');
    auto rest = base::trim(tag.substr(at + name.size()));
    if (!is_word || !rest.starts_with('=')) continue;
    rest = base::trim(rest.substr(1));
    if (rest.empty()) return {};
    if (rest[0] == '"' || rest[0] == '\'') {
      const auto end = rest.find(rest[0], 1);
      return rest.substr(1, end == std::string_view::npos ? end : end - 1);
    }
    return rest.substr(0, rest.find_first_of(" \t\r\n>"));
  }
  return {};
}

std::string_view tag_name(std::string_view tag) {
  if (tag.starts_with('/')) tag.remove_prefix(1);
  return tag.substr(0, tag.find_first_of(" \t\r\n/>"));
}

// Tags that stand inside a line; all others end one.
bool is_inline(std::string_view name) {
  constexpr std::string_view kInline[] = {
      "a",   "b",    "i",    "u",  "em",   "strong", "span", "font", "wbr",  "sup", "sub", "small",
      "big", "abbr", "code", "tt", "nobr", "label",  "bdi",  "bdo",  "mark", "s",   "o:p"};
  return std::ranges::any_of(
      kInline, [&](std::string_view one) { return base::equals_ignoring_case(one, name); });
}

// "trackingNumber": "..." wherever it stands in a script: a shop's own markup often lacks a comma,
// and one missing comma must not lose the number.
void take_values(std::string_view script, std::string_view key, std::vector<std::string>& values) {
  for (auto at = script.find(key); at != std::string_view::npos && values.size() < kMostLinks;
       at = script.find(key, at + 1)) {
    auto rest = script.substr(at + key.size());
    if (rest.starts_with('"') || rest.starts_with('\'')) rest.remove_prefix(1);
    rest = base::trim(rest.substr(0, 2 * kLongestValue));
    if (!rest.starts_with(':')) continue;
    rest = base::trim(rest.substr(1));
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) continue;
    const auto end = rest.find(rest[0], 1);
    if (end == std::string_view::npos || end > kLongestValue) continue;
    values.emplace_back(rest.substr(1, end - 1));
  }
}

class Walk {
 public:
  explicit Walk(std::string_view html) : html_(html) { out_.words.reserve(html.size() / 2); }

  Hypertext run() {
    while (at_ < html_.size()) {
      if (html_[at_] == '<') {
        tag();
      } else if (html_[at_] == '&') {
        const auto length = take_entity(html_.substr(at_), out_.words);
        if (length == 0) out_.words += '&';
        at_ += std::max<std::size_t>(length, 1);
      } else {
        const auto end = std::min(html_.find_first_of("<&", at_), html_.size());
        out_.words += html_.substr(at_, end - at_);
        at_ = end;
      }
    }
    auto visible = without_invisible(out_.words);
    personal::wipe(out_.words);
    out_.words = std::move(visible);
    return std::move(out_);
  }

 private:
  // At '<'.
  void tag() {
    const auto rest = html_.substr(at_);
    if (rest.starts_with("<!--")) return skip_behind("-->");
    const bool is_tag = rest.size() > 1 && (base::is_letter(rest[1]) || rest[1] == '/' ||
                                            rest[1] == '!' || rest[1] == '?');
    if (!is_tag) {
      out_.words += '<';
      ++at_;
      return;
    }
    const auto inside = tag_inside(rest);
    at_ += std::min(inside.size() + 2, rest.size());
    const auto name = tag_name(inside);
    if (!is_inline(name)) out_.words += '\n';
    if (inside.starts_with('/')) return;
    if (base::equals_ignoring_case(name, "style")) return skip_behind("</style");
    if (base::equals_ignoring_case(name, "script")) return script();
    take_link(inside);
    take_property(inside);
  }
  // A '>' inside quotes does not end a tag; a quote that is never closed ends at the next '>'.
  static std::string_view tag_inside(std::string_view rest) {
    char quote = 0;
    for (std::size_t i = 1; i < rest.size() && i < 64 * 1024; ++i) {
      if (quote != 0) {
        if (rest[i] == quote) quote = 0;
      } else if (rest[i] == '>') {
        return rest.substr(1, i - 1);
      } else if ((rest[i] == '"' || rest[i] == '\'') && rest[i - 1] == '=') {
        quote = rest[i];
      }
    }
    const auto end = rest.find('>');
    return rest.substr(1, end == std::string_view::npos ? end : end - 1);
  }
  void skip_behind(std::string_view end) {
    const auto found = find_ignoring_case(html_, end, at_);
    at_ = found == std::string_view::npos ? html_.size() : found + end.size();
  }
  void script() {
    const auto begin = at_;
    skip_behind("</script");
    const auto text = html_.substr(begin, at_ - begin);
    take_values(text, "trackingNumber", out_.numbers);
    take_values(text, "orderNumber", out_.orders);
    std::vector<std::string> urls;
    take_values(text, "trackingUrl", urls);
    for (const auto& url : urls) add_link(url);
  }
  void take_link(std::string_view inside) {
    const auto href = attribute(inside, "href");
    if (!href.empty()) add_link(href);
  }
  void add_link(std::string_view href) {
    if (out_.links.size() >= kMostLinks || href.size() > kLongestLink) return;
    auto link = entities_decoded(href);
    auto decoded = percent_decoded(link);
    personal::wipe(link);
    if (!decoded.starts_with("http://") && !decoded.starts_with("https://")) return;
    // A redirect names its target inside.
    for (auto at = decoded.find("http", 8);
         at != std::string::npos && out_.links.size() < kMostLinks;
         at = decoded.find("http", at + 4)) {
      const auto inner = std::string_view(decoded).substr(at);
      if (inner.starts_with("http://") || inner.starts_with("https://"))
        out_.links.emplace_back(inner);
    }
    out_.links.push_back(std::move(decoded));
  }
  // <meta itemprop="trackingNumber" content="..."/>
  void take_property(std::string_view inside) {
    const auto property = attribute(inside, "itemprop");
    if (property.empty()) return;
    const auto value = attribute(inside, "content");
    if (value.empty() || value.size() > kLongestValue) return;
    if (property == "trackingNumber") out_.numbers.push_back(entities_decoded(value));
    if (property == "orderNumber") out_.orders.push_back(entities_decoded(value));
  }

  std::string_view html_;
  std::size_t at_ = 0;
  Hypertext out_;
};

int hex_digit(char c) {
  const auto small = base::to_lower(c);
  if (base::is_digit(c)) return c - '0';
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

bool decode_percent_once(std::string& text) {
  std::string out;
  out.reserve(text.size());
  bool has_changed = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
      continue;
    }
    const auto c = static_cast<char>(high * 16 + low);
    // A control character would part the link where it was not parted.
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    has_changed = true;
    i += 2;
  }
  personal::wipe(text);
  text = std::move(out);
  return has_changed;
}

}  // namespace

Hypertext read_hypertext(std::string_view html) { return Walk(html).run(); }

void wipe(Hypertext& text) {
  personal::wipe(text.words);
  for (auto* list : {&text.links, &text.numbers, &text.orders}) {
    for (auto& one : *list) personal::wipe(one);
    list->clear();
  }
}

std::string without_invisible(std::string_view text) {
  constexpr std::string_view kInvisible[] = {"\xC2\xAD",     "\xE2\x80\x8B", "\xE2\x80\x8C",
                                             "\xE2\x80\x8D", "\xE2\x81\xA0", "\xEF\xBB\xBF",
                                             "\xCD\x8F",     "\xE2\x80\x8E", "\xE2\x80\x8F"};
  constexpr std::string_view kBlanks[] = {"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x87"};
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    const auto is_here = [&](std::string_view one) { return rest.starts_with(one); };
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out += text[at++];
    } else if (const auto* hidden = std::ranges::find_if(kInvisible, is_here);
               hidden != std::end(kInvisible)) {
      at += hidden->size();
    } else if (const auto* blank = std::ranges::find_if(kBlanks, is_here);
               blank != std::end(kBlanks)) {
      out += ' ';
      at += blank->size();
    } else {
      out += text[at++];
    }
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out(text);
  for (int layer = 0; layer < 3 && decode_percent_once(out); ++layer) {
  }
  return out;
}

}  // namespace mailbox
