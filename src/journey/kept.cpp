#include "journey/kept.h"

#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "journey/places.h"

namespace journey {
namespace {

constexpr std::size_t kMostWords = 1000;
constexpr std::size_t kMostName = 200;

bool is_dropped(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x80 && !base::is_letter(c) && !base::is_digit(c);
}

// Gives the folded characters one by one, -1 at the end: comparing and hashing need no copy.
class Folds {
 public:
  explicit Folds(std::string_view text) : text_(text) {}
  int next() {
    while (at_ < text_.size() && is_dropped(text_[at_])) ++at_;
    if (at_ == text_.size()) return -1;
    return static_cast<unsigned char>(base::to_lower(text_[at_++]));
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

class Hash {  // FNV-1a
 public:
  void add(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3; }
  void add(std::string_view text) {
    for (const char c : text) add(static_cast<unsigned char>(c));
    add(static_cast<unsigned char>(0));
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

auto said(const Checkpoint& c) {
  return std::tie(c.date, c.kind, c.known, c.status, c.substatus, c.by, c.confidence, c.text,
                  c.detail, c.location, c.country, c.state, c.city, c.zip, c.raw_status, c.cancels);
}

bool is_summary(const Checkpoint& c) { return c.role == Role::Summary; }

void place(Checkpoint& c, const Place& place) {
  c.location = bounded(place.text, kMostName);
  c.country = places::country_code(place.country);
  c.state = bounded(place.state, kMostName);
  c.city = bounded(place.city, kMostName);
  c.zip = bounded(place.zip, kMostName);
}

}  // namespace

std::string bounded(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return std::string(text.substr(0, most));
}

std::string in_whole_seconds(std::string_view time) {
  auto out = bounded(time, 40);
  if (const auto dot = out.find('.'); dot != std::string::npos) {
    const auto end = out.find_first_not_of("0123456789", dot + 1);
    out.erase(dot, end == std::string::npos ? end : end - dot);
  }
  if (out.ends_with('Z')) out.replace(out.size() - 1, 1, "+00:00");
  return out;
}

Checkpoint kept(const Scan& scan, int source, int position, Heard heard) {
  Checkpoint c;
  c.date = in_whole_seconds(scan.time);
  c.kind = scan.kind;
  set_verdict(c, scan.verdict);
  c.text = bounded(scan.description, kMostWords);
  c.detail = bounded(scan.detail, kMostWords);
  place(c, scan.place);
  c.raw_status = bounded(scan.raw_code, kMostName);
  c.piece = bounded(scan.piece, kMostName);
  c.id = bounded(scan.id, kMostName);
  c.cancels = bounded(scan.cancels, kMostName);
  c.source = source;
  c.position = position;
  c.first_heard = c.last_heard = heard;
  return c;
}

Checkpoint kept_summary(const Report& report, int source, Heard heard) {
  Checkpoint c;
  c.role = Role::Summary;
  set_verdict(c, report.verdict);
  c.text = bounded(report.status_words, kMostWords);
  c.raw_status = bounded(report.status_code, kMostName);
  c.source = source;
  c.first_heard = c.last_heard = heard;
  return c;
}

bool set_verdict(Checkpoint& c, const Verdict& verdict) {
  const auto before = std::tuple(c.known, c.status, c.substatus, c.by, c.confidence);
  // A note of the carrier's stays one, whatever its words sound like.
  c.known = c.kind == Scan::Kind::Note ? Verdict::Kind::Note : verdict.kind;
  const bool is_known = c.known == Verdict::Kind::Known;
  c.by = verdict.by;
  c.confidence = verdict.by == By::WordingModel ? verdict.confidence : std::uint16_t{0};
  c.status = is_known ? verdict.status : Status::Pending;
  c.substatus = is_known ? verdict.substatus : 0;
  return before != std::tuple(c.known, c.status, c.substatus, c.by, c.confidence);
}

void derive_offset(Checkpoint& c) {
  c.derived_offset = places::offset_of(c.date, {c.location, c.city, c.state, c.zip, c.country})
                         .value_or(kNoOffset);
}

std::string folded(std::string_view words) {
  std::string out;
  Folds folds(words);
  for (int c = folds.next(); c >= 0; c = folds.next()) out += static_cast<char>(c);
  return out;
}

bool same_words(std::string_view a, std::string_view b) {
  Folds x(a), y(b);
  while (true) {
    const int c = x.next();
    if (c != y.next()) return false;
    if (c < 0) return true;
  }
}

std::uint64_t event_hash(const Checkpoint& c) {
  Hash hash;
  hash.add(static_cast<unsigned char>(c.source * 2 + (is_summary(c) ? 1 : 0)));
  hash.add(c.piece);
  if (!c.id.empty()) {
    hash.add(c.id);
    return hash.value();
  }
  // Without the words: folding them costs more than comparing the few that meet.
  hash.add(c.date);
  hash.add(c.raw_status);
  return hash.value();
}

bool is_same_event(const Checkpoint& a, const Checkpoint& b) {
  if (a.source != b.source || a.piece != b.piece || a.id != b.id || is_summary(a) != is_summary(b))
    return false;
  if (!a.id.empty()) return true;
  return a.date == b.date && a.raw_status == b.raw_status && same_words(a.text, b.text);
}

bool says_less(const Checkpoint& a, const Checkpoint& b) {
  return std::tuple_cat(said(a), std::tie(a.piece, a.id, a.source)) <
         std::tuple_cat(said(b), std::tie(b.piece, b.id, b.source));
}

bool join(Checkpoint& into, const Checkpoint& other) {
  const bool is_later = other.last_heard > into.last_heard;
  const bool wins = is_later || (other.last_heard == into.last_heard && said(into) < said(other));
  const bool differs = wins && said(into) != said(other);
  const auto first = std::min(into.first_heard, other.first_heard);
  const auto last = std::max(into.last_heard, other.last_heard);
  const int position = std::max(into.position, other.position);
  const bool moves = position != into.position || first != into.first_heard;
  if (differs) {
    const auto role = into.role;
    into = other;
    into.role = role;
  }
  into.first_heard = first;
  into.last_heard = last;
  into.position = position;
  return differs || moves;
}

}  // namespace journey
