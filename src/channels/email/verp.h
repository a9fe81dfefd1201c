// Return paths that tell whom a bounce is about: b+ID.MAC@bounces.example.com (VERP).
//
// The MAC makes that nobody but us can have written one: a report to an address without it is not
// believed. Letters are small and hexadecimal, because servers on the way change case. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace channels::email {

class Verp {
 public:
  // `domain`: where our mail's bounces are received, in ASCII.
  // `key`: 32 secret bytes.
  Verp(std::string key, std::string domain) : key_(std::move(key)), domain_(std::move(domain)) {}

  // `id`: up to 32 letters and digits, small ones: what the sender calls this message.
  std::string address(std::string_view id) const;
  // The id in an address of ours, in any case, with or without angle brackets; nothing when it is
  // not ours or not true.
  std::optional<std::string> id_in(std::string_view address) const;

  const std::string& domain() const { return domain_; }

 private:
  std::string mac(std::string_view id) const;

  std::string key_, domain_;
};

}  // namespace channels::email
