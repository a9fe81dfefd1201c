// Who opens mailboxes by OAuth 2.0, and the only permissions that may be asked for: data files in
// the program (data/mailbox/), each scope with its reason. What is not there cannot be asked for.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mailbox/connector.h"

namespace mailbox {

struct Provider {
  std::string id;     // "google": as stored, and in paths
  std::string title;  // "Gmail"
  std::string kind;   // "gmail" or "imap-token"
  std::string issuer, authorize, token, revoke;
  std::string reads;                     // the API, or host:port
  std::vector<Scope> scopes;             // never empty
  std::string client_id, client_secret;  // the operator's own
  bool may_be_private = false;

  bool is_set_up() const { return !client_id.empty(); }
  // Scopes as they travel: parted by blanks.
  std::string asked() const;
};

// Those of the program, without clients. Throws std::logic_error for a fault in the files (a test
// keeps them whole).
std::vector<Provider> known_providers();
// Of the files' text: for tests. A provider without a scope, or with one that has no reason, is a
// fault.
std::vector<Provider> read_providers(std::string_view providers, std::string_view scopes);

}  // namespace mailbox
