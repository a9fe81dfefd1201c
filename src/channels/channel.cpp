#include "channels/channel.h"

#include <charconv>

#include "base/text.h"

namespace channels {
namespace {

// A day is the longest that anybody is believed.
constexpr std::chrono::seconds kLongestWait{86'400};

std::optional<std::chrono::seconds> seconds_in(std::string_view text) {
  text = base::trim(text);
  long long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return std::min(std::chrono::seconds(number), kLongestWait);
}

}  // namespace

std::string_view name(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::Accepted:
      return "accepted";
    case Outcome::Kind::Later:
      return "later";
    case Outcome::Kind::Refused:
      return "refused";
    case Outcome::Kind::Gone:
      return "gone";
    case Outcome::Kind::NotSetUp:
      return "not_set_up";
  }
  return "";
}

Outcome outcome_of_status(int status, std::string_view retry_after) {
  using Kind = Outcome::Kind;
  Outcome outcome;
  outcome.code = "http " + std::to_string(status);
  if (status >= 200 && status < 300) {
    outcome.kind = Kind::Accepted;
  } else if (status == 404 || status == 410) {
    outcome.kind = Kind::Gone;
  } else if (status == 408 || status == 425 || status == 429 || status >= 500) {
    outcome.kind = Kind::Later;
    outcome.retry_after = seconds_in(retry_after);
  } else {
    outcome.kind = Kind::Refused;
  }
  return outcome;
}

}  // namespace channels
