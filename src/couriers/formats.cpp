#include "couriers/formats.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>
#include <stdexcept>
#include <string>

#include "base/text.h"
#include "couriers/tsv.h"

namespace embedded {
std::string_view couriers_formats();
std::string_view couriers_posts();
std::string_view couriers_containers();
}  // namespace embedded

namespace couriers {
namespace {

[[noreturn]] void broken(std::string_view file, std::string_view row, std::string_view why) {
  throw std::runtime_error(std::string(file) + ": '" + std::string(row) + "': " + std::string(why));
}

double number_of(std::string_view file, std::string_view text) {
  unsigned value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || at != text.data() + text.size()) broken(file, text, "not a number");
  return value;
}

CourierIndex index_of(const Catalogue& catalogue, std::string_view file, std::string_view code) {
  const Courier* courier = catalogue.find(code);
  if (courier == nullptr) broken(file, code, "no such courier");
  return static_cast<CourierIndex>(courier - catalogue.all().data());
}

// "dpd:6,dpd-uk:2" -> parts that add up to 1. A share that is left out counts 1.
std::vector<Share> shares_of(const Catalogue& catalogue, std::string_view file,
                             std::string_view cell) {
  std::vector<std::string_view> names;
  split(cell, ',', names);
  std::vector<Share> shares;
  double sum = 0;
  for (std::string_view name : names) {
    const std::size_t colon = name.find(':');
    const double part =
        colon == std::string_view::npos ? 1 : number_of(file, name.substr(colon + 1));
    shares.push_back({index_of(catalogue, file, name.substr(0, colon)), static_cast<float>(part)});
    sum += part;
  }
  for (Share& share : shares) share.part = static_cast<float>(share.part / sum);
  return shares;
}

Owner owner_of(std::string_view cell) {
  if (cell == "@post") return Owner::Post;
  if (cell == "@airline") return Owner::Airline;
  if (cell == "@container") return Owner::Container;
  if (cell == "@scac") return Owner::Scac;
  return Owner::Listed;
}

float reliability_of(char confidence) {
  return confidence == 'H' ? 0.99f : confidence == 'M' ? 0.94f : 0.74f;
}

std::vector<std::uint64_t> groupings_of(std::string_view cell) {
  std::vector<std::string_view> words, lengths;
  std::vector<std::uint64_t> groupings;
  if (cell.empty()) return groupings;
  split(cell, ' ', words);
  for (std::string_view word : words) {
    split(word, '-', lengths);
    std::uint64_t packed = 0;
    for (std::string_view length : lengths)
      packed = pack_group(packed, static_cast<std::size_t>(number_of("formats.tsv", length)));
    groupings.push_back(packed);
  }
  return groupings;
}

// Places where both letters and digits are welcome; numbers use digits there far more often.
bool is_either(CharSet set) { return (set & kDigits) == kDigits && (set & kLetters) == kLetters; }

// The chance of one string of the variant when every place is drawn on its own.
double chance_of(const Variant& variant, std::optional<std::size_t> skipped) {
  double chance = 1;
  for (std::size_t i = 0; i < variant.positions.size(); ++i) {
    const CharSet set = variant.positions[i];
    if (i == skipped) continue;
    chance *= is_either(set) ? kDigitOfEither : 1.0 / std::popcount(set);
  }
  return chance;
}

}  // namespace

std::uint16_t country_index(std::string_view code) {
  if (code.size() != 2 || !base::is_letter(code[0]) || !base::is_letter(code[1])) return kNoCountry;
  return static_cast<std::uint16_t>((base::to_upper(code[0]) - 'A') * 26 +
                                    (base::to_upper(code[1]) - 'A'));
}

Formats::Formats(const Catalogue& catalogue) {
  read_lines(catalogue);
  read_posts(catalogue);
  read_formats(catalogue);
}

void Formats::read_formats(const Catalogue& catalogue) {
  std::vector<std::string_view> words;
  for_each_row(embedded::couriers_formats(), 9, [&](auto cells) {
    Format format;
    format.owner = owner_of(cells[0]);
    if (format.owner == Owner::Listed)
      format.couriers = shares_of(catalogue, "formats.tsv", cells[0]);
    format.shape = cells[1];
    if (cells[2] != "-") {
      format.check = Check::parse(cells[2]);
      if (!format.check) broken("formats.tsv", cells[2], "not a check");
    }
    format.weight = number_of("formats.tsv", cells[3]);
    format.confidence = cells[4].empty() ? 'L' : cells[4].front();
    format.reliability = reliability_of(format.confidence);
    format.worldwide = cells[5] == "*";
    if (!format.worldwide) {
      split(cells[5], ' ', words);
      for (std::string_view word : words) format.where.push_back(country_index(word));
    }
    format.written = groupings_of(cells[6]);
    split(cells[7], ' ', format.examples);
    format.says = cells[8];
    formats.push_back(std::move(format));
    add_variants(static_cast<std::uint16_t>(formats.size() - 1));
  });
}

