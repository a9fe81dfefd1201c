#include "couriers/engine.h"

#include <algorithm>
#include <bit>

#include "base/text.h"

namespace couriers {
namespace {

// The background hypothesis: order numbers, phone numbers, couriers without a row. Per million and
// per length, comparable to the weights of the format table.
constexpr double kUnknownDigits = 2500;
constexpr double kUnknownMixed = 1200;
// Strangers' numbers are short: what a person types or a shop counts. Beyond sixteen characters
// each length is that much rarer than the one before; a long number is nearly always some
// carrier's.
constexpr std::size_t kOftenThisLong = 16;
constexpr double kRarerWithLength = 0.75;
// Each change between letters and digits makes a pattern of a stranger less likely.
constexpr double kChangeOfKind = 0.35;

// Where the answer may be used without a person. Chosen for the promise "wrong while confident at
// most once in a hundred", with the reliabilities of formats.cpp.
constexpr float kCertain = 0.95f;
constexpr float kLikely = 0.90f;
// Rows this far below the best are left out.
constexpr double kNegligible = 1e-3;
constexpr float kWorthNaming = 0.004f;
constexpr float kWorthAsking = 0.06f;

constexpr double kInCountry = 6, kElsewhere = 0.35;
constexpr double kAccountFirst = 40, kAccountOther = 15;
constexpr double kWrittenSo = 8;
constexpr float kOwnListReliability = 0.92f, kNamedReliability = 0.97f;
// The post of the destination delivers under the same S10 number.
constexpr double kLastMile = 0.15;

constexpr std::uint16_t bit_of(EvidenceKind kind) {
  return static_cast<std::uint16_t>(1u << static_cast<unsigned>(kind));
}

// Letters that UPU reserves or leaves to single operators: possible, rarely seen.
constexpr bool is_rare_service(char first) {
  constexpr std::string_view kRare = "FIJKOTWY";
  return kRare.find(first) != std::string_view::npos;
}

// Powers, because every number asks for them.
template <std::size_t N>
constexpr std::array<double, N> powers_of(double base) {
  std::array<double, N> powers{};
  double power = 1;
  for (double& one : powers) {
    one = power;
    power *= base;
  }
  return powers;
}
constexpr auto kDigitChance = powers_of<kLongestNumber + 1>(1.0 / 10);
constexpr auto kLetterChance = powers_of<kLongestNumber + 1>(1.0 / 26);
constexpr auto kLengthChance = powers_of<kLongestNumber + 1>(kRarerWithLength);
constexpr auto kChangeChance = powers_of<kLongestNumber + 1>(kChangeOfKind);
constexpr auto kLetterForDigit = powers_of<kLongestNumber + 1>(kLetterOfEither / kDigitOfEither);

// `letters`: bit i is set where character i is a letter.
double background(std::uint64_t letters, std::size_t length) {
  const double of_length = kLengthChance[length > kOftenThisLong ? length - kOftenThisLong : 0];
  if (letters == 0) return kUnknownDigits * of_length * kDigitChance[length];
  const auto letter_count = static_cast<std::size_t>(std::popcount(letters));
  const std::uint64_t inner = (std::uint64_t{1} << (length - 1)) - 1;
  const auto changes = static_cast<std::size_t>(std::popcount((letters ^ letters >> 1) & inner));
  return kUnknownMixed * of_length * kDigitChance[length - letter_count] *
         kLetterChance[letter_count] * kChangeChance[changes];
}

bool all_the_same(std::string_view number) {
  return number.find_first_not_of(number.front()) == std::string_view::npos;
}

}  // namespace

struct Engine::Tally {
  CourierIndex courier;
  std::uint16_t format;  // the row that gave most
  double score;
  double best;
  double trusted;  // score times reliability
  bool check_holds;
  std::uint16_t seen;
};

// Scores by courier, on the stack.
class Engine::Board {
 public:
  void add(CourierIndex courier, std::uint16_t format, double score, double reliability,
           bool check_holds, std::uint16_t seen) {
    for (std::size_t i = 0; i < size_; ++i) {
      Tally& tally = tallies_[i];
      if (tally.courier != courier) continue;
      tally.score += score;
      tally.trusted += score * reliability;
      tally.seen |= seen;
      if (score > tally.best) {
        tally.best = score;
        tally.format = format;
        tally.check_holds = check_holds;
      }
      total_ += score;
      return;
    }
    if (size_ == tallies_.size()) return;
    Tally& tally = tallies_[size_++];
    tally.courier = courier;
    tally.format = format;
    tally.score = tally.best = score;
    tally.trusted = score * reliability;
    tally.check_holds = check_holds;
    tally.seen = seen;
    total_ += score;
  }
  std::span<Tally> tallies() { return {tallies_.data(), size_}; }
  double total() const { return total_; }

