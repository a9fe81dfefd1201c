#include "carriers/formats/segments.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace carriers::formats {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// More elements or components than any segment of either standard has.
constexpr std::size_t kMostParts = 99;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Names of the numbered children: constants, because nodes only point at their names.
std::string_view number_name(std::size_t number) {
  static const auto names = [] {
    std::array<std::string, kMostParts + 1> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = std::to_string(i);
    return all;
  }();
  return names[std::min(number, kMostParts)];
}

std::string_view kept(Document& into, std::string_view text, char release) {
  if (release == 0 || text.find(release) == std::string_view::npos) return text;
  return into.keep(unreleased(text, release));
}

void add_element(Document& into, NodeId parent, std::string_view name, std::string_view text,
                 const Separators& by) {
  if (base::trim(text).empty()) return;
  const auto parts = by.component == 0 ? std::vector<std::string_view>{text}
                                       : split(text, by.component, by.release);
  // In EDIFACT a composite that is cut after its first component is still one: LOC.2.1 has to be
  // found whether a name follows or not.
  const bool is_composite = parts.size() > 1 || by.release != 0;
  const auto node = into.add(parent, name, kept(into, text, by.release),
                             is_composite ? Node::Kind::Branch : Node::Kind::Text);
  if (node == kNoNode || !is_composite) return;
  for (std::size_t i = 0; i < parts.size() && i < kMostParts; ++i) {
    if (base::trim(parts[i]).empty()) continue;
    into.add(node, number_name(i + 1), kept(into, parts[i], by.release), Node::Kind::Text);
  }
}

}  // namespace

std::size_t skip_space(std::string_view text, std::size_t from) {
  while (from < text.size()) {
    if (is_space(text[from])) {
      ++from;
    } else if (text.substr(from).starts_with(kByteOrderMark)) {
      from += kByteOrderMark.size();
    } else {
      break;
    }
  }
  return from;
}

bool next_segment(std::string_view text, const Separators& by, std::size_t& from, Segment& out) {
  while (true) {
    from = skip_space(text, from);
    if (from >= text.size()) return false;
    std::size_t end = from;
    while (end < text.size() && text[end] != by.segment)
      end += by.release != 0 && text[end] == by.release ? 2 : 1;
    end = std::min(end, text.size());
    out.offset = from;
    out.is_terminated = end < text.size();
    out.text = base::trim(text.substr(from, end - from));
    from = std::min(end + 1, text.size());
    if (!out.text.empty()) break;
  }
  // EDIFACT may nest a tag with explicit indicators (STS:1); nobody sends them, but the tag ends.
  const auto tag_end =
      std::min(out.text.find(by.element),
               by.component == 0 ? std::string_view::npos : out.text.find(by.component));
  out.tag = out.text.substr(0, tag_end);
  return true;
}

std::vector<std::string_view> split(std::string_view text, char separator, char release) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (release != 0 && text[i] == release) {
      ++i;
    } else if (text[i] == separator) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  parts.push_back(text.substr(std::min(begin, text.size())));
  return parts;
}

std::string unreleased(std::string_view text, char release) {
  if (release == 0) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == release && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

std::string element(const Segment& segment, const Separators& by, std::size_t number) {
  const auto parts = split(segment.text, by.element, by.release);
  return number < parts.size() ? std::string(base::trim(unreleased(parts[number], by.release)))
                               : std::string();
}

NodeId add_segment(Document& into, NodeId parent, const Segment& segment, const Separators& by) {
  const auto node = into.add(parent, segment.tag);
  if (node == kNoNode) return node;
  const auto elements = split(segment.text, by.element, by.release);
  for (std::size_t i = 1; i < elements.size() && i < kMostParts; ++i) {
    if (by.repetition == 0) {
      add_element(into, node, number_name(i), elements[i], by);
      continue;
    }
    for (const auto one : split(elements[i], by.repetition, by.release))
      add_element(into, node, number_name(i), one, by);
  }
  return node;
}

void add_remark(Document& into, std::string says) {
  into.add(kRoot, "remark", into.keep(says), Node::Kind::Text);
}

long count_of(std::string_view text) {
  if (text.empty() || text.size() > 9 || !std::ranges::all_of(text, base::is_digit)) return -1;
  long value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

std::string as_utf8(std::string_view bytes) {
  if (base::is_utf8(bytes)) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0U | (byte >> 6U));
      out += static_cast<char>(0x80U | (byte & 0x3FU));
    }
  }
  return out;
}

}  // namespace carriers::formats