// The weight is spread evenly over the lengths, and within a length over its strings.
void Formats::add_variants(std::uint16_t row) {
  Format& format = formats[row];
  const std::vector<Variant> variants = expand(format.shape);
  std::map<std::size_t, double> strings_of_length;
  std::vector<double> chances;
  format.distinctive = true;
  for (const Variant& variant : variants) {
    const std::size_t length = variant.positions.size();
    std::optional<std::size_t> skipped;
    if (format.check) {
      skipped = format.check->position(length);
      if (*skipped >= length) broken("formats.tsv", format.shape, "check outside the number");
    }
    chances.push_back(chance_of(variant, skipped));
    strings_of_length[length] += 1 / chances.back();
    if (variant.fixed_prefix() < 2) format.distinctive = false;
  }
  Candidacy common{.shares_begin = static_cast<std::uint32_t>(shares.size()),
                   .format = row,
                   .shares = static_cast<std::uint8_t>(format.couriers.size()),
                   .owner = format.owner,
                   .reliability = format.reliability};
  if (format.check) common.check_slot = slot_of(*format.check);
  shares.insert(shares.end(), format.couriers.begin(), format.couriers.end());
  for (const Variant& variant : variants) {
    const std::size_t length = variant.positions.size();
    const double each =
        format.weight / static_cast<double>(strings_of_length.size()) / strings_of_length[length];
    Candidacy candidacy = common;
    candidacy.holds = each;
    for (std::size_t i = 0; i < length; ++i)
      if (is_either(variant.positions[i])) candidacy.either |= std::uint64_t{1} << i;
    if (format.check) {
      const std::size_t at = format.check->position(length);
      candidacy.either &= ~(std::uint64_t{1} << at);
      candidacy.broken = kSlip * each / std::popcount(variant.positions[at]);
    }
    candidacies.push_back(candidacy);
    shapes.push_back(variant.positions);
  }
}

std::uint8_t Formats::slot_of(const Check& check) {
  const auto known = std::ranges::find(checks, check);
  const auto slot = static_cast<std::uint8_t>(known - checks.begin());
  if (known == checks.end()) checks.push_back(check);
  if (checks.size() > 64) throw std::runtime_error("formats.tsv: more than 64 kinds of check");
  return slot;
}

// services: "E*,CP" - first letter and second letter, '*' for any.
void Formats::read_posts(const Catalogue& catalogue) {
  double sum = 0;
  std::vector<std::string_view> patterns;
  for_each_row(embedded::couriers_posts(), 4, [&](auto cells) {
    const std::uint16_t country = country_index(cells[0]);
    if (country == kNoCountry) broken("posts.tsv", cells[0], "not a country");
    if (post_of[country] == 0) {
      posts.push_back({.part = number_of("posts.tsv", cells[3]), .rules = {}});
      post_of[country] = static_cast<std::uint8_t>(posts.size());
      sum += posts.back().part;
    }
    PostRule rule;
    split(cells[1], ',', patterns);
    for (std::string_view pattern : patterns) {
      const char first = pattern.front();
      const char second = pattern.back();
      for (char a = 'A'; a <= 'Z'; ++a)
        for (char b = 'A'; b <= 'Z'; ++b)
          if ((first == '*' || first == a) && (second == '*' || second == b))
            rule.services[static_cast<std::size_t>(a - 'A')] |= 1u << (b - 'A');
    }
    rule.couriers = shares_of(catalogue, "posts.tsv", cells[2]);
    posts[post_of[country] - 1u].rules.push_back(std::move(rule));
  });
  for (Post& post : posts) post.part /= sum;
}

void Formats::read_lines(const Catalogue& catalogue) {
  for_each_row(embedded::couriers_containers(), 3, [&](auto cells) {
    if (!cells[2].empty())
      owners_.push_back({cells[0], index_of(catalogue, "containers.tsv", cells[2])});
  });
  std::vector<std::string_view> codes;
  for (const Courier& courier : catalogue.all()) {
    if (courier.scac.empty()) continue;
    split(courier.scac, '|', codes);
    for (std::string_view code : codes)
      scacs_.push_back({code, static_cast<CourierIndex>(&courier - catalogue.all().data())});
  }
  std::ranges::sort(owners_, {}, &Named::key);
  std::ranges::sort(scacs_, {}, &Named::key);
}

const Post* Formats::post(std::string_view country) const {
  const std::uint16_t index = country_index(country);
  if (index == kNoCountry || post_of[index] == 0) return nullptr;
  return &posts[post_of[index] - 1u];
}

const std::vector<Share>* Formats::couriers_of(const Post& post, char first, char second) {
  for (const PostRule& rule : post.rules)
    if (rule.services[static_cast<std::size_t>(first - 'A')] >> (second - 'A') & 1)
      return &rule.couriers;
  return nullptr;
}

namespace {
template <class Rows>
CourierIndex look_up(const Rows& rows, std::string_view key) {
  const auto at = std::ranges::lower_bound(rows, key, {}, [](const auto& row) { return row.key; });
  return at != rows.end() && at->key == key ? at->courier : Formats::kNone;
}
}  // namespace

CourierIndex Formats::line_of_owner(std::string_view owner) const {
  return look_up(owners_, owner);
}
CourierIndex Formats::line_of_scac(std::string_view scac) const { return look_up(scacs_, scac); }

}  // namespace couriers
