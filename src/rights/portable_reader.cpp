#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "consent/person.h"
#include "rights/portable.h"
#include "rights/portable_keys.h"
#include "shipments/tracking_number.h"

namespace rights {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t kMostBytes = 64 << 20, kMostParcels = 100'000, kBatch = 200;

// Empty for null, absent and every other kind.
std::string text(const object& from, std::string_view key) {
  std::string_view view;
  if (from.at_key(key).get_string().get(view) == simdjson::SUCCESS) return std::string(view);
  return {};
}

template <class T, std::size_t N>
void read_texts(const object& from, T& to, const std::array<NamedText<T>, N>& names) {
  for (const auto& [key, member] : names) to.*member = text(from, key);
}

Checkpoint checkpoint_of(const object& from) {
  Checkpoint c;
  read_texts(from, c, kCheckpointTexts);
  const auto status = journey::parse_status(text(from, "checkpoint_delivery_status"));
  c.known = status ? journey::Verdict::Kind::Known : journey::Verdict::Kind::Unknown;
  if (!status) return c;
  c.status = *status;
  const auto sub = journey::parse_substatus(text(from, "checkpoint_delivery_substatus"));
  if (sub && sub->status == c.status) c.substatus = sub->number;
  return c;
}

Leg leg_of(const object& parcel, std::string_view key) {
  Leg leg;
  object from;
  if (parcel.at_key(key).get_object().get(from) != simdjson::SUCCESS) return leg;
  read_texts(from, leg, kLegTexts);
  object milestones;
  if (from.at_key("milestone_date").get_object().get(milestones) == simdjson::SUCCESS) {
    for (std::size_t i = 0; i < kLegMilestones.size(); ++i)
      leg.milestones[i] = text(milestones, kLegMilestones[i]);
  }
  for (std::size_t i = 0; i < kLegDays.size(); ++i) leg.dates[i] = text(from, kLegDays[i]);
  array scans;
  if (from.at_key("trackinfo").get_array().get(scans) != simdjson::SUCCESS) return leg;
  for (const auto scan : scans) {
    object one;
    if (scan.get_object().get(one) == simdjson::SUCCESS)
      leg.checkpoints.push_back(checkpoint_of(one));
  }
  return leg;
}

Journey journey_of(const object& from) {
  Journey journey;
  journey.origin = leg_of(from, "origin_info");
  journey.destination = leg_of(from, "destination_info");
  read_texts(from, journey, kJourneyTexts);
  std::int64_t days = 0;
  if (from.at_key("transit_time").get_int64().get(days) == simdjson::SUCCESS && days > 0 &&
      days < 10'000)
    journey.transit_time = static_cast<int>(days);
  return journey;
}

using Read = base::Result<shipments::Shipment, std::string>;

Read parcel_of(const object& from, base::Instant now) {
  using base::Failure;
  shipments::Shipment parcel;
  auto& head = parcel.head;
  const auto number = shipments::normalise_number(text(from, "tracking_number"));
  if (!number) return Failure{std::string("tracking_number is missing or cannot be one")};
  head.tracking_number = *number;
  head.courier_code = base::lower(base::trim(text(from, "courier_code")));
  if (head.courier_code.empty()) return Failure{std::string("courier_code is missing")};
  const auto status = journey::parse_status(text(from, "delivery_status"));
  if (!status) return Failure{std::string("delivery_status is none of the nine")};
  head.status = *status;
  const auto sub = journey::parse_substatus(text(from, "substatus"));
  if (sub && sub->status == head.status) head.substatus = sub->number;
  const auto created = base::parse_iso(text(from, "created_at"));
  if (!created) return Failure{std::string("created_at is missing or not a time")};
  head.created_at = std::min(*created, now);
  head.updated_at =
      std::min(base::parse_iso(text(from, "update_at")).value_or(head.created_at), now);
  head.is_archived = text(from, "archived") == "archived";
  head.source = shipments::Source::Import;
  read_texts(from, head, kHeadTexts);
  const personal::Label person(personal::Source::Buyer);
  each_portable(parcel.body, [&]<class F>(std::string_view key, shipments::Sealed<F>& value) {
    value = {text(from, key), person};
  });
  parcel.body.journey = {journey::encode(journey_of(from)),
                         personal::Label(personal::Source::Carrier)};
  return parcel;
}

std::optional<consent::Preferences> preferences_of(const object& document) {
  object from;
  if (document.at_key("preferences").get_object().get(from) != simdjson::SUCCESS)
    return std::nullopt;
  consent::Preferences said;
  said.language = text(from, "language");
  said.zone = text(from, "time_zone");
  if (!said.zone.empty() && !consent::is_zone(said.zone)) said.zone.clear();
  bool daily = false;
  if (from.at_key("once_a_day").get_bool().get(daily) == simdjson::SUCCESS)
    said.pace = daily ? consent::Pace::Daily : consent::Pace::AtOnce;
  object hours;
  std::int64_t begin = 0, end = 0;
  const auto is_minute = [](std::int64_t m) { return m >= 0 && m < 1440; };
  if (from.at_key("quiet_hours").get_object().get(hours) == simdjson::SUCCESS &&
      hours.at_key("from_minute").get_int64().get(begin) == simdjson::SUCCESS &&
      hours.at_key("until_minute").get_int64().get(end) == simdjson::SUCCESS && is_minute(begin) &&
      is_minute(end))
    said.quiet = consent::QuietHours{static_cast<int>(begin), static_cast<int>(end)};
  object wanted;
  if (from.at_key("wanted").get_object().get(wanted) == simdjson::SUCCESS) {
    for (const auto& [channel, row] : wanted) {
      const auto known = channels::find_channel(channel);
      std::string_view words;
      if (known && row.get_string().get(words) == simdjson::SUCCESS)
        said.wanted.read_row(*known, words);
    }
  }
  return said;
}

}  // namespace

base::Result<Arrived, std::string> read_portable(std::string_view json, base::Instant now) {
  using base::Failure;
  if (json.size() > kMostBytes) return Failure{std::string("the document is larger than 64 MB")};
  simdjson::dom::parser parser;
  object document;
  if (parser.parse(json.data(), json.size()).get_object().get(document) != simdjson::SUCCESS)
    return Failure{std::string("this is not a JSON object")};
  if (text(document, "format") != kPortableFormat)
    return Failure{std::string("this is no document of the format milepost-portable")};
  std::int64_t version = 0;
  if (document.at_key("version").get_int64().get(version) != simdjson::SUCCESS ||
      version != kPortableVersion)
    return Failure{std::string("this is a document of another version; version 1 can be read")};
  if (json.find("\\u0000") != std::string_view::npos)
    return Failure{std::string("a text holds a NUL character")};
  Arrived arrived;
  arrived.address = text(document, "address");
  arrived.preferences = preferences_of(document);
  array parcels;
  if (document.at_key("trackings").get_array().get(parcels) != simdjson::SUCCESS)
    return Failure{std::string("trackings is missing or no array")};
  for (const auto one : parcels) {
    const auto place = fmt::format("trackings[{}]: ", arrived.parcels.size());
    object from;
    if (arrived.parcels.size() == kMostParcels)
      return Failure{std::string("more than 100,000 parcels in one document")};
    if (one.get_object().get(from) != simdjson::SUCCESS) return Failure{place + "not an object"};
    auto parcel = parcel_of(from, now);
    if (!parcel) return Failure{place + parcel.error()};
    arrived.parcels.push_back(std::move(*parcel));
  }
  return arrived;
}

Imported import_portable(store::Database& database, const shipments::Repository& repository,
                         std::int64_t account_id, Arrived arrived, base::Instant now) {
  auto& vault = repository.vault();
  vault.prepare(account_id);
  Imported done;
  auto& parcels = arrived.parcels;
  for (std::size_t begin = 0; begin < parcels.size(); begin += kBatch) {
    const auto count = std::min(kBatch, parcels.size() - begin);
    const std::span batch(parcels.data() + begin, count);
    std::vector<std::string> sealed;
    for (auto& parcel : batch) {
      auto& head = parcel.head;
      head.account_id = account_id;
      head.id = base::Id::make(now);
      const auto envelope = parcel.body.envelope();
      if (!envelope.is_empty()) head.subject = vault.new_subject_now(account_id);
      repository.note_addresses(head, envelope);
      head.reach = parcel.body.reach();
      sealed.push_back(repository.seal(head, envelope));
    }
    const auto is_stored = database.write_now([&](store::Tx& tx) {
      std::vector<bool> outcome;
      for (std::size_t i = 0; i < batch.size(); ++i)
        outcome.push_back(repository.insert(tx, batch[i].head, sealed[i], now) ==
                          shipments::Repository::Inserted::Yes);
      return outcome;
    });
    for (std::size_t i = 0; i < batch.size(); ++i) {
      ++(is_stored[i] ? done.stored : done.known);
      if (!is_stored[i] && batch[i].head.subject != 0)
        vault.give_back(account_id, batch[i].head.subject);
    }
  }
  const auto who = consent::People(vault).by_email(account_id, arrived.address);
  if (arrived.preferences && who) {
    database.write_now([&](store::Tx& tx) {
      if (consent::preferences_of(tx, account_id, *who) == consent::Preferences())
        consent::set_preferences(tx, account_id, *who, *arrived.preferences, now);
      return 0;
    });
  }
  return done;
}

}  // namespace rights
