#include "notify/webhooks.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "http/address.h"
#include "notify/queue.h"
#include "notify/signing.h"
#include "personal/fields/notify.gen.h"

namespace notify {
namespace {

using journey::Status;

constexpr std::string_view kTable = "webhooks";
constexpr std::size_t kLongestUrl = 2048, kLongestDescription = 200;
constexpr Status kSelectable[] = {Status::InfoReceived, Status::Transit,   Status::Pickup,
                                  Status::Undelivered,  Status::Delivered, Status::Exception,
                                  Status::Expired,      Status::NotFound};

constexpr Statuses bit(Status status) { return Statuses{1} << static_cast<unsigned>(status); }

using Secret = personal::Personal<std::string, personal::field::WebhookSecret>;
using SecretBefore = personal::Personal<std::string, personal::field::WebhookSecretBefore>;

std::optional<base::Instant> instant_or_none(const store::Rows& rows, int column) {
  if (rows.is_null(column)) return std::nullopt;
  return rows.instant(column);
}

constexpr std::string_view kColumns =
    "account_id, webhook_id, url, description, version, statuses, created_at, updated_at, "
    "overlap_until, disabled_at, disabled_code";

Webhook read(const store::Rows& rows) {
  Webhook w;
  w.account_id = rows.integer(0);
  w.webhook_id = rows.integer(1);
  w.url = rows.text(2);
  w.description = rows.text(3);
  w.version = static_cast<BodyVersion>(rows.integer(4));
  w.statuses = static_cast<Statuses>(rows.integer(5));
  w.created_at = rows.instant(6);
  w.updated_at = rows.instant(7);
  w.overlap_until = instant_or_none(rows, 8);
  w.disabled_at = instant_or_none(rows, 9);
  w.disabled_code = rows.text(10);
  return w;
}

struct Authority {
  std::string_view host, port;
};

std::optional<Authority> authority_of(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!base::equals_ignoring_case(url.substr(0, scheme.size()), scheme)) continue;
    url.remove_prefix(scheme.size());
    const auto end = std::min(url.find_first_of("/?#"), url.size());
    auto host = url.substr(0, end);
    std::string_view port = scheme == "https://" ? "443" : "80";
    if (host.find('@') != std::string_view::npos) return std::nullopt;
    const auto colon = host.find(':', host.starts_with('[') ? host.find(']') : 0);
    if (colon != std::string_view::npos) port = host.substr(colon + 1);
    host = host.substr(0, colon);
    if (host.empty() || host == "[") return std::nullopt;
    return Authority{host, port};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Statuses> parse_statuses(std::string_view words) {
  Statuses all = 0;
  if (base::trim(words).empty() || base::trim(words) == "all") return all;
  while (!words.empty()) {
    const auto end = std::min(words.find_first_of(", "), words.size());
    const auto word = base::trim(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
    if (word.empty()) continue;
    const auto status = journey::parse_status(word);
    if (!status || std::ranges::find(kSelectable, *status) == std::end(kSelectable)) {
      return std::nullopt;
    }
    all |= bit(*status);
  }
  return all;
}

std::vector<std::string_view> status_names(Statuses statuses) {
  std::vector<std::string_view> names;
  for (const auto status : kSelectable) {
    if (statuses == 0 || (statuses & bit(status)) != 0) names.push_back(journey::name(status));
  }
  return names;
}

std::string_view describe(WebhookError error) {
  switch (error) {
    case WebhookError::UnknownAccount:
      return "there is no such account";
    case WebhookError::UnknownWebhook:
      return "there is no such webhook";
    case WebhookError::TooMany:
      return "an account has at most 20 webhooks";
    case WebhookError::UrlInvalid:
      return "the address must be a whole http:// or https:// URL without user and password, "
             "at most 2048 characters";
    case WebhookError::UrlPrivate:
      return "the address leads into a private network or to this machine, which this server does "
             "not allow";
    case WebhookError::DescriptionTooLong:
      return "a description has at most 200 characters";
    case WebhookError::StatusUnknown:
      return "a status is one of inforeceived, transit, pickup, undelivered, delivered, exception, "
             "expired, notfound";
    case WebhookError::VersionUnknown:
      return "the version is 4, 3 or 2";
  }
  return "the webhook cannot be kept";
}

std::optional<WebhookError> check_webhook_url(std::string_view url, bool may_be_private) {
  const bool is_plain = base::is_utf8(url) && std::ranges::all_of(url, [](char c) {
                          return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && c != '\\';
                        });
  const auto authority = authority_of(url);
  if (!is_plain || url.size() > kLongestUrl || !authority) return WebhookError::UrlInvalid;
  if (may_be_private) return std::nullopt;
  const auto host = base::lower(authority->host);
  const bool is_refused =
      http::is_private_name(host) || (http::is_address(host) && !http::is_public(host));
  return is_refused ? std::optional(WebhookError::UrlPrivate) : std::nullopt;
}

bool is_own_address(std::string_view url, std::uint16_t port) {
  const auto authority = authority_of(url);
  if (!authority || authority->port != std::to_string(port)) return false;
  const auto host = base::lower(authority->host);
  return host == "localhost" || host.ends_with(".localhost") || host.starts_with("127.") ||
         host == "0.0.0.0" || host == "[::1]" || host == "[::]";
}

std::string host_of(std::string_view url) {
  const auto authority = authority_of(url);
  return authority ? std::string(authority->host) : std::string();
}

std::optional<WebhookError> Webhooks::check(const WebhookDraft& draft) const {
  if (draft.url) {
    if (const auto wrong = check_webhook_url(*draft.url, may_be_private_)) return wrong;
  }
  if (draft.description && base::utf8_length(*draft.description) > kLongestDescription) {
    return WebhookError::DescriptionTooLong;
  }
  return std::nullopt;
}

std::string Webhooks::seal(std::int64_t account_id, std::int64_t webhook_id,
                           personal::SubjectId subject, const std::string& secret,
                           const std::string& before) const {
  personal::Envelope envelope;
  envelope.put(Secret(secret, personal::Label()));
  envelope.put(SecretBefore(before, personal::Label()));
  return parts_.vault.seal({kTable, account_id, std::to_string(webhook_id)}, subject, envelope)
      .value();
}

base::Result<Webhooks::New, WebhookError> Webhooks::add(store::Tx& tx, std::int64_t account_id,
                                                        const WebhookDraft& draft) {
  if (const auto wrong = check(draft)) return base::Failure{*wrong};
  if (!draft.url) return base::Failure{WebhookError::UrlInvalid};
  if (!tx.query("SELECT 1 FROM accounts WHERE account_id = $1", account_id).next()) {
    return base::Failure{WebhookError::UnknownAccount};
  }
  if (list(tx, account_id).size() >= kMostWebhooks) return base::Failure{WebhookError::TooMany};
  New made;
  auto& w = made.webhook;
  w.account_id = account_id;
  w.webhook_id = new_lane(tx, account_id, channels::Channel::Webhook);
  w.url = *draft.url;
  w.description = draft.description.value_or("");
  w.version = draft.version.value_or(BodyVersion::V4);
  w.statuses = draft.statuses.value_or(0);
  w.created_at = w.updated_at = parts_.clock.now();
  made.secret = new_webhook_secret();
  const auto subject = parts_.vault.new_subject_now(account_id);
  const auto sealed = seal(account_id, w.webhook_id, subject, made.secret, "");
  tx.execute(
      "INSERT INTO webhooks (account_id, webhook_id, url, description, version, statuses, subject, "
      "sealed, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
      account_id, w.webhook_id, w.url, w.description, w.version, w.statuses, subject,
      store::Blob{sealed}, w.created_at);
  return made;
}

std::vector<Webhook> Webhooks::list(store::Tx& tx, std::int64_t account_id) {
  static const auto sql =
      fmt::format("SELECT {} FROM webhooks WHERE account_id = $1 ORDER BY webhook_id", kColumns);
  std::vector<Webhook> all;
  auto rows = tx.query(sql, account_id);
  while (rows.next()) all.push_back(read(rows));
  return all;
}

std::optional<Webhook> Webhooks::find(store::Tx& tx, std::int64_t account_id,
                                      std::int64_t webhook_id) {
  static const auto sql =
      fmt::format("SELECT {} FROM webhooks WHERE account_id = $1 AND webhook_id = $2", kColumns);
  auto rows = tx.query(sql, account_id, webhook_id);
  if (!rows.next()) return std::nullopt;
  return read(rows);
}

base::Result<Webhook, WebhookError> Webhooks::update(store::Tx& tx, std::int64_t account_id,
                                                     std::int64_t webhook_id,
                                                     const WebhookDraft& draft) {
  if (const auto wrong = check(draft)) return base::Failure{*wrong};
  auto w = find(tx, account_id, webhook_id);
  if (!w) return base::Failure{WebhookError::UnknownWebhook};
  if (draft.url) w->url = *draft.url;
  if (draft.description) w->description = *draft.description;
  if (draft.version) w->version = *draft.version;
  if (draft.statuses) w->statuses = *draft.statuses;
  w->updated_at = parts_.clock.now();
  tx.execute(
      "UPDATE webhooks SET url = $3, description = $4, version = $5, statuses = $6, updated_at = "
      "$7 "
      "WHERE account_id = $1 AND webhook_id = $2",
      account_id, webhook_id, w->url, w->description, w->version, w->statuses, w->updated_at);
  return *w;
}

base::Result<personal::SubjectId, WebhookError> Webhooks::remove(store::Tx& tx,
                                                                 std::int64_t account_id,
                                                                 std::int64_t webhook_id) {
  personal::SubjectId subject = 0;
  {
    auto rows =
        tx.query("DELETE FROM webhooks WHERE account_id = $1 AND webhook_id = $2 RETURNING subject",
                 account_id, webhook_id);
    if (!rows.next()) return base::Failure{WebhookError::UnknownWebhook};
    subject = rows.integer(0);
  }
  close_lane(tx, {account_id, channels::Channel::Webhook, webhook_id}, parts_.clock.now());
  return subject;
}

namespace {

struct SealedSecrets {
  personal::SubjectId subject = 0;
  std::string sealed;
};

std::optional<SealedSecrets> sealed_secrets(store::Tx& tx, std::int64_t account_id,
                                            std::int64_t webhook_id) {
  auto rows =
      tx.query("SELECT subject, sealed FROM webhooks WHERE account_id = $1 AND webhook_id = $2",
               account_id, webhook_id);
  if (!rows.next()) return std::nullopt;
  return SealedSecrets{rows.integer(0), std::string(rows.blob(1))};
}

}  // namespace

std::vector<std::string> Webhooks::secrets(
    store::Tx& tx, const Webhook& webhook,
    personal::Access<personal::Purpose::ServeController>& access) const {
  const auto kept = sealed_secrets(tx, webhook.account_id, webhook.webhook_id);
  if (!kept) return {};
  const auto opened =
      parts_.vault.unseal({kTable, webhook.account_id, std::to_string(webhook.webhook_id)},
                          kept->subject, kept->sealed);
  if (!opened) return {};
  access.about(kept->subject);
  std::vector<std::string> all{open(opened->take<personal::field::WebhookSecret>(), access)};
  if (webhook.overlap_until && parts_.clock.now() < *webhook.overlap_until) {
    all.push_back(open(opened->take<personal::field::WebhookSecretBefore>(), access));
  }
  return all;
}

base::Result<Webhooks::New, WebhookError> Webhooks::rotate(store::Tx& tx, std::int64_t account_id,
                                                           std::int64_t webhook_id, bool ends_old) {
  auto w = find(tx, account_id, webhook_id);
  const auto kept = sealed_secrets(tx, account_id, webhook_id);
  if (!w || !kept) return base::Failure{WebhookError::UnknownWebhook};
  personal::Access<personal::Purpose::ServeController> access(parts_.ledger, {}, account_id,
                                                              "webhook.rotate");
  const auto now = parts_.clock.now();
  auto plain = *w;
  plain.overlap_until.reset();
  const auto current = secrets(tx, plain, access);
  if (current.empty()) return base::Failure{WebhookError::UnknownWebhook};
  New made;
  made.secret = new_webhook_secret();
  w->overlap_until = ends_old ? std::nullopt : std::optional<base::Instant>(now + kOverlap);
  w->updated_at = now;
  const auto sealed =
      seal(account_id, webhook_id, kept->subject, made.secret, ends_old ? "" : current.front());
  tx.execute(
      "UPDATE webhooks SET sealed = $3, overlap_until = $4, updated_at = $5 WHERE account_id = $1 "
      "AND webhook_id = $2",
      account_id, webhook_id, store::Blob{sealed}, w->overlap_until, now);
  access.record(tx);
  made.webhook = std::move(*w);
  return made;
}

base::Outcome<WebhookError> Webhooks::disable(store::Tx& tx, std::int64_t account_id,
                                              std::int64_t webhook_id, std::string_view code) {
  const auto now = parts_.clock.now();
  const auto changed = tx.execute(
      "UPDATE webhooks SET disabled_at = $3, disabled_code = $4, updated_at = $3 WHERE account_id "
      "= "
      "$1 AND webhook_id = $2",
      account_id, webhook_id, now, code);
  if (changed == 0) return base::Failure{WebhookError::UnknownWebhook};
  pause_lane(tx, {account_id, channels::Channel::Webhook, webhook_id}, now);
  return base::kDone;
}

base::Outcome<WebhookError> Webhooks::enable(store::Tx& tx, std::int64_t account_id,
                                             std::int64_t webhook_id) {
  const auto now = parts_.clock.now();
  const auto changed = tx.execute(
      "UPDATE webhooks SET disabled_at = NULL, disabled_code = NULL, updated_at = $3 WHERE "
      "account_id = $1 AND webhook_id = $2",
      account_id, webhook_id, now);
  if (changed == 0) return base::Failure{WebhookError::UnknownWebhook};
  resume_lane(tx, {account_id, channels::Channel::Webhook, webhook_id}, now);
  return base::kDone;
}

std::vector<Wanted> Webhooks::plan(store::Tx& tx, std::int64_t account_id,
                                   std::span<const shipments::OutboxRow> news) {
  std::vector<Wanted> wanted;
  const auto webhooks = list(tx, account_id);
  if (webhooks.empty()) return wanted;
  wanted.reserve(news.size() * webhooks.size());
  for (const auto& row : news) {
    if (row.status == Status::Pending) continue;
    // Of an estimate people are told; the body that programs get has it with the next event.
    if (row.news != shipments::News::Status && row.news != shipments::News::Events) continue;
    for (const auto& webhook : webhooks) {
      if (webhook.statuses != 0 && (webhook.statuses & bit(row.status)) == 0) continue;
      wanted.push_back({webhook.lane(),
                        row.shipment,
                        {},
                        row.version,
                        row.news == shipments::News::Status ? "status" : "events",
                        row.created_at,
                        {}});
    }
  }
  return wanted;
}

}  // namespace notify
