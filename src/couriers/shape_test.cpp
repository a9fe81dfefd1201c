#include "couriers/shape.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "couriers/matcher.h"

namespace {

using couriers::expand, couriers::Matcher, couriers::symbol;

bool fits(std::string_view shape, std::string_view number) {
  std::vector<std::vector<couriers::CharSet>> shapes;
  for (const auto& variant : expand(shape)) shapes.push_back(variant.positions);
  std::vector<std::uint8_t> symbols;
  for (char c : number) symbols.push_back(static_cast<std::uint8_t>(symbol(c)));
  bool hit = false;
  Matcher(shapes).match(symbols, [&](std::uint16_t) { hit = true; });
  return hit;
}

}  // namespace

TEST(Shape, SaysWhichNumbersBelong) {
  const struct {
    const char* shape;
    const char* number;
    bool belongs;
  } cases[] = {
      {"1Z \\w{3}", "1ZA2C", true},    {"1Z \\w{3}", "2ZA2C", false},
      {"\\d{2,4}", "123", true},       {"\\d{2,4}", "1", false},
      {"\\d{2,4}", "12345", false},    {"\\l\\d", "A1", true},
      {"\\l\\d", "11", false},         {"[AC-E]\\d", "D1", true},
      {"[AC-E]\\d", "B1", false},      {"(MY|THA) \\d", "THA1", true},
      {"(MY|THA) \\d", "MY1", true},   {"(MY|THA) \\d", "THY1", false},
      {"(70|71|81) \\d", "710", true}, {"(70|71|81) \\d", "800", false},
      {"J?JD \\d", "JJD1", true},      {"J?JD \\d", "JD1", true},
      {"(AB)? \\d", "AB1", true},      {"(AB)? \\d", "1", true},
      {"(AB)? \\d", "A1", false},
  };
  for (const auto& [shape, number, belongs] : cases)
    EXPECT_EQ(fits(shape, number), belongs) << shape << ' ' << number;
}

TEST(Shape, NamesTheParts) {
  const auto variants = expand("1Z \\w{6}=shipper \\d{2}=the_service");
  ASSERT_EQ(variants.size(), 1u);
  const auto& parts = variants[0].parts;
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].meaning, "");
  EXPECT_EQ(parts[1].meaning, "shipper");
  EXPECT_EQ(parts[1].begin, 2);
  EXPECT_EQ(parts[1].end, 8);
  EXPECT_EQ(parts[2].meaning, "the_service");
  EXPECT_EQ(variants[0].fixed_prefix(), 2u);
}

TEST(Shape, JoinsAlternativesThatDifferInTheirLastCharacter) {
  EXPECT_EQ(expand("(70|71|73|80) \\d").size(), 2u);
}

TEST(Shape, RefusesWhatItDoesNotUnderstand) {
  for (const char* bad : {"", "a", "\\x", "[1", "(A", "(A|)", "(A[1])", "\\d{x}", "\\d{3,2}",
                          "\\d{99}", "  ", "1  2", "\\", "=x", "A{"})
    EXPECT_THROW(expand(bad), std::runtime_error) << bad;
}

TEST(Matcher, AgreesWithTryingEachShapeAlone) {
  const std::vector<std::string> shapes = {"\\d{10}", "\\d{9} \\w",   "A\\d{9}",  "[A-F]\\w{9}",
                                           "\\w{10}", "\\l{3}\\d{7}", "1Z \\w{8}"};
  std::vector<std::vector<couriers::CharSet>> all;
  for (int copies = 0; copies < 60; ++copies)  // several blocks of 256 variants
    for (const auto& shape : shapes) all.push_back(expand(shape)[0].positions);
  const Matcher matcher(all);
  for (const char* number :
       {"1234567890", "A123456789", "123456789X", "ABC1234567", "1ZABCDEFGH"}) {
    std::vector<std::uint8_t> symbols;
    for (const char* c = number; *c != 0; ++c)
      symbols.push_back(static_cast<std::uint8_t>(symbol(*c)));
    std::vector<std::uint16_t> hits, expected;
    matcher.match(symbols, [&](std::uint16_t hit) { hits.push_back(hit); });
    for (std::size_t i = 0; i < all.size(); ++i) {
      bool fit = true;
      for (std::size_t at = 0; at < symbols.size(); ++at)
        fit = fit && (all[i][at] >> symbols[at] & 1) != 0;
      if (fit) expected.push_back(static_cast<std::uint16_t>(i));
    }
    EXPECT_EQ(hits, expected) << number;
  }
}
