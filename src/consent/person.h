// A person as this room knows them: a keyed hash of an address.
//
// The same address gives the same person for as long as the account lives, whatever shipment it
// came with, so that what somebody said survives an erasure and a new import; nobody without the
// key store gets from here to the address or can try addresses out. Accounts do not recognise each
// other's people.
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "personal/vault.h"

namespace consent {

class Person {
 public:
  // 128 bits of a keyed hash: nobody meets another by chance.
  static constexpr std::size_t kBytes = 16;

  Person() = default;  // nobody
  // From exactly 16 bytes, as stored.
  static std::optional<Person> from_bytes(std::string_view bytes);

  std::string_view bytes() const { return {bytes_.data(), kBytes}; }
  bool is_nobody() const { return *this == Person(); }

  friend bool operator==(const Person&, const Person&) = default;
  friend auto operator<=>(const Person&, const Person&) = default;

 private:
  std::array<char, kBytes> bytes_{};
};

// One spelling for all that reach the same mailbox: without white space around, letters folded
// (Unicode NFKC_Casefold), the domain in its ASCII form. Nothing for what cannot be an address.
// What follows a plus stays: mailboxes differ in what they make of it.
std::optional<std::string> fold_email(std::string_view address);
// E.164, "+4930123456": without spaces and signs, 00 read as +. Nothing for a number that does not
// say its country: whose it is nobody knows.
std::optional<std::string> fold_phone(std::string_view number);

// Makes persons. Safe from any thread; reads the key store when the account's key is not in memory.
class People {
 public:
  explicit People(personal::Vault& vault) : vault_(vault) {}

  std::optional<Person> by_email(std::int64_t account_id, std::string_view address) const;
  std::optional<Person> by_phone(std::int64_t account_id, std::string_view number) const;
  // Anything else that tells one person from another: a push endpoint, a member's id, a browser's
  // random one. `kind` is a constant and keeps them apart.
  Person by(std::int64_t account_id, std::string_view kind, std::string_view text) const;

 private:
  personal::Vault& vault_;
};

}  // namespace consent
