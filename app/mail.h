// The [mail] section of the configuration, made into what the channel takes.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.h"
#include "channels/email/bounce_door.h"
#include "channels/email/mime.h"
#include "channels/email/smtp.h"
#include "channels/email/verp.h"
#include "personal/vault.h"

namespace app {

struct MailSettings {
  channels::email::SmtpMailer::Options mailer;  // without relays: nothing is sent
  channels::email::Mailbox from;                // address empty when there are no relays
  std::optional<channels::email::Mailbox> reply_to;
  std::string bounce_domain;  // empty: the return path is the sender's own address
};

// Mistakes are added to `mistakes`, with the key they are about; key files are read.
MailSettings mail_settings(const Config& config, std::vector<Mistake>& mistakes);

// "Shop <parcels@shop.example>" or an address alone; nothing when it is neither.
std::optional<channels::email::Mailbox> parse_mailbox(std::string_view text);

// The return paths of this instance. Their key is derived from the vault's and outlives restarts.
channels::email::Verp return_paths(personal::Vault& vault, const std::string& bounce_domain);

// The door for what comes back to them; nullptr when none is configured. Throws std::system_error
// when its port cannot be had.
std::unique_ptr<channels::email::BounceDoor> open_bounce_door(
    const Config& config, personal::Vault& vault, base::Metrics& metrics,
    channels::email::BounceDoor::Hear hear);

// What the operator has to put into the domain's DNS.
struct DnsRecord {
  std::string name, type, value;
  std::string why;
};
std::vector<DnsRecord> dns_records(const MailSettings& settings);

}  // namespace app
