#include "channels/email/catcher.h"

namespace channels::email {
namespace {

constexpr std::size_t kMostBytes = 64 << 20;

SmtpListener::Options listening(const Catcher::Options& options) {
  SmtpListener::Options out;
  out.port = options.port;
  out.session = options.session;
  return out;
}

}  // namespace

Catcher::Catcher(Options options)
    : options_(std::move(options)), listener_(listening(options_), [this](SunkMessage message) {
        return keep(std::move(message));
      }) {}

std::string Catcher::url() const { return "smtp://127.0.0.1:" + std::to_string(port()); }

bool Catcher::keep(SunkMessage message) {
  auto caught = std::make_shared<Caught>();
  caught->at = options_.clock != nullptr ? options_.clock->now() : base::SystemClock().now();
  caught->from = std::move(message.from);
  caught->to = std::move(message.to);
  caught->bytes = std::move(message.bytes);
  const std::lock_guard lock(mutex_);
  caught->number = ++last_;
  bytes_ += caught->bytes.size();
  caught_.push_front(std::move(caught));
  while (caught_.size() > options_.keep || (bytes_ > kMostBytes && caught_.size() > 1)) {
    bytes_ -= caught_.back()->bytes.size();
    caught_.pop_back();
  }
  return true;
}

std::vector<std::shared_ptr<const Caught>> Catcher::messages() const {
  const std::lock_guard lock(mutex_);
  return {caught_.begin(), caught_.end()};
}

std::shared_ptr<const Caught> Catcher::message(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  for (const auto& caught : caught_) {
    if (caught->number == number) return caught;
  }
  return nullptr;
}

}  // namespace channels::email
