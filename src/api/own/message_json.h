// What people are told, as JSON: matrices, recipients, a shop's own words; read and written. For
// this folder and the command line.
#pragma once
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "notify/people/desk.h"
#include "notify/people/sms_meter.h"

namespace api::own {

// {"email": {"delivered": "on", ...}, ...}, without what is unsaid.
void write_matrix(base::JsonWriter& json, const consent::Matrix& matrix);
// The keys "matrix", "quiet_hours" ({"from": "22:00", "until": "07:00"} or null) and "pace"
// ("daily", "at_once" or null), into an object that is open.
void write_says(base::JsonWriter& json, const notify::people::Says& says);
void write_recipient(base::JsonWriter& json, const notify::people::ShownRecipient& recipient);
void write_edition(base::JsonWriter& json, const notify::people::Edition& edition);
void write_message(base::JsonWriter& json, const messages::Message& message);
// [{"severity", "block", "line", "rule", "message"}]
void write_findings(base::JsonWriter& json, const std::vector<messages::Finding>& findings);
// {"messages", "segments", "cost"}: the cost in the operator's currency, as a text.
void write_spent(base::JsonWriter& json, const notify::people::SmsSpent& spent);

// Each fails with a sentence that names the key.
// {"matrix", "quiet_hours", "pace"}; what is left out is unsaid.
base::Result<notify::people::Says, std::string> read_says(std::string_view body);
// {"matrix"}
base::Result<consent::Matrix, std::string> read_shipment_matrix(std::string_view body);
base::Result<notify::people::RecipientDraft, std::string> read_recipient(std::string_view body);
// {"subject", "intro", "extra", "footer", "sms"}
base::Result<messages::Blocks, std::string> read_blocks(std::string_view body);

struct PreviewAsked {
  std::string trigger, language = "en";
  std::optional<base::Id> shipment;
  std::optional<messages::Blocks> blocks;
};
base::Result<PreviewAsked, std::string> read_preview(std::string_view body);

// "22:00-07:00", as the command line takes it; "none" for no quiet hours.
std::optional<consent::QuietHours> parse_quiet(std::string_view text);

}  // namespace api::own
