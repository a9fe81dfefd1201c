#include "crypto/cbor.h"

#include <limits>

#include "base/text.h"

namespace crypto::cbor {
namespace {

constexpr int kDeepest = 8;
constexpr int kMostItems = 1000;

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::optional<Value> item(int depth) {
    if (depth > kDeepest || --items_left_ < 0 || rest_.empty()) return std::nullopt;
    const auto initial = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    const auto major = initial >> 5U;
    if (major == 7) return simple(initial & 31U);
    const auto argument = this->argument(initial & 31U);
    if (!argument) return std::nullopt;
    switch (major) {
      case 0:
        return integer(*argument, false);
      case 1:
        return integer(*argument, true);
      case 2:
        return string(*argument, Type::Bytes);
      case 3:
        return string(*argument, Type::Text);
      case 4:
        return items(*argument, Type::Array, depth);
      case 5:
        return items(*argument, Type::Map, depth);
      default:
        return std::nullopt;  // a tag
    }
  }
  std::size_t left() const { return rest_.size(); }

 private:
  std::optional<std::uint64_t> argument(unsigned low) {
    if (low < 24) return low;
    if (low > 27) return std::nullopt;  // reserved, or an indefinite length
    const std::size_t width = std::size_t{1} << (low - 24);
    if (rest_.size() < width) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : rest_.substr(0, width)) value = value << 8U | static_cast<std::uint8_t>(c);
    rest_.remove_prefix(width);
    return value;
  }
  static std::optional<Value> simple(unsigned low) {
    if (low == 20 || low == 21) return Value{Type::Bool, low == 21, {}, {}};
    if (low == 22) return Value{};
    return std::nullopt;
  }
  static std::optional<Value> integer(std::uint64_t argument, bool is_negative) {
    if (argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return std::nullopt;
    const auto number = static_cast<std::int64_t>(argument);
    return Value{Type::Integer, is_negative ? -1 - number : number, {}, {}};
  }
  std::optional<Value> string(std::uint64_t size, Type type) {
    if (size > rest_.size()) return std::nullopt;
    const auto text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    if (type == Type::Text && !base::is_utf8(text)) return std::nullopt;
    return Value{type, 0, text, {}};
  }
  std::optional<Value> items(std::uint64_t count, Type type, int depth) {
    if (count > static_cast<std::uint64_t>(kMostItems)) return std::nullopt;
    Value out{type, 0, {}, {}};
    for (std::uint64_t i = 0; i < (type == Type::Map ? 2 * count : count); ++i) {
      auto one = item(depth + 1);
      if (!one) return std::nullopt;
      if (type == Type::Map && i % 2 == 0 && !is_new_key(out, *one)) return std::nullopt;
      out.items.push_back(std::move(*one));
    }
    return out;
  }
  static bool is_new_key(const Value& map, const Value& key) {
    if (key.type == Type::Integer) return map.find(key.integer) == nullptr;
    if (key.type == Type::Text) return map.find(key.text) == nullptr;
    return false;  // nothing we read has other keys
  }

  std::string_view rest_;
  int items_left_ = kMostItems;
};

template <class Matches>
const Value* find_key(const Value& map, Matches matches) {
  if (map.type != Type::Map) return nullptr;
  // Whole pairs only: a map that is still being read may end with a key.
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2)
    if (matches(map.items[i])) return &map.items[i + 1];
  return nullptr;
}

}  // namespace

const Value* Value::find(std::int64_t key) const {
  return find_key(*this,
                  [&](const Value& k) { return k.type == Type::Integer && k.integer == key; });
}
const Value* Value::find(std::string_view key) const {
  return find_key(*this, [&](const Value& k) { return k.type == Type::Text && k.text == key; });
}

std::optional<Read> read(std::string_view bytes) {
  Reader reader(bytes);
  auto value = reader.item(0);
  if (!value) return std::nullopt;
  return Read{std::move(*value), bytes.size() - reader.left()};
}

}  // namespace crypto::cbor
