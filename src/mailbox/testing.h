// For this room's tests: both stores, the desk with all kinds of link, a real Dovecot, and a
// provider on this machine that speaks OAuth 2.0 (code with PKCE, refresh, RFC 7009, RFC 7662) and
// the Gmail API's documented endpoints.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/hash.h"
#include "http/dovecot_for_test.h"
#include "http/server.h"
#include "mailbox/desk.h"
#include "mailbox/gmail.h"
#include "mailbox/imap.h"
#include "shipments/testing.h"
#include "shipments/tracking_number.h"

namespace mailbox::testing {

using Pairs = std::vector<std::pair<std::string, std::string>>;
inline std::string value_of(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return {};
}

// Grants, tokens and a mailbox behind them. What it is asked is kept, for the tests to look at.
class LocalProvider {
 public:
  LocalProvider() : server_(options(), routes()) {
    server_.start();
    base = "http://127.0.0.1:" + std::to_string(server_.port());
  }
  ~LocalProvider() { server_.stop(std::chrono::seconds(1)); }

  Provider provider(std::string kind, std::string reads) const {
    static const auto known = known_providers();
    Provider one = known.front();
    one.kind = std::move(kind);
    one.title = "Example Mail";
    one.issuer = base;
    one.authorize = base + "/authorize";
    one.token = base + "/token";
    one.revoke = base + "/revoke";
    one.reads = reads.empty() ? base : std::move(reads);
    one.client_id = "milepost";
    one.client_secret = "client secret";
    one.may_be_private = true;
    return one;
  }

  // The person agrees at the authorization endpoint.
  std::string agree(const std::string& url) {
    const std::lock_guard lock(mutex_);
    asked = http::parse_query(url.substr(url.find('?') + 1), http::Plus::IsSpace);
    return "code-" + std::to_string(++codes_);
  }
  // A grant that exists already.
  std::string grant() {
    const std::lock_guard lock(mutex_);
    return new_refresh();
  }
  bool is_live(const std::string& refresh) const {
    const std::lock_guard lock(mutex_);
    return refreshes_.contains(refresh);
  }
  std::size_t live() const {
    const std::lock_guard lock(mutex_);
    return refreshes_.size();
  }
  void drop_grants() {
    const std::lock_guard lock(mutex_);
    refreshes_.clear();
    accesses_.clear();
  }
  // Into the mailbox of the API.
  void deliver(const std::string& message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(message);
  }

  std::string base, email = "ann@example.com", scope_instead;
  std::string introspect() const { return base + "/introspect"; }
  Pairs asked;
  bool is_down = false;            // answers 503 to everything
  bool rotates = false;            // a new refresh token each time
  bool has_forgotten = false;      // history ids are too old
  std::vector<std::string> paths;  // of the API, in order
  std::vector<std::string> methods;

