#include "app/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "app/mail.h"
#include "base/text.h"
#include "channels/email/address.h"
#include "channels/email/relay.h"
#include "http/address.h"
#include "http/networks.h"
#include "policy/facts.h"

namespace app {
namespace {

// A key of the file: where it goes, and what its value must be. Gives a sentence when the value is
// wrong.
struct Key {
  std::string_view path;
  std::variant<std::string Config::*, std::int64_t Config::*, bool Config::*> to;
  std::string (*check)(const Config&) = nullptr;
  bool may_hold_secret = false;
};

std::string is_between(std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return {};
  return fmt::format("must be between {} and {}", least, most);
}

// Who answers for the data stands in the policy: nobody's data is taken in without it (GDPR Art.
// 13(1)(a) and (b)).
std::string is_told(const Config& config, const std::string& value) {
  return value.empty() && config.is_production() ? "must be said when server.public_url is https"
                                                 : "";
}

bool is_store_url(std::string_view url) {
  return url.starts_with("sqlite:") || url.starts_with("postgres://") ||
         url.starts_with("postgresql://");
}

std::string is_domain_or_nothing(const std::string& text) {
  return text.empty() || channels::email::ascii_domain(text) ? "" : "must be a domain's name";
}

std::string are_addresses(std::string_view list) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (!http::is_address(base::trim(list.substr(0, comma))))
      return "must be IPv4 or IPv6 addresses, separated by commas";
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return "";
}

constexpr std::string_view kStoreForms = "must begin with sqlite: or postgres://";

const Key kKeys[] = {
    {"server.listen", &Config::listen,
     [](const Config& c) -> std::string {
       return parse_address(c.listen) ? ""
                                      : "must be HOST:PORT, such as 127.0.0.1:8080 or [::]:443";
     }},
    {"server.threads", &Config::threads,
     [](const Config& c) { return is_between(c.threads, 0, 64); }},
    {"server.body_limit", &Config::body_limit,
     [](const Config& c) { return is_between(c.body_limit, 256 << 10, 64 << 20); }},
    {"server.header_limit", &Config::header_limit,
     [](const Config& c) { return is_between(c.header_limit, 4 << 10, 256 << 10); }},
    {"server.connection_limit", &Config::connection_limit,
     [](const Config& c) { return is_between(c.connection_limit, 1, 1'000'000); }},
    {"server.idle_seconds", &Config::idle_seconds,
     [](const Config& c) { return is_between(c.idle_seconds, 1, 3600); }},
    {"server.trusted_proxies", &Config::trusted_proxies,
     [](const Config& c) -> std::string {
       return http::Networks::parse(c.trusted_proxies)
                  ? ""
                  : "must be addresses and networks, such as 127.0.0.1 10.0.0.0/8";
     }},
    {"server.access_log", &Config::access_log},
    {"server.tls.certificate", &Config::certificate,
     [](const Config& c) -> std::string {
       return c.certificate.empty() == c.certificate_key.empty()
                  ? ""
                  : "needs server.tls.key beside it, and the reverse";
     }},
    {"server.tls.key", &Config::certificate_key},
    {"store.url", &Config::store_url,
     [](const Config& c) {
       return std::string(c.store_url.empty() || is_store_url(c.store_url) ? "" : kStoreForms);
     },
     true},
    {"store.readers", &Config::readers,
     [](const Config& c) { return is_between(c.readers, 1, 64); }},
    {"store.writers", &Config::writers,
     [](const Config& c) { return is_between(c.writers, 1, 64); }},
    {"vault.master_key", &Config::master_key},
    {"vault.keys", &Config::keys_url,
     [](const Config& c) -> std::string {
       if (c.keys_url.empty()) return "";
       if (!is_store_url(c.keys_url)) return std::string(kStoreForms);
       return c.keys_url == c.store_url
                  ? "must not be the store itself: a dump of it would then hold the keys"
                  : "";
     },
     true},
    {"log.level", &Config::log_level,
     [](const Config& c) -> std::string {
       for (const auto level : {"debug", "info", "warning", "error"}) {
         if (c.log_level == level) return "";
       }
       return "must be debug, info, warning or error";
     }},
    {"log.form", &Config::log_form,
     [](const Config& c) -> std::string {
       return c.log_form == "text" || c.log_form == "json" ? "" : "must be text or json";
     }},
    {"log.file", &Config::log_file},
    {"server.public_url", &Config::public_url,
     [](const Config& c) -> std::string {
       const bool is_address =
           c.public_url.starts_with("https://") || c.public_url.starts_with("http://");
       const bool has_path = c.public_url.find('/', 8) != std::string::npos;
       return c.public_url.empty() || (is_address && !has_path)
                  ? ""
                  : "must be https://HOST without a slash at its end";
     }},
    {"operator.contact", &Config::contact, [](const Config& c) { return is_told(c, c.contact); }},
    {"operator.name", &Config::operator_name,
     [](const Config& c) { return is_told(c, c.operator_name); }},
    {"operator.address", &Config::operator_address,
     [](const Config& c) { return is_told(c, c.operator_address); }},
    {"operator.country", &Config::operator_country,
     [](const Config& c) -> std::string {
       const auto& country = c.operator_country;
       const bool is_code = country.size() == 2 && std::ranges::all_of(country, base::is_upper);
       return is_code || country.empty() ? is_told(c, country)
                                         : "must be a country's two letters, such as NL";
     }},
    {"operator.privacy_contact", &Config::privacy_contact},
    {"operator.data_protection_officer", &Config::protection_officer,
     [](const Config& c) -> std::string {
       return is_told(c, c.protection_officer).empty()
                  ? ""
                  : "must be said when server.public_url is https: how to reach them, or none";
     }},
    {"operator.representative", &Config::representative,
     [](const Config& c) -> std::string {
       if (policy::is_in_eea(c.operator_country)) return "";
       return is_told(c, c.representative).empty() ? ""
                                                   : "must be said: an operator outside the EEA "
                                                     "needs one there (GDPR Art. 27), or none";
     }},
    {"policy.notice_days", &Config::notice_days,
     [](const Config& c) { return is_between(c.notice_days, 0, 365); }},
    {"outgoing.proxy", &Config::outgoing_proxy,
     [](const Config& c) -> std::string {
       return c.outgoing_proxy.empty() || c.outgoing_proxy.starts_with("http://")
                  ? ""
                  : "must be http://HOST:PORT";
     },
     true},
    {"outgoing.ca_file", &Config::outgoing_ca_file},
    {"outgoing.processors", &Config::processors_file},
    {"sms.provider", &Config::sms_provider},
    {"sms.account", &Config::sms_account},
    {"sms.secret", &Config::sms_secret, nullptr, true},
    {"sms.signature_secret", &Config::sms_signature_secret, nullptr, true},
    {"sms.gateway", &Config::sms_gateway},
    {"sms.from", &Config::sms_from},
    {"sms.from_by_country", &Config::sms_from_by_country},
    {"sms.prices", &Config::sms_prices},
    {"sms.cap_per_day", &Config::sms_cap_per_day},
    {"sms.cap_per_month", &Config::sms_cap_per_month},
    {"sms.most_segments", &Config::sms_most_segments,
     [](const Config& c) { return is_between(c.sms_most_segments, 1, 10); }},
    {"push.key", &Config::push_key, nullptr, true},
    {"push.contact", &Config::push_contact},
    {"push.private_services", &Config::push_may_be_private},
    {"chat.private_addresses", &Config::chat_may_be_private},
    {"chat.telegram_token", &Config::chat_telegram_token, nullptr, true},
    {"chat.telegram_gateway", &Config::chat_telegram_gateway},
    {"chat.ntfy_tokens", &Config::chat_ntfy_tokens, nullptr, true},
    {"home_assistant.broker", &Config::home_broker},
    {"home_assistant.password", &Config::home_password, nullptr, true},
    {"home_assistant.ca_file", &Config::home_ca_file},
    {"home_assistant.prefix", &Config::home_prefix},
    {"home_assistant.discovery_prefix", &Config::home_discovery_prefix},
    {"carriers.folder", &Config::carriers_folder},
    {"carriers.answers_kept_hours", &Config::carriers_answers_kept_hours,
     [](const Config& c) { return is_between(c.carriers_answers_kept_hours, 0, 168); }},
    {"rights.mailbox", &Config::rights_mailbox,
     [](const Config& c) -> std::string {
       return c.rights_mailbox.empty() || channels::email::parse_address(c.rights_mailbox)
                  ? ""
                  : "must be an address such as privacy@shop.example";
     }},
    {"rights.mail_listen", &Config::rights_mail_listen,
     [](const Config& c) -> std::string {
       if (c.rights_mail_listen.empty()) return "";
       if (c.rights_mailbox.empty()) return "needs rights.mailbox beside it";
       return parse_address(c.rights_mail_listen) ? ""
                                                  : "must be HOST:PORT, such as 127.0.0.1:2527";
     }},
    {"rights.private_transfers", &Config::rights_private_transfers},
    {"inbound.folder", &Config::inbound_folder},
    {"inbound.settle_seconds", &Config::inbound_settle_seconds,
     [](const Config& c) { return is_between(c.inbound_settle_seconds, 1, 3600); }},
    {"inbound.keep_days", &Config::inbound_keep_days,
     [](const Config& c) { return is_between(c.inbound_keep_days, 0, 180); }},
    {"sign_in.sign_up", &Config::sign_up,
     [](const Config& c) -> std::string {
       return c.sign_up == "open" || c.sign_up == "invited" ? "" : "must be open or invited";
     }},
    {"sign_in.issuer", &Config::sign_in_issuer,
     [](const Config& c) -> std::string {
       const bool is_url =
           c.sign_in_issuer.starts_with("https://") || c.sign_in_issuer.starts_with("http://");
       if (!c.sign_in_issuer.empty() && !is_url) return "must be the provider's https address";
       return c.sign_in_issuer.empty() || !c.sign_in_client_id.empty()
                  ? ""
                  : "needs sign_in.client_id beside it";
     }},
    {"sign_in.title", &Config::sign_in_title},
    {"sign_in.client_id", &Config::sign_in_client_id},
    {"sign_in.client_secret", &Config::sign_in_client_secret, nullptr, true},
    {"sign_in.trusts_addresses", &Config::sign_in_trusts_addresses},
    {"sign_in.may_be_private", &Config::sign_in_may_be_private},
    {"mailbox.google_client_id", &Config::mailbox_google_client_id,
     [](const Config& c) -> std::string {
       return c.mailbox_google_client_id.empty() || !c.mailbox_google_client_secret.empty()
                  ? ""
                  : "needs mailbox.google_client_secret beside it";
     }},
    {"mailbox.google_client_secret", &Config::mailbox_google_client_secret, nullptr, true},
    {"mailbox.every_minutes", &Config::mailbox_every_minutes,
     [](const Config& c) { return is_between(c.mailbox_every_minutes, 1, 1440); }},
    {"mailbox.may_be_private", &Config::mailbox_may_be_private},
    {"billing.provider", &Config::billing_provider,
     [](const Config& c) -> std::string {
       const auto& one = c.billing_provider;
       if (one.empty() || one == "manual") return "";
       if (one != "stripe" && one != "mollie") return "must be manual, stripe, mollie or empty";
       if (c.public_url.empty()) return "needs server.public_url, where its messages go";
       if (c.billing_key.empty()) return "needs billing.key beside it";
       return one == "stripe" && c.billing_signing_secret.empty()
                  ? "needs billing.signing_secret beside it"
                  : "";
     }},
    {"billing.key", &Config::billing_key, nullptr, true},
    {"billing.signing_secret", &Config::billing_signing_secret, nullptr, true},
    {"billing.prices", &Config::billing_prices},
    {"billing.base", &Config::billing_base,
     [](const Config& c) -> std::string {
       const bool is_url =
           c.billing_base.starts_with("https://") || c.billing_base.starts_with("http://");
       return c.billing_base.empty() || is_url ? "" : "must be an http or https address";
     }},
    {"notify.private_webhooks", &Config::notify_private_webhooks},
    {"notify.own_addresses", &Config::own_addresses,
     [](const Config& c) { return are_addresses(c.own_addresses); }},
    {"notify.webhook_seconds", &Config::notify_webhook_seconds,
     [](const Config& c) { return is_between(c.notify_webhook_seconds, 1, 30); }},
    {"notify.retry_seconds", &Config::notify_retry_seconds,
     [](const Config& c) { return is_between(c.notify_retry_seconds, 1, 3600); }},
    {"mail.relays", &Config::mail_relays,
     [](const Config& c) -> std::string {
       const auto relays = channels::email::parse_relays(c.mail_relays);
       return relays ? "" : relays.error();
     },
     true},
    {"mail.from", &Config::mail_from,
     [](const Config& c) -> std::string {
       if (c.mail_from.empty()) return c.mail_relays.empty() ? "" : "needs a sender's address";
       return parse_mailbox(c.mail_from) ? "" : "must be an address, or Name <address>";
     }},
    {"mail.reply_to", &Config::mail_reply_to,
     [](const Config& c) -> std::string {
       return c.mail_reply_to.empty() || parse_mailbox(c.mail_reply_to)
                  ? ""
                  : "must be an address, or Name <address>";
     }},
    {"mail.bounce_domain", &Config::mail_bounce_domain,
     [](const Config& c) { return is_domain_or_nothing(c.mail_bounce_domain); }},
    {"mail.bounce_listen", &Config::mail_bounce_listen,
     [](const Config& c) -> std::string {
       if (c.mail_bounce_listen.empty()) return "";
       if (c.mail_bounce_domain.empty()) return "needs mail.bounce_domain beside it";
       return parse_address(c.mail_bounce_listen) ? ""
                                                  : "must be HOST:PORT, such as 127.0.0.1:2526";
     }},
    {"mail.dkim_domain", &Config::mail_dkim_domain,
     [](const Config& c) { return is_domain_or_nothing(c.mail_dkim_domain); }},
    {"mail.dkim_key", &Config::mail_dkim_key,
     [](const Config& c) -> std::string {
       return c.mail_dkim_key.empty() || !c.mail_from.empty() || !c.mail_dkim_domain.empty()
                  ? ""
                  : "needs mail.from or mail.dkim_domain beside it";
     }},
    {"mail.dkim_selector", &Config::mail_dkim_selector},
    {"mail.dkim_ed25519_key", &Config::mail_dkim_ed25519_key},
    {"mail.dkim_ed25519_selector", &Config::mail_dkim_ed25519_selector},
    {"mail.sessions", &Config::mail_sessions,
     [](const Config& c) { return is_between(c.mail_sessions, 1, 32); }},
};

const Key* find_key(std::string_view path) {
  for (const auto& key : kKeys) {
    if (key.path == path) return &key;
  }
  return nullptr;
}

std::string variable_of(std::string_view path) {
  std::string name = "MILEPOST_";
  for (const char c : path) name += c == '.' ? '_' : base::to_upper(c);
  return name;
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string unknown_key(std::string_view path) {
  std::vector<std::string_view> known;
  for (const auto& key : kKeys) known.push_back(key.path);
  const auto near = nearest(path, known);
  return near.empty() ? "there is no such key"
                      : fmt::format("there is no such key; did you mean {}?", near);
}

// Puts a TOML value into its place. A sentence when the kind is wrong.
std::string assign(Config& config, const Key& key, const toml::node& value) {
  if (const auto* to = std::get_if<std::string Config::*>(&key.to)) {
    const auto text = value.value_exact<std::string>();
    if (!text) return "must be a text in quotes";
    config.*(*to) = *text;
  } else if (const auto* to_number = std::get_if<std::int64_t Config::*>(&key.to)) {
    const auto number = value.value_exact<std::int64_t>();
    if (!number) return "must be a whole number";
    config.*(*to_number) = *number;
  } else {
    const auto truth = value.value_exact<bool>();
    if (!truth) return "must be true or false";
    config.*std::get<bool Config::*>(key.to) = *truth;
  }
  return {};
}

std::string assign_text(Config& config, const Key& key, const std::string& text) {
  if (const auto* to = std::get_if<std::string Config::*>(&key.to)) {
    config.*(*to) = text;
  } else if (const auto* to_number = std::get_if<std::int64_t Config::*>(&key.to)) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return "must be a whole number";
    config.*(*to_number) = number;
  } else if (text == "true" || text == "1" || text == "false" || text == "0") {
    config.*std::get<bool Config::*>(key.to) = text == "true" || text == "1";
  } else {
    return "must be true or false";
  }
  return {};
}

class FileReader {
 public:
  FileReader(const std::string& file, Loaded& loaded) : file_(file), loaded_(loaded) {}

