#include "accounts/passwords.h"

#include <argon2.h>
#include <sodium.h>

#include "accounts/testing.h"
#include "base/text.h"

namespace {

using namespace accounts;
using accounts::testing::kCheap;
using accounts::testing::OnBoth;

std::string why(std::string_view password, std::vector<std::string> about = {}) {
  const auto fault = weigh_password(password, about);
  return fault ? std::string(word(*fault)) : "fine";
}

TEST(PasswordRules, AskForLengthAndNothingElse) {
  EXPECT_EQ(why("short"), "too_short");
  EXPECT_EQ(why("seven77"), "too_short");
  EXPECT_EQ(why("vier kleine voeten"), "fine");
  EXPECT_EQ(why("пароль длинный"), "fine");
  EXPECT_EQ(why("短い合い言葉"), "too_short");  // characters, not bytes
  EXPECT_EQ(why("短い合い言葉です。"), "fine");
  std::string longest;
  for (int i = 0; i < 64; ++i) longest += "k9-x";
  EXPECT_EQ(why(longest + "!"), "too_long");
  EXPECT_EQ(why("with\x01"
                "control"),
            "not_text");
  EXPECT_EQ(why("broken\xC3 utf8"), "not_text");
}

// clause-064.breached
TEST(PasswordRules, RefuseWhatStrangersTryFirst) {
  for (const char* common :
       {"password", "Password1!", "P@ssw0rd2024", "12345678", "87654321", "qwertyuiop", "aaaaaaaa",
        "abcabcabc", "iloveyou", "Wachtwoord1", "milepost123", "Welcome2025!"})
    EXPECT_EQ(why(common), "common") << common;
}

TEST(PasswordRules, RefuseWhatOthersKnowOfAPerson) {
  const std::vector<std::string> about{"Ann Jansen", "ann.jansen@example.com", "milepost"};
  EXPECT_EQ(why("jansen2024", about), "fine");  // four characters of one's own, at least
  EXPECT_EQ(why("AnnJansen", about), "like_yours");
  EXPECT_EQ(why("jansen-1", about), "like_yours");
  EXPECT_EQ(why("ann.jansen@example.com", about), "like_yours");
  EXPECT_EQ(why("correct horse battery", about), "fine");
}

// RFC 9106 5.3: Argon2id with secret and associated data. libsodium has neither a secret nor lanes,
// so the reference implementation is held to the vector, and libsodium to the reference.
// clause-100.vectors
TEST(Argon2id, IsThatOfRfc9106) {
  std::string password(32, '\x01'), salt(16, '\x02'), secret(8, '\x03'), beside(12, '\x04');
  std::array<std::uint8_t, 32> tag{};
  const auto raw = [](std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); };
  argon2_context context{};
  context.out = tag.data();
  context.outlen = 32;
  context.pwd = raw(password);
  context.pwdlen = 32;
  context.salt = raw(salt);
  context.saltlen = 16;
  context.secret = raw(secret);
  context.secretlen = 8;
  context.ad = raw(beside);
  context.adlen = 12;
  context.t_cost = 3;
  context.m_cost = 32;
  context.lanes = context.threads = 4;
  context.version = ARGON2_VERSION_13;
  ASSERT_EQ(argon2id_ctx(&context), ARGON2_OK);
  EXPECT_EQ(base::to_hex(tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");

  ASSERT_GE(sodium_init(), 0);
  for (const auto& [passes, kilobytes] :
       {std::pair{1U, 8U}, std::pair{2U, 1024U}, std::pair{3U, 65536U}}) {
    std::array<std::uint8_t, 32> reference{}, ours{};
    ASSERT_EQ(argon2id_hash_raw(passes, kilobytes, 1, password.data(), 32, salt.data(), 16,
                                reference.data(), 32),
              ARGON2_OK);
    ASSERT_EQ(crypto_pwhash(ours.data(), 32, password.data(), 32, raw(salt), passes,
                            std::size_t{kilobytes} << 10U, crypto_pwhash_ALG_ARGON2ID13),
              0);
    EXPECT_EQ(reference, ours) << kilobytes;
  }
}

struct PasswordsOn : OnBoth {};

TEST_P(PasswordsOn, AreKeptAsArgon2idWithTheParametersAskedFor) {
  Passwords strong(*house->vault);
  const auto kept = house->run(strong.hash("correct horse battery"));
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << *kept;
  EXPECT_TRUE(house->run(strong.check("correct horse battery", *kept))->matches);
  EXPECT_FALSE(house->run(strong.check("correct horse batterz", *kept))->matches);
}

// clause-100.upgrade
TEST_P(PasswordsOn, AreKeptAnewWhenTheyWereKeptWithLess) {
  Passwords weak(*house->vault, {std::uint64_t{16} << 10, 1});
  Passwords strong(*house->vault, kCheap);
  const auto old = house->run(weak.hash("correct horse battery"));
  ASSERT_TRUE(old);
  const auto checked = house->run(strong.check("correct horse battery", *old));
  ASSERT_TRUE(checked && checked->matches && checked->renewed);
  const auto again = house->run(strong.check("correct horse battery", *checked->renewed));
  EXPECT_TRUE(again->matches);
  EXPECT_FALSE(again->renewed);
}

// A dump with every row, and without the key store, gives no way to try passwords.
TEST_P(PasswordsOn, AreNothingWithoutTheInstancesPepper) {
  const auto kept = house->run(house->passwords->hash("correct horse battery"));
  ASSERT_TRUE(kept);
  EXPECT_NE(crypto_pwhash_str_verify(kept->c_str(), "correct horse battery", 21), 0);
  store::testing::FreshDatabase other(GetParam(), store::Schema::Keys);
  personal::Vault stranger(*other, personal::MasterKey::ephemeral(), house->clock);
  stranger.prepare(0);
  Passwords elsewhere(stranger, kCheap);
  EXPECT_FALSE(house->run(elsewhere.check("correct horse battery", *kept))->matches);
}

TEST_P(PasswordsOn, AreTheSameFromEveryKeyboard) {
  const auto kept = house->run(house->passwords->hash("caf\xC3\xA9 au lait"));
  ASSERT_TRUE(kept);
  EXPECT_TRUE(house->run(house->passwords->check("cafe\xCC\x81 au lait", *kept))->matches);
}

// clause-100.time
TEST_P(PasswordsOn, CostTheSameWorkForNobody) {
  const auto before = house->passwords->hashes();
  EXPECT_FALSE(house->run(house->passwords->check("correct horse battery", ""))->matches);
  EXPECT_EQ(house->passwords->hashes(), before + 1);
}

TEST_P(PasswordsOn, SaySoWhenTheQueueIsFull) {
  Passwords none(*house->vault, kCheap, 1, 0);
  EXPECT_FALSE(house->run(none.hash("correct horse battery")));
}

MILEPOST_ON_BOTH(PasswordsOn);

}  // namespace
