#include "mailbox/imap.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "personal/secret.h"

namespace mailbox {
namespace {

using http::ImapError, http::ImapServer, http::ImapSession;
using Answers = std::vector<http::ImapAnswer>;

constexpr std::size_t kAtOnce = 100;           // heads in one question
constexpr std::size_t kMostOfHeads = 8 << 20;  // of their answer
constexpr std::size_t kMostOfList = 4 << 20;   // numbers of messages
constexpr std::string_view kHead =
    "BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE AUTHENTICATION-RESULTS)]";

Fault fault_of(ImapError error) {
  switch (error) {
    case ImapError::BadCall:
      return Fault::Address;
    case ImapError::Refused:
      return Fault::Refused;
    case ImapError::Tls:
      return Fault::Tls;
    case ImapError::Denied:
      return Fault::Denied;
    case ImapError::Stopped:
      return Fault::Stopped;
    case ImapError::No:
    case ImapError::TooLarge:
    case ImapError::Broken:
      return Fault::Broken;
    default:
      return Fault::Unreachable;
  }
}

std::uint32_t number_at(std::string_view text) {
  std::uint64_t number = 0;
  for (const char c : text.substr(0, 10)) {
    if (!base::is_digit(c)) break;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number > 0xFFFFFFFFU ? 0 : static_cast<std::uint32_t>(number);
}

// The number behind a word of an answer: "UIDVALIDITY 17", "UID 4".
std::uint32_t number_behind(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const bool begins =
        at == 0 || line[at - 1] == ' ' || line[at - 1] == '(' || line[at - 1] == '[';
    const auto rest = line.substr(at + word.size());
    if (begins && rest.starts_with(' ')) return number_at(rest.substr(1));
  }
  return 0;
}

// "27-May-2026" (RFC 9051 9, date).
std::string imap_date(base::Instant at) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(at));
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}-{}-{}", static_cast<unsigned>(day.day()),
                     kMonths[static_cast<unsigned>(day.month()) - 1], static_cast<int>(day.year()));
}

struct Place {
  std::uint32_t validity = 0, uid = 0;

  static Place parse(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return {};
    return {number_at(text), number_at(text.substr(slash + 1))};
  }
  std::string text() const { return fmt::format("{}/{}", validity, uid); }
};

// One reading of one mailbox.
class Reading {
 public:
  Reading(ImapSession& session, const Reader& reader, int most)
      : session_(session), reader_(reader), most_(static_cast<std::size_t>(most)) {}

  base::Result<Pass, Fault> run(std::string_view position, base::Instant since) {
    const auto box = session_.ask("EXAMINE INBOX", kMostOfList);
    if (!box) return base::Failure{fault_of(box.error())};
    std::uint32_t validity = 0, next = 0;
    for (const auto& answer : *box) {
      validity = std::max(validity, number_behind(answer.line, "UIDVALIDITY"));
      next = std::max(next, number_behind(answer.line, "UIDNEXT"));
    }
    if (validity == 0) return base::Failure{Fault::Broken};
    place_ = Place::parse(position);
    if (place_.validity != validity) place_ = {validity, 0};
    // Nothing new: the messages are not even counted.
    if (next != 0 && place_.uid != 0 && place_.uid + 1 >= next) return finish();
    auto uids = list(since);
    if (!uids) return base::Failure{uids.error()};
    pass_.is_finished = uids->size() <= most_;
    if (!pass_.is_finished) uids->resize(most_);
    for (std::size_t at = 0; at < uids->size(); at += kAtOnce) {
      const auto count = std::min(kAtOnce, uids->size() - at);
      const auto fault = read_some(std::span(*uids).subspan(at, count));
      if (fault != Fault::None) return base::Failure{fault};
    }
    if (pass_.is_finished && next > 1) place_.uid = std::max(place_.uid, next - 1);
    return finish();
  }

 private:
  Pass finish() {
    pass_.position = place_.text();
    return std::move(pass_);
  }

