#include "channels/email/bounce.h"

#include <array>

#include "base/text.h"
#include "channels/email/judgement.h"
#include "channels/email/reader.h"

namespace channels::email {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"gone", "soft", "policy", "complaint"};
constexpr std::size_t kMostBlocks = 32;

std::string_view value_of(const ReadHeaders& headers, std::string_view wanted) {
  for (const auto& [name, value] : headers) {
    if (name == wanted) return value;
  }
  return {};
}

// "5.1.1 (user unknown)" -> "5.1.1"; empty when it is no status of RFC 3463.
std::string status_in(std::string_view text) {
  const auto word = text.substr(0, text.find_first_of(" \t(;"));
  int dots = 0;
  for (const char c : word) {
    if (c == '.') ++dots;
    if (c != '.' && !base::is_digit(c)) return {};
  }
  const bool is_class = word.starts_with("2.") || word.starts_with("4.") || word.starts_with("5.");
  return is_class && dots == 2 && word.size() <= 9 ? std::string(word) : std::string();
}

// Some write the reply's code alone: "Diagnostic-Code: smtp; 550 no such user".
bool is_about_mailbox(std::string_view diagnostic) {
  const auto words =
      base::trim(diagnostic.substr(std::min(diagnostic.find(';') + 1, diagnostic.size())));
  return words.starts_with("550 5.1.") || words.starts_with("550-5.1.") ||
         words.starts_with("550 5.2.1");
}

struct Verdict {
  Bounce::Kind kind;
  std::string status;
};

std::optional<Verdict> judge_recipient(const ReadHeaders& block) {
  // A delay is no failure yet, and "delivered", "relayed", "expanded" are none.
  if (!base::equals_ignoring_case(value_of(block, "action"), "failed")) return std::nullopt;
  auto status = status_in(value_of(block, "status"));
  auto kind = Bounce::Kind::Policy;
  switch (kind_of_status(status)) {
    case Outcome::Kind::Gone:
      kind = Bounce::Kind::Gone;
      break;
    case Outcome::Kind::Later:
      kind = Bounce::Kind::Soft;
      break;
    default:
      break;
  }
  // 5.0.0 says nothing; the reply behind it often does.
  if (status == "5.0.0" && is_about_mailbox(value_of(block, "diagnostic-code")))
    kind = Bounce::Kind::Gone;
  return Verdict{kind, std::move(status)};
}

// RFC 3464: a block about the message, then one for each recipient. Ours had one.
std::optional<Verdict> read_status(std::string_view report) {
  read_headers(report);
  for (std::size_t i = 0; i < kMostBlocks && !report.empty(); ++i) {
    if (auto verdict = judge_recipient(read_headers(report))) return verdict;
  }
  return std::nullopt;
}

std::optional<Verdict> read_feedback(std::string_view report) {
  const auto fields = read_headers(report);
  // RFC 5965 7.3; "not-spam" takes a complaint back, "auth-failure" and the rest are others' news.
  const auto kind = base::lower(value_of(fields, "feedback-type"));
  if (kind != "abuse" && kind != "fraud" && kind != "opt-out") return std::nullopt;
  return Verdict{Bounce::Kind::Complaint, {}};
}

std::optional<Verdict> read_report(const ReadPart& message) {
  if (message.type != "multipart/report") return std::nullopt;
  for (const auto& part : message.parts) {
    if (part.type == "message/delivery-status" || part.type == "message/global-delivery-status")
      return read_status(part.decoded());
    if (part.type == "message/feedback-report") return read_feedback(part.decoded());
  }
  return std::nullopt;
}

std::optional<Bounce> bounce_of(std::string id, const ReadPart& message) {
  auto verdict = read_report(message);
  if (!verdict) return std::nullopt;
  return Bounce{std::move(id), verdict->kind, std::move(verdict->status)};
}

}  // namespace

std::string_view name(Bounce::Kind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::optional<Bounce> read_bounce(std::string_view recipient, std::string_view message,
                                  const Verp& verp) {
  auto id = verp.id_in(recipient);
  if (!id) return std::nullopt;
  return bounce_of(std::move(*id), read_message(message));
}

std::optional<Bounce> read_bounce(std::string_view message, const Verp& verp) {
  const auto read = read_message(message);
  for (const auto& [header, value] : read.headers) {
    if (header != "delivered-to" && header != "x-original-to" && header != "to") continue;
    const auto open = value.find('<');
    const auto address =
        open == std::string::npos ? value : value.substr(open, value.find('>', open) - open + 1);
    if (auto id = verp.id_in(address)) return bounce_of(std::move(*id), read);
  }
  return std::nullopt;
}

}  // namespace channels::email
