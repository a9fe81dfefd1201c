// For this room's tests, and for those of whoever stands on it: all desks on a fresh database,
// cheap passwords, and the letters that were written.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "accounts/inactivity.h"
#include "accounts/passwords.h"
#include "accounts/second_factors.h"
#include "accounts/sessions.h"
#include "accounts/sign_in.h"
#include "accounts/sign_up.h"
#include "accounts/teams.h"
#include "base/clock.h"
#include "store/testing.h"

namespace accounts::testing {

inline constexpr PasswordCost kCheap{std::uint64_t{64} << 10, 1};
inline const Origin kHome{"203.0.113.7", "Firefox on Linux"};
inline const Origin kAway{"198.51.100.9", "Chrome on Windows"};
inline const std::string kPassword = "correct horse battery";

struct Written {
  std::string kind, to, language;
  letters::Values values;
  // The token at the end of its link.
  std::string token() const {
    const auto found = values.find("link");
    if (found == values.end()) return {};
    const auto at = found->second.find("?token=");
    return at == std::string::npos ? "" : found->second.substr(at + 7);
  }
};

// Every desk, wired as the program wires them.
struct House {
  explicit House(store::testing::Engine engine)
      : main(engine, store::Schema::Main), keys(engine, store::Schema::Keys) {
    vault = std::make_unique<personal::Vault>(*keys, personal::MasterKey::ephemeral(), clock);
    vault->prepare(0);
    ledger = std::make_unique<personal::Ledger>(*main, clock);
    letters = std::make_unique<letters::Letters>(*main, *vault, clock);
    context = std::make_unique<Context>(
        Context{*main, *vault, *ledger, *letters, clock, "https://track.example"});
    passwords = std::make_unique<Passwords>(*vault, kCheap);
    log = std::make_unique<SecurityLog>(*context);
    throttle = std::make_unique<Throttle>(*context);
    people = std::make_unique<People>(*context);
    sign_ups = std::make_unique<SignUps>(*context, *passwords);
    sessions = std::make_unique<Sessions>(*context, *log);
    factors = std::make_unique<SecondFactors>(*context, *log);
    teams = std::make_unique<Teams>(*context);
    sign_in = std::make_unique<SignIn>(*context, *passwords, *factors, *sessions, *log, *throttle);
  }

  template <class T>
  T run(base::Task<T> task) {
    return loop.run(std::move(task));
  }

  // Takes all waiting letters away.
  std::vector<Written> mail() {
    std::vector<Written> all;
    for (const auto& letter : letters->claim("test", std::chrono::minutes(1), 100)) {
      personal::Access<personal::Purpose::Correspond> access(*ledger, {}, 0, "test.mail");
      all.push_back({letter.kind, open(letter.to, access), letter.language,
                     letters::Letters::values(letter, access)});
      letters->settle(letter);
    }
    return all;
  }
  std::int64_t count(std::string_view table) {
    return main->read_now([&](store::Tx& tx) {
      auto rows = tx.query(fmt::format("SELECT COUNT(*) FROM {}", table));
      rows.next();
      return rows.integer(0);
    });
  }

  void sweep_clean() {
    clock.advance(std::chrono::hours(24));
    main->write_now([](store::Tx& tx) {
      for (const char* table :
           {"people", "sign_ups", "members", "invitations", "member_events", "sessions",
            "remembered", "one_time", "authenticators", "recovery_codes", "passkeys", "identities",
            "sign_in_failures", "security_log", "letters", "api_keys", "accounts"})
        tx.enqueue(fmt::format("DELETE FROM {}", table));
      return 0;
    });
  }

  // Signs up, opens the letter, and is in.
  SignUps::Joined join(const std::string& email, const std::string& name = "Ann",
                       std::optional<std::string> password = kPassword) {
    EXPECT_TRUE(run(sign_ups->ask({email, "en", {"policy-1", "terms-1", true}})));
    const auto letters_now = mail();
    EXPECT_EQ(letters_now.size(), 1U);
    const auto token = letters_now.empty() ? "" : letters_now[0].token();
    auto joined = run(sign_ups->finish({token, name, std::move(password), {}}));
    EXPECT_TRUE(joined);
    return joined ? *joined : SignUps::Joined{};
  }
  Started enter(std::int64_t person_id, Keep keep = Keep::ThisSession, const Origin& from = kHome) {
    return run(sessions->start(person_id, static_cast<Methods>(Method::Password), from, keep));
  }
  base::Result<Entered, SignInTrouble> try_password(const std::string& email,
                                                    const std::string& password,
                                                    const Origin& from = kHome) {
    return run(sign_in->with_password(email, password, from, Keep::ThisSession));
  }

  base::ManualClock clock;
  store::testing::FreshDatabase main, keys;
  store::testing::Loop loop;
  std::unique_ptr<personal::Vault> vault;
  std::unique_ptr<personal::Ledger> ledger;
  std::unique_ptr<letters::Letters> letters;
  std::unique_ptr<Context> context;
  std::unique_ptr<Passwords> passwords;
  std::unique_ptr<SecurityLog> log;
  std::unique_ptr<Throttle> throttle;
  std::unique_ptr<People> people;
  std::unique_ptr<SignUps> sign_ups;
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<SecondFactors> factors;
  std::unique_ptr<Teams> teams;
  std::unique_ptr<SignIn> sign_in;
};

// One house per engine for all tests: making a PostgreSQL database takes a second. Taken down
// when the last test is over, while everything that they stand on is still there.
class Houses final : public ::testing::Environment {
 public:
  House& on(store::testing::Engine engine) {
    auto& one = houses_[engine];
    if (!one) one = std::make_unique<House>(engine);
    return *one;
  }
  void TearDown() override { houses_.clear(); }

 private:
  std::map<store::testing::Engine, std::unique_ptr<House>> houses_;
};
inline Houses& houses =
    static_cast<Houses&>(*::testing::AddGlobalTestEnvironment(new Houses));  // GoogleTest owns it

// Swept before each test; its clock only goes forward.
struct OnBoth : ::testing::TestWithParam<store::testing::Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    house = &houses.on(GetParam());
    house->sweep_clean();
  }
  House* house = nullptr;
};

#define MILEPOST_ON_BOTH(SUITE)                               \
  INSTANTIATE_TEST_SUITE_P(                                   \
      , SUITE, ::testing::ValuesIn(store::testing::kEngines), \
      store::testing::name_of<::testing::TestParamInfo<store::testing::Engine>>)

}  // namespace accounts::testing
