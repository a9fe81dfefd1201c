#include "notify/people/sender.h"

#include <charconv>

#include "base/text.h"
#include "consent/suppression.h"
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
  std::string name, address, language, zone;
  std::string fields;  // of the dictionary, that its address and name are
  Person person, at;   // whose preferences; where it goes
};

std::vector<Prepared> PeopleSender::prepare(store::Tx& tx, std::span<const Delivery> deliveries) {
  std::vector<Prepared> prepared;
  prepared.reserve(deliveries.size());
  for (const auto& delivery : deliveries) prepared.push_back(prepare_one(tx, delivery));
  return prepared;
}

Prepared PeopleSender::prepare_one(store::Tx& tx, const Delivery& delivery) {
  const auto account_id = delivery.wanted.lane.account_id;
  const auto shipment = tools_.shipments.find(tx, account_id, delivery.wanted.shipment);
  if (!shipment) return drop("gone");
  Access access(tools_.ledger, {personal::ActorKind::System, 0}, account_id, "notify.people");
  try {
    auto prepared = prepare_opened(tx, delivery, *shipment, access);
    access.record(tx);
    return prepared;
  } catch (const personal::LabelRefusal&) {
    access.record(tx);
    return drop("mailbox");  // what a linked mailbox gave serves its owner alone
  }
}

Prepared PeopleSender::prepare_opened(store::Tx& tx, const Delivery& delivery,
                                      const shipments::Shipment& shipment, Access& access) {
  const auto trigger = journey::find_trigger(delivery.wanted.occasion);
  if (!trigger) return drop("unknown-occasion");
  const auto& head = shipment.head;
  if (head.subject != 0) access.about(head.subject);
  if (access.is_shut()) return drop("restricted");
  journey::JourneyView journey;
  if (!journey::decode_view(open(shipment.body.journey, access), journey)) journey = {};
  const auto* const courier = tools_.catalogue.find(head.courier_code);
  const Parcel parcel{head, journey, open(shipment.body.title, access),
                      courier != nullptr ? courier->name : std::string_view(head.courier_code)};
  const auto now = tools_.clock.now();
  if (!delivery.is_replay) {
    if (is_of_a_scan(*trigger) && is_old_news(journey, delivery.wanted.created_at))
      return drop("old-news");
    if (now - delivery.wanted.created_at > kFresh &&
        !is_still_true(*trigger, head.status, head.substatus))
      return drop("moved-on");
  }
  Target target;
  const bool is_there = is_room(channel_) ? find_room(tx, delivery, access, target)
                                          : find_person(tx, delivery, shipment, access, target);
  if (!is_there) return drop(access.is_shut() ? "restricted" : "no-address");
  const auto verdict = ask(tx, delivery, target, parcel);
  Prepared prepared;
  switch (verdict.kind) {
    case Verdict::Kind::Never:
      return drop(verdict.why);
    case Verdict::Kind::Later:
      prepared.what = Prepared::What::Later;
      prepared.until = verdict.at;
      return prepared;
    case Verdict::Kind::Now:
      break;
  }
  auto composed = compose(tx, delivery, target, parcel, verdict.preferences);
  if (const auto why = why_not(tx, delivery, *composed); !why.empty()) return drop(why);
  note(tx, delivery, target, head);
  leaves(tx, delivery, *composed);
  prepared.what = Prepared::What::Send;
  prepared.message = std::move(composed);
  return prepared;
}

// The customer of the shipment, or one beside them.
bool PeopleSender::find_person(store::Tx& tx, const Delivery& delivery,
                               const shipments::Shipment& shipment, Access& access,
                               Target& target) {
  const auto account_id = delivery.wanted.lane.account_id;
  const auto& receiver = delivery.wanted.receiver;
  int number = -1;
  std::from_chars(receiver.data(), receiver.data() + receiver.size(), number);
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
  question.subject = target.subject;
  question.zone = target.zone.empty() ? zone_of(parcel) : std::string_view(target.zone);
  return consent::may_tell(tx, question, delivery.wanted.created_at, tools_.clock.now());
}

std::unique_ptr<Composed> PeopleSender::compose(store::Tx& tx, const Delivery& delivery,
                                                const Target& target, const Parcel& parcel,
                                                const consent::Preferences& wishes) {
  const auto account_id = delivery.wanted.lane.account_id;
  const auto voice = voice_of(tx, account_id, tools_.voice);
  auto composed = std::make_unique<Composed>();
  composed->trigger = journey::find_trigger(delivery.wanted.occasion).value();
  composed->from = voice.sender;
  composed->to = target.address;
  composed->to_name = target.name;
  composed->topic = delivery.wanted.shipment.hex().substr(0, kTopic);
  composed->link = tools_.public_url + tools_.tracking_path(account_id, delivery.wanted.shipment);

  auto facts = facts_of(parcel, composed->trigger, tools_.clock.now());
  facts.sender = voice.sender;
  facts.links.tracking_page = composed->link;
  facts.recipient_name = target.name;
  if (!is_room(channel_)) {
    composed->door =
        tools_.public_url + consent::door_path(tools_.shipments.vault(),
                                               {account_id, target.person, target.at, channel_});
    facts.links.preferences = composed->door;
    facts.links.unsubscribe = composed->door + "?stop";
    if (!was_informed(tx, account_id, target.at))
      facts.first = messages::FirstMessage{voice.sender.name};
  }
  const auto& language =
      first_given(wishes.language, target.language, parcel.head.language, voice.language);
  composed->words = messages::write(composed->trigger, facts, language);
  composed->state = journey::name(parcel.head.status);
  composed->expected = facts.estimate.from;
  return composed;
}

// Whom it is about, for whatever comes back; and who carries it, in the person's own list.
void PeopleSender::note(store::Tx& tx, const Delivery& delivery, const Target& target,
                        const shipments::Head& head) {
  const auto account_id = delivery.wanted.lane.account_id;
  const auto now = tools_.clock.now();
  tx.execute(
      "INSERT INTO sent (account_id, id, channel, person, at) VALUES ($1, $2, $3, $4, $5) ON "
      "CONFLICT (account_id, id) DO NOTHING",
      account_id, store::Blob{delivery.id}, channels::name(channel_),
      store::Blob{target.at.bytes()}, now);
  const auto disclose = [&](personal::SubjectId subject, std::string fields) {
    shipments::Disclosure disclosure;
    disclosure.subject = subject;
    disclosure.kind = carrier_.kind;
    disclosure.name = carrier_.name;
    disclosure.fields = std::move(fields);
    shipments::note_disclosure(tx, account_id, head.id, disclosure, now);
  };
  constexpr std::string_view kParcel = "title journey";
  if (target.subject == head.subject) {
    disclose(head.subject, target.fields + ' ' + std::string(kParcel));
    return;
  }
  if (!is_room(channel_)) disclose(target.subject, target.fields);
  if (head.subject != 0) disclose(head.subject, std::string(kParcel));
}

void PeopleSender::settled(store::Tx& tx, const Delivery& delivery,
                           const channels::Outcome& outcome, bool is_last) {
  using Kind = channels::Outcome::Kind;
  if (is_last && outcome.kind != Kind::Accepted) not_taken(tx, delivery);
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
