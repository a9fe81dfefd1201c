#include "notify/letter_post.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/log.h"
#include "channels/email/address.h"
#include "store/lease.h"

namespace notify {
namespace {

using channels::Outcome;

constexpr int kAtOnce = 20;
constexpr std::chrono::minutes kLease{5};
constexpr std::chrono::seconds kFirstPause{30};
constexpr std::chrono::seconds kLongestPause{3600};
constexpr std::size_t kLongestName = 120;
constexpr std::size_t kLongestSubject = 600;

// 30 s, a minute, two ... up to an hour.
std::chrono::seconds pause_after(int attempts) {
  return std::min(kLongestPause, kFirstPause * (1 << std::min(attempts, 10)));
}

}  // namespace

LetterPost::LetterPost(letters::Letters& letters, personal::Ledger& ledger,
                       channels::email::Mailer& mailer, const base::Clock& clock, Options options)
    : letters_(letters),
      ledger_(ledger),
      mailer_(mailer),
      clock_(clock),
      options_(std::move(options)),
      owner_(store::new_lease_owner()) {}

LetterPost::~LetterPost() { stop(); }

void LetterPost::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void LetterPost::stop() { thread_ = {}; }

void LetterPost::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    try {
      send_due();
    } catch (const std::exception& error) {
      base::log(base::Level::Error, "letters.failed", {{"error", error.what()}});
    }
    wake.wait_for(lock, stop, options_.look_every, [] { return false; });
  }
}

int LetterPost::send_due() {
  int sent = 0;
  for (const auto& letter : letters_.claim(owner_, kLease, kAtOnce)) {
    const auto outcome = send(letter);
    base::log(base::Level::Info, "letters.sent",
              {{"kind", letter.kind}, {"outcome", outcome.code}, {"attempt", letter.attempts + 1}});
    if (outcome.kind == Outcome::Kind::Later || outcome.kind == Outcome::Kind::NotSetUp) {
      const auto pause = outcome.retry_after.value_or(pause_after(letter.attempts));
      letters_.put_off(letter, owner_, clock_.now() + pause);
    } else {
      letters_.settle(letter);
      sent += outcome.kind == Outcome::Kind::Accepted ? 1 : 0;
    }
  }
  return sent;
}

Outcome LetterPost::send(const letters::Claimed& letter) {
  personal::Access<personal::Purpose::Correspond> access(ledger_, {}, letter.claim.account_id,
                                                         "notify.letter");
  messages::Links links;
  if (!options_.public_url.empty()) links = messages::foot_links(options_.public_url);
  const auto written = messages::write_letter(letter.kind, letters::Letters::values(letter, access),
                                              letter.language, options_.sender, links);
  if (!written) {
    base::log(base::Level::Error, "letters.unwritten",
              {{"kind", letter.kind}, {"why", messages::describe(written.error())}});
    return {Outcome::Kind::Refused, "unwritten", {}, {}};
  }
  namespace email = channels::email;
  email::Email mail;
  mail.from = {email::one_line(options_.sender.name, kLongestName), options_.from};
  if (email::parse_address(options_.sender.contact))
    mail.reply_to = email::Mailbox{mail.from.name, options_.sender.contact};
  mail.to = {"", open(letter.to, access)};
  mail.subject = email::one_line(written->subject, kLongestSubject);
  mail.text = written->text;
  mail.html = written->html;
  mail.language = written->language;
  mail.date = clock_.now();
  mail.key = letter.id.hex();
  email::Envelope envelope;
  envelope.return_path = options_.from;
  return base::sync_wait(mailer_.send(std::move(mail), std::move(envelope)));
}

}  // namespace notify
