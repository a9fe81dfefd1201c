// Personal<T, Field>: a personal value in hand that cannot be printed, logged, compared, serialised
// or converted.
//
// The only way to the value is open(value, access): the access names one purpose, the field's
// dictionary entry must list that purpose (checked when compiling), the source label must allow it
// (checked when running), and the access ends up in the ledger (one row per operation, however many
// fields it opened).
//
// Field is a type made from data/privacy/rooms/, Purpose an enumeration made from
// data/privacy/purposes.toml (generated into personal/fields/ROOM.gen.h and purposes.gen.h), so the
// policy, the code and the schema cannot drift apart.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "personal/label.h"
#include "personal/purposes.gen.h"

namespace personal {

// A field type: struct F { static constexpr std::uint16_t kId; static constexpr std::string_view
// kName;
//                          static constexpr PurposeSet kPurposes; };
template <class F>
concept Field = requires {
  { F::kId } -> std::convertible_to<std::uint16_t>;
  { F::kPurposes } -> std::convertible_to<PurposeSet>;
};

template <Purpose P>
class Access;

template <class T, Field F>
class Personal {
 public:
  using Value = T;
  using FieldType = F;

  Personal() = default;
  // Taking a value in needs no purpose: collecting is governed by the form it came through. An
  // empty value is "not given".
  Personal(T value, Label label) : value_(std::move(value)), label_(label) {}

  // Whether something was given is not itself secret (it decides whether a row needs a key).
  bool is_given() const { return !value_.empty(); }
  Label label() const { return label_; }

  bool operator==(const Personal&) const = delete;
  auto operator<=>(const Personal&) const = delete;

 private:
  template <Purpose P, class U, Field G>
  friend const U& open(const Personal<U, G>& value, Access<P>& access);
  template <Purpose P, class U, Field G>
  friend U open(Personal<U, G>&& value, Access<P>& access);
  friend class Envelope;  // seals and unseals without opening

  T value_{};
  Label label_{};
};

// The value, for the purpose of this access; empty when its subject is restricted. Does not compile
// when the field does not list the purpose; throws LabelRefusal when the value's source label
// forbids it.
template <Purpose P, class T, Field F>
const T& open(const Personal<T, F>& value, Access<P>& access) {
  static_assert(F::kPurposes.contains(P),
                "this field's entry in data/privacy/rooms/ does not list this purpose");
  static const T kNothing{};
  return !value.is_given() || access.note_opened(value.label_) ? value.value_ : kNothing;
}
// The same for a value that is about to go: by value, so that nothing dangles.
template <Purpose P, class T, Field F>
T open(Personal<T, F>&& value, Access<P>& access) {
  static_assert(F::kPurposes.contains(P),
                "this field's entry in data/privacy/rooms/ does not list this purpose");
  if (!value.is_given() || access.note_opened(value.label_)) return std::move(value.value_);
  return T{};
}

}  // namespace personal
