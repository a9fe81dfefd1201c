// Reports: what may leave the house (policy clauses 50 and 74). A report is made of Anonymised
// values only, signed with a key of the instance's, versioned, and says of each input on which
// terms it was released. Whoever gets one may not try to find people in it: that stands in it.
//
// Asked for again, the same report is the one that was signed before: it costs no budget, because
// nothing of the data is looked at. When what it would say has changed (a later version of the
// program rounds otherwise), it is a new version, and the old one stays.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "crypto/key.h"
#include "insight/anonymised.h"
#include "insight/carrier_figures.h"
#include "insight/counts.h"
#include "store/database.h"

namespace insight {

struct Report {
  std::string name;  // "carriers 2026-Q3"
  int version = 1;
  std::string signed_text;  // compact JWS (EdDSA), type "milepost-report+jws"
  base::Instant made_at{};
};

enum class ReportRefused : std::uint8_t {
  Tainted,   // something in it came from a linked mailbox
  Internal,  // something in it was released for the instance's own operation only
  Empty,
};
std::string_view describe(ReportRefused why);

// What a carriers' report is made from: the released counts themselves, of one quarter.
struct ReportInput {
  Quarter quarter;
  std::vector<Anonymised<Counts>> counts;
};

// In the caller's transaction. A closure that is replayed may call it again.
base::Result<Report, ReportRefused> make_report(store::Tx& tx, const ReportInput& input,
                                                const crypto::PrivateKey& key, base::Instant now);
// All that were made, the newest first.
std::vector<Report> reports(store::Tx& tx);
// The report's JSON when this key signed it.
std::optional<std::string> read_report(std::string_view signed_text, const crypto::PublicKey& key);

}  // namespace insight