  base::Result<std::vector<std::uint32_t>, Fault> list(base::Instant since) {
    auto question = fmt::format("UID SEARCH SINCE {}", imap_date(since));
    if (place_.uid != 0) question += fmt::format(" UID {}:*", std::uint64_t{place_.uid} + 1);
    const auto answers = session_.ask(question, kMostOfList);
    if (!answers) return base::Failure{fault_of(answers.error())};
    std::vector<std::uint32_t> uids;
    for (const auto& answer : *answers) {
      constexpr std::string_view kSearch = "* SEARCH";
      std::string_view rest = answer.line;
      if (!base::equals_ignoring_case(rest.substr(0, kSearch.size()), kSearch)) continue;
      rest.remove_prefix(kSearch.size());
      while (!(rest = base::trim(rest)).empty()) {
        // "n:*" names the last message even when it is older than n.
        if (const auto uid = number_at(rest); uid > place_.uid) uids.push_back(uid);
        rest.remove_prefix(std::min(rest.find(' '), rest.size()));
      }
    }
    std::ranges::sort(uids);
    uids.erase(std::unique(uids.begin(), uids.end()), uids.end());
    return uids;
  }

  Fault read_some(std::span<const std::uint32_t> uids) {
    std::string set;
    for (const auto uid : uids) set += (set.empty() ? "" : ",") + std::to_string(uid);
    const auto answers =
        session_.ask(fmt::format("UID FETCH {} (UID RFC822.SIZE {})", set, kHead), kMostOfHeads);
    if (!answers) return fault_of(answers.error());
    std::vector<std::uint32_t> wanted;
    for (const auto& answer : *answers) {
      auto fetched = read_fetch(answer);
      if (!fetched || std::ranges::find(uids, fetched->uid) == uids.end()) continue;
      ++pass_.heads;
      auto head = read_head(fetched->text);
      head.bytes = fetched->bytes;
      if (reader_.wants(head)) wanted.push_back(fetched->uid);
      wipe(head);
      personal::wipe(fetched->text);
    }
    for (const auto uid : wanted) {
      if (const auto fault = open(uid); fault != Fault::None) return fault;
    }
    place_.uid = std::max(place_.uid, uids.back());
    return Fault::None;
  }

  Fault open(std::uint32_t uid) {
    const auto answers =
        session_.ask(fmt::format("UID FETCH {} (UID BODY.PEEK[])", uid), 2 * kMostBytes);
    if (!answers) return fault_of(answers.error());
    for (const auto& answer : *answers) {
      auto fetched = read_fetch(answer);
      if (!fetched || fetched->uid != uid || fetched->text.empty()) continue;
      ++pass_.opened;
      reader_.take(fetched->text);
      personal::wipe(fetched->text);
    }
    return Fault::None;
  }

  ImapSession& session_;
  const Reader& reader_;
  const std::size_t most_;
  Place place_;
  Pass pass_;
};

class Imap final : public Connector {
 public:
  Imap(ImapOptions options, std::optional<Provider> provider, const OAuth* oauth)
      : options_(std::move(options)), provider_(std::move(provider)), oauth_(oauth) {}

  std::string_view kind() const override { return provider_ ? "imap-token" : "imap-password"; }
  std::string_view title() const override {
    return provider_ ? std::string_view(provider_->title) : "IMAP";
  }
  std::vector<Scope> scopes() const override {
    if (provider_) return provider_->scopes;
    // A password opens everything: what is done with it is all that can be promised.
    return {{"EXAMINE INBOX", "read messages from shops and carriers; change nothing"}};
  }

  Fault probe(Keys& keys, const std::atomic<bool>* stop) override {
    auto opened = open(keys, stop);
    if (!opened) return opened.error();
    if (!opened->secret.empty()) keys.secret = opened->secret;
    const auto box = opened->session->ask("EXAMINE INBOX", kMostOfList);
    return box ? Fault::None : fault_of(box.error());
  }

