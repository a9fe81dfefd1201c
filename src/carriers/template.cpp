#include "carriers/template.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"

namespace carriers {
namespace {

bool is_name_letter(char c) { return base::is_lower(c) || base::is_digit(c) || c == '_'; }

// RFC 3986 2.3: the characters that mean the same with and without encoding.
bool is_unreserved(char c) {
  return base::is_letter(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}
// What may stand in a query's value besides; '+' and '&' and '=' may not, because forms read them.
bool is_harmless_in_query(char c) {
  return is_unreserved(c) || std::string_view(",:;@/?!$'()*").find(c) != std::string_view::npos;
}

template <class Stays>
std::string percent_encoded(std::string_view text, Stays stays) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (stays(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string in_path(std::string_view value) {
  auto out = percent_encoded(value, is_unreserved);
  // A segment of dots alone climbs, encoded or not by some readers: then it says nothing.
  if (!out.empty() && out.find_first_not_of('.') == std::string::npos) out.clear();
  return out;
}

std::string in_json(std::string_view value) {
  std::string out;
  base::append_json_string(out, value);
  return out.substr(1, out.size() - 2);
}

// XML 1.0 knows no control characters but tab and line ends, not even escaped. Bytes that are not
// UTF-8 would make the whole document unreadable.
std::string in_xml(std::string_view value) {
  std::string out;
  while (!value.empty()) {
    const auto length = base::utf8_sequence(value);
    const char c = value.front();
    if (length == 0) {
      out += "\xEF\xBF\xBD";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&apos;";
    } else if (length > 1 || static_cast<unsigned char>(c) >= ' ' || c == '\t' || c == '\n') {
      const auto character = value.substr(0, length);
      // U+FFFE and U+FFFF are no characters of XML's.
      if (character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF") out += character;
    }
    value.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::string in_header(std::string_view value) {
  std::string out(value);
  std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  return out;
}

}  // namespace

bool Template::uses(std::string_view name) const {
  return std::ranges::any_of(
      pieces, [&](const Piece& piece) { return piece.is_name && piece.text == name; });
}

base::Result<Template, std::string> parse_template(std::string_view text) {
  Template out;
  out.source = text;
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) out.pieces.push_back({false, std::move(plain)});
    plain.clear();
  };
  while (!text.empty()) {
    if (text.front() != '{') {
      const auto end = std::min(text.find('{'), text.size());
      plain += text.substr(0, end);
      text.remove_prefix(end);
      continue;
    }
    text.remove_prefix(1);
    const auto end = std::ranges::find_if_not(text, is_name_letter) - text.begin();
    const auto name = text.substr(0, static_cast<std::size_t>(end));
    if (name.empty()) {
      if (text.starts_with('{')) text.remove_prefix(1);
      plain += '{';
      continue;
    }
    if (text.size() == name.size() || text[name.size()] != '}')
      return base::Failure{"'{" + std::string(name) +
                           "' is not closed by '}' (write '{{' for a brace)"};
    flush();
    out.pieces.push_back({true, std::string(name)});
    text.remove_prefix(name.size() + 1);
  }
  flush();
  return out;
}

Escape escape_of_body(std::string_view content_type) {
  const auto type = base::lower(content_type.substr(0, content_type.find(';')));
  if (type.find("json") != std::string::npos) return Escape::Json;
  if (type.find("xml") != std::string::npos) return Escape::Xml;
  if (type.find("form-urlencoded") != std::string::npos) return Escape::Path;
  return Escape::Plain;
}

std::string escaped(std::string_view value, Escape where) {
  switch (where) {
    case Escape::Path:
      return in_path(value);
    case Escape::Query:
      return percent_encoded(value, is_unreserved);
    case Escape::Header:
      return in_header(value);
    case Escape::Json:
      return in_json(value);
    case Escape::Xml:
      return in_xml(value);
    case Escape::Plain:
      break;
  }
  return std::string(value);
}

std::string form_encoded(std::string_view text) {
  const auto stays = [](char c) {
    return base::is_letter(c) || base::is_digit(c) ||
           std::string_view("*-._").find(c) != std::string_view::npos;
  };
  auto out = percent_encoded(text, [&](char c) { return stays(c) || c == ' '; });
  std::ranges::replace(out, ' ', '+');
  return out;
}

void Words::set(std::string_view name, std::string value) {
  words_.insert_or_assign(std::string(name), Word{std::move(value), false});
}
void Words::set_as_is(std::string_view name, std::string text) {
  words_.insert_or_assign(std::string(name), Word{std::move(text), true});
}
const Words::Word* Words::find(std::string_view name) const {
  const auto found = words_.find(name);
  return found == words_.end() ? nullptr : &found->second;
}

std::string render(const Template& text, const Words& words, Escape where) {
  std::string out;
  for (const auto& piece : text.pieces) {
    if (!piece.is_name) {
      out +=
          where == Escape::Query ? percent_encoded(piece.text, is_harmless_in_query) : piece.text;
      continue;
    }
    const auto* word = words.find(piece.text);
    if (word == nullptr) continue;
    out += word->is_escaped ? word->text : escaped(word->text, where);
  }
  return out;
}

}  // namespace carriers
