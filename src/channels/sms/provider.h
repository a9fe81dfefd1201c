// The companies that carry SMS, one interface: what is asked of them, what their answer means, and
// what they call back with. Pure: sms.h makes the calls.
//
// Twilio: Programmable Messaging, 2010-04-01. Vonage: SMS API, with signatures by HMAC-SHA-256.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "channels/channel.h"
#include "channels/sms/number.h"
#include "channels/sms/wish.h"
#include "http/client.h"
#include "http/message.h"

namespace channels::sms {

// As whom a message comes. A number can be answered, so STOP reaches us; a name (up to 11 letters,
// digits and spaces) cannot, and then the text must carry a link that stops it.
struct From {
  std::string text;  // "+3197010240000", "Milepost", or Twilio's messaging service "MG..."
  bool can_be_answered() const;
};

struct Settings {
  enum class Provider : std::uint8_t { Twilio, Vonage } provider = Provider::Twilio;
  std::string account;  // Twilio: account SID; Vonage: API key
  std::string secret;   // Twilio: auth token; Vonage: API secret
  // Vonage signs callbacks only when asked to (with HMAC-SHA-256, please). Until then the proof is
  // a `key` in callback_url, of 20 characters at least; without either they are refused.
  std::string signature_secret;
  std::string base_url;      // empty: the provider's own
  std::string callback_url;  // where it tells what became of a message; empty: nowhere
  From from;                 // to every country that is not named
  // ISO country to sender. An empty sender: nothing is sent there.
  std::vector<std::pair<std::string, From>> from_by_country;
  int most_segments = 6;        // a longer text is refused
  bool may_be_private = false;  // base_url may be in the own network

  // Nothing when there is no sender for that country.
  const From* sender_to(std::string_view country) const;
};

struct Outgoing {
  std::string to;    // E.164
  std::string from;  // From::text
  std::string text;
  std::string key;  // Notice::key
};

// What a provider calls us with.
struct Callback {
  std::string reference;  // the provider's id of the message, as Outcome::reference had it
  std::string key;        // Outgoing::key of the message it reports on; of a reply, empty
  // What became of a message; nothing while it is on its way, and of a reply.
  std::optional<Outcome> outcome;
  bool is_reply = false;
  std::string from;  // of a reply: the number that wrote, E.164. Personal data.
  Wish wish = Wish::None;
};

// A request to our callback address.
struct CallbackRequest {
  std::string url;  // as the provider was told it, whole, with the query it came with
  std::vector<std::pair<std::string, std::string>> fields;  // of the query, the form or the JSON
  bool fields_are_query = false;                            // they stand in the url already
  std::string signature;                                    // of the header, if it has one
};
// `public_base`: "https://track.example.com", what stands before the path for the world outside.
CallbackRequest read_callback_request(const http::Request& request, std::string_view public_base);

class Provider {
 public:
  virtual ~Provider() = default;
  virtual http::Call request(const Outgoing& message) const = 0;
  virtual Outcome read(const http::Reply& reply) const = 0;
  // Whether the provider signed it, no longer than five minutes ago where it says when. Twilio
  // signs everything.
  virtual bool is_genuine(const CallbackRequest& request, base::Instant now) const = 0;
  // Nothing when it is neither a report nor a reply. To be asked only of what is genuine.
  virtual std::optional<Callback> read(const CallbackRequest& request) const = 0;
};
std::unique_ptr<Provider> make_provider(const Settings& settings);

// The value of `name` in the query of a URL; empty when there is none.
std::string value_in_query(std::string_view url, std::string_view name);

// The value of a field; empty when there is none.
std::string_view field(const CallbackRequest& request, std::string_view name);

}  // namespace channels::sms
