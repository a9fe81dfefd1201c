#include "outreach/promotion_post.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "base/time.h"
#include "channels/email/address.h"
#include "messages/letter.h"

namespace outreach {
namespace {

using channels::Outcome;

constexpr int kAtOnce = 20;
constexpr int kMostAttempts = 8;
constexpr std::chrono::minutes kLease{5};
constexpr std::chrono::seconds kFirstPause{60};
constexpr std::chrono::seconds kLongestPause{6 * 3600};
constexpr std::size_t kLongestName = 120, kLongestSubject = 600;

std::chrono::seconds pause_after(int attempts) {
  return std::min(kLongestPause, kFirstPause * (1 << std::min(attempts, 10)));
}

// An empty line begins a paragraph; the layout knows no other break.
std::string in_paragraphs(const std::string& body) {
  std::string out;
  int breaks = 0;
  for (const char c : body) {
    if (c == '\r') continue;
    if (c == '\n') {
      ++breaks;
      continue;
    }
    if (breaks > 0) out += breaks > 1 ? "||" : " ";
    breaks = 0;
    out += c;
  }
  return out;
}

}  // namespace

PromotionPost::PromotionPost(Promotions& promotions, store::Database& database,
                             personal::Vault& vault, channels::email::Mailer& mailer,
                             const base::Clock& clock, Options options)
    : promotions_(promotions),
      database_(database),
      vault_(vault),
      mailer_(mailer),
      clock_(clock),
      options_(std::move(options)),
      owner_(store::new_lease_owner()) {}

PromotionPost::~PromotionPost() { stop(); }

void PromotionPost::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void PromotionPost::stop() { thread_ = {}; }

void PromotionPost::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    int sent = 0;
    try {
      sent = send_due();
    } catch (const std::exception& error) {
      base::log(base::Level::Error, "promotions.failed", {{"error", error.what()}});
    }
    if (sent == 0) wake.wait_for(lock, stop, options_.look_every, [] { return false; });
  }
}

int PromotionPost::send_due() {
  int sent = 0;
  for (const auto& claimed : promotions_.claim(owner_, kLease, kAtOnce)) {
    messages::Sender sender;
    auto take = [&](store::Tx& tx) {
      sender = options_.sender(tx, claimed.claim.account_id);
      return promotions_.take(tx, claimed);
    };
    const auto ready = database_.write_now(take);
    if (!ready) continue;
    const auto outcome = send(claimed, *ready, sender);
    const bool is_later =
        outcome.kind == Outcome::Kind::Later || outcome.kind == Outcome::Kind::NotSetUp;
    if (is_later && claimed.attempts + 1 < kMostAttempts) {
      const auto pause = outcome.retry_after.value_or(pause_after(claimed.attempts));
      promotions_.put_off(claimed, owner_, clock_.now() + pause);
      continue;
    }
    if (outcome.kind == Outcome::Kind::Gone) {
      promotions_.settle_gone(claimed, ready->door);
      continue;
    }
    const bool is_sent = outcome.kind == Outcome::Kind::Accepted;
    promotions_.settle(claimed, is_sent ? "sent" : "refused");
    sent += is_sent ? 1 : 0;
  }
  if (sent > 0) base::log(base::Level::Info, "promotions.sent", {{"count", sent}});
  return sent;
}

Outcome PromotionPost::send(const ClaimedSend& claimed, const Ready& ready,
                            const messages::Sender& sender) {
  const auto leave = options_.public_url + leaving_path(vault_, ready.door);
  const auto written =
      messages::write_letter("news",
                             {{"title", ready.title},
                              {"text", in_paragraphs(ready.body)},
                              {"list", ready.list},
                              {"link", leave},
                              {"at", base::to_iso_offset(ready.confirmed_at)}},
                             ready.language, sender, messages::foot_links(options_.public_url));
  if (!written) {
    base::log(base::Level::Error, "promotions.unwritten",
              {{"why", messages::describe(written.error())}});
    return {Outcome::Kind::Refused, "unwritten", {}, {}};
  }
  namespace email = channels::email;
  email::Email mail;
  mail.from = {email::one_line(sender.name, kLongestName), options_.from};
  if (email::parse_address(sender.contact))
    mail.reply_to = email::Mailbox{mail.from.name, sender.contact};
  mail.to = {"", ready.address};
  mail.subject = email::one_line(written->subject, kLongestSubject);
  mail.text = written->text;
  mail.html = written->html;
  mail.language = written->language;
  mail.date = clock_.now();
  mail.key = claimed.id.hex();
  mail.unsubscribe_url = leave;
  email::Envelope envelope;
  envelope.return_path = options_.verp ? options_.verp->address(mail.key) : options_.from;
  return base::sync_wait(mailer_.send(std::move(mail), std::move(envelope)));
}

}  // namespace outreach
