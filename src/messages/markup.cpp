#include "messages/markup.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace messages {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_name(char c) {
  return base::is_letter(c) || base::is_digit(c) || c == '-' || c == ':' || c == '_';
}

// Where the Mustache tag that begins here ends, so that a ">" inside is not taken for the tag's
// end.
std::size_t after_mustache(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "{{") return at;
  const auto end = text.find("}}", at + 2);
  return end == std::string_view::npos ? text.size() : end + 2;
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

std::string read_name(std::string_view text, std::size_t& at) {
  const auto begin = at;
  while (at < text.size() && is_name(text[at])) ++at;
  return base::lower(text.substr(begin, at - begin));
}

std::string read_value(std::string_view text, std::size_t& at) {
  const auto begin = at;
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
    const auto end = text.find(text[at], at + 1);
    at = end == std::string_view::npos ? text.size() : end + 1;
    return std::string(text.substr(begin + 1, std::max(begin + 1, at - 1) - begin - 1));
  }
  while (at < text.size() && !is_space(text[at]) && text[at] != '>') {
    const auto after = after_mustache(text, at);
    at = after == at ? at + 1 : after;
  }
  return std::string(text.substr(begin, at - begin));
}

// From "<" on; `at` ends behind the ">".
Piece read_tag(std::string_view text, std::size_t& at) {
  Piece out;
  out.offset = at;
  const auto begin = at++;
  out.kind = at < text.size() && text[at] == '/' ? Piece::Kind::Close : Piece::Kind::Open;
  if (out.kind == Piece::Kind::Close) ++at;
  out.name = read_name(text, at);
  while (at < text.size() && text[at] != '>') {
    const auto before = at = skip_spaces(text, at);
    if (at >= text.size() || text[at] == '>') break;
    if (const auto after = after_mustache(text, at); after != at) {
      at = after;
      continue;
    }
    auto name = read_name(text, at);
    if (at == before) {
      ++at;  // "/" and what is no name
      continue;
    }
    at = skip_spaces(text, at);
    std::string value;
    if (at < text.size() && text[at] == '=') {
      at = skip_spaces(text, at + 1);
      value = read_value(text, at);
    }
    out.attributes.emplace_back(std::move(name), std::move(value));
  }
  if (at < text.size()) {
    ++at;
  } else {
    out.kind = Piece::Kind::Broken;
  }
  out.text = text.substr(begin, at - begin);
  return out;
}

struct Look {
  std::string_view element, style;
};
constexpr Look kLooks[] = {{"p", "margin:0 0 14px"},
                           {"h2", "margin:0 0 8px;font-size:18px;line-height:25px"},
                           {"h3", "margin:0 0 6px;font-size:16px;line-height:24px"},
                           {"ul", "margin:0 0 14px;padding:0 22px"},
                           {"ol", "margin:0 0 14px;padding:0 22px"},
                           {"li", "margin:0 0 4px"},
                           {"img", "max-width:100%;height:auto;border:0"}};

std::string encoded(char32_t c) {
  std::string out;
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x110000) {
    out += static_cast<char>(0xf0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
  return out;
}

std::string entity(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kNamed[] = {
      {"amp", "&"},       {"lt", "<"},    {"gt", ">"},    {"quot", "\""},  {"apos", "'"},
      {"nbsp", "\u00a0"}, {"ndash", "–"}, {"mdash", "—"}, {"hellip", "…"}, {"euro", "€"},
      {"middot", "·"},    {"rsquo", "’"}, {"lsquo", "‘"}, {"copy", "©"}};
  for (const auto& [known, text] : kNamed) {
    if (known == name) return std::string(text);
  }
  if (!name.starts_with('#')) return {};
  name.remove_prefix(1);
  const bool is_hex = name.starts_with('x') || name.starts_with('X');
  if (is_hex) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), code, is_hex ? 16 : 10);
  const bool is_character = read.ec == std::errc() && read.ptr == name.data() + name.size() &&
                            code >= 0x20 && (code < 0xd800 || code > 0xdfff);
  return is_character ? encoded(code) : std::string();
}

// A line break in the source is a space on the page.
void append_flow(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (!is_space(c)) {
      out += c;
    } else if (!out.empty() && !is_space(out.back())) {
      out += ' ';
    }
  }
}

void end_line(std::string& out, int lines) {
  while (!out.empty() && out.back() == ' ') out.pop_back();
  if (out.empty()) return;
  int there = 0;
  while (there < static_cast<int>(out.size()) &&
         out[out.size() - 1 - static_cast<std::size_t>(there)] == '\n')
    ++there;
  for (; there < lines; ++there) out += '\n';
}

}  // namespace

