#include "channels/email/relay.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/text.h"
#include "http/message.h"

namespace channels::email {
namespace {

using Tls = http::MailServer::Tls;
using Parsed = base::Result<Relay, std::string>;

base::Failure<std::string> wrong(std::string says) { return {std::move(says)}; }

std::string decoded(std::string_view text) {
  return http::percent_decode(text, http::Plus::IsPlus);
}

bool is_clean(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '.' || c == '-' || c == ':' || c == '_';
  });
}

// "host", "host:port", "[::1]:port". Empty when it was understood.
std::string read_place(std::string_view place, http::MailServer& server) {
  std::string_view port;
  if (place.starts_with('[')) {
    const auto end = place.find(']');
    if (end == std::string_view::npos) return "an IPv6 address ends with ]";
    server.host = place.substr(1, end - 1);
    place.remove_prefix(end + 1);
    if (place.starts_with(':')) port = place.substr(1);
  } else {
    const auto colon = place.find(':');
    server.host = place.substr(0, colon);
    if (colon != std::string_view::npos) port = place.substr(colon + 1);
  }
  if (!is_host(server.host)) return "there is no host in it";
  if (port.empty()) return {};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), server.port);
  if (error != std::errc() || end != port.data() + port.size() || server.port == 0)
    return "the port is not a number from 1 to 65535";
  return {};
}

std::string set_tls(std::string_view word, bool is_implicit, http::MailServer& server) {
  if (is_implicit) return word == "implicit" ? "" : "smtps:// is TLS from the first byte";
  if (word == "required") server.tls = Tls::Required;
  if (word == "opportunistic") server.tls = Tls::Opportunistic;
  if (word == "none") server.tls = Tls::None;
  return word == "required" || word == "opportunistic" || word == "none"
             ? ""
             : "tls is required, opportunistic or none";
}

std::string read_option(std::string_view name, const std::string& value, bool is_implicit,
                        Relay& relay) {
  if (!is_clean(value)) return "control characters are not allowed";
  if (name == "tls") return set_tls(value, is_implicit, relay.server);
  if (name == "password_file" || name == "token_file") {
    relay.secret_file = value;
    relay.server.is_token = name == "token_file";
  } else if (name == "ca_file") {
    relay.server.ca_file = value;
  } else if (name == "hello") {
    if (!is_host(value)) return "hello is a host's name";
    relay.server.hello = value;
  } else {
    return "the options are tls, password_file, token_file, ca_file and hello";
  }
  return {};
}

std::string read_user(std::string_view user, Relay& relay) {
  const auto colon = user.find(':');
  relay.server.user = decoded(user.substr(0, colon));
  if (colon != std::string_view::npos) relay.server.secret = decoded(user.substr(colon + 1));
  return is_clean(relay.server.user) && is_clean(relay.server.secret)
             ? ""
             : "control characters are not allowed";
}

// What only shows when all is read.
std::string contradiction(const Relay& relay) {
  const auto& server = relay.server;
  if (!server.user.empty() && server.secret.empty() && relay.secret_file.empty())
    return "there is a user but no password, password_file or token_file";
  if (server.user.empty() && !relay.secret_file.empty()) return "there is a password but no user";
  const bool is_open = server.tls == Tls::None || server.tls == Tls::Opportunistic;
  if (!server.user.empty() && is_open && !server.is_loopback())
    return "a password does not travel without TLS: leave tls=required";
  return {};
}

Parsed parse_relay(std::string_view text) {
  Relay relay;
  const bool is_implicit = text.starts_with("smtps://");
  if (!is_implicit && !text.starts_with("smtp://"))
    return wrong("a relay begins with smtp:// or smtps://");
  text.remove_prefix(text.find("://") + 3);
  const auto question = text.find('?');
  auto place = text.substr(0, question);
  if (place.ends_with('/')) place.remove_suffix(1);
  if (const auto at = place.rfind('@'); at != std::string_view::npos) {
    if (auto says = read_user(place.substr(0, at), relay); !says.empty()) return wrong(says);
    place.remove_prefix(at + 1);
  }
  relay.server.port = is_implicit ? 465 : 587;
  if (auto says = read_place(place, relay.server); !says.empty()) return wrong(says);
  relay.server.tls = is_implicit                  ? Tls::Implicit
                     : relay.server.is_loopback() ? Tls::Opportunistic
                                                  : Tls::Required;
  const auto query = question == std::string_view::npos ? "" : text.substr(question + 1);
  for (const auto& [name, value] : http::parse_query(query, http::Plus::IsPlus)) {
    if (auto says = read_option(name, value, is_implicit, relay); !says.empty()) return wrong(says);
  }
  if (auto says = contradiction(relay); !says.empty()) return wrong(says);
  return relay;
}

}  // namespace

std::string Relay::name() const {
  const bool is_six = server.host.find(':') != std::string::npos;
  return (server.tls == Tls::Implicit ? "smtps://" : "smtp://") +
         (is_six ? "[" + server.host + "]" : server.host) + ":" + std::to_string(server.port);
}

base::Result<std::vector<Relay>, std::string> parse_relays(std::string_view text) {
  constexpr std::string_view kBetween = ", \t\r\n";
  std::vector<Relay> out;
  for (;;) {
    const auto begin = text.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return out;
    text.remove_prefix(begin);
    const auto end = std::min(text.find_first_of(kBetween), text.size());
    auto relay = parse_relay(text.substr(0, end));
    if (!relay) return base::Failure{relay.error()};
    out.push_back(std::move(*relay));
    text.remove_prefix(end);
  }
}

bool Breakers::may_try(std::size_t relay, base::Instant now) {
  const std::lock_guard lock(mutex_);
  auto& state = states_[relay];
  if (state.failures < kFailures) return true;
  if (now < state.until) return false;
  // The others go on waiting while this one has its try.
  state.until = now + kFirst;
  return true;
}

void Breakers::succeeded(std::size_t relay) {
  const std::lock_guard lock(mutex_);
  states_[relay] = {};
}

void Breakers::failed(std::size_t relay, base::Instant now) {
  const std::lock_guard lock(mutex_);
  auto& state = states_[relay];
  ++state.failures;
  if (state.failures < kFailures) return;
  const int doublings = std::min(state.failures - kFailures, 10);
  state.until = now + std::min(kFirst * (1 << doublings), kMost);
}

std::chrono::seconds Breakers::pause(base::Instant now) const {
  const std::lock_guard lock(mutex_);
  auto least = std::chrono::seconds::max();
  for (const auto& state : states_) {
    if (state.failures < kFailures || state.until <= now) return std::chrono::seconds(0);
    least = std::min(least, std::chrono::ceil<std::chrono::seconds>(state.until - now));
  }
  return states_.empty() ? std::chrono::seconds(0) : least;
}

}  // namespace channels::email
