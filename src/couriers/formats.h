// The number formats, read from data/couriers/formats.tsv and posts.tsv into what ranking needs.
//
// Each row is a hypothesis "this courier gives out numbers of this shape", with a weight: how many
// of a million numbers people look up are of this row. The chance to see one particular number is
// the weight over the count of numbers the shape allows (a check digit divides that count), and
// that is all the ranking is made of: narrow shapes and check digits win by arithmetic.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "couriers/catalogue.h"
#include "couriers/check_digit.h"
#include "couriers/shape.h"

namespace couriers {

using CourierIndex = std::uint16_t;  // into Catalogue::all()

struct Share {
  CourierIndex courier;
  float part;  // of the row's weight; the parts of a row add up to 1
};

// Who answers for a number of this row.
enum class Owner : std::uint8_t {
  Listed,     // the couriers of the row
  Post,       // the issuing post of an S10 item: posts.tsv
  Airline,    // the airline of the first three digits: airlines.tsv
  Container,  // the line behind the owner code: containers.tsv
  Scac,       // the ocean line of the first four letters
};

// Two capitals as a number, 0..675; 0xFFFF for anything else.
constexpr std::uint16_t kNoCountry = 0xFFFF;
std::uint16_t country_index(std::string_view code);

struct Format {
  Owner owner = Owner::Listed;
  std::vector<Share> couriers;
  std::string_view shape;
  std::optional<Check> check;
  double weight = 0;
  char confidence = 'L';     // H, M, L: how well the format itself is known
  float reliability = 0;     // the same as a factor
  bool distinctive = false;  // begins with characters of its own
  bool worldwide = false;
  std::vector<std::uint16_t> where;    // countries the courier serves
  std::vector<std::uint64_t> written;  // usual grouping, see pack_group()
  std::vector<std::string_view> examples;
  std::string_view says;
};

// Group lengths as people write them, four bits each: 3-8 is 0x38.
constexpr std::uint64_t pack_group(std::uint64_t groups, std::size_t length) {
  return groups << 4 | (length < 15 ? length : 15);
}

// A variant of a format: one length, one set of characters at each place. Everything the ranking
// reads for every hit lies here in one cache line.
struct Candidacy {
  double holds = 0;          // chance of one number of it, check digit right or none
  double broken = 0;         // chance of one number of it with a slip; 0 without a check digit
  std::uint64_t either = 0;  // places where a letter is possible but rarer than a digit
  std::uint32_t shares_begin = 0;  // into Formats::shares
  std::uint16_t format = 0;
  std::uint8_t shares = 0;
  std::uint8_t check_slot = kNoCheck;
  Owner owner = Owner::Listed;
  float reliability = 0;

  static constexpr std::uint8_t kNoCheck = 0xFF;
};

// Letters at such places are rarer than digits: seven digits to three letters.
constexpr double kDigitOfEither = 0.7 / 10;
constexpr double kLetterOfEither = 0.3 / 26;
// How many typed numbers carry a slip. Only has to be of the right order.
constexpr double kSlip = 0.03;

struct PostRule {
  std::array<std::uint32_t, 26> services{};  // [first letter], bit = second letter
  std::vector<Share> couriers;
};
struct Post {
  double part = 0;  // of all S10 items
  std::vector<PostRule> rules;
};

class Formats {
 public:
  // Throws std::runtime_error naming the row that is broken.
  explicit Formats(const Catalogue& catalogue);

  std::vector<Format> formats;
  std::vector<Candidacy> candidacies;        // one for each variant
  std::vector<std::vector<CharSet>> shapes;  // the same order
  std::vector<Share> shares;                 // of the rows' couriers, one after the other
  std::vector<Check> checks;                 // by check_slot, at most 64
  std::array<std::uint8_t, 676> post_of{};   // country -> posts[] + 1
  std::vector<Post> posts;

  const Post* post(std::string_view country) const;
  // The couriers for a service of a post, empty when none.
  static const std::vector<Share>* couriers_of(const Post& post, char first, char second);
  // nullptr / kNone when not known.
  static constexpr CourierIndex kNone = 0xFFFF;
  CourierIndex line_of_owner(std::string_view owner) const;
  CourierIndex line_of_scac(std::string_view scac) const;
  std::size_t owners_with_line() const { return owners_.size(); }
  std::size_t scacs() const { return scacs_.size(); }

 private:
  struct Named {
    std::string_view key;
    CourierIndex courier;
  };
  std::vector<Named> owners_, scacs_;  // sorted

  void read_formats(const Catalogue& catalogue);
  void read_posts(const Catalogue& catalogue);
  void read_lines(const Catalogue& catalogue);
  void add_variants(std::uint16_t row);
  std::uint8_t slot_of(const Check& check);
};

}  // namespace couriers
