// Taking one's data elsewhere (GDPR Art. 20): one JSON document that another Milepost reads, and
// any program that reads the tracking objects of the v4 API, whose names it uses.
//
// Its form is data/rights/portable.schema.json. What goes out, comes in and goes out again is
// equal, byte for byte. In it is what the person gave or caused: parcels with their journeys, and
// how the person wants to be told. Left out is what is not theirs to move: the shop's own notes and
// its keys at carriers, consents (each was given to one controller by name), and what the program
// derived for itself; the access report (access.h) has all of that.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "consent/preferences.h"
#include "rights/person.h"
#include "shipments/repository.h"

namespace rights {

struct Portable {
  std::string address;
  std::optional<consent::Preferences> preferences;
  std::vector<std::string> parcels;  // each a JSON object, the oldest first
};

// In one reading transaction; leaves a row in the access ledger for each account. The first of the
// person's accounts in which they said how they want to be told gives the preferences.
Portable portable_of(store::Tx& tx, const shipments::Repository& repository,
                     personal::Ledger& ledger, const Person& person, personal::Actor actor);
std::string to_json(const Portable& portable);
// The same cut into whole documents of at most about `bytes` each (a single parcel may be longer),
// so that a transfer can be taken up again where it broke off. At least one.
std::vector<std::string> in_parts(const Portable& portable, std::size_t bytes);
std::string_view portable_schema();

// A document as it came: checked, nothing stored yet.
struct Arrived {
  std::string address;
  std::optional<consent::Preferences> preferences;
  std::vector<shipments::Shipment> parcels;  // account, subject and id are the importer's to set
};
// The error is a sentence that names the place and never a value. Instants of the future become
// `now`. Bounded: 64 MB, 100,000 parcels.
base::Result<Arrived, std::string> read_portable(std::string_view json, base::Instant now);

struct Imported {
  std::int64_t stored = 0;
  std::int64_t known = 0;  // were there already, and stay as they are
};
// Into an account, in transactions of a few hundred: an import that was interrupted is begun again.
// 180 days count from now. Preferences are taken when the person has said nothing there. Blocks.
Imported import_portable(store::Database& database, const shipments::Repository& repository,
                         std::int64_t account_id, Arrived arrived, base::Instant now);

}  // namespace rights