 private:
  std::array<Tally, 96> tallies_;
  std::size_t size_ = 0;
  double total_ = 0;
};

// One number under way.
class Engine::Ranking {
 public:
  Ranking(const Engine& engine, std::string_view number, std::uint64_t groups, const Hints& hints,
          const Surroundings& around)
      : engine_(engine),
        formats_(engine.formats),
        number_(number),
        groups_(groups),
        hints_(hints),
        around_(around),
        shop_(country_index(hints.shop_country)),
        destination_(country_index(hints.destination_country)),
        may_rise_(knows_country() || groups != 0 || !hints.couriers.empty() ||
                  !around.couriers.empty()) {}

  void run(Detection& out) {
    std::array<std::uint8_t, kLongestNumber> symbols;
    for (std::size_t i = 0; i < number_.size(); ++i) {
      symbols[i] = static_cast<std::uint8_t>(symbol(number_[i]));
      if (number_[i] >= 'A') letters_ |= std::uint64_t{1} << i;
    }
    engine_.matcher.match({symbols.data(), number_.size()},
                          [this](std::uint16_t candidacy) { weigh(candidacy); });
    distribute();
    conclude(out);
  }

 private:
  struct Hit {
    const Candidacy* candidacy;
    double score;
    bool holds;
    std::uint16_t seen;
  };

  // How well this number and this format go together.
  void weigh(std::uint16_t index) {
    if (hit_count_ == hits_.size()) return;
    const Candidacy& candidacy = formats_.candidacies[index];
    // A check digit costs more than everything else here: not for rows that cannot reach the list.
    if (candidacy.holds < highest_ * kNegligible && candidacy.owner == Owner::Listed && !may_rise_)
      return;
    const bool holds =
        candidacy.check_slot == Candidacy::kNoCheck || check_holds(candidacy.check_slot);
    // Written in place: building it beside and copying it stalls on the narrow stores.
    Hit& hit = hits_[hit_count_++];
    hit.candidacy = &candidacy;
    hit.score = holds ? candidacy.holds : candidacy.broken;
    hit.holds = holds;
    hit.seen = 0;
    if (const std::uint64_t rarer = letters_ & candidacy.either; rarer != 0)
      hit.score *= kLetterForDigit[static_cast<std::size_t>(std::popcount(rarer))];
    if (groups_ != 0 || knows_country()) {
      const Format& format = formats_.formats[candidacy.format];
      if (std::ranges::find(format.written, groups_) != format.written.end())
        hit.score *= kWrittenSo;
      if (knows_country()) hit.score *= country_factor(format, hit.seen);
    }
    highest_ = std::max(highest_, hit.score);
  }

  bool knows_country() const { return shop_ != kNoCountry || destination_ != kNoCountry; }

  bool check_holds(std::uint8_t slot) {
    const std::uint64_t bit = std::uint64_t{1} << slot;
    if (!(checked_ & bit)) {
      checked_ |= bit;
      if (formats_.checks[slot].holds(number_)) held_ |= bit;
    }
    return (held_ & bit) != 0;
  }

  double country_factor(const Format& format, std::uint16_t& seen) const {
    if (format.owner != Owner::Listed || format.worldwide || format.where.empty()) return 1;
    for (std::uint16_t country : format.where) {
      if (country != shop_ && country != destination_) continue;
      seen |= bit_of(EvidenceKind::Hint);
      return kInCountry;
    }
    return kElsewhere;
  }

  // From rows to couriers. Rows far below the best cannot reach the list and are left out, unless
  // something may still raise them.
  void distribute() {
    const double floor = may_rise_ ? 0 : highest_ * kNegligible;
    for (std::size_t i = 0; i < hit_count_; ++i) {
      const Hit& hit = hits_[i];
      if (hit.score >= floor || hit.candidacy->owner != Owner::Listed) give(hit);
    }
  }