  void read() {
    try {
      walk(toml::parse_file(file_), "");
    } catch (const toml::parse_error& e) {
      loaded_.mistakes.push_back(
          {file_, static_cast<int>(e.source().begin.line), "", std::string(e.description())});
    }
  }
  // Where a key stood, for mistakes that only show when all is read.
  int line_of(std::string_view path) const {
    for (const auto& [known, line] : lines_) {
      if (known == path) return line;
    }
    return 0;
  }

 private:
  void walk(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const auto path = prefix + std::string(name.str());
      const auto line = static_cast<int>(node.source().begin.line);
      if (const auto* inner = node.as_table(); inner != nullptr && prefix == "carriers.") {
        keep_carrier(std::string(name.str()), *inner);
        continue;
      }
      if (const auto* inner = node.as_table()) {
        walk(*inner, path + ".");
        continue;
      }
      lines_.emplace_back(path, line);
      const auto* key = find_key(path);
      const auto wrong = key == nullptr ? unknown_key(path) : assign(loaded_.config, *key, node);
      if (!wrong.empty()) loaded_.mistakes.push_back({file_, line, path, wrong});
    }
  }

  void keep_carrier(const std::string& connector, const toml::table& table) {
    for (const auto& [name, node] : table) {
      Config::CarrierKey key{
          connector, std::string(name.str()), {}, static_cast<int>(node.source().begin.line)};
      if (const auto text = node.value_exact<std::string>()) {
        key.value = *text;
      } else if (const auto whole = node.value_exact<std::int64_t>()) {
        key.value = *whole;
      } else if (const auto number = node.value_exact<double>()) {
        key.value = *number;
      } else if (const auto truth = node.value_exact<bool>()) {
        key.value = *truth;
      } else {
        loaded_.mistakes.push_back({file_, key.line,
                                    fmt::format("carriers.{}.{}", connector, key.key),
                                    "must be a text, a number, true or false"});
        continue;
      }
      loaded_.config.carrier_keys.push_back(std::move(key));
    }
  }

