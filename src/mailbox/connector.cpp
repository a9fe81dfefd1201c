#include "mailbox/connector.h"

#include <algorithm>
#include <array>
#include <utility>

#include "personal/secret.h"

namespace mailbox {

Keys::Keys(Keys&& other) noexcept {
  address.swap(other.address);
  server.swap(other.server);
  user.swap(other.user);
  secret.swap(other.secret);
}

Keys& Keys::operator=(Keys other) noexcept {
  address.swap(other.address);
  server.swap(other.server);
  user.swap(other.user);
  secret.swap(other.secret);
  return *this;
}

Keys::~Keys() {
  for (auto* text : {&address, &server, &user, &secret}) personal::wipe(*text);
}

namespace {
constexpr std::array<std::string_view, 10> kWords = {
    "", "address", "unreachable", "refused", "tls", "denied", "busy", "broken", "stopped", "known"};
}  // namespace

std::string_view word(Fault fault) { return kWords[static_cast<std::size_t>(fault)]; }

Fault fault_named(std::string_view word) {
  const auto found = std::ranges::find(kWords, word);
  return found == kWords.end() ? Fault::None : static_cast<Fault>(found - kWords.begin());
}

}  // namespace mailbox
