#include "channels/address.h"

#include <algorithm>

#include "base/text.h"
#include "channels/notice.h"
#include "channels/push/subscription.h"
#include "channels/sms/number.h"

namespace channels {
namespace {

constexpr std::size_t kMostUrl = 2000;

bool is_word(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '-' || c == '_';
  });
}

// The number of a chat (a group's is negative), or the name of a public channel.
bool is_telegram_chat(std::string_view text) {
  constexpr std::size_t kMostDigits = 16, kShortestName = 5, kLongestName = 32;
  if (text.starts_with('@')) {
    text.remove_prefix(1);
    return text.size() >= kShortestName && is_word(text, kLongestName) &&
           base::is_letter(text.front()) && text.find('-') == std::string_view::npos;
  }
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() <= kMostDigits && text.front() != '0' &&
         std::all_of(text.begin(), text.end(), base::is_digit);
}

// A server, and one topic behind it.
bool is_ntfy_topic(std::string_view text) {
  constexpr std::size_t kLongestTopic = 64;
  if (!is_web_address(text, Scheme::HttpToo)) return false;
  const auto slash = text.rfind('/');
  return slash > text.find("://") + 2 && is_word(text.substr(slash + 1), kLongestTopic);
}

template <class T>
std::optional<T> only_if(bool condition, T value) {
  if (!condition) return std::nullopt;
  return value;
}

}  // namespace

bool is_web_address(std::string_view text, Scheme scheme) {
  if (text.size() > kMostUrl) return false;
  const bool is_https = base::equals_ignoring_case(text.substr(0, 8), "https://");
  const bool is_http = base::equals_ignoring_case(text.substr(0, 7), "http://");
  if (!is_https && !(is_http && scheme == Scheme::HttpToo)) return false;
  text.remove_prefix(is_https ? 8 : 7);
  const auto host = text.substr(0, text.find_first_of("/?"));
  if (host.empty() || host.front() == ':' || host.find('@') != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("\"<>\\^`{|}#").find(c) == std::string::npos;
  });
}

std::optional<std::string> canonical_address(Channel channel, std::string_view typed) {
  const auto text = base::trim(typed);
  switch (channel) {
    case Channel::Sms: {
      const auto number = sms::PhoneNumber::parse(text);
      return only_if(number.has_value(), number ? number->text() : std::string());
    }
    case Channel::Push: {
      const auto subscription = push::Subscription::parse(text);
      return only_if(subscription.has_value(), subscription ? subscription->json() : std::string());
    }
    case Channel::Slack:
    case Channel::Discord:
      return only_if(is_web_address(text, Scheme::HttpsOnly), std::string(text));
    case Channel::Telegram:
      return only_if(is_telegram_chat(text), std::string(text));
    case Channel::Ntfy:
      return only_if(is_ntfy_topic(text), std::string(text));
    case Channel::HomeAssistant:
      return only_if(is_word(text, 32), base::lower(text));
    case Channel::Email:
    case Channel::Webhook:
      break;
  }
  return std::nullopt;
}

std::string_view describe_address(Channel channel) {
  switch (channel) {
    case Channel::Sms:
      return "a telephone number with its country code: +31 6 12345678";
    case Channel::Push:
      return "a push subscription, as a browser gives it";
    case Channel::Slack:
      return "the address of an incoming webhook of Slack, which begins with https://";
    case Channel::Discord:
      return "the address of a webhook of Discord, which begins with https://";
    case Channel::Telegram:
      return "the number of a Telegram chat, or a channel's @name";
    case Channel::Ntfy:
      return "the address of a topic: https://ntfy.sh/a-word-nobody-guesses";
    case Channel::HomeAssistant:
      return "a word for this home, of letters, digits, - and _";
    case Channel::Email:
      return "an e-mail address";
    case Channel::Webhook:
      return "the address of a program, which begins with https://";
  }
  return "";
}

}  // namespace channels
