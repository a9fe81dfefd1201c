// Who was told a shipment's number: shown to the shop and to the person the parcel is for.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "personal/vault.h"
#include "store/database.h"

namespace shipments {

struct Told {
  std::string connector;  // "ups", "17track"
  base::Instant first_at{}, last_at{};
  std::int64_t times = 0;
};

// To be committed before the call goes out: what was told must never be missing here.
void note_told(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
               std::string_view connector, base::Instant at);
// First told first.
std::vector<Told> told(store::Tx& tx, std::int64_t account_id, const base::Id& shipment);

// Who was given something of a person's in order to carry it to them: a mail relay, an SMS
// provider, a push service, the shop's own chat.
struct Disclosure {
  personal::SubjectId subject = 0;  // whose: the shipment's own, or a recipient's
  std::string kind;                 // "mail relay"
  std::string name;                 // "smtp.example.com"
  std::string fields;               // ids of the dictionary, sorted, with spaces between
  base::Instant first_at{}, last_at{};
  std::int64_t times = 0;
};
// To be committed before anything leaves. Fields add up.
void note_disclosure(store::Tx& tx, std::int64_t account_id, const base::Id& shipment,
                     const Disclosure& disclosure, base::Instant at);
// First given first.
std::vector<Disclosure> disclosures(store::Tx& tx, std::int64_t account_id,
                                    const base::Id& shipment);

}  // namespace shipments
