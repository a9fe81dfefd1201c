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
// Each change between letters and digits makes a pattern of a stranger less likely.
constexpr double kChangeOfKind = 0.35;

// Where the answer may be used without a person. Chosen for the promise "wrong while confident at
// most once in a hundred", with the reliabilities of formats.cpp.
constexpr float kCertain = 0.93f;
constexpr float kLikely = 0.75f;
constexpr float kWorthNaming = 0.004f;
constexpr float kWorthAsking = 0.06f;

constexpr double kInCountry = 6, kElsewhere = 0.35;
constexpr double kAccountFirst = 40, kAccountOther = 15;
constexpr double kWrittenSo = 8;
constexpr float kOwnListReliability = 0.92f;
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

double background(std::string_view number) {
  double chance = 1;
  bool has_letter = false;
  for (std::size_t i = 0; i < number.size(); ++i) {
    const bool letter = !base::is_digit(number[i]);
    chance *= letter ? 1.0 / 26 : 1.0 / 10;
    has_letter |= letter;
    if (i > 0 && letter == base::is_digit(number[i - 1])) chance *= kChangeOfKind;
  }
  return chance * (has_letter ? kUnknownMixed : kUnknownDigits);
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
    tallies_[size_++] = {courier, format, score, score, score * reliability, check_holds, seen};
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
        destination_(country_index(hints.destination_country)) {}

  void run(Detection& out) {
    std::array<std::uint8_t, kLongestNumber> symbols;
    for (std::size_t i = 0; i < number_.size(); ++i) {
      symbols[i] = static_cast<std::uint8_t>(symbol(number_[i]));
      if (number_[i] >= 'A') letters_ |= std::uint64_t{1} << i;
    }
    engine_.matcher.match({symbols.data(), number_.size()},
                          [this](std::uint16_t candidacy) { weigh(candidacy); });
    conclude(out);
  }

 private:
  void weigh(std::uint16_t index) {
    const Candidacy& candidacy = formats_.candidacies[index];
    const Format& format = formats_.formats[candidacy.format];
    const bool holds = !format.check || check_holds(format);
    double score = holds ? candidacy.holds : candidacy.broken;
    for (int n = std::popcount(letters_ & candidacy.either); n > 0; --n)
      score *= kLetterOfEither / kDigitOfEither;
    if (groups_ != 0 && std::ranges::find(format.written, groups_) != format.written.end())
      score *= kWrittenSo;
    std::uint16_t seen = 0;
    if (shop_ != kNoCountry || destination_ != kNoCountry) score *= country_factor(format, seen);
    Board& board = holds ? fits_ : slips_;
    give(format, candidacy.format, score, holds && format.check.has_value(), seen, board);
  }

  bool check_holds(const Format& format) {
    const std::uint64_t bit = std::uint64_t{1} << format.check_slot;
    if (!(checked_ & bit)) {
      checked_ |= bit;
      if (format.check->holds(number_)) held_ |= bit;
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

  void give(const Format& format, std::uint16_t row, double score, bool check_holds,
            std::uint16_t seen, Board& board) {
    switch (format.owner) {
      case Owner::Listed:
        for (const Share& share : format.couriers)
          add(share.courier, format, row, score * static_cast<double>(share.part), check_holds,
              seen, board);
        return;
      case Owner::Post:
        give_post(format, row, score, check_holds, seen, board);
        return;
      case Owner::Airline: {
        const auto* airline = engine_.catalogue.airline(number_.substr(0, 3));
        if (airline == nullptr || airline->courier == nullptr) return;
        // A thousand prefixes, a hundred of them known to carry cargo.
        add(index_of(airline->courier), format, row, score * 10, check_holds, seen, board);
        return;
      }
      case Owner::Container:
        give_line(formats_.line_of_owner(number_.substr(0, 4)), formats_.owners_with_line(),
                  26.0 * 26 * 26, format, row, score, check_holds, seen, board);
        return;
      case Owner::Scac:
        give_line(formats_.line_of_scac(number_.substr(0, 4)), formats_.scacs(),
                  26.0 * 26 * 26 * 26, format, row, score, check_holds, seen, board);
        return;
    }
  }

  // The row covers every combination of letters; only `known` of `all` are anybody's.
  void give_line(CourierIndex line, std::size_t known, double all, const Format& format,
                 std::uint16_t row, double score, bool check_holds, std::uint16_t seen,
                 Board& board) {
    if (line != Formats::kNone)
      add(line, format, row, score * all / static_cast<double>(known), check_holds, seen, board);
  }

  void give_post(const Format& format, std::uint16_t row, double score, bool check_holds,
                 std::uint16_t seen, Board& board) {
    const Post* post = formats_.post(number_.substr(11, 2));
    if (post == nullptr) return;
    const auto* couriers = Formats::couriers_of(*post, number_[0], number_[1]);
    if (couriers == nullptr) return;
    score *= 26 * 26 * post->part;
    if (is_rare_service(number_[0])) score *= 0.3;
    for (const Share& share : *couriers)
      add(share.courier, format, row, score * static_cast<double>(share.part), check_holds, seen,
          board);
    if (destination_ == kNoCountry || !check_holds) return;
    const Post* last_mile = formats_.post(hints_.destination_country);
    if (last_mile == nullptr || last_mile == post) return;
    const auto* there = Formats::couriers_of(*last_mile, number_[0], number_[1]);
    if (there != nullptr && !there->empty())
      add(there->front().courier, format, row, score * kLastMile, check_holds,
          seen | bit_of(EvidenceKind::Hint), board);
  }

  CourierIndex index_of(const Courier* courier) const {
    return static_cast<CourierIndex>(courier - engine_.catalogue.all().data());
  }

  void add(CourierIndex courier, const Format& format, std::uint16_t row, double score,
           bool check_holds, std::uint16_t seen, Board& board) {
    float reliability = format.reliability;
    if (!hints_.couriers.empty()) {
      const std::string_view code = engine_.catalogue.all()[courier].code;
      for (std::size_t i = 0; i < hints_.couriers.size(); ++i) {
        if (hints_.couriers[i] != code) continue;
        score *= i == 0 ? kAccountFirst : kAccountOther;
        reliability = std::max(reliability, kOwnListReliability);
        seen |= bit_of(EvidenceKind::Hint);
        break;
      }
    }
    if (std::ranges::find(around_.couriers, courier) != around_.couriers.end()) {
      score *= around_.factor;
      reliability = std::max(reliability, 0.97f);
      seen |= bit_of(around_.kind);
    }
    board.add(courier, row, score, static_cast<double>(reliability), check_holds, seen);
  }

  void conclude(Detection& out) {
    const double unknown = background(number_);
    const double total = fits_.total() + slips_.total() + unknown;
    if (slips_.total() > fits_.total() + unknown) {
      // Nobody answers for a mistyped number; the confidence says how sure the reading is.
      for (Tally& tally : slips_.tallies()) tally.trusted *= 0.4;
      list(slips_, total, out);
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
      if (confidence < kWorthNaming) continue;
      out.candidates.push_back({&engine_.catalogue.all()[tally.courier], confidence,
                                !broken && tally.check_holds, tally.format, tally.seen});
    }
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
  std::uint64_t letters_ = 0, checked_ = 0, held_ = 0;
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
