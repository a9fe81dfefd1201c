// That a human who is known to this instance is here and means it: what a program cannot say for
// one. Whoever reviews a request of an authority, or completes a decision that weighs on somebody,
// brings a Human; nothing but Recognition makes one, and Recognition asks for what only that person
// knows.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace rights {

class Human {
 public:
  std::int64_t person() const { return person_; }

 private:
  friend class Recognition;
  explicit Human(std::int64_t person) : person_(person) {}
  std::int64_t person_ = 0;
};

class Recognition {
 public:
  // Who has these; nothing for a wrong password. Wired by app onto the sign-in of accounts, which
  // slows down who tries and notes who came.
  using Check = std::function<std::optional<std::int64_t>(
      const std::string& email, const std::string& password, const std::string& code)>;
  explicit Recognition(Check check) : check_(std::move(check)) {}

  // `code`: of the second step, for whoever has one. Blocks.
  std::optional<Human> recognise(const std::string& email, const std::string& password,
                                 const std::string& code = {}) const {
    const auto person = check_(email, password, code);
    if (!person || *person <= 0) return std::nullopt;
    return Human(*person);
  }

 private:
  Check check_;
};

}  // namespace rights
