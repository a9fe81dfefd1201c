// What a message about a parcel says, in the reader's language: for e-mail (text and HTML), SMS, a
// push notice and a chat line, made of the same facts.
//
// Pure: no clock, no network, no personal types. The caller opens what it may open and hands over
// plain words; what is empty is left out of the message, never guessed. Nothing in a message loads
// from elsewhere: no remote picture, font or pixel, and no link but those that the caller gives
// (clause 131 of the policy).
//
// Safe from any thread; the first message of a thread and language compiles that language's
// sentences, a later one takes about a quarter of a millisecond for all channels together.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journey/trigger.h"

namespace messages {

// Who writes: the controller of the reader's address, as the law wants it named (GDPR Art. 13, 14).
struct Sender {
  std::string name;            // "Atelier Blom"; needed
  std::string postal_address;  // one line: "Oudegracht 12, 3511 AB Utrecht, Netherlands"
  std::string contact;         // an e-mail address or a telephone number
  std::string colour;          // "#0b6e4f"; anything else is replaced by the house colour
  // "data:image/png;base64,..." (png, jpeg, gif or webp) or "cid:..." of a part that the caller
  // attaches; anything else is not shown and the name stands in its place.
  std::string logo;
};

// Whole https addresses. Each is shown when it is there; `unsubscribe` and `preferences` belong
// into every e-mail that is sent.
struct Links {
  std::string tracking_page;
  std::string preferences;
  std::string unsubscribe;
  // At the foot of every message, whatever a shop writes there (clause 134 of the policy).
  std::string privacy;
  std::string cookies;
  std::string rights;  // where the reader sees, takes and erases what is kept about them
  std::string contact;
};
// The four of the foot, on the site at this address ("https://track.example.com"); the others
// empty.
Links foot_links(std::string_view site);

// A day or a span of days or hours, as written by the carrier: "2026-03-20" or
// "2026-03-20T14:00:00+01:00". The offset is not applied: what is shown is the wall clock of the
// place. `to` empty: one point in time.
struct Window {
  std::string from;
  std::string to;
  bool operator==(const Window&) const = default;
};

// Said once, in the first message to somebody who never dealt with us (GDPR Art. 14; clause 98):
// whose hand the address came from. Why and how to object the sentence says itself.
struct FirstMessage {
  std::string given_by;  // "Atelier Blom"
};

struct Facts {
  Sender sender;
  Links links;
  std::optional<FirstMessage> first;

  std::string recipient_name;   // as it should stand in a greeting; empty: a greeting without
  std::string parcel_title;     // "Desk lamp, brass"
  std::string order_number;     // the shop's own
  std::string tracking_number;  // as printed
  std::string carrier;          // "PostNL"

  std::string substatus;      // the v4 word: "exception006"; said in the reader's language
  std::string carrier_says;   // the carrier's own words, shown as such
  std::string place;          // where it happened: "Utrecht, Netherlands"
  std::string happened_at;    // local time as written, as in Window
  Window estimate;            // the day of delivery now promised
  Window estimate_before;     // what was promised before (EstimateChanged, Delayed)
  std::string pickup_point;   // name and address in one line
  std::string pickup_until;   // last day to collect, as in Window
  int days_without_news = 0;  // NoMovement, Expired
};

struct Message {
  std::string language;   // of what is written: one of languages()
  std::string subject;    // one line
  std::string preheader;  // what an inbox shows after the subject; is in `html` already
  std::string text;       // plain text, lines ended by \n, equal in content to `html`
  std::string html;       // a whole document under 60 KB
  std::string sms;        // with the link of the tracking page, if there is one
  std::string push_title;
  std::string push_body;
  std::string chat;  // a few lines without markup
};

class Template;  // what a shop has edited (messages/template.h)

// `language` as people and browsers write it: "nl", "nl-BE", "zh-TW", "no", "pt_BR"; English for
// what is not spoken here. `edited`: the shop's own words for this trigger and language, or null.
Message write(journey::Trigger trigger, const Facts& facts, std::string_view language,
              const Template* edited = nullptr);

// Several parcels of one reader in one message, in the order given: each with its headline, its
// sentence and its link. Sender, name, first message and the links of the footer are those of
// `about`. For e-mail only: sms, push and chat stay empty.
struct News {
  journey::Trigger trigger{};
  Facts facts;
};
Message write_digest(const std::vector<News>& news, const Facts& about, std::string_view language);

// The languages of parcel messages: "en", "nl", ... "zh-Hans", "he", in the order of
// data/languages.
const std::vector<std::string_view>& languages();
// The one of languages() that serves somebody who asks for this; "en" when none does.
std::string_view language_for(std::string_view asked);
// "Nederlands": how a language names itself.
std::string_view own_name(std::string_view language);
bool is_right_to_left(std::string_view language);

}  // namespace messages
