// JSON: an object's members are children by name, an array's elements children under the array's
// name. Numbers stay as written, because "17.0" is what the carrier said.
#include <simdjson.h>

#include "base/text.h"
#include "carriers/document.h"

namespace carriers::formats {
namespace {

namespace od = simdjson::ondemand;

class Reader {
 public:
  Reader(od::parser& parser, Document& into, char* texts)
      : parser_(parser), into_(into), texts_(reinterpret_cast<std::uint8_t*>(texts)) {}

  template <class Value>
  simdjson::error_code read(Value& value, NodeId parent, std::string_view name, int depth) {
    od::json_type type;
    if (auto error = value.type().get(type)) return error;
    switch (type) {
      case od::json_type::object:
        return object(value, parent, name, depth);
      case od::json_type::array:
        return array(value, parent, name, depth);
      case od::json_type::string:
        return string(value, parent, name);
      default:
        return token(value, parent, name);
    }
  }

  template <class Value>
  simdjson::error_code members(Value& value, NodeId at, int depth) {
    if (depth > DocumentLimits::kDepth) return simdjson::DEPTH_ERROR;
    od::object object;
    if (auto error = value.get_object().get(object)) return error;
    for (auto field : object) {
      od::field member;
      if (auto error = std::move(field).get(member)) return error;
      std::string_view key;
      if (auto error = text(member.key(), key)) return error;
      if (auto error = read(member.value(), at, key, depth + 1)) return error;
    }
    return simdjson::SUCCESS;
  }

  template <class Value>
  simdjson::error_code elements(Value& value, NodeId parent, std::string_view name, int depth) {
    if (depth > DocumentLimits::kDepth) return simdjson::DEPTH_ERROR;
    od::array array;
    if (auto error = value.get_array().get(array)) return error;
    bool any = false;
    for (auto element : array) {
      od::value one;
      if (auto error = std::move(element).get(one)) return error;
      any = true;
      // An array in an array keeps its elements together.
      if (auto error = nested(one, parent, name, depth)) return error;
    }
    if (!any) into_.add(parent, name, {}, Node::Kind::Hollow);
    return simdjson::SUCCESS;
  }

 private:
  simdjson::error_code nested(od::value& one, NodeId parent, std::string_view name, int depth) {
    od::json_type type;
    if (auto error = one.type().get(type)) return error;
    if (type != od::json_type::array) return read(one, parent, name, depth + 1);
    const auto id = into_.add(parent, name);
    return id == kNoNode ? simdjson::CAPACITY : elements(one, id, name, depth + 1);
  }

  template <class Value>
  simdjson::error_code object(Value& value, NodeId parent, std::string_view name, int depth) {
    const auto id = into_.add(parent, name);
    if (id == kNoNode) return simdjson::CAPACITY;
    if (auto error = members(value, id, depth)) return error;
    if (into_[id].first_child == kNoNode) into_.set_kind(id, Node::Kind::Hollow);
    return simdjson::SUCCESS;
  }

  template <class Value>
  simdjson::error_code array(Value& value, NodeId parent, std::string_view name, int depth) {
    return elements(value, parent, name, depth);
  }

  template <class Value>
  simdjson::error_code string(Value& value, NodeId parent, std::string_view name) {
    od::raw_json_string raw;
    if (auto error = value.get_raw_json_string().get(raw)) return error;
    std::string_view unescaped;
    if (auto error = text(raw, unescaped)) return error;
    return leaf(parent, name, unescaped);
  }

  // Numbers, true, false and null, which is absent.
  template <class Value>
  simdjson::error_code token(Value& value, NodeId parent, std::string_view name) {
    bool is_null = false;
    if (auto error = value.is_null().get(is_null)) return error;
    if (is_null) return leaf(parent, name, {});
    std::string_view raw;
    if constexpr (requires { value.raw_json_token().get(raw); }) {
      if (auto error = value.raw_json_token().get(raw)) return error;
    } else {
      raw = value.raw_json_token();
    }
    raw = base::trim(raw);
    if (!is_scalar(raw)) return simdjson::TAPE_ERROR;
    // The value is taken, so that the reader moves on.
    if (raw == "true" || raw == "false") {
      bool ignored;
      if (auto error = value.get_bool().get(ignored)) return error;
    } else {
      double ignored;
      // A number beyond double's range is a number as written all the same.
      if (auto error = value.get_double().get(ignored); error && error != simdjson::NUMBER_ERROR)
        return error;
    }
    return leaf(parent, name, raw);
  }

  static bool take_digits(std::string_view& rest) {
    const auto before = rest.size();
    while (!rest.empty() && base::is_digit(rest.front())) rest.remove_prefix(1);
    return rest.size() < before;
  }

  // By the grammar, because the reader's own check stops at what a double can hold.
  static bool is_scalar(std::string_view raw) {
    if (raw == "true" || raw == "false") return true;
    if (raw.starts_with('-')) raw.remove_prefix(1);
    if (!take_digits(raw)) return false;
    if (raw.starts_with('.')) {
      raw.remove_prefix(1);
      if (!take_digits(raw)) return false;
    }
    if (raw.starts_with('e') || raw.starts_with('E')) {
      raw.remove_prefix(1);
      if (raw.starts_with('+') || raw.starts_with('-')) raw.remove_prefix(1);
      if (!take_digits(raw)) return false;
    }
    return raw.empty();
  }

  simdjson::error_code leaf(NodeId parent, std::string_view name, std::string_view text) {
    const auto kind = text.empty() ? Node::Kind::Hollow : Node::Kind::Text;
    return into_.add(parent, name, text, kind) == kNoNode ? simdjson::CAPACITY : simdjson::SUCCESS;
  }

  simdjson::error_code text(od::raw_json_string raw, std::string_view& out) {
    return parser_.unescape(raw, texts_).get(out);
  }

  od::parser& parser_;
  Document& into_;
  std::uint8_t* texts_;  // unescaped texts go here, one behind the other
};

simdjson::error_code read_root(od::document& root, NodeId at, Reader& reader) {
  od::json_type type;
  if (auto error = root.type().get(type)) return error;
  if (type == od::json_type::object) return reader.members(root, at, 0);
  // A list without a name has none to give its elements.
  if (type == od::json_type::array) return reader.elements(root, at, "item", 0);
  return reader.read(root, at, "item", 0);
}

}  // namespace

base::Outcome<ParseError> read_json(std::string_view bytes, Document& into, NodeId at) {
  thread_local od::parser parser;
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  char* input = into.room(bytes.size() + simdjson::SIMDJSON_PADDING);
  std::memcpy(input, bytes.data(), bytes.size());
  std::memset(input + bytes.size(), 0, simdjson::SIMDJSON_PADDING);
  // Each text is shorter than it was between its quotes; the padding is for the last wide store.
  char* texts = into.room(bytes.size() + simdjson::SIMDJSON_PADDING);
  od::document root;
  auto error = parser
                   .iterate(simdjson::padded_string_view(input, bytes.size(),
                                                         bytes.size() + simdjson::SIMDJSON_PADDING))
                   .get(root);
  if (!error) {
    Reader reader(parser, into, texts);
    error = read_root(root, at, reader);
    // Behind the last token there is no place any more.
    if (!error && root.current_location().error() != simdjson::OUT_OF_BOUNDS)
      error = simdjson::TRAILING_CONTENT;
  }
  if (error)
    return base::Failure{ParseError{std::string("not JSON: ") + simdjson::error_message(error), 0}};
  return base::kDone;
}

}  // namespace carriers::formats
