// Telling people: from a delivery that is due to a message on its way.
//
// In one transaction everything is read again: the shipment and whether its person is still there,
// the recipient, preferences, suppression, restriction, objection. Only then are the values opened
// that the message is made of, for the purpose Notify; who carries them is entered into the
// person's own list before they leave.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "channels/sms/price.h"
#include "consent/link.h"
#include "consent/may_tell.h"
#include "couriers/catalogue.h"
#include "messages/message.h"
#include "notify/people/compose.h"
#include "notify/people/recipients.h"
#include "notify/people/voice.h"
#include "notify/people/wording.h"
#include "notify/plan.h"
#include "personal/access.h"
#include "shipments/repository.h"

namespace notify::people {

struct Tools {
  shipments::Repository& shipments;
  Recipients& recipients;
  personal::Ledger& ledger;
  const couriers::Catalogue& catalogue;
  const base::Clock& clock;
  // What stands before every path: "https://track.example.com".
  std::string public_url;
  // Of a shipment's page: "/t/...".
  std::function<std::string(std::int64_t, const base::Id&)> tracking_path;
  Voice voice;                       // of accounts that never said
  const Wording* wording = nullptr;  // of accounts that say it in their own words
};

// Who carries it, for the person's own list.
struct Carrier {
  std::string kind;  // "mail relay"
  std::string name;  // its host
};

// A message that is ready to leave.
struct Composed final : Message {
  messages::Message words;
  messages::Sender from;
  std::string to, to_name;
  std::string topic;  // the parcel, in a word that says nothing
  std::string door;   // the person's own page, and where one click ends it all
  std::string link;   // the parcel's page
  journey::Trigger trigger{};
  std::string state, expected;  // for machines
  channels::sms::Cost cost;     // of an SMS
  std::int64_t edition = 0;     // of the shop's own words; 0: the house's
};

// What all ways to people have in common; each says how it sends.
class PeopleSender : public Sender {
 public:
  PeopleSender(const Tools& tools, channels::Channel channel, Carrier carrier)
      : tools_(tools), channel_(channel), carrier_(std::move(carrier)) {}

  channels::Channel channel() const { return channel_; }

  std::vector<Prepared> prepare(store::Tx& tx, std::span<const Delivery> deliveries) final;
  void settled(store::Tx& tx, const Delivery& delivery, const channels::Outcome& outcome,
               bool is_last) final;

 protected:
  const Tools& tools() const { return tools_; }
  using Access = personal::Access<personal::Purpose::Notify>;

  // What a channel adds, in the same transactions: a last reason against sending (empty: none), ...
  virtual std::string_view why_not(store::Tx&, const Delivery&, Composed&) { return {}; }
  // ... what it counts when the message leaves, and takes back when it was not taken.
  virtual void leaves(store::Tx&, const Delivery&, const Composed&) {}
  virtual void not_taken(store::Tx&, const Delivery&) {}

 private:
  struct Target;
  struct Examined;
  Prepared prepare_one(store::Tx& tx, const Delivery& delivery);
  // Several parcels in one mail (digest.h).
  Prepared prepare_digest(store::Tx& tx, const Delivery& digest);
  Examined examine(store::Tx& tx, const Delivery& delivery, const shipments::Shipment& shipment);
  void examine_opened(store::Tx& tx, const Delivery& delivery, const shipments::Shipment& shipment,
                      Access& access, Examined& examined);
  bool find_target(store::Tx& tx, const Delivery& delivery, const shipments::Shipment& shipment,
                   Access& access, Target& target);
  bool find_person(store::Tx& tx, const Delivery& delivery, const shipments::Shipment& shipment,
                   Access& access, Target& target);
  bool find_room(store::Tx& tx, const Delivery& delivery, Access& access, Target& target);
  consent::Verdict ask(store::Tx& tx, const Delivery& delivery, const Target& target,
                       const Parcel& parcel) const;
  messages::Facts facts_for(store::Tx& tx, const Delivery& delivery, const Target& target,
                            const Parcel& parcel, journey::Trigger trigger, const Voice& voice);
  std::unique_ptr<Composed> composed_for(const Delivery& delivery, const Examined& examined) const;
  void compose(store::Tx& tx, const Examined& examined, Composed& composed);
  void note_sent(store::Tx& tx, const Delivery& delivery, const Target& target,
                 const Composed& composed);
  void disclose(store::Tx& tx, std::int64_t account_id, const Target& target,
                const shipments::Head& head);

  const Tools& tools_;
  const channels::Channel channel_;
  const Carrier carrier_;
};

}  // namespace notify::people
