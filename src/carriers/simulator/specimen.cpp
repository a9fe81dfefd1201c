#include "carriers/simulator/specimen.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cstring>
#include <pugixml.hpp>
#include <sstream>

namespace carriers::simulator {

namespace json = boost::json;

struct Specimen::Part::Content {
  json::value value;
  pugi::xml_document element;
};

// Where each node of the tree stands in the document that can be written.
struct Specimen::State {
  struct Place {
    json::value* value = nullptr;
    json::value* list = nullptr;  // the array it is an element of, or the member itself
    pugi::xml_node node;
    pugi::xml_attribute attribute;
  };
  bool is_json = false;
  bool has_declaration = false;  // "<?xml ...?>"
  json::value root;
  pugi::xml_document document;
  std::vector<Place> places;
};

namespace {

// As carriers write it: the library's own spelling of 5.3 is 5.3E0.
std::string written(const json::value& value) {
  std::string out;
  if (const auto* number = value.if_double()) return fmt::format("{}", *number);
  if (const auto* list = value.if_array()) {
    for (const auto& element : *list) out += (out.empty() ? "" : ",") + written(element);
    return "[" + out + "]";
  }
  if (const auto* object = value.if_object()) {
    for (const auto& [name, member] : *object) {
      out += out.empty() ? "" : ",";
      out += json::serialize(name) + ":" + written(member);
    }
    return "{" + out + "}";
  }
  return json::serialize(value);
}

std::string scalar_text(const json::value& value) {
  if (const auto* text = value.if_string()) return std::string(*text);
  return value.is_null() ? std::string() : written(value);
}

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (auto at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    out += text.substr(0, at);
    out += to;
    text.remove_prefix(at + from.size());
  }
  out += text;
  return out;
}

void replace_in(json::value& value, std::string_view from, std::string_view to) {
  if (auto* text = value.if_string()) {
    *text = replaced(std::string_view(text->data(), text->size()), from, to);
  } else if (auto* list = value.if_array()) {
    for (auto& element : *list) replace_in(element, from, to);
  } else if (auto* object = value.if_object()) {
    for (auto& member : *object) replace_in(member.value(), from, to);
  } else if (value.is_number() && written(value) == from) {
    value = to;
  }
}

void replace_in(pugi::xml_node node, std::string_view from, std::string_view to) {
  for (auto attribute : node.attributes())
    attribute.set_value(replaced(attribute.value(), from, to).c_str());
  for (auto child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata)
      child.set_value(replaced(child.value(), from, to).c_str());
    replace_in(child, from, to);
  }
}

}  // namespace

// Builds the tree by the same rules as the formats' readers, and notes the places.
class Specimen::TreeBuilder {
 public:
  TreeBuilder(Document& tree, std::vector<Specimen::State::Place>& places)
      : tree_(tree), places_(places) {}

  void json_root(json::value& root) {
    note(kRoot, {&root, &root, {}, {}});
    if (auto* object = root.if_object()) return members(*object, kRoot);
    if (auto* list = root.if_array()) return elements(root, *list, kRoot, "item");
    json_value(root, &root, kRoot, "item");
  }

  void xml_element(const pugi::xml_node& from, NodeId parent) {
    const auto id = tree_.add(parent, tree_.keep(without_prefix(from.name())));
    note(id, {nullptr, nullptr, from, {}});
    for (const auto& attribute : from.attributes()) {
      const std::string_view name = attribute.name();
      if (name == "xmlns" || name.starts_with("xmlns:")) continue;
      const auto child =
          tree_.add(id, tree_.keep(without_prefix(name)), tree_.keep(attribute.value()),
                    *attribute.value() ? Node::Kind::Text : Node::Kind::Hollow);
      note(child, {nullptr, nullptr, from, attribute});
    }
    for (const auto& child : from.children()) {
      if (child.type() == pugi::node_element) xml_element(child, id);
    }
    tree_.set_value(id, tree_.keep(from.text().get()));
    if (tree_[id].first_child == kNoNode)
      tree_.set_kind(id, tree_[id].value.empty() ? Node::Kind::Hollow : Node::Kind::Text);
  }

