#include "channels/email/bounce_door.h"

#include "base/log.h"
#include "base/text.h"

namespace channels::email {
namespace {

constexpr std::size_t kNoReport = 4;
constexpr std::size_t kMostBytes = 1 << 20;  // the report comes before what it quotes

std::array<base::Counter, 5> counters(base::Metrics* metrics) {
  std::array<base::Counter, 5> out;
  for (std::size_t i = 0; i < out.size() && metrics != nullptr; ++i) {
    const auto kind = i == kNoReport ? "no_report" : name(static_cast<Bounce::Kind>(i));
    out[i] = metrics->counter("milepost_mail_bounces_total", "What came back, by kind",
                              {{"kind", std::string(kind)}});
  }
  return out;
}

}  // namespace

BounceDoor::BounceDoor(Options options, Verp verp, Hear hear)
    : verp_(std::move(verp)),
      hear_(std::move(hear)),
      heard_(counters(options.metrics)),
      listener_(listening(options), [this](SunkMessage message) { return take(message); }) {}

SmtpListener::Options BounceDoor::listening(const Options& options) const {
  SmtpListener::Options out;
  out.host = options.host;
  out.port = options.port;
  out.session.name = verp_.domain();
  out.session.most_bytes = kMostBytes;
  out.session.object = [this](std::string_view command) -> std::string {
    if (!base::equals_ignoring_case(command.substr(0, 8), "RCPT TO:")) return {};
    const auto argument = base::trim(command.substr(8));
    const auto path = argument.substr(0, argument.find('>') + 1);
    return verp_.id_in(path) ? "" : "550 5.1.1 There is no such mailbox";
  };
  return out;
}

bool BounceDoor::take(const SunkMessage& message) {
  for (const auto& to : message.to) {
    const auto bounce = read_bounce(to, message.bytes, verp_);
    heard_[bounce ? static_cast<std::size_t>(bounce->kind) : kNoReport].add();
    if (!bounce) continue;
    base::log(base::Level::Info, "mail.bounce",
              {{"kind", name(bounce->kind)}, {"status", bounce->status}});
    if (!hear_(*bounce)) return false;
  }
  return true;
}

}  // namespace channels::email
