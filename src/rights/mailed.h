// Requests that come by mail (policy clause 95). What is asked for is found by words of the
// project's languages (data/rights/words.tsv); who asks is not: anybody can write any address on a
// letter. So the case waits, a link goes to the address, and whoever follows it has shown that it
// is theirs (Desk::prove). A mail from somebody nothing is known of is treated exactly alike.
#pragma once
#include <string>
#include <string_view>

#include "rights/desk.h"
#include "rights/visits.h"

namespace rights {

struct Understood {
  Kind kind = Kind::Access;  // what is asked for; Access when the words say nothing
  std::string language = "en";
  bool is_sure = false;  // words were found
};
// From a mail's subject and text; the subject weighs more. Pure.
Understood understand_request(std::string_view subject, std::string_view text);

struct MailedRequest {
  std::string from, subject, text;  // UTF-8, plain text
  base::Instant received_at{};
};

enum class MailTaken : std::uint8_t {
  Opened,    // a case for each account that knows the address, or one for the operator
  TooMany,   // this address has enough that waits; nothing was opened
  NoSender,  // it has no address that could be answered
};
// In the caller's transaction. An identity link goes to the address, at most three a day.
MailTaken take_mailed(store::Tx& tx, personal::Vault& vault, Desk& desk, Visits& visits,
                      const MailedRequest& mail);

// So many cases of an address may wait for their proof at once.
inline constexpr int kMostUnproven = 3;

}  // namespace rights
