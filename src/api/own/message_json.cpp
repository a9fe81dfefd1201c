#include "api/own/message_json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/time.h"

namespace api::own {
namespace {

using base::Failure;
using consent::Cell, consent::Matrix, consent::Pace, consent::QuietHours;
using simdjson::dom::element, simdjson::dom::object;

simdjson::dom::parser& parser() {
  thread_local simdjson::dom::parser instance;
  return instance;
}

std::optional<object> object_in(std::string_view body) {
  object found;
  const std::string text(body.empty() ? "{}" : body);
  if (parser().parse(text).get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

constexpr std::string_view kNoObject = "the body must be a JSON object";

std::string clock_time(int minutes) {
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

std::optional<int> minutes_of(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4))
    return std::nullopt;
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (hour > 23 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

std::string read_cells(std::string_view channel_name, const element& value, Matrix& matrix) {
  const auto channel = channels::find_channel(channel_name);
  if (!channel) return fmt::format("there is no channel \"{}\"", channel_name);
  object cells;
  if (value.get(cells) != simdjson::SUCCESS)
    return fmt::format("\"{}\" must be an object of triggers", channel_name);
  for (const auto& [key, cell] : cells) {
    const auto trigger = journey::find_trigger(key);
    if (!trigger) return fmt::format("there is no trigger \"{}\"", key);
    std::string_view word;
    if (cell.is_null()) continue;
    const bool is_text = cell.get(word) == simdjson::SUCCESS;
    const auto said = !is_text            ? Cell::Unsaid
                      : word == "on"      ? Cell::On
                      : word == "offered" ? Cell::Offered
                      : word == "off"     ? Cell::Off
                                          : Cell::Unsaid;
    if (said == Cell::Unsaid) return fmt::format("\"{}\" must be on, offered or off", key);
    matrix.set(*trigger, *channel, said);
  }
  return {};
}

std::string read_matrix(const element& value, Matrix& matrix) {
  object rows;
  if (value.get(rows) != simdjson::SUCCESS) return "\"matrix\" must be an object of channels";
  for (const auto& [channel, cells] : rows) {
    if (auto wrong = read_cells(channel, cells, matrix); !wrong.empty()) return wrong;
  }
  return {};
}

std::string read_quiet(const element& value, consent::Manners& manners) {
  if (value.is_null()) return {};
  constexpr std::string_view kForm =
      "\"quiet_hours\" must be {\"from\": \"22:00\", \"until\": \"07:00\"} or null";
  object hours;
  std::string_view from, until;
  if (value.get(hours) != simdjson::SUCCESS || hours["from"].get(from) != simdjson::SUCCESS ||
      hours["until"].get(until) != simdjson::SUCCESS)
    return std::string(kForm);
  const auto begin = minutes_of(from), end = minutes_of(until);
  if (!begin || !end) return std::string(kForm);
  manners.quiet = QuietHours{*begin, *end};
  return {};
}

std::string read_pace(const element& value, consent::Manners& manners) {
  if (value.is_null()) return {};
  std::string_view word;
  if (value.get(word) == simdjson::SUCCESS && word == "daily")
    manners.pace = Pace::Daily;
  else if (!word.empty() && word == "at_once")
    manners.pace = Pace::AtOnce;
  else
    return "\"pace\" must be daily, at_once or null";
  return {};
}

std::string read_text(const element& value, std::string_view key, std::string& out) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return fmt::format("\"{}\" must be a text", key);
  out = text;
  return {};
}

std::string read_block(std::string_view key, const element& value, messages::Blocks& blocks) {
  std::string* to = key == "subject"  ? &blocks.subject
                    : key == "intro"  ? &blocks.intro
                    : key == "extra"  ? &blocks.extra
                    : key == "footer" ? &blocks.footer
                    : key == "sms"    ? &blocks.sms
                                      : nullptr;
  if (to == nullptr)
    return fmt::format("there is no \"{}\": the blocks are subject, intro, extra, footer, sms",
                       key);
  if (value.is_null()) return {};
  return read_text(value, key, *to);
}

std::string read_blocks_in(const object& from, messages::Blocks& blocks) {
  for (const auto& [key, value] : from) {
    if (auto wrong = read_block(key, value, blocks); !wrong.empty()) return wrong;
  }
  return {};
}

std::string read_recipient_key(std::string_view key, const element& value,
                               notify::people::RecipientDraft& draft) {
  std::optional<std::string>* to = key == "role"        ? &draft.role
                                   : key == "name"      ? &draft.name
                                   : key == "email"     ? &draft.email
                                   : key == "phone"     ? &draft.phone
                                   : key == "language"  ? &draft.language
                                   : key == "time_zone" ? &draft.zone
                                                        : nullptr;
  if (to != nullptr) {
    to->emplace();
    return value.is_null() ? std::string() : read_text(value, key, **to);
  }
  if (key == "matrix") return read_matrix(value, draft.matrix.emplace());
  if (key == "quiet_hours" || key == "pace") {
    if (!draft.manners) draft.manners.emplace();
    return key == "pace" ? read_pace(value, *draft.manners) : read_quiet(value, *draft.manners);
  }
  return fmt::format(
      "there is no \"{}\": a recipient has role, name, email, phone, language, time_zone, matrix, "
      "quiet_hours, pace",
      key);
}

}  // namespace

std::optional<QuietHours> parse_quiet(std::string_view text) {
  if (text == "none") return QuietHours{};
  if (text.size() != 11 || text[5] != '-') return std::nullopt;
  const auto from = minutes_of(text.substr(0, 5)), until = minutes_of(text.substr(6));
  if (!from || !until) return std::nullopt;
  return QuietHours{*from, *until};
}

void write_matrix(base::JsonWriter& json, const Matrix& matrix) {
  json.begin_object();
  for (std::size_t c = 0; c < channels::kChannelNames.size(); ++c) {
    const auto channel = static_cast<channels::Channel>(c);
    if (matrix.row(channel).empty()) continue;
    json.key(channels::kChannelNames[c]).begin_object();
    for (std::size_t t = 0; t < journey::kTriggerNames.size(); ++t) {
      const auto cell = matrix.at(static_cast<journey::Trigger>(t), channel);
      if (cell != Cell::Unsaid) json.key(journey::kTriggerNames[t]).value(consent::name(cell));
    }
    json.end_object();
  }
  json.end_object();
}

void write_says(base::JsonWriter& json, const notify::people::Says& says) {
  json.key("matrix");
  write_matrix(json, says.matrix);
  json.key("quiet_hours");
  if (const auto& quiet = says.manners.quiet) {
    json.begin_object().key("from").value(clock_time(quiet->from));
    json.key("until").value(clock_time(quiet->until)).end_object();
  } else {
    json.null();
  }
  const auto pace = says.manners.pace;
  json.key("pace").value_or_null(pace == Pace::Daily    ? "daily"
                                 : pace == Pace::AtOnce ? "at_once"
                                                        : "");
}

void write_recipient(base::JsonWriter& json, const notify::people::ShownRecipient& r) {
  json.begin_object();
  json.key("number").value(r.number);
  json.key("role").value_or_null(r.role);
  json.key("name").value_or_null(r.name);
  json.key("email").value_or_null(r.email);
  json.key("phone").value_or_null(r.phone);
  json.key("push").value(r.has_push);
  json.key("language").value_or_null(r.language);
  json.key("time_zone").value_or_null(r.zone);
  write_says(json, r.says);
  json.end_object();
}

void write_edition(base::JsonWriter& json, const notify::people::Edition& e) {
  json.begin_object();
  json.key("trigger").value(journey::name(e.trigger));
  json.key("language").value(e.language);
  json.key("version").value(e.version);
  json.key("withdrawn").value(e.is_withdrawn);
  json.key("changed_at").value(base::to_iso_offset(e.changed_at));
  json.key("subject").value_or_null(e.blocks.subject);
  json.key("intro").value_or_null(e.blocks.intro);
  json.key("extra").value_or_null(e.blocks.extra);
  json.key("footer").value_or_null(e.blocks.footer);
  json.key("sms").value_or_null(e.blocks.sms);
  json.end_object();
}

void write_message(base::JsonWriter& json, const messages::Message& m) {
  json.begin_object();
  for (const auto& [key, value] :
       {std::pair{"language", &m.language}, std::pair{"subject", &m.subject},
        std::pair{"preheader", &m.preheader}, std::pair{"text", &m.text},
        std::pair{"html", &m.html}, std::pair{"sms", &m.sms},
        std::pair{"push_title", &m.push_title}, std::pair{"push_body", &m.push_body},
        std::pair{"chat", &m.chat}}) {
    json.key(key).value(*value);
  }
  json.end_object();
}

void write_findings(base::JsonWriter& json, const std::vector<messages::Finding>& findings) {
  json.begin_array();
  for (const auto& f : findings) {
    json.begin_object();
    json.key("severity")
        .value(f.severity == messages::Finding::Severity::Error ? "error" : "warning");
    json.key("block").value(f.block).key("line").value(f.line);
    json.key("rule").value(f.rule).key("message").value(f.message);
    json.end_object();
  }
  json.end_array();
}

void write_spent(base::JsonWriter& json, const notify::people::SmsSpent& spent) {
  json.begin_object();
  json.key("messages").value(spent.messages).key("segments").value(spent.segments);
  json.key("money").value(spent.money);
  json.key("cost").value(
      fmt::format("{}.{:04}", spent.money / 1'000'000, spent.money % 1'000'000 / 100));
  json.end_object();
}

base::Result<notify::people::Says, std::string> read_says(std::string_view body) {
  const auto from = object_in(body);
  if (!from) return Failure{std::string(kNoObject)};
  notify::people::Says says;
  for (const auto& [key, value] : *from) {
    auto wrong = key == "matrix"        ? read_matrix(value, says.matrix)
                 : key == "quiet_hours" ? read_quiet(value, says.manners)
                 : key == "pace"
                     ? read_pace(value, says.manners)
                     : fmt::format("there is no \"{}\": say matrix, quiet_hours, pace", key);
    if (!wrong.empty()) return Failure{std::move(wrong)};
  }
  return says;
}

base::Result<Matrix, std::string> read_shipment_matrix(std::string_view body) {
  auto says = read_says(body);
  if (!says) return Failure{says.error()};
  if (says->manners != consent::Manners{})
    return Failure{std::string("quiet hours and pace are said of an account or a recipient")};
  return says->matrix;
}

base::Result<notify::people::RecipientDraft, std::string> read_recipient(std::string_view body) {
  const auto from = object_in(body);
  if (!from) return Failure{std::string(kNoObject)};
  notify::people::RecipientDraft draft;
  for (const auto& [key, value] : *from) {
    auto wrong = read_recipient_key(key, value, draft);
    if (!wrong.empty()) return Failure{std::move(wrong)};
  }
  return draft;
}

base::Result<messages::Blocks, std::string> read_blocks(std::string_view body) {
  const auto from = object_in(body);
  if (!from) return Failure{std::string(kNoObject)};
  messages::Blocks blocks;
  auto wrong = read_blocks_in(*from, blocks);
  if (!wrong.empty()) return Failure{std::move(wrong)};
  return blocks;
}

base::Result<PreviewAsked, std::string> read_preview(std::string_view body) {
  const auto from = object_in(body);
  if (!from) return Failure{std::string(kNoObject)};
  PreviewAsked asked;
  for (const auto& [key, value] : *from) {
    std::string wrong, text;
    object blocks;
    if (value.is_null()) continue;
    if (key == "trigger") {
      wrong = read_text(value, key, asked.trigger);
    } else if (key == "language") {
      wrong = read_text(value, key, asked.language);
    } else if (key == "shipment") {
      wrong = read_text(value, key, text);
      asked.shipment = base::Id::parse(text);
      if (wrong.empty() && !asked.shipment) wrong = "\"shipment\" must be the id of one";
    } else if (key == "blocks") {
      wrong = value.get(blocks) == simdjson::SUCCESS
                  ? read_blocks_in(blocks, asked.blocks.emplace())
                  : "\"blocks\" must be an object";
    } else {
      wrong = fmt::format("there is no \"{}\": say trigger, language, shipment, blocks", key);
    }
    if (!wrong.empty()) return Failure{std::move(wrong)};
  }
  if (!journey::find_trigger(asked.trigger))
    return Failure{std::string("\"trigger\" must be one of those in docs/messages.md")};
  return asked;
}

}  // namespace api::own
