#include "channels/email/smtp.h"

#include <fstream>
#include <iterator>
#include <memory>

#include "base/log.h"
#include "base/text.h"
#include "channels/email/address.h"
#include "channels/email/judgement.h"

namespace channels::email {
namespace {

using std::chrono::steady_clock;

constexpr std::array<std::string_view, 5> kKinds = {"accepted", "later", "refused", "gone",
                                                    "not_set_up"};

Outcome outcome(Outcome::Kind kind, std::string code) {
  Outcome out;
  out.kind = kind;
  out.code = std::move(code);
  return out;
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return std::string(base::trim(line));
}

}  // namespace

struct SmtpMailer::Job {
  std::string bytes, from, to;
  bool needs_utf8 = false;
  std::string reference;
  steady_clock::time_point until;
  Outcome outcome;
  std::coroutine_handle<> continuation;
  base::Executor* executor = nullptr;
};

// One thread's sessions, one with each relay, opened when they are needed.
class SmtpMailer::Worker {
 public:
  Worker(const std::vector<Relay>& relays, const std::atomic<bool>& stop)
      : relays_(relays), stop_(stop), sessions_(relays.size()) {}

  http::MailResult send(std::size_t relay, const http::MailDelivery& delivery) {
    auto& session = sessions_[relay];
    if (!session) session = std::make_unique<http::MailSession>(relays_[relay].server, &stop_);
    if (const auto& file = relays_[relay].secret_file; !file.empty())
      session->set_secret(first_line(file));
    return session->send(delivery);
  }

 private:
  const std::vector<Relay>& relays_;
  const std::atomic<bool>& stop_;
  std::vector<std::unique_ptr<http::MailSession>> sessions_;
};

// Hands a job to the threads and sleeps until one of them is done with it.
struct SmtpMailer::Waiting {
  SmtpMailer& mailer;
  Job& job;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) {
    job.continuation = awaiting;
    job.executor = base::Executor::current();
    {
      const std::lock_guard lock(mailer.mutex_);
      if (mailer.is_stopping_ || mailer.jobs_.size() >= mailer.options_.waiting) {
        job.outcome =
            outcome(Outcome::Kind::Later, mailer.is_stopping_ ? "smtp stopped" : "smtp overload");
        return false;
      }
      mailer.jobs_.push_back(&job);
    }
    mailer.wake_.notify_one();
    return true;
  }
  void await_resume() const noexcept {}
};

SmtpMailer::SmtpMailer(Options options)
    : options_(std::move(options)), breakers_(options_.relays.size()) {
  if (!options_.now) options_.now = [] { return base::SystemClock().now(); };
  for (std::size_t i = 0; i < kKinds.size() && options_.metrics != nullptr; ++i) {
    outcomes_[i] =
        options_.metrics->counter("milepost_mail_messages_total", "E-mails by how they ended",
                                  {{"outcome", std::string(kKinds[i])}});
  }
  const auto threads = options_.relays.empty() ? 0 : options_.sessions;
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

SmtpMailer::~SmtpMailer() { stop(); }

base::Task<Outcome> SmtpMailer::send(Email email, Envelope envelope) {
  Job job;
  job.until = steady_clock::now() + envelope.deadline;
  if (options_.relays.empty()) {
    job.outcome = outcome(Outcome::Kind::NotSetUp, "no mail relay");
  } else if (auto message = build(email); !message) {
    job.outcome = outcome(Outcome::Kind::Refused, "mail not well formed");
    base::log(base::Level::Error, "mail.not_well_formed", {{"why", describe(message.error())}});
  } else {
    job.bytes = sign_all(options_.dkim, message->bytes, options_.now());
    job.from = std::move(envelope.return_path);
    job.to = parse_address(email.to.address)->text();
    job.needs_utf8 = message->needs_utf8;
    job.reference = message->id;
    Waiting waiting{*this, job};
    co_await waiting;
  }
  outcomes_[static_cast<std::size_t>(job.outcome.kind)].add();
  co_return std::move(job.outcome);
}

Outcome SmtpMailer::deliver(Worker& worker, const Job& job) {
  auto last = outcome(Outcome::Kind::Later, "smtp no relay");
  for (std::size_t i = 0; i < options_.relays.size() && !is_stopping_; ++i) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(job.until - steady_clock::now());
    if (left <= std::chrono::milliseconds(0)) return outcome(Outcome::Kind::Later, "smtp timeout");
    if (!breakers_.may_try(i, options_.now())) continue;
    http::MailDelivery delivery;
    delivery.from = job.from;
    delivery.to = job.to;
    delivery.bytes = job.bytes;
    delivery.needs_utf8 = job.needs_utf8;
    delivery.deadline = left;
    auto judgement = judge(worker.send(i, delivery));
    if (!judgement.is_relays_trouble) {
      breakers_.succeeded(i);
      judgement.outcome.reference = job.reference;
      return std::move(judgement.outcome);
    }
    breakers_.failed(i, options_.now());
    base::log(base::Level::Warning, "mail.relay_trouble",
              {{"relay", options_.relays[i].name()}, {"code", judgement.outcome.code}});
    last = std::move(judgement.outcome);
  }
  if (const auto pause = breakers_.pause(options_.now()); pause.count() > 0)
    last.retry_after = pause;
  return last;
}

void SmtpMailer::run() {
  Worker worker(options_.relays, is_stopping_);
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return is_stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    auto* job = jobs_.front();
    jobs_.pop_front();
    lock.unlock();
    job->outcome =
        is_stopping_ ? outcome(Outcome::Kind::Later, "smtp stopped") : deliver(worker, *job);
    // The job lives in the coroutine: it may be gone as soon as that goes on.
    const auto continuation = job->continuation;
    if (auto* executor = job->executor; executor != nullptr) {
      executor->post(std::span(&continuation, 1));
    } else {
      continuation.resume();
    }
    lock.lock();
  }
}

void SmtpMailer::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace channels::email