 private:
  static http::ServerOptions options() {
    http::ServerOptions o;
    o.access_log = false;
    o.threads = 1;
    return o;
  }
  std::string new_refresh() {
    refreshes_.insert("refresh-" + std::to_string(++made_));
    return "refresh-" + std::to_string(made_);
  }
  http::Response token(const Pairs& form) {
    auto refresh = value_of(form, "refresh_token");
    if (value_of(form, "grant_type") == "authorization_code") {
      const auto challenge = crypto::to_base64url(crypto::sha256(value_of(form, "code_verifier")));
      const bool is_right = value_of(form, "code") == "code-" + std::to_string(codes_) &&
                            challenge == value_of(asked, "code_challenge") &&
                            value_of(form, "redirect_uri") == value_of(asked, "redirect_uri") &&
                            value_of(form, "client_secret") == "client secret";
      if (!is_right) return http::json(400, R"({"error":"invalid_grant"})");
      refresh = new_refresh();
    } else if (!refreshes_.contains(refresh)) {
      return http::json(400, R"({"error":"invalid_grant"})");
    } else if (rotates) {
      refreshes_.erase(refresh);
      refresh = new_refresh();
    }
    const auto access = "access-" + std::to_string(++made_);
    accesses_[access] = refresh;
    base::JsonWriter json;
    json.begin_object().key("access_token").value(access).key("token_type").value("Bearer");
    json.key("expires_in").value(3600).key("refresh_token").value(refresh);
    json.key("scope").value(scope_instead.empty() ? value_of(asked, "scope") : scope_instead);
    json.end_object();
    return http::json(200, std::move(json).text());
  }
  bool is_good(const std::string& access) const {
    const auto found = accesses_.find(access);
    return found != accesses_.end() && refreshes_.contains(found->second);
  }
  http::Response introspected(const Pairs& form) const {
    base::JsonWriter json;
    json.begin_object().key("active").value(is_good(value_of(form, "token")));
    json.key("email").value(email).end_object();
    return http::json(200, std::move(json).text());
  }
  http::Response list() const {
    base::JsonWriter json;
    json.begin_object().key("messages").begin_array();
    for (auto i = messages_.size(); i-- > 0;)
      json.begin_object().key("id").value("m" + std::to_string(i)).end_object();
    json.end_array().end_object();
    return http::json(200, std::move(json).text());
  }
  // The history id is the number of messages.
  http::Response history(std::size_t from) const {
    if (has_forgotten) return http::json(404, R"({"error":{"code":404}})");
    base::JsonWriter json;
    json.begin_object().key("history").begin_array();
    for (auto i = from; i < messages_.size(); ++i) {
      json.begin_object().key("messagesAdded").begin_array().begin_object().key("message");
      json.begin_object().key("id").value("m" + std::to_string(i));
      json.key("labelIds").begin_array().value("INBOX").end_array().end_object();
      json.end_object().end_array().end_object();
    }
    json.end_array().key("historyId").value(std::to_string(messages_.size())).end_object();
    return http::json(200, std::move(json).text());
  }
  http::Response message(std::size_t index, bool is_raw) const {
    if (index >= messages_.size()) return http::json(404, "{}");
    const auto& bytes = messages_[index];
    base::JsonWriter json;
    json.begin_object().key("id").value("m" + std::to_string(index));
    json.key("sizeEstimate").value(static_cast<std::int64_t>(bytes.size()));
    if (is_raw) {
      json.key("raw").value(crypto::to_base64url(bytes)).end_object();
      return http::json(200, std::move(json).text());
    }
    const auto head = read_head(bytes);
    json.key("payload").begin_object().key("headers").begin_array();
    for (const auto& [name, value] :
         Pairs{{"From", head.from}, {"Subject", head.subject}, {"Date", head.date}})
      json.begin_object().key("name").value(name).key("value").value(value).end_object();
    json.end_array().end_object().end_object();
    return http::json(200, std::move(json).text());
  }
  http::Response api(http::Request& request) {
    const std::string path(request.path());
    paths.push_back(path + "?" + std::string(request.query()));
    methods.emplace_back(request.method());
    const std::string bearer(request.header("Authorization"));
    if (bearer.size() < 8 || !is_good(bearer.substr(7))) return http::json(401, "{}");
    constexpr std::string_view kMe = "/gmail/v1/users/me/";
    const auto what = path.substr(kMe.size());
    const auto query = http::parse_query(request.query(), http::Plus::IsSpace);
    if (what == "profile")
      return http::json(200, R"({"emailAddress":")" + email + R"(","historyId":")" +
                                 std::to_string(messages_.size()) + "\"}");
    if (what == "messages") return list();
    if (what == "history") return history(std::stoul("0" + value_of(query, "startHistoryId")));
    return message(std::stoul("0" + what.substr(what.find("/m") + 2)),
                   value_of(query, "format") == "raw");
  }

  template <class Work>
  http::Handler answering(Work work) {
    return [this, work](http::Request request) -> base::Task<http::Response> {
      const std::lock_guard lock(mutex_);
      if (is_down) co_return http::json(503, "{}");
      co_return work(request);
    };
  }
  http::Router routes() {
    http::Router router;
    const auto form = [](http::Request& request) {
      return http::parse_query(request.body(), http::Plus::IsSpace);
    };
    router.add("POST", "/token",
               answering([this, form](http::Request& r) { return token(form(r)); }));
    router.add("POST", "/revoke", answering([this, form](http::Request& r) {
                 const auto gone = refreshes_.erase(value_of(form(r), "token")) == 1;
                 return gone ? http::json(200, "{}")
                             : http::json(400, R"({"error":"invalid_token"})");
               }));
    router.add("POST", "/introspect",
               answering([this, form](http::Request& r) { return introspected(form(r)); }));
    for (const auto* path : {"/gmail/v1/users/me/profile", "/gmail/v1/users/me/messages",
                             "/gmail/v1/users/me/history", "/gmail/v1/users/me/messages/{id}"})
      router.add("GET", path, answering([this](http::Request& r) { return api(r); }));
    return router;
  }

