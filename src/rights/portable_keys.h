// The names in a portable document, once: the writer (portable.cpp) and the reader
// (portable_reader.cpp) walk the same tables, so that what goes out comes in again.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "journey/journey.h"
#include "shipments/shipment.h"

namespace rights {

inline constexpr std::string_view kPortableFormat = "milepost-portable";
inline constexpr int kPortableVersion = 1;

template <class T>
struct NamedText {
  std::string_view key;
  std::string T::*member;
};

inline constexpr std::array kHeadTexts = {
    NamedText<shipments::Head>{"order_number", &shipments::Head::order_number},
    NamedText<shipments::Head>{"order_id", &shipments::Head::order_id},
    NamedText<shipments::Head>{"order_date", &shipments::Head::order_date},
    NamedText<shipments::Head>{"origin_country", &shipments::Head::origin_country},
    NamedText<shipments::Head>{"destination_country", &shipments::Head::destination_country},
    NamedText<shipments::Head>{"language", &shipments::Head::language},
    NamedText<shipments::Head>{"tracking_ship_date", &shipments::Head::tracking_ship_date},
    NamedText<shipments::Head>{"tracking_origin_country",
                               &shipments::Head::tracking_origin_country},
    NamedText<shipments::Head>{"tracking_destination_country",
                               &shipments::Head::tracking_destination_country},
};

// Visits the personal values that travel: f("customer_name", body.customer_name) ...
template <class Body, class F>
void each_portable(Body& body, F f) {
  f("customer_name", body.customer_name);
  f("customer_email", body.customer_email);
  f("customer_sms", body.customer_sms);
  f("recipient_postcode", body.recipient_postcode);
  f("tracking_postal_code", body.tracking_postal_code);
  f("title", body.title);
}

using journey::Checkpoint, journey::Journey, journey::Leg;

inline constexpr std::array kJourneyTexts = {
    NamedText<Journey>{"origin_state", &Journey::origin_state},
    NamedText<Journey>{"origin_city", &Journey::origin_city},
    NamedText<Journey>{"destination_state", &Journey::destination_state},
    NamedText<Journey>{"destination_city", &Journey::destination_city},
    NamedText<Journey>{"signed_by", &Journey::signed_by},
    NamedText<Journey>{"service_code", &Journey::service_code},
    NamedText<Journey>{"product_type", &Journey::product_type},
    NamedText<Journey>{"weight", &Journey::weight},
    NamedText<Journey>{"weight_kg", &Journey::weight_kg},
    NamedText<Journey>{"dimension", &Journey::dimension},
    NamedText<Journey>{"pieces", &Journey::pieces},
    NamedText<Journey>{"previously", &Journey::previously},
    NamedText<Journey>{"destination_track_number", &Journey::destination_track_number},
    NamedText<Journey>{"exchange_number", &Journey::exchange_number},
    NamedText<Journey>{"scheduled_delivery_date", &Journey::scheduled_delivery_date},
    NamedText<Journey>{"scheduled_address", &Journey::scheduled_address},
    NamedText<Journey>{"status_info", &Journey::status_info},
    NamedText<Journey>{"latest_event", &Journey::latest_event},
    NamedText<Journey>{"latest_checkpoint_time", &Journey::latest_checkpoint_time},
};

inline constexpr std::array kLegTexts = {
    NamedText<Leg>{"courier_code", &Leg::courier_code},
    NamedText<Leg>{"courier_phone", &Leg::courier_phone},
    NamedText<Leg>{"weblink", &Leg::weblink},
    NamedText<Leg>{"reference_number", &Leg::reference_number},
};
inline constexpr std::array<std::string_view, journey::kMilestones> kLegMilestones = {
    "inforeceived_date", "pickup_date",    "outfordelivery_date",
    "delivery_date",     "returning_date", "returned_date"};
inline constexpr std::array<std::string_view, journey::kLegDates> kLegDays = {
    "pickup_date", "departed_airport_date", "arrived_abroad_date", "customs_received_date",
    "arrived_destination_date"};

inline constexpr std::array kCheckpointTexts = {
    NamedText<Checkpoint>{"checkpoint_date", &Checkpoint::date},
    NamedText<Checkpoint>{"tracking_detail", &Checkpoint::text},
    NamedText<Checkpoint>{"tracking_detail_more", &Checkpoint::detail},
    NamedText<Checkpoint>{"location", &Checkpoint::location},
    NamedText<Checkpoint>{"country_iso2", &Checkpoint::country},
    NamedText<Checkpoint>{"state", &Checkpoint::state},
    NamedText<Checkpoint>{"city", &Checkpoint::city},
    NamedText<Checkpoint>{"zip", &Checkpoint::zip},
    NamedText<Checkpoint>{"piece", &Checkpoint::piece},
    NamedText<Checkpoint>{"raw_status", &Checkpoint::raw_status},
};

}  // namespace rights
