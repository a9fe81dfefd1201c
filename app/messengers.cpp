#include "app/messengers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <map>

#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/key.h"

namespace app {
namespace {

namespace sms = channels::sms;

// Reads the sections, one method each, and collects what is wrong.
class Reader {
 public:
  Reader(const Config& config, std::vector<Mistake>& mistakes)
      : config_(config), mistakes_(mistakes) {}

  MessengerConfig read() {
    MessengerConfig out;
    read_sms(out);
    read_push(out.settings.push);
    read_chat(out.settings);
    read_home(out.settings.home_assistant);
    return out;
  }

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  void complain(std::string_view key, std::string says) {
    mistakes_.push_back({config_.file.empty() ? "(environment)" : config_.file, 0, std::string(key),
                         std::move(says)});
  }

  // The secret itself, or the first line of the file it names.
  std::string secret(std::string_view key, const std::string& text) {
    constexpr std::string_view kFile = "file:";
    if (!text.starts_with(kFile)) return text;
    std::ifstream file(text.substr(kFile.size()));
    std::string line;
    if (!file) {
      complain(key, text.substr(kFile.size()) + " cannot be read");
    } else if (std::getline(file, line); base::trim(line).empty()) {
      complain(key, "the first line of " + text.substr(kFile.size()) + " is empty");
    }
    return std::string(base::trim(line));
  }

