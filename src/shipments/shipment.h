// The shipment: a head that can be searched and scheduled by, and a body that is sealed at rest.
//
// Tracking and order numbers stay in the head: they are references, useless without the carrier's
// or the shop's own records, and the look-ups of the product go by them. Everything that can name a
// person or was written freely lies in the body and travels as Personal<>
// (docs/decisions/0007-one-sealed-body.md).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "journey/status.h"
#include "personal/fields/shipments.gen.h"
#include "personal/vault.h"

namespace shipments {

template <class F>
using Sealed = personal::Personal<std::string, F>;

// Through which mouth a shipment came. Stored as numbers: only append.
enum class Source : std::uint8_t { Api = 0, Web = 1, Import = 2, Mailbox = 3 };

struct Head {
  std::int64_t account_id = 0;
  base::Id id;
  std::string tracking_number;  // as normalise_number gives it
  std::string courier_code;     // lower case, in the catalogue
  journey::Status status = journey::Status::Pending;
  int substatus = 0;
  bool is_archived = false;
  Source source = Source::Api;
  base::Instant created_at{};
  base::Instant updated_at{};
  base::Instant expires_at{};  // set by the repository
  personal::SubjectId subject = 0;
  std::string order_number, order_id, order_date;
  std::string origin_country, destination_country;  // ISO 3166-1 alpha-2
  std::string logistics_channel, label, language;
  std::string tracking_ship_date, tracking_origin_country, tracking_destination_country;
  bool may_auto_correct = false;
  // Which of the consignee's addresses the sealed body holds (Body::reach), so that whoever plans
  // messages need not open it. Set by those who write the body.
  int reach = 0;
  // How a person's shipments are found: keyed hashes of what the person is written to at
  // (Repository::note_addresses). Empty when it is not given.
  std::string email_hash, sms_hash;
  // Set by the store: rises with every change of the row.
  std::int64_t version = 0;
  std::int64_t last_event = 0;  // number of its newest event (events.h)
  // While it is expired: what was true before the silence.
  std::optional<journey::Status> true_status;
  int true_substatus = 0;
  std::string estimate;  // the day on which it should arrive, "2026-03-20"; set by ingest
};

struct Body {
  Sealed<personal::field::CustomerName> customer_name;
  Sealed<personal::field::CustomerEmail> customer_email;
  Sealed<personal::field::CustomerSms> customer_sms;
  Sealed<personal::field::RecipientPostcode> recipient_postcode;
  Sealed<personal::field::TrackingPostalCode> tracking_postal_code;
  Sealed<personal::field::TrackingKey> tracking_key;
  Sealed<personal::field::TrackingCourierAccount> tracking_courier_account;
  Sealed<personal::field::Title> title;
  Sealed<personal::field::Note> note;
  Sealed<personal::field::Journey> journey;  // journey::encode's bytes

  // Bits: an e-mail address, a telephone number.
  static constexpr int kEmail = 1, kPhone = 2;
  int reach() const {
    return (customer_email.is_given() ? kEmail : 0) | (customer_sms.is_given() ? kPhone : 0);
  }

  personal::Envelope envelope() const;
  static Body from(const personal::Envelope& envelope);
};

struct Shipment {
  Head head;
  Body body;
};

// Personal data of a consignee is gone this long after it was given or generated (policy clause
// 46).
inline constexpr std::chrono::days kLongestKept{180};

}  // namespace shipments