  void give(const Hit& hit) {
    switch (hit.candidacy->owner) {
      case Owner::Listed:
        give_shares({&formats_.shares[hit.candidacy->shares_begin], hit.candidacy->shares}, hit);
        return;
      case Owner::Post:
        give_post(hit);
        return;
      case Owner::Airline: {
        const auto* airline = engine_.catalogue.airline(number_.substr(0, 3));
        if (airline == nullptr || airline->courier == nullptr) return;
        // A thousand prefixes, a hundred of them known to carry cargo.
        add(index_of(airline->courier), hit.score * 10, hit);
        return;
      }
      case Owner::Container:
        give_line(formats_.line_of_owner(number_.substr(0, 4)), formats_.owners_with_line(),
                  26.0 * 26 * 26, hit);
        return;
      case Owner::Scac:
        give_line(formats_.line_of_scac(number_.substr(0, 4)), formats_.scacs(),
                  26.0 * 26 * 26 * 26, hit);
        return;
    }
  }

  void give_shares(std::span<const Share> shares, const Hit& hit) {
    for (const Share& share : shares)
      add(share.courier, hit.score * static_cast<double>(share.part), hit);
  }

  // The row covers every combination of letters; only `known` of the `possible` are anybody's.
  void give_line(CourierIndex line, std::size_t known, double possible, const Hit& hit) {
    if (line != Formats::kNone) add(line, hit.score * possible / static_cast<double>(known), hit);
  }

  void give_post(Hit hit) {
    const Post* post = formats_.post(number_.substr(11, 2));
    if (post == nullptr) return;
    const auto* couriers = Formats::couriers_of(*post, number_[0], number_[1]);
    if (couriers == nullptr) return;
    hit.score *= 26 * 26 * post->part;
    if (is_rare_service(number_[0])) hit.score *= 0.3;
    give_shares(*couriers, hit);
    if (destination_ == kNoCountry || !hit.holds) return;
    const Post* last_mile = formats_.post(hints_.destination_country);
    if (last_mile == nullptr || last_mile == post) return;
    const auto* there = Formats::couriers_of(*last_mile, number_[0], number_[1]);
    if (there == nullptr || there->empty()) return;
    hit.seen |= bit_of(EvidenceKind::Hint);
    add(there->front().courier, hit.score * kLastMile, hit);
  }

  CourierIndex index_of(const Courier* courier) const {
    return static_cast<CourierIndex>(courier - engine_.all.data());
  }

  void add(CourierIndex courier, double score, const Hit& hit) {
    float reliability = hit.candidacy->reliability;
    std::uint16_t seen = hit.seen;
    if (!hints_.couriers.empty()) {
      const auto known = std::ranges::find(hints_.couriers, engine_.all[courier].code);
      if (known != hints_.couriers.end()) {
        score *= known == hints_.couriers.begin() ? kAccountFirst : kAccountOther;
        reliability = std::max(reliability, kOwnListReliability);
        seen |= bit_of(EvidenceKind::Hint);
      }
    }
    if (!around_.couriers.empty() &&
        std::ranges::find(around_.couriers, courier) != around_.couriers.end()) {
      score *= around_.factor;
      reliability = std::max(reliability, kNamedReliability);
      seen |= bit_of(around_.kind);
    }
    const bool verified = hit.holds && hit.candidacy->check_slot != Candidacy::kNoCheck;
    Board& board = hit.holds ? fits_ : slips_;
    board.add(courier, hit.candidacy->format, score, static_cast<double>(reliability), verified,
              seen);
  }

  void conclude(Detection& out) {
    const double unknown = background(letters_, number_.size());
    const double total = fits_.total() + slips_.total() + unknown;
    if (slips_.total() > fits_.total() + unknown) {
      // Nobody answers for a mistyped number; the confidence says how sure the reading is.
      for (Tally& tally : slips_.tallies()) tally.trusted *= 0.4;
      list(slips_, total, out);
      listed_slips_ = true;
      list(fits_, total, out);
      sort(out);
      out.verdict = out.candidates.empty() ? Verdict::Unknown : Verdict::Mistyped;
      return;
    }
    list(fits_, total, out);
    sort(out);
    out.verdict = verdict(out);
  }

  void list(Board& board, double total, Detection& out) const {
    const bool broken = &board == &slips_;
    for (const Tally& tally : board.tallies()) {
      const auto confidence = static_cast<float>(tally.trusted / total);
      if (confidence < kWorthNaming || is_listed(out, tally.courier)) continue;
      out.candidates.push_back({&engine_.all[tally.courier], confidence,
                                !broken && tally.check_holds, tally.format, tally.seen});
    }
  }