  // A whole file where it is PEM; else the secret as above.
  std::string key_text(std::string_view key, const std::string& text) {
    auto first = secret(key, text);
    if (!first.starts_with("-----BEGIN") || !text.starts_with("file:")) return first;
    std::ifstream file(text.substr(5));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // "A=1, B=2"; a complaint when an entry has no "=".
  Pairs pairs(std::string_view key, std::string_view text) {
    Pairs out;
    while (!base::trim(text).empty()) {
      const auto entry = base::trim(text.substr(0, text.find(',')));
      text.remove_prefix(std::min(text.size(), text.find(',')));
      if (!text.empty()) text.remove_prefix(1);
      const auto equals = entry.rfind('=');
      if (equals == std::string_view::npos || equals == 0) {
        complain(key, fmt::format("\"{}\" has no = in it", entry));
        continue;
      }
      out.emplace_back(base::trim(entry.substr(0, equals)), base::trim(entry.substr(equals + 1)));
    }
    return out;
  }

  void read_sms(MessengerConfig& out) {
    if (config_.sms_provider.empty()) return;
    const auto before = mistakes_.size();
    auto& to = out.settings.sms;
    if (config_.sms_provider == "vonage") {
      to.provider = sms::Settings::Provider::Vonage;
    } else if (config_.sms_provider != "twilio") {
      complain("sms.provider", "must be twilio or vonage");
    }
    to.account = config_.sms_account;
    to.secret = secret("sms.secret", config_.sms_secret);
    to.signature_secret = secret("sms.signature_secret", config_.sms_signature_secret);
    if (to.account.empty()) complain("sms.account", "must be said when there is a provider");
    if (config_.sms_secret.empty()) complain("sms.secret", "must be said when there is a provider");
    read_senders(to);
    to.most_segments = static_cast<int>(config_.sms_most_segments);
    to.base_url = config_.sms_gateway;
    to.may_be_private = !to.base_url.empty();  // the operator's own word
    set_callback(to);
    read_prices(out);
    if (mistakes_.size() > before) to = {};
  }

  void read_senders(sms::Settings& to) {
    to.from.text = config_.sms_from;
    for (auto& [country, sender] : pairs("sms.from_by_country", config_.sms_from_by_country)) {
      if (country.size() != 2)
        complain("sms.from_by_country",
                 fmt::format("\"{}\" is not a country's two letters", country));
      to.from_by_country.emplace_back(base::upper(country), sms::From{sender});
    }
    if (to.from.text.empty() && to.from_by_country.empty())
      complain("sms.from", "must be said: a number, or a name of up to 11 characters");
  }

  // Vonage proves itself by a key in the address until it signs. The key is made of the secret, so
  // that it stays the same and need not be kept.
  void set_callback(sms::Settings& to) {
    if (config_.public_url.empty()) return;
    to.callback_url = config_.public_url + std::string(kSmsCallbackPath);
    if (to.provider == sms::Settings::Provider::Vonage && to.signature_secret.empty())
      to.callback_url +=
          "?key=" +
          crypto::to_base64url(crypto::hmac_sha256(to.secret, "sms callback")).substr(0, 32);
  }

  void read_prices(MessengerConfig& out) {
    std::map<std::string, std::string, std::less<>> entries;
    for (auto& [country, price] : pairs("sms.prices", config_.sms_prices)) entries[country] = price;
    auto prices = sms::Prices::parse(entries);
    if (!prices) {
      complain("sms.prices", prices.error());
    } else {
      out.sms_prices = std::move(*prices);
    }
    out.sms_cap_per_day = cap("sms.cap_per_day", config_.sms_cap_per_day);
    out.sms_cap_per_month = cap("sms.cap_per_month", config_.sms_cap_per_month);
    if ((out.sms_cap_per_day || out.sms_cap_per_month) && out.sms_prices.is_empty())
      complain("sms.prices", "must be said beside a cap, or nothing could be sent");
  }

  std::optional<sms::Money> cap(std::string_view key, const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto money = sms::parse_money(text);
    if (!money) complain(key, "must be an amount such as 5.00");
    return money;
  }

  void read_push(channels::push::WebPush::Options& to) {
    if (config_.push_key.empty()) return;
    const auto before = mistakes_.size();
    const auto key = key_text("push.key", config_.push_key);
    if (mistakes_.size() > before) return;
    std::string contact = config_.push_contact;
    if (contact.find(':') == std::string::npos && contact.find('@') != std::string::npos)
      contact = "mailto:" + contact;
    auto vapid = channels::push::Vapid::create(key, contact);
    to.may_be_private = config_.push_may_be_private;
    if (vapid) {
      to.vapid = std::move(*vapid);
    } else {
      complain(contact.empty() ? "push.contact" : "push.key", vapid.error());
    }
  }

  void read_chat(channels::MessengerSettings& to) {
    to.telegram.token = secret("chat.telegram_token", config_.chat_telegram_token);
    if (!config_.chat_telegram_gateway.empty()) {
      to.telegram.base_url = config_.chat_telegram_gateway;
      to.telegram.may_be_private = true;  // the operator's own word
    }
    to.ntfy.tokens =
        pairs("chat.ntfy_tokens", secret("chat.ntfy_tokens", config_.chat_ntfy_tokens));
    to.slack.may_be_private = to.discord.may_be_private = to.ntfy.may_be_private =
        config_.chat_may_be_private;
  }

  // mqtt://[USER@]HOST[:PORT], or mqtts://
  void read_home(channels::mqtt::HomeAssistant::Options& to) {
    std::string_view text = config_.home_broker;
    if (text.empty()) return;
    to.tls = text.starts_with("mqtts://");
    if (!to.tls && !text.starts_with("mqtt://"))
      return complain("home_assistant.broker", "must be mqtt://HOST or mqtts://HOST");
    text.remove_prefix(to.tls ? 8 : 7);
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
      to.login.user = text.substr(0, at);
      to.login.password = secret("home_assistant.password", config_.home_password);
      text.remove_prefix(at + 1);
    }
    const auto with_port = text.find(':') == std::string_view::npos
                               ? fmt::format("{}:{}", text, to.tls ? 8883 : 1883)
                               : std::string(text);
    const auto address = parse_address(with_port);
    if (!address || address->host.empty() || address->port == 0)
      return complain("home_assistant.broker", "must be mqtt://HOST:PORT");
    if (!channels::mqtt::is_level(config_.home_prefix))
      return complain("home_assistant.prefix", "must be one word");
    if (!channels::mqtt::is_level(config_.home_discovery_prefix))
      return complain("home_assistant.discovery_prefix", "must be one word");
    to.host = address->host;
    to.port = address->port;
    to.ca_file = config_.home_ca_file;
    to.prefix = config_.home_prefix;
    to.discovery_prefix = config_.home_discovery_prefix;
  }

  const Config& config_;
  std::vector<Mistake>& mistakes_;
};

}  // namespace

MessengerConfig messenger_config(const Config& config, std::vector<Mistake>& mistakes) {
  return Reader(config, mistakes).read();
}

base::Result<std::string, std::string> make_push_key(const std::string& path) {
  const auto key = crypto::PrivateKey::generate(crypto::KeyKind::P256);
  const auto text = crypto::to_base64url(key.raw()) + "\n";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0)
    return base::Failure{fmt::format("{} cannot be made: {}", path, std::strerror(errno))};
  const bool is_whole =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (::close(file) != 0 || !is_whole)
    return base::Failure{fmt::format("{} cannot be written", path)};
  return crypto::to_base64url(key.public_key().raw());
}

}  // namespace app
