// What somebody wants to be told, and how: the matrices of shop, shipment and person
// (consent/matrix.h), and a person's language, zone, quiet hours and digest.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "consent/matrix.h"
#include "consent/person.h"
#include "store/database.h"

namespace consent {

// From one minute of the day until another, on the person's own clock; 22:00 until 07:00 goes over
// midnight. Both the same: no quiet hours.
struct QuietHours {
  int from = 0, until = 0;  // minutes after midnight, below 1440
  friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

// How often. Stored as numbers: only append.
enum class Pace : std::uint8_t { Unsaid = 0, Daily = 1, AtOnce = 2 };

struct Preferences {
  Matrix wanted;         // On and Off only
  std::string language;  // "nl"; empty: as the shop writes
  std::string zone;      // "Europe/Amsterdam"; empty: where the parcel goes
  std::optional<QuietHours> quiet;
  Pace pace = Pace::Unsaid;
  friend bool operator==(const Preferences&, const Preferences&) = default;
};

Preferences preferences_of(store::Tx& tx, std::int64_t account_id, const Person& person);
// Replaces what was there, in the caller's transaction; all unsaid removes the rows.
void set_preferences(store::Tx& tx, std::int64_t account_id, const Person& person,
                     const Preferences& preferences, base::Instant now);

// What the account said (not the usual matrix), and what it said about one shipment.
Matrix account_matrix(store::Tx& tx, std::int64_t account_id);
void set_account_matrix(store::Tx& tx, std::int64_t account_id, const Matrix& matrix,
                        base::Instant now);
Matrix shipment_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment);
// The shipment must exist.
void set_shipment_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                         const Matrix& matrix, base::Instant now);
// What is told otherwise to one recipient of a shipment (0: its customer); the shipment must exist.
Matrix recipient_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                        int recipient);
void set_recipient_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                          int recipient, const Matrix& matrix, base::Instant now);

// When and how often, as a shop says it: for all of its recipients, or for one of a shipment. What
// the person says stands above both.
struct Manners {
  std::optional<QuietHours> quiet;
  Pace pace = Pace::Unsaid;
  friend bool operator==(const Manners&, const Manners&) = default;
};
Manners account_manners(store::Tx& tx, std::int64_t account_id);
void set_account_manners(store::Tx& tx, std::int64_t account_id, const Manners& manners,
                         base::Instant now);
Manners recipient_manners(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                          int recipient);
void set_recipient_manners(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                           int recipient, const Manners& manners, base::Instant now);
// Nobody is that recipient any more.
void forget_recipient(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                      int recipient);

// Usual, account and shipment (may be none) in one.
Matrix shop_matrix(store::Tx& tx, std::int64_t account_id, const base::Id& shipment);

// Nothing of these is left: the person had themselves erased. What they refused stays
// (suppression.h), or they would be written to again.
void forget_preferences(store::Tx& tx, std::int64_t account_id, const Person& person);

// When it may be told: `now` itself, or when the quiet hours end. An unknown zone is UTC.
base::Instant after_quiet_hours(const std::optional<QuietHours>& quiet, std::string_view zone,
                                base::Instant now);
// The next six in the evening on the person's clock.
base::Instant next_digest(std::string_view zone, base::Instant now);

// Is there such a zone?
bool is_zone(std::string_view zone);

}  // namespace consent
