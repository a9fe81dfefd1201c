// Reads CBOR (RFC 8949), as far as security keys speak it (CTAP2, WebAuthn, COSE): integers, byte
// and text strings, arrays, maps, true, false, null. Indefinite lengths, tags and floating point
// are refused: CTAP2's canonical form has none of the first two, and nothing we read uses the
// third.
//
// Pure. What is read views into the bytes it was read from.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace crypto::cbor {

enum class Type : std::uint8_t { Integer, Bytes, Text, Array, Map, Bool, Null };

struct Value {
  Type type = Type::Null;
  std::int64_t integer = 0;  // of Integer; 0 or 1 of Bool
  std::string_view text;     // of Bytes and Text (well-formed UTF-8)
  std::vector<Value> items;  // of Array; of Map: key, value, key, value ...

  // The value under this key of a map; nullptr when there is none or this is no map.
  const Value* find(std::int64_t key) const;
  const Value* find(std::string_view key) const;
};

struct Read {
  Value value;
  std::size_t size = 0;  // bytes it took from the front
};

// The one item at the front of bytes. Nothing when it is broken, deeper than 8, of more than 1,000
// items, or a map has one key twice.
std::optional<Read> read(std::string_view bytes);

}  // namespace crypto::cbor
