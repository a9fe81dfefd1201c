// What knows whom people are and how they are written to, without the machine that drives it: for
// serve, and for the command line.
#pragma once
#include <memory>
#include <string>

#include "app/config.h"
#include "app/instance.h"
#include "app/mail.h"
#include "http/own_addresses.h"
#include "notify/people/desk.h"
#include "notify/people/wording.h"

namespace app {

// What stands before every path for the world outside: [server] public_url, or what is listened to.
std::string public_url(const Config& config);

// What must not be called on somebody else's word: this machine, by whatever address.
std::shared_ptr<const http::OwnAddresses> own_addresses(const Config& config);

struct PeopleParts {
  // `mail`: whose name signs. In a demo the shop is invented, address and all.
  PeopleParts(Instance& instance, const Config& config, const couriers::Catalogue& catalogue,
              const MailSettings& mail, bool is_demo);
  PeopleParts(const PeopleParts&) = delete;  // its parts stand on each other
  PeopleParts& operator=(const PeopleParts&) = delete;

  notify::people::Recipients recipients;
  notify::people::Wording wording;
  notify::people::Tools tools;
};

}  // namespace app
