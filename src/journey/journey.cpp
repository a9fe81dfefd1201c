#include "journey/journey.h"

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace journey {
namespace {

constexpr char kVersion = 3;
// More than merge ever keeps; a bound for bytes that somebody else wrote.
constexpr std::uint64_t kMostOfAKind = 5000;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  static constexpr bool has_evidence = true, has_listings = true;
  void number(std::uint64_t n) {
    while (n >= 0x80) {
      out_ += static_cast<char>(n | 0x80);
      n >>= 7;
    }
    out_ += static_cast<char>(n);
  }
  void operator()(const std::string& text) {
    number(text.size());
    out_ += text;
  }
  void operator()(int n) { number(static_cast<std::uint64_t>(n < 0 ? 0 : n)); }
  void operator()(std::uint16_t n) { number(n); }
  void operator()(bool is) { number(is ? 1 : 0); }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(Enum e, Enum) { number(static_cast<std::uint64_t>(e)); }
  void offset(int minutes) { number(static_cast<std::uint64_t>(minutes + kNoOffset)); }
  // Times lie close together: each is told by its distance from the one before (zigzag).
  void heard(Heard at) {
    const auto delta = at - last_heard_;
    last_heard_ = at;
    number((static_cast<std::uint64_t>(delta) << 1) ^ static_cast<std::uint64_t>(delta >> 63));
  }
  template <class T>
  bool count(const std::vector<T>& list) {
    number(list.size());
    return true;
  }

 private:
  std::string& out_;
  Heard last_heard_ = 0;
};

class Reader {
 public:
  Reader(std::string_view bytes, char version)
      : rest_(bytes), has_evidence(version > 1), has_listings(version > 2) {}
  std::uint64_t number() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      n |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return n;
    }
    good_ = false;
    return 0;
  }
  template <class Text>
  requires std::is_constructible_v<Text, std::string_view>
  void operator()(Text& text) {
    const auto size = number();
    if (!good_ || size > rest_.size()) {
      good_ = false;
      return;
    }
    text = Text(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }
  void operator()(int& n) { n = static_cast<int>(number() & 0x7FFFFFFF); }
  void operator()(std::uint16_t& n) { n = static_cast<std::uint16_t>(number() & 0xFFFF); }
  void operator()(bool& is) { is = number() != 0; }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(Enum& e, Enum last) {
    const auto n = number();
    if (n > static_cast<std::uint64_t>(last)) good_ = false;
    if (good_) e = static_cast<Enum>(n);
  }
  void offset(int& minutes) {
    minutes = static_cast<int>(number() & 0xFFFF) - kNoOffset;
    if (minutes < -kNoOffset || minutes > kNoOffset) good_ = false;
  }
  void heard(Heard& at) {
    const auto n = number();
    const auto delta = static_cast<std::int64_t>((n >> 1) ^ (~(n & 1) + 1));
    // Unsigned, so that bytes of somebody else's cannot overflow.
    last_heard_ = static_cast<Heard>(static_cast<std::uint64_t>(last_heard_) +
                                     static_cast<std::uint64_t>(delta));
    at = last_heard_;
  }
  // An element takes a byte at least, so bytes bound what is made room for.
  template <class T>
  bool count(std::vector<T>& list) {
    const auto count = number();
    if (count > kMostOfAKind || count > rest_.size()) good_ = false;
    if (good_) list.resize(count);
    return good_;
  }
  bool is_good() const { return good_; }
  bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
  Heard last_heard_ = 0;

 public:
  const bool has_evidence, has_listings;
};

template <class Archive, class List, class Each>
void each_of(Archive& archive, List& list, Each&& each) {
  if (!archive.count(list)) return;
  for (auto& item : list) each(item);
}

// One list of the fields serves both directions; the order is the format.
template <class Archive, class C>
void checkpoint_evidence(Archive& archive, C& c) {
  archive(c.known, Verdict::Kind::Note);
  archive(c.by, By::Connector);
  archive(c.confidence);
  archive(c.detail);
  archive(c.piece);
  archive(c.kind, Scan::Kind::Note);
  archive(c.role, Role::Withdrawn);
  archive(c.source);
  archive(c.id);
  archive(c.cancels);
  archive(c.position);
  archive.heard(c.first_heard);
  archive.heard(c.last_heard);
  archive.offset(c.derived_offset);
}

