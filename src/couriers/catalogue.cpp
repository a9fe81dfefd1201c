#include "couriers/catalogue.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "base/text.h"
#include "couriers/tsv.h"

namespace embedded {
std::string_view couriers_couriers();
std::string_view couriers_airlines();
}  // namespace embedded

namespace couriers {
namespace {

enum Column {
  kCode,
  kName,
  kNameAlt,
  kCountry,
  kWebsite,
  kPhone,
  kTrackingUrl,
  kKind,
  kRequired,
  kOptional,
  kAftership,
  k17track,
  kScac,
  kAwbPrefix,
  kCodeSource,
  kColumns
};

Kind kind_of(std::string_view word) {
  if (word == "post") return Kind::Post;
  if (word == "freight") return Kind::Freight;
  if (word == "air") return Kind::Air;
  if (word == "express") return Kind::Express;
  throw std::runtime_error("couriers.tsv: unknown kind");
}

std::vector<std::string_view> names_of(std::string_view cell) {
  std::vector<std::string_view> names;
  if (!cell.empty()) split(cell, '|', names);
  return names;
}

// FNV-1a over small letters.
std::uint32_t hash_of(std::string_view key) {
  std::uint32_t hash = 2166136261u;
  for (char c : key) hash = (hash ^ static_cast<unsigned char>(base::to_lower(c))) * 16777619u;
  return hash ^ (hash >> 15);
}

// Open addressing over the courier vector: a key column and the row it stands in.
class Index {
 public:
  using Column = std::string_view Courier::*;

  Index(const std::vector<Courier>& rows, Column column)
      : rows_(rows), column_(column), slots_(16384, 0) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if ((rows[i].*column).empty()) continue;
      std::size_t slot = hash_of(rows[i].*column) % slots_.size();
      while (slots_[slot] != 0) slot = (slot + 1) % slots_.size();
      slots_[slot] = static_cast<std::uint16_t>(i + 1);
    }
  }

  const Courier* find(std::string_view key) const {
    if (key.empty() || key.size() > 128) return nullptr;
    for (std::size_t slot = hash_of(key) % slots_.size(); slots_[slot] != 0;
         slot = (slot + 1) % slots_.size()) {
      const Courier& row = rows_[slots_[slot] - 1u];
      if (base::equals_ignoring_case(row.*column_, key)) return &row;
    }
    return nullptr;
  }

 private:
  const std::vector<Courier>& rows_;
  Column column_;
  std::vector<std::uint16_t> slots_;
};

std::vector<Courier> read_couriers() {
  std::vector<Courier> rows;
  rows.reserve(4600);
  for_each_row(embedded::couriers_couriers(), kColumns, [&](auto cells) {
    rows.push_back({.code = cells[kCode],
                    .name = cells[kName],
                    .name_alt = cells[kNameAlt],
                    .country = cells[kCountry],
                    .website = cells[kWebsite],
                    .phone = cells[kPhone],
                    .tracking_url = cells[kTrackingUrl],
                    .kind = kind_of(cells[kKind]),
                    .required_fields = names_of(cells[kRequired]),
                    .optional_fields = names_of(cells[kOptional]),
                    .code_aftership = cells[kAftership],
                    .code_17track = cells[k17track],
                    .scac = cells[kScac],
                    .awb_prefix = cells[kAwbPrefix],
                    .code_source = cells[kCodeSource]});
  });
  return rows;
}

// How well a row answers a search; 0 when it does not.
int fitness(const Courier& row, std::string_view words) {
  const auto at = [&](std::string_view text) -> int {
    const std::string lowered = base::lower(text);
    const std::size_t place = lowered.find(words);
    if (place == std::string::npos) return 0;
    if (lowered.size() == words.size()) return 100;
    if (place == 0) return 60;
    const char before = lowered[place - 1];
    return base::is_letter(before) || base::is_digit(before) ? 10 : 30;
  };
  const int best = std::max({at(row.code) + 1, at(row.name), at(row.name_alt)});
  if (best <= 1) return 0;
  return best * 2 + (row.code_source == "trackingmore" ? 15 : 0);
}