  std::string file_;
  Loaded& loaded_;
  std::vector<std::pair<std::string, int>> lines_;
};

std::string data_folder(const Config& config, const std::string& given,
                        const Environment& environment) {
  if (!given.empty()) return given;
  if (const auto variable = environment("MILEPOST_DATA"); variable && !variable->empty())
    return *variable;
  constexpr std::string_view kSqlite = "sqlite:";
  if (config.store_url.starts_with(kSqlite)) {
    const auto folder =
        std::filesystem::path(config.store_url.substr(kSqlite.size())).parent_path();
    return folder.empty() ? "." : folder.string();
  }
  return "milepost-data";
}

std::string beside(const std::string& url) {
  // postgres://.../name?options -> postgres://.../name_keys?options
  const auto options = url.find('?');
  auto out = url.substr(0, options) + "_keys";
  if (options != std::string::npos) out += url.substr(options);
  return out;
}

}  // namespace

std::string_view nearest(std::string_view typed, const std::vector<std::string_view>& candidates) {
  std::string_view found;
  std::size_t best = 4;
  for (const auto candidate : candidates) {
    if (const auto d = distance(typed, candidate); d < best) {
      best = d;
      found = candidate;
    }
  }
  return found;
}

std::string describe(const Mistake& m) {
  std::string out = m.file;
  if (m.line > 0) out += fmt::format(":{}", m.line);
  if (!m.key.empty()) out += fmt::format(": {}", m.key);
  return out + ": " + m.says;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

Loaded load_config(const std::string& file, const std::string& data,
                   const Environment& environment) {
  Loaded loaded;
  FileReader reader(file, loaded);
  if (!file.empty()) reader.read();
  std::vector<std::string_view> from_environment;
  for (const auto& key : kKeys) {
    const auto variable = variable_of(key.path);
    const auto value = environment(variable);
    if (!value) continue;
    from_environment.push_back(key.path);
    if (const auto wrong = assign_text(loaded.config, key, *value); !wrong.empty()) {
      loaded.mistakes.push_back({variable, 0, std::string(key.path), wrong});
    }
  }
  if (loaded.mistakes.empty()) {
    for (const auto& key : kKeys) {
      const auto wrong = key.check == nullptr ? std::string() : key.check(loaded.config);
      if (wrong.empty()) continue;
      const bool is_variable =
          std::ranges::find(from_environment, key.path) != from_environment.end();
      loaded.mistakes.push_back({is_variable    ? variable_of(key.path)
                                 : file.empty() ? "(built in)"
                                                : file,
                                 is_variable ? 0 : reader.line_of(key.path), std::string(key.path),
                                 wrong});
    }
  }
  std::ranges::stable_sort(loaded.mistakes, {}, &Mistake::line);
  auto& c = loaded.config;
  c.file = file;
  c.data_folder = data_folder(c, data, environment);
  const std::filesystem::path folder(c.data_folder);
  if (c.store_url.empty()) c.store_url = "sqlite:" + (folder / "milepost.db").string();
  if (c.master_key.empty()) c.master_key = (folder / "master.key").string();
  c.is_keys_url_ours = c.keys_url.empty();
  if (c.keys_url.empty()) {
    c.keys_url = c.store_url.starts_with("sqlite:") ? "sqlite:" + (folder / "keys.db").string()
                                                    : beside(c.store_url);
  }
  return loaded;
}

std::vector<KeyFact> key_facts(const Config& config) {
  std::vector<KeyFact> facts;
  for (const auto& key : kKeys) {
    auto value = std::visit(
        [&](auto member) -> std::string {
          if constexpr (std::is_same_v<decltype(member), std::string Config::*>) {
            return config.*member;
          } else {
            return fmt::format("{}", config.*member);
          }
        },
        key.to);
    if (key.may_hold_secret &&
        (value.find('@') != std::string::npos || value.find("password") != std::string::npos)) {
      value = "(secret)";
    }
    facts.push_back({key.path, variable_of(key.path), std::move(value)});
  }
  return facts;
}

std::optional<Address> parse_address(std::string_view text) {
  std::string host = "127.0.0.1";
  std::string_view port = text;
  if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
    port = text.substr(colon + 1);
    auto before = text.substr(0, colon);
    if (before.starts_with('[') && before.ends_with(']'))
      before = before.substr(1, before.size() - 2);
    host = before.empty() ? "0.0.0.0" : std::string(before);
  }
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (port.empty() || error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  if (host == "localhost") host = "127.0.0.1";
  return Address{host, number};
}

}  // namespace app
