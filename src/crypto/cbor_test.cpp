#include "crypto/cbor.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace crypto::cbor {
namespace {

std::optional<Read> read_hex(std::string_view hex) {
  static std::string kept;  // what is read views into it
  kept = base::from_hex(hex);
  return read(kept);
}

TEST(Cbor, ReadsNumbersOfRfc8949) {
  const struct {
    const char* hex;
    std::int64_t number;
  } cases[] = {
      {"00", 0},  {"17", 23},     {"1818", 24},     {"1903e8", 1000},
      {"20", -1}, {"3863", -100}, {"390100", -257}, {"1b000000e8d4a51000", 1'000'000'000'000}};
  for (const auto& [hex, number] : cases) {
    const auto one = read_hex(hex);
    ASSERT_TRUE(one) << hex;
    EXPECT_EQ(one->value.type, Type::Integer);
    EXPECT_EQ(one->value.integer, number);
  }
}

TEST(Cbor, ReadsWhatAnAuthenticatorSays) {
  // {"fmt": "none", "attStmt": {}, "authData": h'0102', 3: [true, null]} and two bytes behind.
  const auto one = read_hex(
      "a463666d74646e6f6e656761747453746d74a068617574684461746142010203"
      "82f5f6ffff");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->size, 35U);
  ASSERT_NE(one->value.find("fmt"), nullptr);
  EXPECT_EQ(one->value.find("fmt")->text, "none");
  EXPECT_EQ(one->value.find("authData")->type, Type::Bytes);
  EXPECT_EQ(one->value.find("authData")->text, "\x01\x02");
  EXPECT_EQ(one->value.find("attStmt")->type, Type::Map);
  ASSERT_EQ(one->value.find(3)->items.size(), 2U);
  EXPECT_EQ(one->value.find(3)->items[0].integer, 1);
  EXPECT_EQ(one->value.find("else"), nullptr);
  EXPECT_EQ(one->value.find("fmt")->find("inside a text"), nullptr);
}

TEST(Cbor, RefusesWhatIsBrokenOrNotSpoken) {
  for (const char* hex : {
           "",                      // nothing
           "18",                    // a number cut off
           "43aabb",                // a string cut off
           "62c328",                // text that is not UTF-8
           "82f5",                  // an array cut off
           "a101",                  // a key without its value
           "a201010102",            // one key twice
           "a14101f5",              // bytes for a key
           "5f42010243030405ff",    // indefinite length
           "c074323031332d30332d",  // a tag
           "fb3ff199999999999a",    // floating point
           "1bffffffffffffffff",    // beyond 63 bits
           "9bffffffffffffffff",    // an array longer than the world
           "818181818181818181f5",  // too deep
       })
    EXPECT_FALSE(read_hex(hex)) << hex;
  EXPECT_TRUE(read_hex("8181818181818181f5"));
  std::string crowd = base::from_hex("9903e8");  // 1,000 nothings, and what holds them
  crowd.append(1000, '\xf6');
  EXPECT_FALSE(read(crowd));
}

}  // namespace
}  // namespace crypto::cbor
