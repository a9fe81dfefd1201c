// A value, or the reason there is none: std::expected's spelling, for C++20.
//
// Own, although libexpected-dev exists, for one word: [[nodiscard]] on the class, which makes a
// forgotten error a warning, and warnings are errors here. See docs/decisions/0003-result.md.
#pragma once
#include <utility>
#include <variant>

namespace base {

template <class E>
struct Failure {
  E error;
};
template <class E>
Failure(E) -> Failure<E>;

template <class T, class E>
class [[nodiscard]] Result {
 public:
  using Value = T;
  using Error = E;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  template <class F>
  Result(Failure<F> f) : state_(std::in_place_index<1>, std::move(f.error)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  bool has_value() const noexcept { return state_.index() == 0; }

  // Throw std::bad_variant_access when asked for what is not there.
  const T& value() const& { return std::get<0>(state_); }
  T& value() & { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const E& error() const& { return std::get<1>(state_); }
  E&& error() && { return std::get<1>(std::move(state_)); }

  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }
  T value_or(T other) const& { return *this ? value() : std::move(other); }

 private:
  std::variant<T, E> state_;
};

// For work that can fail but has nothing to say when it does not.
template <class E>
using Outcome = Result<std::monostate, E>;
inline constexpr std::monostate kDone{};

}  // namespace base