 private:
  void note(NodeId id, Specimen::State::Place place) {
    if (places_.size() <= id) places_.resize(id + 1);
    places_[id] = place;
  }
  void members(json::object& object, NodeId at) {
    for (auto& member : object) json_value(member.value(), &member.value(), at, member.key());
  }
  void elements(json::value& list_value, json::array& list, NodeId parent, std::string_view name) {
    if (list.empty()) {
      note(tree_.add(parent, tree_.keep(name), {}, Node::Kind::Hollow),
           {&list_value, &list_value, {}, {}});
    }
    for (auto& element : list) {
      if (auto* inner = element.if_array()) {
        const auto id = tree_.add(parent, tree_.keep(name));
        note(id, {&element, &list_value, {}, {}});
        elements(element, *inner, id, name);
      } else {
        json_value(element, &list_value, parent, name);
      }
    }
  }
  void json_value(json::value& value, json::value* list, NodeId parent, std::string_view name) {
    if (auto* array = value.if_array()) return elements(value, *array, parent, name);
    if (auto* object = value.if_object()) {
      const auto id = tree_.add(parent, tree_.keep(name));
      note(id, {&value, list, {}, {}});
      members(*object, id);
      if (tree_[id].first_child == kNoNode) tree_.set_kind(id, Node::Kind::Hollow);
      return;
    }
    const auto text = scalar_text(value);
    note(tree_.add(parent, tree_.keep(name), tree_.keep(text),
                   text.empty() ? Node::Kind::Hollow : Node::Kind::Text),
         {&value, list, {}, {}});
  }

  Document& tree_;
  std::vector<Specimen::State::Place>& places_;
};

Specimen::Part::Part() : content_(std::make_unique<Content>()) {}
Specimen::Part::Part(Part&&) noexcept = default;
Specimen::Part& Specimen::Part::operator=(Part&&) noexcept = default;
Specimen::Part::~Part() = default;

void Specimen::Part::replace_text(std::string_view from, std::string_view to) {
  if (from.empty()) return;
  replace_in(content_->value, from, to);
  replace_in(content_->element, from, to);
}

Specimen::Specimen() : state_(std::make_unique<State>()) {}
Specimen::~Specimen() = default;

std::unique_ptr<Specimen> Specimen::read(Format format, std::string_view bytes) {
  auto specimen = std::unique_ptr<Specimen>(new Specimen);
  auto& state = *specimen->state_;
  TreeBuilder builder(specimen->tree_, state.places);
  if (format == Format::Json) {
    boost::system::error_code trouble;
    state.root = json::parse(json::string_view(bytes.data(), bytes.size()), trouble);
    if (trouble) return nullptr;
    state.is_json = true;
    builder.json_root(state.root);
    return specimen;
  }
  if (format != Format::Xml) return nullptr;
  if (!state.document.load_buffer(bytes.data(), bytes.size())) return nullptr;
  state.has_declaration = bytes.find("<?xml") != std::string_view::npos;
  for (const auto& child : state.document.children()) {
    if (child.type() == pugi::node_element) builder.xml_element(child, kRoot);
  }
  return specimen;
}

void Specimen::set(NodeId id, std::string_view text) {
  if (id >= state_->places.size()) return;
  auto& place = state_->places[id];
  if (place.value != nullptr) {
    std::int64_t number = 0;
    const auto end = text.data() + text.size();
    const bool is_number = place.value->is_number() && !text.empty() &&
                           std::from_chars(text.data(), end, number).ptr == end;
    if (is_number) {
      *place.value = number;
    } else {
      *place.value = json::string_view(text.data(), text.size());
    }
    return;
  }
  const std::string owned(text);
  if (place.attribute) {
    place.attribute.set_value(owned.c_str());
  } else {
    place.node.text().set(owned.c_str());
  }
}

Specimen::Part Specimen::copy(NodeId id) const {
  Part part;
  const auto& place = state_->places[id];
  if (state_->is_json) {
    part.content_->value = *place.value;
  } else {
    part.content_->element.append_copy(place.node);
  }
  return part;
}

void Specimen::replace(std::span<const NodeId> nodes, std::vector<Part> parts) {
  if (nodes.empty()) return;
  const auto& first = state_->places[nodes.front()];
  if (state_->is_json) {
    json::array list;
    for (auto& part : parts) list.push_back(std::move(part.content_->value));
    *first.list = std::move(list);
    return;
  }
  auto parent = first.node.parent();
  auto before = first.node;
  for (auto& part : parts) parent.insert_copy_before(part.content_->element.first_child(), before);
  for (const auto id : nodes) {
    auto node = state_->places[id].node;
    node.parent().remove_child(node);
  }
}

std::string Specimen::bytes() const {
  if (state_->is_json) return written(state_->root);
  std::ostringstream out;
  const auto flags =
      pugi::format_raw | (state_->has_declaration ? 0u : pugi::format_no_declaration);
  state_->document.save(out, "", flags);
  return out.str();
}

}  // namespace carriers::simulator
