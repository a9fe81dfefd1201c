#include "rights/portable.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/time.h"
#include "rights/portable_keys.h"

namespace embedded {
std::string_view rights_portable_schema();
}

namespace rights {
namespace {

using base::JsonWriter;

template <class T, std::size_t N>
void write_texts(JsonWriter& json, const T& from, const std::array<NamedText<T>, N>& names) {
  for (const auto& [key, member] : names) json.key(key).value_or_null(from.*member);
}

std::string substatus(journey::Status status, int number) {
  return number > 0 ? journey::substatus_name(status, number) : std::string();
}

void write_checkpoint(JsonWriter& json, const Checkpoint& c) {
  const bool is_known = c.known == journey::Verdict::Kind::Known;
  json.begin_object();
  write_texts(json, c, kCheckpointTexts);
  // What nobody understands has no status: it is not "in transit".
  json.key("checkpoint_delivery_status").value_or_null(is_known ? journey::name(c.status) : "");
  json.key("checkpoint_delivery_substatus")
      .value_or_null(is_known ? substatus(c.status, c.substatus) : std::string());
  json.end_object();
}

void write_leg(JsonWriter& json, const Leg& leg) {
  json.begin_object();
  write_texts(json, leg, kLegTexts);
  json.key("milestone_date").begin_object();
  for (std::size_t i = 0; i < kLegMilestones.size(); ++i)
    json.key(kLegMilestones[i]).value_or_null(leg.milestones[i]);
  json.end_object();
  for (std::size_t i = 0; i < kLegDays.size(); ++i)
    json.key(kLegDays[i]).value_or_null(leg.dates[i]);
  json.key("trackinfo").begin_array();
  for (const auto& checkpoint : leg.checkpoints) write_checkpoint(json, checkpoint);
  json.end_array().end_object();
}

std::string parcel_json(const shipments::Shipment& s, RightsAccess& access) {
  const auto& h = s.head;
  if (h.subject != 0) access.about(h.subject);
  Journey journey;
  if (!journey::decode(open(s.body.journey, access), journey)) journey = {};
  JsonWriter json(4096);
  json.begin_object();
  json.key("tracking_number").value(h.tracking_number);
  json.key("courier_code").value(h.courier_code);
  json.key("delivery_status").value(journey::name(h.status));
  json.key("substatus").value_or_null(substatus(h.status, h.substatus));
  json.key("archived").value(h.is_archived ? "archived" : "tracking");
  json.key("created_at").value(base::to_iso_micros(h.created_at));
  json.key("update_at").value(base::to_iso_micros(h.updated_at));
  write_texts(json, h, kHeadTexts);
  each_portable(s.body, [&](std::string_view key, const auto& value) {
    json.key(key).value_or_null(open(value, access));
  });
  write_texts(json, journey, kJourneyTexts);
  json.key("transit_time").value(journey.transit_time);
  json.key("origin_info");
  write_leg(json, journey.origin);
  json.key("destination_info");
  write_leg(json, journey.destination);
  json.end_object();
  return std::move(json).text();
}

void write_preferences(JsonWriter& json, const consent::Preferences& p) {
  json.begin_object();
  json.key("language").value_or_null(p.language);
  json.key("time_zone").value_or_null(p.zone);
  json.key("quiet_hours");
  if (p.quiet) {
    json.begin_object();
    json.key("from_minute").value(p.quiet->from).key("until_minute").value(p.quiet->until);
    json.end_object();
  } else {
    json.null();
  }
  json.key("once_a_day");
  if (p.pace == consent::Pace::Unsaid) {
    json.null();
  } else {
    json.value(p.pace == consent::Pace::Daily);
  }
  json.key("wanted").begin_object();
  for (std::size_t i = 0; i < channels::kChannelNames.size(); ++i) {
    const auto row = p.wanted.row(static_cast<channels::Channel>(i));
    if (!row.empty()) json.key(channels::kChannelNames[i]).value(row);
  }
  json.end_object().end_object();
}

// Everything but the parcels; the document is this, "[", the parcels, and kEnd.
std::string opening(const Portable& portable) {
  JsonWriter json(512);
  json.begin_object();
  json.key("format").value(kPortableFormat);
  json.key("version").value(kPortableVersion);
  json.key("address").value_or_null(portable.address);
  json.key("preferences");
  if (portable.preferences) {
    write_preferences(json, *portable.preferences);
  } else {
    json.null();
  }
  json.key("trackings").begin_array();
  return std::move(json).text();
}
constexpr std::string_view kEnd = "]}";

// What orders the parcels of all accounts: nothing that an import changes.
struct Ordered {
  base::Instant created_at;
  std::string number, courier, json;
  auto key() const { return std::tie(created_at, number, courier); }
};

}  // namespace

Portable portable_of(store::Tx& tx, const shipments::Repository& repository,
                     personal::Ledger& ledger, const Person& person, personal::Actor actor) {
  Portable portable;
  portable.address = person.address;
  std::vector<Ordered> parcels;
  for (const auto& held : person.held) {
    RightsAccess access(ledger, actor, held.account_id, "rights.portable");
    for (const auto& one : held.shipments) {
      const auto shipment = repository.find(tx, held.account_id, one.id);
      if (!shipment) continue;
      parcels.push_back({shipment->head.created_at, shipment->head.tracking_number,
                         shipment->head.courier_code, parcel_json(*shipment, access)});
    }
    const auto who = consent::Person::from_bytes(held.consent_person);
    if (portable.preferences || !who) continue;
    auto said = consent::preferences_of(tx, held.account_id, *who);
    if (said != consent::Preferences()) portable.preferences = std::move(said);
  }
  std::ranges::sort(parcels, [](const Ordered& a, const Ordered& b) { return a.key() < b.key(); });
  for (auto& one : parcels) portable.parcels.push_back(std::move(one.json));
  return portable;
}

std::string to_json(const Portable& portable) {
  return in_parts(portable, std::string::npos).front();
}

std::vector<std::string> in_parts(const Portable& portable, std::size_t bytes) {
  const auto begin = opening(portable);
  std::vector<std::string> parts{begin};
  bool is_first = true;
  for (const auto& parcel : portable.parcels) {
    if (!is_first && parts.back().size() + parcel.size() + kEnd.size() + 1 > bytes) {
      parts.back() += kEnd;
      parts.push_back(begin);
      is_first = true;
    }
    if (!is_first) parts.back() += ',';
    is_first = false;
    parts.back() += parcel;
  }
  parts.back() += kEnd;
  return parts;
}

std::string_view portable_schema() { return embedded::rights_portable_schema(); }

}  // namespace rights
