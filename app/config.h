// The operator's configuration: one TOML file, each key overridden by an environment variable, all
// of it optional.
//
// Order, the later winning: built-in default, file, environment (MILEPOST_SERVER_LISTEN for
// [server] listen), command line (--listen, --data). Secrets come from files or the environment,
// never from the command line.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace app {

struct Config {
  std::string listen = "127.0.0.1:8080";
  std::int64_t threads = 0;
  std::int64_t body_limit = 1 << 20;
  std::int64_t header_limit = 16 << 10;
  std::int64_t connection_limit = 10'000;
  std::int64_t idle_seconds = 75;
  std::string trusted_proxies;  // addresses and networks
  bool access_log = true;
  std::string certificate;
  std::string certificate_key;

  std::string store_url;  // empty: sqlite in the data folder
  std::int64_t readers = 2;
  std::int64_t writers = 6;

  std::string master_key;  // path; empty: master.key in the data folder
  std::string keys_url;    // empty: beside the store

  std::string log_level = "info";
  std::string log_form = "text";
  std::string log_file;

  // Where people reach this instance: "https://track.example", no slash at its end. With https it
  // is in production: who runs it must then be said.
  std::string public_url;
  bool is_production() const { return public_url.starts_with("https://"); }

  std::string contact;
  std::string operator_name, operator_address, operator_country;
  std::string privacy_contact, protection_officer, representative;
  std::int64_t notice_days = 14;  // between posting a change of the policy and its effect

  std::string outgoing_proxy;   // for calls to carriers and others; empty: none
  std::string processors_file;  // TOML: to whom else data may go (policy/processors.h); empty: none
  std::string outgoing_ca_file;  // empty: the system's certificates

  // Short messages; messengers.h reads what stands here. What it calls a secret is the secret
  // itself or "file:PATH", whose first line it is.
  std::string sms_provider, sms_account, sms_secret, sms_signature_secret, sms_gateway;
  std::string sms_from, sms_from_by_country, sms_prices, sms_cap_per_day, sms_cap_per_month;
  std::int64_t sms_most_segments = 6;
  std::string push_key, push_contact;
  bool chat_may_be_private = false;
  bool push_may_be_private = false;
  std::string chat_telegram_token, chat_telegram_gateway, chat_ntfy_tokens;
  std::string home_broker, home_password, home_ca_file;
  std::string home_prefix = "milepost", home_discovery_prefix = "homeassistant";

  std::string carriers_folder;                     // the operator's own connectors; empty: none
  std::int64_t carriers_answers_kept_hours = 168;  // raw, for understanding them again; 0: not
  // [carriers.<id>] as it stands; carriers_config.h reads it, because only the connectors know what
  // may be said there.
  struct CarrierKey {
    std::string connector, key;
    std::variant<std::string, std::int64_t, double, bool> value;
    int line = 0;
  };
  std::vector<CarrierKey> carrier_keys;

  std::string rights_mailbox;      // the desk's own address; empty: no mail is taken
  std::string rights_mail_listen;  // HOST:PORT for the mail to it
  bool rights_private_transfers = false;
  std::string inbound_folder;  // empty: no folder is watched
  std::int64_t inbound_settle_seconds = 10;
  std::int64_t inbound_keep_days = 14;

  std::string mail_relays;    // as channels/email/relay.h writes them; empty: no mail is sent
  std::string mail_from;      // "Shop <parcels@shop.example>"
  std::string mail_reply_to;  // empty: none
  std::string mail_bounce_domain;
  std::string mail_bounce_listen;  // HOST:PORT for the reports to it; empty: none are taken
  std::string mail_dkim_domain;    // empty: the sender's
  std::string mail_dkim_key, mail_dkim_ed25519_key;
  std::string mail_dkim_selector = "milepost";
  std::string mail_dkim_ed25519_selector = "milepost-ed";
  std::int64_t mail_sessions = 4;

  // Webhooks may lead into private networks and to this machine.
  bool notify_private_webhooks = false;
  std::string own_addresses;                 // of this machine, beside those of its interfaces
  std::int64_t notify_webhook_seconds = 15;  // that a receiver has for its answer
  std::int64_t notify_retry_seconds = 30;    // before the second attempt; doubled before each next

  // Whoever likes signs up, or only who is invited; and another service to sign in by.
  std::string sign_up = "open";
  std::string sign_in_issuer;  // empty: none
  std::string sign_in_title, sign_in_client_id, sign_in_client_secret;
  bool sign_in_trusts_addresses = false;
  bool sign_in_may_be_private = false;

  // Mailboxes that people link.
  std::string mailbox_google_client_id, mailbox_google_client_secret;  // empty: IMAP alone
  std::int64_t mailbox_every_minutes = 15;
  bool mailbox_may_be_private = false;  // servers on the operator's own network

  // Who takes payments of accounts: empty, manual, stripe or mollie.
  std::string billing_provider, billing_key, billing_signing_secret;
  std::string billing_prices;  // the file with plans, prices and offers
  std::string billing_base;    // another address of the provider's interface, as for a test of it

  // Not keys of the file: its name, where everything without a path of its own lives, and whether
  // the key store's place was chosen by us.
  std::string file;
  std::string data_folder;
  bool is_keys_url_ours = false;
};

// One mistake in a configuration, told so that it can be found.
struct Mistake {
  std::string file;  // or the environment variable's name
  int line = 0;      // 0 when there is none
  std::string key;   // "server.listen"
  std::string says;
};
std::string describe(const Mistake& mistake);

struct Loaded {
  Config config;
  std::vector<Mistake> mistakes;
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// `file` empty: no file. `data` empty: MILEPOST_DATA, else the folder of a sqlite store, else
// ./milepost-data.
Loaded load_config(const std::string& file, const std::string& data,
                   const Environment& environment);

// The candidate that looks most like what was typed; empty when none does.
std::string_view nearest(std::string_view typed, const std::vector<std::string_view>& candidates);

// Every key there is but those of single carriers, with its environment variable: for `config show`
// and the test of the example file.
struct KeyFact {
  std::string_view key;
  std::string variable;
  std::string value;  // as loaded; "(secret)" for what may hold a password
};
std::vector<KeyFact> key_facts(const Config& config);

// "HOST:PORT", "[::1]:8080", ":8080" or "8080"; nothing when it is none of them.
struct Address {
  std::string host;
  std::uint16_t port;
};
std::optional<Address> parse_address(std::string_view text);

}  // namespace app