// RFC 3986: everything but the unreserved characters.
void append_encoded(std::string& link, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (char c : text) {
    if (base::is_digit(c) || base::is_letter(c) || c == '-' || c == '_' || c == '.' || c == '~') {
      link += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      link += '%';
      link += kHex[byte >> 4];
      link += kHex[byte & 15];
    }
  }
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::Express:
      return "express";
    case Kind::Post:
      return "post";
    case Kind::Freight:
      return "freight";
    case Kind::Air:
      return "air";
  }
  return "express";
}

struct Catalogue::State {
  std::vector<Courier> rows = read_couriers();
  Index by_code{rows, &Courier::code};
  Index by_aftership{rows, &Courier::code_aftership};
  Index by_17track{rows, &Courier::code_17track};
  std::vector<Airline> airlines;
  std::array<std::uint16_t, 1000> airline_of_prefix{};  // row + 1, 0 = none

  State() {
    for_each_row(embedded::couriers_airlines(), 7, [&](auto cells) {
      airlines.push_back({.prefix = cells[0],
                          .name = cells[1],
                          .iata = cells[2],
                          .icao = cells[3],
                          .courier = by_code.find(cells[4]),
                          .carries_cargo = cells[5] == "yes"});
      airline_of_prefix.at(static_cast<std::size_t>(std::stoi(std::string(cells[0])))) =
          static_cast<std::uint16_t>(airlines.size());
    });
  }
};

Catalogue::Catalogue() : state_(std::make_unique<State>()) {}
Catalogue::~Catalogue() = default;

std::span<const Courier> Catalogue::all() const { return state_->rows; }
const Courier* Catalogue::find(std::string_view code) const { return state_->by_code.find(code); }
const Courier* Catalogue::find_aftership(std::string_view slug) const {
  return state_->by_aftership.find(slug);
}
const Courier* Catalogue::find_17track(std::string_view key) const {
  return state_->by_17track.find(key);
}

std::vector<const Courier*> Catalogue::search(std::string_view words, std::size_t most) const {
  const std::string wanted = base::lower(base::trim(words));
  std::vector<std::pair<int, const Courier*>> hits;
  if (wanted.empty()) return {};
  for (const Courier& row : state_->rows)
    if (const int score = fitness(row, wanted)) hits.emplace_back(score, &row);
  // Ties: shorter names first, they are the ones people mean by a bare word.
  std::ranges::stable_sort(hits, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second->name.size() < b.second->name.size();
  });
  std::vector<const Courier*> found;
  for (const auto& hit : hits) {
    if (found.size() == most) break;
    found.push_back(hit.second);
  }
  return found;
}

const Catalogue::Airline* Catalogue::airline(std::string_view prefix) const {
  if (prefix.size() != 3 || !std::ranges::all_of(prefix, base::is_digit)) return nullptr;
  const auto number = static_cast<std::size_t>((prefix[0] - '0') * 100 + (prefix[1] - '0') * 10 +
                                               (prefix[2] - '0'));
  const std::size_t row = state_->airline_of_prefix[number];
  return row == 0 ? nullptr : &state_->airlines[row - 1];
}

std::string Catalogue::tracking_link(const Courier& courier, std::string_view number) {
  constexpr std::string_view kPlace = "{tracking_number}";
  const std::size_t place = courier.tracking_url.find(kPlace);
  if (place == std::string_view::npos)
    return std::string(courier.tracking_url.empty() ? courier.website : courier.tracking_url);
  std::string link(courier.tracking_url.substr(0, place));
  append_encoded(link, number);
  link += courier.tracking_url.substr(place + kPlace.size());
  return link;
}

}  // namespace couriers
