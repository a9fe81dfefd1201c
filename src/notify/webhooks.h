// Webhooks: the addresses of an account's own programs that are told of every change, and the only
// SQL on the table. Who is told of what; how, is webhook_sender.h.
//
// Functions that take a Tx work in the caller's transaction; they may read the key store.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "notify/plan.h"
#include "personal/access.h"
#include "personal/vault.h"

namespace notify {

inline constexpr int kMostWebhooks = 20;  // of an account
// After so long without a single accepted message a webhook is switched off.
inline constexpr std::chrono::days kFailingTooLong{5};
// How long both secrets sign after a change, unless it is ended before.
inline constexpr std::chrono::hours kOverlap{24};

// The form of the body: the TrackingMore API's. 4 unless the receiver was written for an older one.
enum class BodyVersion : std::uint8_t { V2 = 2, V3 = 3, V4 = 4 };

// A set of journey::Status, one bit each; none of them means all of them. Pending is never told.
using Statuses = std::uint32_t;
// "delivered,exception", or "all"; nothing for an unknown word, or for pending.
std::optional<Statuses> parse_statuses(std::string_view words);
std::vector<std::string_view> status_names(Statuses statuses);

struct Webhook {
  std::int64_t account_id = 0, webhook_id = 0;
  std::string url, description;
  BodyVersion version = BodyVersion::V4;
  Statuses statuses = 0;
  base::Instant created_at{}, updated_at{};
  std::optional<base::Instant> overlap_until;  // two secrets sign until then
  std::optional<base::Instant> disabled_at;
  std::string disabled_code;  // why: "by hand", "http 410", "timeout"

  Lane lane() const { return {account_id, channels::Channel::Webhook, webhook_id}; }
};

enum class WebhookError : std::uint8_t {
  UnknownAccount,
  UnknownWebhook,
  TooMany,
  UrlInvalid,
  UrlPrivate,
  DescriptionTooLong,
  StatusUnknown,
  VersionUnknown,
};
// One sentence for people.
std::string_view describe(WebhookError error);

// What may be said about a webhook; what is empty stays as it is.
struct WebhookDraft {
  std::optional<std::string> url, description;
  std::optional<BodyVersion> version;
  std::optional<Statuses> statuses;
};

class Webhooks final : public Planner {
 public:
  struct Parts {
    personal::Vault& vault;
    personal::Ledger& ledger;
    const base::Clock& clock;
  };
  // `may_be_private`: the operator lets webhooks lead into private networks and to this machine.
  Webhooks(const Parts& parts, bool may_be_private)
      : parts_(parts), may_be_private_(may_be_private) {}

  struct New {
    Webhook webhook;
    std::string secret;  // the UUID
  };
  base::Result<New, WebhookError> add(store::Tx& tx, std::int64_t account_id,
                                      const WebhookDraft& draft);
  static std::vector<Webhook> list(store::Tx& tx, std::int64_t account_id);
  static std::optional<Webhook> find(store::Tx& tx, std::int64_t account_id,
                                     std::int64_t webhook_id);
  base::Result<Webhook, WebhookError> update(store::Tx& tx, std::int64_t account_id,
                                             std::int64_t webhook_id, const WebhookDraft& draft);
  // With everything that waits for it. The key of its secrets is to be destroyed after the commit.
  base::Result<personal::SubjectId, WebhookError> remove(store::Tx& tx, std::int64_t account_id,
                                                         std::int64_t webhook_id);
  // Gives it a new secret; the one before signs too for kOverlap, or ends now.
  base::Result<New, WebhookError> rotate(store::Tx& tx, std::int64_t account_id,
                                         std::int64_t webhook_id, bool ends_old);
  // The secrets that sign now, the newest first.
  std::vector<std::string> secrets(
      store::Tx& tx, const Webhook& webhook,
      personal::Access<personal::Purpose::ServeController>& access) const;

  // Nothing is sent; what comes is kept, up to 30 days.
  base::Outcome<WebhookError> disable(store::Tx& tx, std::int64_t account_id,
                                      std::int64_t webhook_id, std::string_view code);
  base::Outcome<WebhookError> enable(store::Tx& tx, std::int64_t account_id,
                                     std::int64_t webhook_id);

  std::vector<Wanted> plan(store::Tx& tx, std::int64_t account_id,
                           std::span<const shipments::OutboxRow> news) override;

 private:
  std::optional<WebhookError> check(const WebhookDraft& draft) const;
  std::string seal(std::int64_t account_id, std::int64_t webhook_id, personal::SubjectId subject,
                   const std::string& secret, const std::string& before) const;

  const Parts parts_;
  const bool may_be_private_;
};

// Is this an address that a webhook may have, as far as can be told without calling it?
std::optional<WebhookError> check_webhook_url(std::string_view url, bool may_be_private);
// Does it lead to this machine, by its face, and to this port? 0: no port.
bool is_own_address(std::string_view url, std::uint16_t port);
// The host of a URL, for a letter: without path and query, which may hold a key.
std::string host_of(std::string_view url);

}  // namespace notify
