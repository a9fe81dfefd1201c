#include "shipments/packed_events.h"

#include <fmt/format.h>

#include "journey/written_time.h"

namespace shipments {
namespace {

constexpr char kVersion = 1;
// How `happened` is written.
constexpr char kAsText = 0, kLocal = 1, kWithOffset = 2;
constexpr std::int64_t kDay = 86'400;

void put_number(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) out += static_cast<char>(number | 0x80);
  out += static_cast<char>(number);
}
// Small whichever way it points.
void put_signed(std::string& out, std::int64_t number) {
  put_number(out,
             (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63));
}
void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool is_at_end() const { return rest_.empty(); }
  bool is_broken() const { return is_broken_; }
  std::uint64_t number() {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return number;
    }
    is_broken_ = true;
    return 0;
  }
  std::int64_t signed_number() {
    const auto n = number();
    return static_cast<std::int64_t>((n >> 1) ^ (~(n & 1) + 1));
  }
  // Of 0 .. most.
  int small(int most) {
    const auto n = number();
    if (n > static_cast<std::uint64_t>(most)) is_broken_ = true;
    return is_broken_ ? 0 : static_cast<int>(n);
  }
  std::string_view text() { return text(number()); }
  std::string_view text(std::uint64_t size) {
    if (size > rest_.size()) is_broken_ = true;
    if (is_broken_) return {};
    const auto text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }

 private:
  std::string_view rest_;
  bool is_broken_ = false;
};

std::string written(std::int64_t local, std::optional<std::int64_t> offset) {
  const auto second = (local % kDay + kDay) % kDay;
  const std::chrono::year_month_day date(
      std::chrono::sys_days(std::chrono::days((local - second) / kDay)));
  auto text =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(date.year()), unsigned(date.month()),
                  unsigned(date.day()), second / 3600, second / 60 % 60, second % 60);
  if (offset) {
    text += fmt::format("{}{:02}:{:02}", *offset < 0 ? '-' : '+', std::abs(*offset) / 60,
                        std::abs(*offset) % 60);
  }
  return text;
}

// In numbers where they give back the very same text.
void put_time(std::string& out, const std::string& happened) {
  const auto time = journey::read_time(happened);
  if (!time || written(time->local, time->offset) != happened) {
    out += kAsText;
    return put_text(out, happened);
  }
  out += time->offset ? kWithOffset : kLocal;
  put_signed(out, time->local);
  if (time->offset) put_signed(out, *time->offset);
}

std::string read_time(Reader& reader) {
  constexpr std::int64_t kFar = 10'000LL * 366 * kDay;  // further than any date that is written
  const auto form = reader.small(kWithOffset);
  if (form == kAsText) return std::string(reader.text());
  const auto local = reader.signed_number();
  std::optional<std::int64_t> offset;
  if (form == kWithOffset) offset = reader.signed_number();
  const bool is_far = local < -kFar || local > kFar;
  if (is_far || (offset && (*offset < -1440 || *offset > 1440))) return {};
  return written(local, offset);
}

void put_event(std::string& out, const Event& event, const Event& before) {
  put_number(out, static_cast<std::uint64_t>(event.kind));
  put_number(out, static_cast<std::uint64_t>(event.status));
  put_number(out, static_cast<std::uint64_t>(event.substatus));
  put_number(out, event.milestone ? static_cast<std::uint64_t>(*event.milestone) + 1 : 0);
  put_number(out, static_cast<std::uint64_t>(event.mouth));
  put_number(out, event.source == before.source ? 0 : event.source.size() + 1);
  if (event.source != before.source) out += event.source;
  put_signed(out, base::to_micros(event.learnt_at) - base::to_micros(before.learnt_at));
  put_time(out, event.happened);
}

Event read_event(Reader& reader, const Event& before) {
  Event event;
  event.number = before.number + 1;
  event.kind = static_cast<EventKind>(reader.small(255));
  event.status = static_cast<journey::Status>(reader.small(255));
  event.substatus = reader.small(99'999);
  if (const auto milestone = reader.small(journey::kMilestones); milestone > 0) {
    event.milestone = static_cast<journey::Milestone>(milestone - 1);
  }
  event.mouth = static_cast<Mouth>(reader.small(255));
  const auto size = reader.number();  // 0: whoever told the one before
  event.source = size == 0 ? before.source : std::string(reader.text(size - 1));
  const auto since = static_cast<std::uint64_t>(reader.signed_number());
  event.learnt_at = base::from_micros(static_cast<std::int64_t>(
      static_cast<std::uint64_t>(base::to_micros(before.learnt_at)) + since));
  event.happened = read_time(reader);
  return event;
}

}  // namespace

std::optional<std::vector<Event>> unpack_events(std::string_view packed) {
  std::vector<Event> events;
  if (packed.empty()) return events;
  if (packed.front() != kVersion) return std::nullopt;
  Reader reader(packed.substr(1));
  while (!reader.is_at_end()) {
    auto event = read_event(reader, events.empty() ? Event() : events.back());
    if (reader.is_broken()) return std::nullopt;
    events.push_back(std::move(event));
  }
  return events;
}

std::string pack_events(std::string_view packed, const std::vector<Event>& more) {
  std::string out(packed);
  if (more.empty()) return out;
  Event before;
  if (out.empty()) {
    out += kVersion;
  } else if (const auto earlier = unpack_events(packed); earlier && !earlier->empty()) {
    before = earlier->back();
  }
  for (const auto& event : more) {
    put_event(out, event, before);
    before = event;
  }
  return out;
}

}  // namespace shipments
