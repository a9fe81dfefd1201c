#include "app/mail.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "channels/email/address.h"

namespace app {
namespace {

namespace email = channels::email;

std::optional<std::string> file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string domain_of(const std::string& address) {
  const auto parsed = email::parse_address(address);
  return parsed ? parsed->domain : std::string();
}

void add_key(const Config& config, std::string_view key, const std::string& path,
             const std::string& selector, MailSettings& out, std::vector<Mistake>& mistakes) {
  if (path.empty()) return;
  auto mistake = [&](std::string says) {
    mistakes.push_back({config.file.empty() ? "(environment)" : config.file, 0, std::string(key),
                        std::move(says)});
  };
  const auto domain =
      config.mail_dkim_domain.empty() ? domain_of(out.from.address) : config.mail_dkim_domain;
  const auto pem = file_text(path);
  if (!pem) return mistake(fmt::format("{} cannot be read", path));
  auto loaded = email::DkimKey::load(*pem, domain, selector);
  if (!loaded) return mistake(loaded.error());
  out.mailer.dkim.push_back(std::move(*loaded));
}

}  // namespace

std::optional<email::Mailbox> parse_mailbox(std::string_view text) {
  email::Mailbox out;
  text = base::trim(text);
  const auto open = text.rfind('<');
  if (open == std::string_view::npos) {
    out.address = text;
  } else {
    if (!text.ends_with('>')) return std::nullopt;
    auto name = base::trim(text.substr(0, open));
    if (name.size() > 1 && name.starts_with('"') && name.ends_with('"'))
      name = name.substr(1, name.size() - 2);
    out.name = name;
    out.address = text.substr(open + 1, text.size() - open - 2);
  }
  if (!email::parse_address(out.address)) return std::nullopt;
  const bool is_clean = base::is_utf8(out.name) && std::ranges::none_of(out.name, [](char c) {
                          return static_cast<unsigned char>(c) < ' ';
                        });
  return is_clean ? std::optional(out) : std::nullopt;
}

MailSettings mail_settings(const Config& config, std::vector<Mistake>& mistakes) {
  MailSettings out;
  // Both were judged when the configuration was read.
  if (auto relays = email::parse_relays(config.mail_relays)) out.mailer.relays = std::move(*relays);
  if (auto from = parse_mailbox(config.mail_from)) out.from = std::move(*from);
  out.reply_to = parse_mailbox(config.mail_reply_to);
  out.mailer.sessions = static_cast<std::size_t>(config.mail_sessions);
  out.bounce_domain = email::ascii_domain(config.mail_bounce_domain).value_or("");
  add_key(config, "mail.dkim_key", config.mail_dkim_key, config.mail_dkim_selector, out, mistakes);
  add_key(config, "mail.dkim_ed25519_key", config.mail_dkim_ed25519_key,
          config.mail_dkim_ed25519_selector, out, mistakes);
  return out;
}

email::Verp return_paths(personal::Vault& vault, const std::string& bounce_domain) {
  const auto key = vault.keyed_hash(0, "mail.return_path", "key");
  return {std::string(reinterpret_cast<const char*>(key.data()), key.size()), bounce_domain};
}

std::unique_ptr<email::BounceDoor> open_bounce_door(const Config& config, personal::Vault& vault,
                                                    base::Metrics& metrics,
                                                    email::BounceDoor::Hear hear) {
  const auto place = parse_address(config.mail_bounce_listen);
  const auto domain = email::ascii_domain(config.mail_bounce_domain);
  if (!place || !domain) return nullptr;
  email::BounceDoor::Options options;
  options.host = place->host;
  options.port = place->port;
  options.metrics = &metrics;
  return std::make_unique<email::BounceDoor>(options, return_paths(vault, *domain),
                                             std::move(hear));
}

std::vector<DnsRecord> dns_records(const MailSettings& settings) {
  const auto domain = domain_of(settings.from.address);
  if (domain.empty()) return {};
  std::vector<DnsRecord> out;
  // The return path's domain is the one SPF is asked about.
  const auto& returns = settings.bounce_domain.empty() ? domain : settings.bounce_domain;
  out.push_back({returns, "TXT", "v=spf1 include:RELAY -all",
                 "SPF: who may send with this return path. Put your relay's own include or "
                 "addresses in place of RELAY (ip4:192.0.2.1). A domain has one such record."});
  for (const auto& key : settings.mailer.dkim) {
    out.push_back({key.record_name(), "TXT", key.record_text(),
                   "DKIM: the public half of the key that signs."});
  }
  out.push_back({"_dmarc." + domain, "TXT",
                 fmt::format("v=DMARC1; p=none; rua=mailto:dmarc@{}", domain),
                 "DMARC: begin with p=none, read the reports, then p=quarantine or p=reject."});
  if (!settings.bounce_domain.empty()) {
    out.push_back({settings.bounce_domain, "MX", "10 MAILSERVER.",
                   "Bounces: the server that receives them and hands them to Milepost."});
  }
  return out;
}

}  // namespace app