  base::Result<Pass, Fault> read(const Keys& keys, std::string_view position, base::Instant since,
                                 const Reader& reader, const std::atomic<bool>* stop) override {
    auto opened = open(keys, stop);
    if (!opened) return base::Failure{opened.error()};
    auto pass = Reading(*opened->session, reader, options_.most_heads).run(position, since);
    if (pass) pass->secret = std::move(opened->secret);
    return pass;
  }

  Fault revoke(const Keys& keys) override {
    return provider_ ? oauth_->revoke(*provider_, keys.secret) : Fault::None;
  }

 private:
  struct Opened {
    std::unique_ptr<ImapSession> session;
    std::string secret;  // a refresh token given anew
  };

  base::Result<Opened, Fault> open(const Keys& keys, const std::atomic<bool>* stop) {
    auto server = parse_server(provider_ ? provider_->reads : keys.server);
    if (!server) return base::Failure{Fault::Address};
    Opened opened;
    server->user = keys.user.empty() ? keys.address : keys.user;
    server->secret = keys.secret;
    if (provider_) {
      auto tokens = oauth_->renew(*provider_, keys.secret);
      if (!tokens) return base::Failure{tokens.error()};
      personal::wipe(server->secret);
      server->secret = tokens->access;
      server->is_token = true;
      opened.secret = tokens->refresh;
    }
    server->ca_file = options_.ca_file;
    server->own = options_.own;
    server->may_be_private = options_.may_be_private;
    const bool is_local = server->host == "localhost" || server->host.starts_with("127.");
    if (options_.may_be_plain && is_local) server->tls = ImapServer::Tls::None;
    auto session = ImapSession::open(*server, options_.deadline, stop);
    personal::wipe(server->secret);
    if (!session) return base::Failure{fault_of(session.error())};
    opened.session = std::move(*session);
    return opened;
  }

  const ImapOptions options_;
  const std::optional<Provider> provider_;
  const OAuth* const oauth_;
};

}  // namespace

std::optional<http::ImapServer> parse_server(std::string_view text) {
  http::ImapServer server;
  text = base::trim(text);
  if (const auto colon = text.rfind(':');
      colon != std::string_view::npos && text.find(':') == colon) {
    const auto port = number_at(text.substr(colon + 1));
    const auto digits = text.substr(colon + 1);
    if (port == 0 || port > 65535 || !std::ranges::all_of(digits, base::is_digit))
      return std::nullopt;
    server.port = static_cast<std::uint16_t>(port);
    text = text.substr(0, colon);
  }
  const bool is_host = !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '.' || c == '-' || c == ':';
  });
  if (!is_host) return std::nullopt;
  server.host = base::lower(text);
  server.tls = server.port == 993 ? ImapServer::Tls::Implicit : ImapServer::Tls::Required;
  return server;
}

std::optional<Fetched> read_fetch(const http::ImapAnswer& answer) {
  const std::string_view line = answer.line;
  const auto open = line.find(" FETCH (");
  if (!line.starts_with("* ") || open == std::string_view::npos) return std::nullopt;
  Fetched fetched;
  fetched.uid = number_behind(line.substr(open), "UID");
  fetched.bytes = number_behind(line.substr(open), "RFC822.SIZE");
  if (fetched.uid == 0) return std::nullopt;
  if (!answer.literals.empty()) {
    fetched.text = answer.literals.front();
    return fetched;
  }
  // What is short may come in quotes.
  const auto begin = line.find("] \"", open);
  if (begin == std::string_view::npos) return fetched;
  for (auto i = begin + 3; i < line.size() && line[i] != '"'; ++i) {
    if (line[i] == '\\' && i + 1 < line.size()) ++i;
    fetched.text += line[i];
  }
  return fetched;
}

std::unique_ptr<Connector> imap_with_password(ImapOptions options) {
  return std::make_unique<Imap>(std::move(options), std::nullopt, nullptr);
}

std::unique_ptr<Connector> imap_with_token(ImapOptions options, Provider provider,
                                           const OAuth& oauth) {
  return std::make_unique<Imap>(std::move(options), std::move(provider), &oauth);
}

}  // namespace mailbox