const std::string* Piece::attribute(std::string_view wanted) const {
  for (const auto& [key, value] : attributes) {
    if (key == wanted) return &value;
  }
  return nullptr;
}

std::vector<Piece> read_markup(std::string_view block) {
  std::vector<Piece> out;
  std::size_t at = 0, text_begin = 0;
  const auto end_text = [&](std::size_t end) {
    if (end <= text_begin) return;
    Piece piece;
    piece.text = block.substr(text_begin, end - text_begin);
    piece.offset = text_begin;
    out.push_back(std::move(piece));
  };
  while (at < block.size()) {
    if (const auto after = after_mustache(block, at); after != at) {
      at = after;
      continue;
    }
    const char next = at + 1 < block.size() ? block[at + 1] : ' ';
    if (block[at] != '<' || !(base::is_letter(next) || next == '/' || next == '!' || next == '?')) {
      ++at;
      continue;
    }
    end_text(at);
    if (next == '!' || next == '?') {
      Piece piece;
      piece.kind = Piece::Kind::Comment;
      piece.offset = at;
      const auto end = block.find('>', at);
      at = end == std::string_view::npos ? block.size() : end + 1;
      piece.text = block.substr(piece.offset, at - piece.offset);
      out.push_back(std::move(piece));
    } else {
      out.push_back(read_tag(block, at));
    }
    text_begin = at;
  }
  end_text(block.size());
  return out;
}

std::string without_entities(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto begin = std::min(text.find('&'), text.size());
    out += text.substr(0, begin);
    text.remove_prefix(begin);
    const auto end = text.find(';');
    const auto found =
        end != std::string_view::npos && end < 10 ? entity(text.substr(1, end - 1)) : std::string();
    if (!found.empty()) {
      out += found;
      text.remove_prefix(end + 1);
    } else if (!text.empty()) {
      out += '&';
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string as_markup(std::string_view block) {
  const auto pieces = read_markup(block);
  const bool is_prose = std::ranges::all_of(
      pieces, [](const Piece& piece) { return piece.kind == Piece::Kind::Text; });
  if (!is_prose) return std::string(block);
  std::string out = "<p>";
  auto rest = base::trim(block);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (base::trim(line).empty()) {
      if (!out.ends_with("<p>")) out += "</p><p>";
      continue;
    }
    if (!out.ends_with("<p>")) out += "<br>";
    out += line;
  }
  return out + "</p>";
}

std::string as_plain(std::string_view block) {
  const auto markup = as_markup(block);
  std::string out, link;
  std::size_t link_begin = 0;
  for (const auto& piece : read_markup(markup)) {
    const bool opens = piece.kind == Piece::Kind::Open, closes = piece.kind == Piece::Kind::Close;
    const auto& name = piece.name;
    if (piece.kind == Piece::Kind::Text) {
      append_flow(out, without_entities(piece.text));
    } else if (opens && name == "br") {
      while (out.ends_with(' ')) out.pop_back();
      out += '\n';
    } else if (opens && name == "li") {
      end_line(out, 1);
      out += "- ";
    } else if (opens && name == "img") {
      if (const auto* alt = piece.attribute("alt")) append_flow(out, *alt);
    } else if (opens && name == "a") {
      const auto* href = piece.attribute("href");
      link = href == nullptr ? std::string() : *href;
      link_begin = out.size();
    } else if (closes && name == "a") {
      if (!link.empty() && out.substr(std::min(link_begin, out.size())) != link)
        out += ": " + without_entities(link);
      link.clear();
    } else if (name == "p" || name == "h2" || name == "h3" || name == "ul" || name == "ol") {
      end_line(out, 2);
    }
  }
  return std::string(base::trim(out));
}

std::string with_looks(std::string_view block, std::string_view link_colour) {
  const auto markup = as_markup(block);
  std::string out;
  for (const auto& piece : read_markup(markup)) {
    std::string style;
    for (const auto& look : kLooks) {
      if (piece.name == look.element) style = look.style;
    }
    const bool is_link = piece.name == "a";
    if (is_link) style = "color:" + std::string(link_colour) + ";text-decoration:underline";
    if (piece.kind != Piece::Kind::Open || style.empty()) {
      out += piece.text;
      continue;
    }
    out += "<" + piece.name + (is_link ? " class=\"link\"" : "") + " style=\"" + style + "\"";
    out += piece.text.substr(1 + piece.name.size());
  }
  return out;
}

}  // namespace messages