  mutable std::mutex mutex_;
  int codes_ = 0, made_ = 0;
  std::set<std::string> refreshes_;
  std::map<std::string, std::string> accesses_;  // and the refresh token each came from
  std::vector<std::string> messages_;
  http::Server server_;
};

inline const consent::Notice kNotice{"We read messages of shops and carriers in this mailbox.",
                                     "en", "1"};

class World : public shipments::testing::World {
 public:
  static constexpr std::int64_t kPerson = 3;

  explicit World(store::testing::Engine engine) : shipments::testing::World(engine) {
    clock.set(base::SystemClock().now());  // Dovecot's messages are of today
    main->write_now([&](store::Tx& tx) {
      return tx.execute(
          "INSERT INTO members (account_id, person_id, role, joined_at) VALUES ($1, $2, 'owner', "
          "0)",
          shipments::testing::kAccount, kPerson);
    });
  }
  // Dovecot only where it is needed: `desk` afterwards knows all kinds.
  void open_desk(std::string imap_server = "127.0.0.1:1") {
    std::vector<std::unique_ptr<Connector>> connectors;
    ImapOptions options;
    options.may_be_private = options.may_be_plain = true;
    options.deadline = std::chrono::seconds(20);
    connectors.push_back(imap_with_password(options));
    connectors.push_back(
        imap_with_token(options, provider.provider("imap-token", std::move(imap_server)), oauth));
    connectors.push_back(gmail(provider.provider("gmail", ""), oauth, client));
    desk = std::make_unique<Desk>(
        links, extractor, clock, *ledger, std::move(connectors),
        [this](std::int64_t account, const Sighting& sighting) { return open(account, sighting); },
        Desk::Options());
  }
  // As the program's own path does it (app/shipment_opening.h), without plans.
  std::optional<Opened> open(std::int64_t account, const Sighting& sighting) {
    auto head = this->head(sighting.tracking_number, sighting.courier_code, account);
    head.source = shipments::Source::Mailbox;
    head.order_number = sighting.order_number;
    head.subject = vault->new_subject_now(account);
    return main->write_now([&](store::Tx& tx) -> std::optional<Opened> {
      if (const auto id = repository->find_id(tx, account, head.tracking_number, head.courier_code))
        return Opened{*id, false};
      if (repository->insert(tx, head, {}, clock.now()) != shipments::Repository::Inserted::Yes)
        return std::nullopt;
      return Opened{head.id, true};
    });
  }
  NewLink new_link(std::string kind, Keys opens) const {
    NewLink link;
    link.account_id = shipments::testing::kAccount;
    link.person_id = kPerson;
    link.kind = std::move(kind);
    link.keys = std::move(opens);
    link.notice = kNotice;
    return link;
  }

  LocalProvider provider;
  http::Client client{{}};
  OAuth oauth{client, *vault, clock};
  consent::Records consents{clock, {}};
  Links links{{*main, *vault, *ledger, clock, consents, *repository}};
  couriers::Catalogue catalogue;
  couriers::Detector detector{catalogue};
  Extractor extractor{catalogue, detector};
  std::unique_ptr<Desk> desk;
};

// A shop's message: subject, text and HTML.
inline std::string message(std::string_view subject, std::string_view text,
                           std::string_view html = "<p>-</p>") {
  return fmt::format(
      "From: Example Shop <post@shop.example>\r\nTo: Ann <ann@example.com>\r\nSubject: {}\r\n"
      "Date: Fri, 20 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; "
      "charset=utf-8\r\n\r\n{}\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}\r\n--b--"
      "\r\n",
      subject, text, html);
}
inline constexpr std::string_view kUps = "1Z5R89390357567127";
inline constexpr std::string_view kUsps = "9400110200881345200477";

}  // namespace mailbox::testing
