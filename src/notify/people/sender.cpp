#include "notify/people/sender.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "consent/suppression.h"
#include "notify/people/digest.h"
#include "notify/people/occasions.h"
#include "shipments/told.h"

namespace notify::people {
namespace {

using channels::Channel;
using consent::People;
using consent::Person;
using consent::Verdict;

// A change that is older is told only while it is still true.
constexpr std::chrono::minutes kFresh{15};
constexpr std::size_t kTopic = 16;

bool is_room(Channel channel) {
  return channel != Channel::Email && channel != Channel::Sms && channel != Channel::Push;
}

// The others are made by an estimate, or by the clock.
bool is_of_a_scan(journey::Trigger trigger) {
  using journey::Trigger;
  return trigger != Trigger::EstimateSet && trigger != Trigger::EstimateChanged &&
         trigger != Trigger::Delayed && trigger != Trigger::NoMovement &&
         trigger != Trigger::Expired && trigger != Trigger::NotFound;
}

Prepared drop(std::string_view why) {
  Prepared prepared;
  prepared.what = Prepared::What::Drop;
  prepared.why = why;
  return prepared;
}

bool was_informed(store::Tx& tx, std::int64_t account_id, const Person& person) {
  return tx
      .query("SELECT 1 FROM informed WHERE account_id = $1 AND person = $2", account_id,
             store::Blob{person.bytes()})
      .next();
}

const std::string& first_given(const std::string& a, const std::string& b, const std::string& c,
                               const std::string& d) {
  return !a.empty() ? a : !b.empty() ? b : !c.empty() ? c : d;
}

}  // namespace

// One receiver, opened.
struct PeopleSender::Target {
  personal::SubjectId subject = 0;
  int number = consent::Question::kNobody;  // of the shipment's recipients; a room is none
  std::string name, address, language, zone;
  std::string fields;  // of the dictionary, that its address and name are
  Person person, at;   // whose preferences; where it goes
};

// One delivery, looked at anew: whether it may be told now, to whom, and what there is to say.
struct PeopleSender::Examined {
  std::string_view why_not;  // empty: it may be told
  base::Instant later{};     // it may, but not before
  bool is_for_digest = false;
  std::int64_t account_id = 0;
  Target target;
  journey::Trigger trigger{};
  messages::Facts facts;
  Voice voice;
  std::string language, state;
};

std::vector<Prepared> PeopleSender::prepare(store::Tx& tx, std::span<const Delivery> deliveries) {
  std::vector<Prepared> prepared;
  prepared.reserve(deliveries.size());
  for (const auto& delivery : deliveries) {
    prepared.push_back(delivery.wanted.occasion == kDigest ? prepare_digest(tx, delivery)
                                                           : prepare_one(tx, delivery));
  }
  return prepared;
}

Prepared PeopleSender::prepare_one(store::Tx& tx, const Delivery& delivery) {
  const auto account_id = delivery.wanted.lane.account_id;
  const auto shipment = tools_.shipments.find(tx, account_id, delivery.wanted.shipment);
  if (!shipment) return drop("gone");
  const auto examined = examine(tx, delivery, *shipment);
  if (!examined.why_not.empty()) return drop(examined.why_not);
  Prepared prepared;
  if (examined.later > tools_.clock.now()) {
    if (examined.is_for_digest && channel_ == Channel::Email) {
      put_into_digest(tx, delivery, examined.target.at, examined.later, tools_.clock.now());
      return drop(kDigest);
    }
    prepared.what = Prepared::What::Later;
    prepared.until = examined.later;
    return prepared;
  }
  auto composed = composed_for(delivery, examined);
  compose(tx, examined, *composed);
  if (const auto why = why_not(tx, delivery, *composed); !why.empty()) return drop(why);
  note_sent(tx, delivery, examined.target, *composed);
  disclose(tx, account_id, examined.target, shipment->head);
  leaves(tx, delivery, *composed);
  prepared.what = Prepared::What::Send;
  prepared.message = std::move(composed);
  return prepared;
}

Prepared PeopleSender::prepare_digest(store::Tx& tx, const Delivery& digest) {
  const auto account_id = digest.wanted.lane.account_id;
  std::optional<Examined> first;
  std::vector<messages::News> news;
  for (const auto& one : in_digest(tx, digest)) {
    const auto shipment = tools_.shipments.find(tx, account_id, one.wanted.shipment);
    if (!shipment) continue;
    auto examined = examine(tx, one, *shipment);
    if (!examined.why_not.empty()) continue;
    if (examined.later > tools_.clock.now()) {
      // Another evening: they live elsewhere now.
      if (examined.is_for_digest) {
        put_into_digest(tx, one, examined.target.at, examined.later, tools_.clock.now());
        continue;
      }
      Prepared later;
      later.what = Prepared::What::Later;
      later.until = examined.later;
      return later;
    }
    disclose(tx, account_id, examined.target, shipment->head);
    news.push_back({examined.trigger, examined.facts});
    if (!first) first = std::move(examined);
  }
  if (!first) {
    forget_digest(tx, digest);
    return drop("moved-on");
  }
  auto composed = composed_for(digest, *first);
  composed->topic = base::to_hex(digest.wanted.receiver).substr(0, kTopic);
  composed->words = messages::write_digest(news, first->facts, first->language);
  note_sent(tx, digest, first->target, *composed);
  Prepared prepared;
  prepared.what = Prepared::What::Send;
  prepared.message = std::move(composed);
  return prepared;
}

PeopleSender::Examined PeopleSender::examine(store::Tx& tx, const Delivery& delivery,
                                             const shipments::Shipment& shipment) {
  Examined examined;
  Access access(tools_.ledger, {personal::ActorKind::System, 0}, delivery.wanted.lane.account_id,
                "notify.people");
  try {
    examine_opened(tx, delivery, shipment, access, examined);
  } catch (const personal::LabelRefusal&) {
    examined.why_not = "mailbox";  // what a linked mailbox gave serves its owner alone
  }
  access.record(tx);
  return examined;
}

void PeopleSender::examine_opened(store::Tx& tx, const Delivery& delivery,
                                  const shipments::Shipment& shipment, Access& access,
                                  Examined& examined) {
  const auto no = [&examined](std::string_view why) { examined.why_not = why; };
  const auto trigger = journey::find_trigger(delivery.wanted.occasion);
  if (!trigger) return no("unknown-occasion");
  examined.trigger = *trigger;
  examined.account_id = delivery.wanted.lane.account_id;
  const auto& head = shipment.head;
  if (head.subject != 0) access.about(head.subject);
  if (access.is_shut()) return no("restricted");
  journey::JourneyView journey;
  if (!journey::decode_view(open(shipment.body.journey, access), journey)) journey = {};
  const auto* const courier = tools_.catalogue.find(head.courier_code);
  const Parcel parcel{head, journey, open(shipment.body.title, access),
                      courier != nullptr ? courier->name : std::string_view(head.courier_code)};
  const auto now = tools_.clock.now();
  if (!delivery.is_replay) {
    if (is_of_a_scan(*trigger) && is_old_news(journey, delivery.wanted.created_at))
      return no("old-news");
    if (now - delivery.wanted.created_at > kFresh &&
        !is_still_true(*trigger, head.status, head.substatus))
      return no("moved-on");
  }
  auto& target = examined.target;
  if (!find_target(tx, delivery, shipment, access, target))
    return no(access.is_shut() ? "restricted" : "no-address");
  const auto verdict = ask(tx, delivery, target, parcel);
  if (verdict.kind == Verdict::Kind::Never) return no(verdict.why);
  if (verdict.kind == Verdict::Kind::Later) {
    examined.later = verdict.at;
    examined.is_for_digest = verdict.why == kDigest;
    return;
  }
  examined.voice = voice_of(tx, delivery.wanted.lane.account_id, tools_.voice);
  examined.facts = facts_for(tx, delivery, target, parcel, *trigger, examined.voice);
  examined.language = first_given(verdict.preferences.language, target.language, head.language,
                                  examined.voice.language);
  examined.state = journey::name(head.status);
}

bool PeopleSender::find_target(store::Tx& tx, const Delivery& delivery,
                               const shipments::Shipment& shipment, Access& access,
                               Target& target) {
  return is_room(channel_) ? find_room(tx, delivery, access, target)
                           : find_person(tx, delivery, shipment, access, target);
}

// The customer of the shipment, or one beside them.
bool PeopleSender::find_person(store::Tx& tx, const Delivery& delivery,
                               const shipments::Shipment& shipment, Access& access,
                               Target& target) {
  const auto account_id = delivery.wanted.lane.account_id;
  const auto& receiver = delivery.wanted.receiver;
  int number = -1;
  std::from_chars(receiver.data(), receiver.data() + receiver.size(), number);
  target.number = number;
  std::string email, phone, push;
  if (number == 0) {
    const auto& body = shipment.body;
    target.subject = shipment.head.subject;
    target.language = shipment.head.language;
    target.name = open(body.customer_name, access);
    email = open(body.customer_email, access);
    phone = open(body.customer_sms, access);
    target.fields = channel_ == Channel::Email ? "customer_email customer_name" : "customer_sms";
  } else {
    const auto found = tools_.recipients.find(tx, account_id, delivery.wanted.shipment, number);
    if (!found) return false;
    access.about(found->subject);
    target.subject = found->subject;
    target.language = found->language;
    target.zone = found->zone;
    target.name = open(found->name, access);
    email = open(found->email, access);
    phone = open(found->phone, access);
    push = open(found->push, access);
    target.fields = channel_ == Channel::Email ? "recipient_email recipient_name"
                    : channel_ == Channel::Sms ? "recipient_phone"
                                               : "recipient_push";
  }
  const People people(tools_.shipments.vault());
  const auto by_email = people.by_email(account_id, email);
  const auto by_phone = people.by_phone(account_id, phone);
  std::optional<Person> at;
  if (channel_ == Channel::Email) {
    at = by_email;
    target.address = email;
  } else if (channel_ == Channel::Sms) {
    at = by_phone;
    target.address = phone;
  } else if (!push.empty()) {
    at = people.by(account_id, "push", push);
    target.address = push;
  }
  if (!at) return false;
  target.at = *at;
  target.person = by_email ? *by_email : by_phone ? *by_phone : *at;
  return true;
}

bool PeopleSender::find_room(store::Tx& tx, const Delivery& delivery, Access& access,
                             Target& target) {
  const auto& lane = delivery.wanted.lane;
  const auto found = tools_.recipients.find_receiver(tx, lane.account_id, lane.number);
  if (!found || found->channel != channel_) return false;
  access.about(found->subject);
  target.subject = found->subject;
  target.language = found->language;
  target.address = open(found->address, access);
  if (target.address.empty()) return false;
  const People people(tools_.shipments.vault());
  target.person = target.at = people.by(lane.account_id, "room", std::to_string(lane.number));
  return true;
}

consent::Verdict PeopleSender::ask(store::Tx& tx, const Delivery& delivery, const Target& target,
                                   const Parcel& parcel) const {
  consent::Question question;
  question.account_id = delivery.wanted.lane.account_id;
  question.person = target.person;
  question.address = target.at;
  question.channel = channel_;
  question.trigger = journey::find_trigger(delivery.wanted.occasion).value();
  question.shipment = delivery.wanted.shipment;
  question.recipient = target.number;
  question.subject = target.subject;
  question.zone = target.zone.empty() ? zone_of(parcel) : std::string_view(target.zone);
  return consent::may_tell(tx, question, delivery.wanted.created_at, tools_.clock.now());
}

messages::Facts PeopleSender::facts_for(store::Tx& tx, const Delivery& delivery,
                                        const Target& target, const Parcel& parcel,
                                        journey::Trigger trigger, const Voice& voice) {
  const auto account_id = delivery.wanted.lane.account_id;
  auto facts = facts_of(parcel, trigger, tools_.clock.now());
  facts.sender = voice.sender;
  facts.links = messages::foot_links(tools_.public_url);
  facts.links.tracking_page =
      tools_.public_url + tools_.tracking_path(account_id, delivery.wanted.shipment);
  // The desk knows which parcel it is about by the page's own token.
  const auto& page = facts.links.tracking_page;
  facts.links.rights =
      fmt::format("{}/rights?t={}", tools_.public_url, page.substr(page.rfind('/') + 1));
  facts.recipient_name = target.name;
  if (is_room(channel_)) return facts;
  facts.links.preferences =
      tools_.public_url + consent::door_path(tools_.shipments.vault(),
                                             {account_id, target.person, target.at, channel_});
  facts.links.unsubscribe = facts.links.preferences + "?stop";
  if (!was_informed(tx, account_id, target.at))
    facts.first = messages::FirstMessage{voice.sender.name};
  return facts;
}

// Everything but the words.
std::unique_ptr<Composed> PeopleSender::composed_for(const Delivery& delivery,
                                                     const Examined& examined) const {
  auto composed = std::make_unique<Composed>();
  composed->trigger = examined.trigger;
  composed->from = examined.voice.sender;
  composed->to = examined.target.address;
  composed->to_name = examined.target.name;
  composed->topic = delivery.wanted.shipment.hex().substr(0, kTopic);
  composed->link = examined.facts.links.tracking_page;
  composed->door = examined.facts.links.preferences;
  composed->state = examined.state;
  composed->expected = examined.facts.estimate.from;
  return composed;
}

// In the shop's own words, where it has any; a chat room and a home get the house's.
void PeopleSender::compose(store::Tx& tx, const Examined& examined, Composed& composed) {
  std::shared_ptr<const messages::Template> own;
  if (tools_.wording != nullptr && !is_room(channel_)) {
    own = tools_.wording->words_for(tx, examined.account_id, examined.trigger, examined.language);
  }
  composed.words = messages::write(examined.trigger, examined.facts, examined.language, own.get());
  if (own) composed.edition = own->version();
}

// Whom it is about, for whatever comes back.
void PeopleSender::note_sent(store::Tx& tx, const Delivery& delivery, const Target& target,
                             const Composed& composed) {
  tx.execute(
      "INSERT INTO sent (account_id, id, channel, person, at, words) VALUES ($1, $2, $3, $4, $5, "
      "$6) ON CONFLICT (account_id, id) DO NOTHING",
      delivery.wanted.lane.account_id, store::Blob{delivery.id}, channels::name(channel_),
      store::Blob{target.at.bytes()}, tools_.clock.now(),
      composed.edition != 0 ? std::optional(composed.edition) : std::nullopt);
}

// Who carries it, in the person's own list.
void PeopleSender::disclose(store::Tx& tx, std::int64_t account_id, const Target& target,
                            const shipments::Head& head) {
  const auto now = tools_.clock.now();
  const auto note = [&](personal::SubjectId subject, std::string fields) {
    shipments::Disclosure disclosure;
    disclosure.subject = subject;
    disclosure.kind = carrier_.kind;
    disclosure.name = carrier_.name;
    disclosure.fields = std::move(fields);
    shipments::note_disclosure(tx, account_id, head.id, disclosure, now);
  };
  constexpr std::string_view kParcel = "title journey";
  if (target.subject == head.subject) {
    note(head.subject, target.fields + ' ' + std::string(kParcel));
    return;
  }
  if (!is_room(channel_)) note(target.subject, target.fields);
  if (head.subject != 0) note(head.subject, std::string(kParcel));
}

void PeopleSender::settled(store::Tx& tx, const Delivery& delivery,
                           const channels::Outcome& outcome, bool is_last) {
  using Kind = channels::Outcome::Kind;
  if (is_last && outcome.kind != Kind::Accepted) not_taken(tx, delivery);
  if (is_last && delivery.wanted.occasion == kDigest) forget_digest(tx, delivery);
  if (outcome.kind != Kind::Accepted && outcome.kind != Kind::Gone) return;
  const auto account_id = delivery.wanted.lane.account_id;
  const auto now = tools_.clock.now();
  if (is_room(channel_)) {
    if (outcome.kind == Kind::Gone)
      Recipients::disable_receiver(tx, account_id, delivery.wanted.lane.number, now);
    return;
  }
  auto rows = tx.query("SELECT person FROM sent WHERE account_id = $1 AND id = $2", account_id,
                       store::Blob{delivery.id});
  if (!rows.next()) return;
  const auto person = Person::from_bytes(rows.blob(0));
  if (!person) return;
  if (outcome.kind == Kind::Gone) {
    consent::suppress(tx, account_id, *person,
                      {channel_, consent::Why::Bounced, now, std::nullopt});
    return;
  }
  tx.execute(
      "INSERT INTO informed (account_id, person, at) VALUES ($1, $2, $3) ON CONFLICT (account_id, "
      "person) DO NOTHING",
      account_id, store::Blob{person->bytes()}, now);
}

}  // namespace notify::people