template <class Archive, class List>
void each_checkpoint(Archive& archive, List& checkpoints) {
  each_of(archive, checkpoints, [&](auto& c) {
    archive(c.date);
    archive(c.status, Status::Expired);
    archive(c.substatus);
    archive(c.text);
    archive(c.location);
    archive(c.country);
    archive(c.state);
    archive(c.city);
    archive(c.zip);
    archive(c.raw_status);
    if (archive.has_evidence) checkpoint_evidence(archive, c);
  });
}

template <class Archive, class L>
void each_leg_field(Archive& archive, L& leg) {
  archive(leg.courier_code);
  archive(leg.courier_phone);
  archive(leg.weblink);
  archive(leg.reference_number);
  for (auto& date : leg.milestones) archive(date);
  for (auto& date : leg.dates) archive(date);
  each_checkpoint(archive, leg.checkpoints);
}

template <class Archive, class J>
void journey_evidence(Archive& archive, J& j) {
  archive(j.status, Status::Expired);
  archive(j.substatus);
  archive(j.status_at);
  archive(j.working_days);
  archive(j.pieces_seen);
  archive(j.pieces_delivered);
  archive(j.unknown_checkpoints);
  each_checkpoint(archive, j.aside);
  each_of(archive, j.sources, [&](auto& s) {
    archive(s.courier_code);
    archive(s.is_repeating);
  });
  each_of(archive, j.facts, [&](auto& f) {
    archive(f.field, static_cast<Field>(kFields - 1));
    archive(f.source);
    archive.heard(f.heard);
    archive(f.value);
  });
  each_of(archive, j.estimates, [&](auto& e) {
    archive(e.from);
    archive(e.until);
    archive(e.source);
    archive.heard(e.first_heard);
    archive.heard(e.last_heard);
  });
  each_of(archive, j.unread, [&](auto& u) {
    archive(u.raw);
    archive(u.why);
    archive(u.source);
    archive.heard(u.first_heard);
  });
  if (!archive.has_listings) return;
  each_of(archive, j.listings, [&](auto& l) {
    archive(l.source);
    archive(l.piece);
    archive.heard(l.heard);
  });
}

template <class Archive, class J>
void each_field(Archive& archive, J& j) {
  each_leg_field(archive, j.origin);
  each_leg_field(archive, j.destination);
  archive(j.origin_state);
  archive(j.origin_city);
  archive(j.destination_state);
  archive(j.destination_city);
  archive(j.signed_by);
  archive(j.service_code);
  archive(j.product_type);
  archive(j.weight);
  archive(j.weight_kg);
  archive(j.dimension);
  archive(j.pieces);
  archive(j.previously);
  archive(j.destination_track_number);
  archive(j.exchange_number);
  archive(j.scheduled_delivery_date);
  archive(j.scheduled_address);
  archive(j.status_info);
  archive(j.latest_event);
  archive(j.latest_checkpoint_time);
  archive(j.transit_time);
  if (archive.has_evidence) journey_evidence(archive, j);
}

// Every checkpoint and fact names a source that is there. An import has none, and nothing then that
// would need one.
template <class J>
bool has_its_sources(const J& j) {
  if (j.sources.empty())
    return j.aside.empty() && j.facts.empty() && j.estimates.empty() && j.unread.empty() &&
           j.listings.empty();
  const auto known = static_cast<int>(j.sources.size());
  const auto fits = [&](const auto& item) { return item.source < known; };
  return std::ranges::all_of(j.origin.checkpoints, fits) &&
         std::ranges::all_of(j.destination.checkpoints, fits) &&
         std::ranges::all_of(j.aside, fits) && std::ranges::all_of(j.facts, fits) &&
         std::ranges::all_of(j.estimates, fits) && std::ranges::all_of(j.unread, fits) &&
         std::ranges::all_of(j.listings, fits);
}

template <class J>
bool read(std::string_view bytes, J& out) {
  out = J{};
  if (bytes.empty()) return true;
  const char version = bytes.front();
  if (version < 1 || version > kVersion) return false;
  Reader reader(bytes.substr(1), version);
  each_field(reader, out);
  if (!reader.is_good() || !reader.is_at_end()) return false;
  return has_its_sources(out);
}

}  // namespace

std::string encode(const Journey& journey) {
  if (journey == Journey{}) return {};
  std::string out;
  out.reserve(512);
  out += kVersion;
  Writer writer(out);
  each_field(writer, journey);
  return out;
}

bool decode(std::string_view bytes, Journey& out) { return read(bytes, out); }
bool decode_view(std::string_view bytes, JourneyView& out) { return read(bytes, out); }

}  // namespace journey
