#include "journey/journey.h"

#include <cstdint>
#include <utility>

namespace journey {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kMostCheckpoints = 5000;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
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
  void operator()(Status status) { number(static_cast<std::uint64_t>(status)); }
  bool is_good() const { return true; }

 private:
  std::string& out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number() {
    std::uint64_t n = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
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
  void operator()(Status& status) {
    const auto n = number();
    if (n > static_cast<std::uint64_t>(Status::Expired)) good_ = false;
    if (good_) status = static_cast<Status>(n);
  }
  bool is_good() const { return good_; }
  bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

// One list of the fields serves both directions; the order is the format.
template <class Archive, class C>
void each_checkpoint_field(Archive& archive, C& c) {
  archive(c.date);
  archive(c.status);
  archive(c.substatus);
  archive(c.text);
  archive(c.location);
  archive(c.country);
  archive(c.state);
  archive(c.city);
  archive(c.zip);
  archive(c.raw_status);
}

void each_checkpoint(Writer& writer, const std::vector<Checkpoint>& checkpoints) {
  writer.number(checkpoints.size());
  for (const auto& c : checkpoints) each_checkpoint_field(writer, c);
}

template <class C>
void each_checkpoint(Reader& reader, std::vector<C>& checkpoints) {
  const auto count = reader.number();
  if (count > kMostCheckpoints) return;
  checkpoints.resize(count);
  for (auto& c : checkpoints) {
    if (!reader.is_good()) return;
    each_checkpoint_field(reader, c);
  }
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
}

template <class J>
bool read(std::string_view bytes, J& out) {
  out = J{};
  if (bytes.empty()) return true;
  if (bytes.front() != kVersion) return false;
  Reader reader(bytes.substr(1));
  each_field(reader, out);
  return reader.is_good() && reader.is_at_end();
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
