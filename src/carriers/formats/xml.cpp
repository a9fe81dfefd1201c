// XML: attributes and elements are children by name, attributes first, without namespace prefixes.
// Document types and their entities are not read, so nothing can be expanded or fetched.
#include <cstring>
#include <pugixml.hpp>

#include "carriers/document.h"

namespace carriers::formats {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_text(const pugi::xml_node& node) {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

class Reader {
 public:
  Reader(Document& into, std::string_view buffer) : into_(into), buffer_(buffer) {}

  bool element(const pugi::xml_node& from, NodeId parent, int depth) {
    if (depth > DocumentLimits::kDepth) return false;
    const auto id = into_.add(parent, kept(without_prefix(from.name())));
    if (id == kNoNode) return false;
    for (const auto& attribute : from.attributes()) {
      const std::string_view name = attribute.name();
      if (name == "xmlns" || name.starts_with("xmlns:")) continue;
      if (into_.add(id, kept(without_prefix(name)), kept(attribute.value()),
                    *attribute.value() ? Node::Kind::Text : Node::Kind::Hollow) == kNoNode)
        return false;
    }
    for (const auto& child : from.children()) {
      if (child.type() == pugi::node_element && !element(child, id, depth + 1)) return false;
    }
    into_.set_value(id, text_of(from));
    if (into_[id].first_child == kNoNode)
      into_.set_kind(id, into_[id].value.empty() ? Node::Kind::Hollow : Node::Kind::Text);
    return true;
  }

 private:
  // The element's text; with elements between, theirs too: "<b>1</b>st".
  std::string_view text_of(const pugi::xml_node& element) {
    const auto first = element.first_child();
    if (!first) return {};
    if (is_text(first) && !first.next_sibling())
      return is_blank(first.value()) ? std::string_view() : kept(first.value());
    bool has_text = false;
    for (const auto& child : element.children())
      has_text = has_text || (is_text(child) && !is_blank(child.value()));
    if (!has_text) return {};
    std::string all;
    gather(element, all, 0);
    return into_.keep(all);
  }

  static void gather(const pugi::xml_node& from, std::string& into, int depth) {
    if (depth > DocumentLimits::kDepth) return;
    for (const auto& child : from.children()) {
      if (is_text(child)) into += child.value();
      if (child.type() == pugi::node_element) gather(child, into, depth + 1);
    }
  }

  // Texts in the buffer of the document stay; those that the parser had to convert are copied.
  std::string_view kept(std::string_view text) {
    if (text.data() >= buffer_.data() && text.data() < buffer_.data() + buffer_.size()) return text;
    return into_.keep(text);
  }

  Document& into_;
  std::string_view buffer_;
};

}  // namespace

base::Outcome<ParseError> read_xml(std::string_view bytes, Document& into) {
  char* buffer = into.room(bytes.size() + 1);
  std::memcpy(buffer, bytes.data(), bytes.size());
  buffer[bytes.size()] = '\0';
  pugi::xml_document document;
  const auto result = document.load_buffer_inplace(
      buffer, bytes.size(),
      pugi::parse_default | pugi::parse_ws_pcdata | pugi::parse_wconv_attribute);
  if (!result)
    return base::Failure{
        ParseError{std::string("not XML: ") + result.description(),
                   static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0))}};
  Reader reader(into, {buffer, bytes.size() + 1});
  bool any = false;
  for (const auto& child : document.children()) {
    if (child.type() != pugi::node_element) continue;
    any = true;
    if (!reader.element(child, kRoot, 0))
      return base::Failure{ParseError{"XML deeper or larger than an answer may be", 0}};
  }
  if (!any) return base::Failure{ParseError{"not XML: there is no element", 0}};
  return base::kDone;
}

}  // namespace carriers::formats