  // A courier can stand among the mistyped readings already.
  bool is_listed(const Detection& out, CourierIndex courier) const {
    return listed_slips_ && std::ranges::any_of(out.candidates, [&](const Candidate& c) {
             return c.courier == &engine_.all[courier];
           });
  }

  static void sort(Detection& out) {
    std::ranges::sort(out.candidates, [](const Candidate& a, const Candidate& b) {
      return a.confidence != b.confidence ? a.confidence > b.confidence : a.courier < b.courier;
    });
    if (out.candidates.size() > 10) out.candidates.resize(10);
  }

  Verdict verdict(const Detection& out) const {
    float sum = 0;
    for (const Candidate& candidate : out.candidates) sum += candidate.confidence;
    if (sum < kWorthAsking) return Verdict::Unknown;
    const Candidate& first = out.candidates.front();
    if (first.confidence < kLikely) return Verdict::Ambiguous;
    const Format& format = formats_.formats[first.format];
    const bool decided =
        first.check_digit_holds || (format.distinctive && format.confidence == 'H');
    return decided && first.confidence >= kCertain ? Verdict::Certain : Verdict::Likely;
  }

  const Engine& engine_;
  const Formats& formats_;
  const std::string_view number_;
  const std::uint64_t groups_;
  const Hints& hints_;
  const Surroundings& around_;
  const std::uint16_t shop_, destination_;
  const bool may_rise_;  // something may lift a row that is far below the best
  std::uint64_t letters_ = 0, checked_ = 0, held_ = 0;
  std::array<Hit, 160> hits_;
  std::size_t hit_count_ = 0;
  double highest_ = 0;
  bool listed_slips_ = false;
  Board fits_, slips_;
};

Engine::Engine(const Catalogue& known)
    : catalogue(known), formats(known), matcher(formats.shapes), links(known) {}

void Engine::rank(std::uint64_t groups, const Hints& hints, const Surroundings& around,
                  Detection& out) const {
  out.candidates.clear();
  out.verdict = Verdict::Unknown;
  // 0000000000 and its like are placeholders; some of them pass every check digit there is.
  if (out.number.empty() || out.number.size() > kLongestNumber || all_the_same(out.number)) return;
  Ranking(*this, out.number, groups, hints, around).run(out);
  if (out.verdict == Verdict::Unknown) out.candidates.clear();
}

namespace {

// The next character as a capital or digit, ' ' for anything else. Full-width forms of East Asian
// keyboards count: EF BC 90 is a zero, EF BC A1 an A, EF BD 81 an a.
char take(std::string_view& typed) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(typed[i]); };
  char c = base::to_upper(typed.front());
  std::size_t length = 1;
  if (byte(0) == 0xEF && typed.size() >= 3 && (byte(1) == 0xBC || byte(1) == 0xBD)) {
    length = 3;
    const unsigned form = (byte(1) - 0xBCu) * 0x40u + byte(2) - 0x80u;  // from U+FF00
    if (form >= 0x10 && form <= 0x19) c = static_cast<char>('0' + (form - 0x10));
    if (form >= 0x21 && form <= 0x3A) c = static_cast<char>('A' + (form - 0x21));
    if (form >= 0x41 && form <= 0x5A) c = static_cast<char>('A' + (form - 0x41));
  }
  typed.remove_prefix(length);
  return base::is_digit(c) || base::is_upper(c) ? c : ' ';
}

}  // namespace

Typed Engine::normalise(std::string_view typed, std::string& number) {
  Typed what;
  number.clear();
  what.is_link = typed.find("://") != std::string_view::npos || typed.starts_with("www.");
  std::size_t tokens = 0, length = 0, letters = 0;
  const auto close = [&] {
    if (length == 0) return;
    ++tokens;
    what.has_words |= length >= 3 && letters == length;
    what.groups = pack_group(what.groups, length);
    length = letters = 0;
  };
  while (!typed.empty()) {
    const char c = take(typed);
    if (c == ' ') {
      close();
      continue;
    }
    ++length;
    if (!base::is_digit(c)) ++letters;
    if (number.size() <= kLongestNumber) number += c;
  }
  close();
  if (tokens < 2) what = {.groups = 0, .has_words = false, .is_link = what.is_link};
  return what;
}

}  // namespace couriers
