#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "consent/may_tell.h"
#include "consent/suppression.h"
#include "pages/preferences_page.h"
#include "store/testing.h"

namespace pages {
namespace {

using channels::Channel;
using consent::Cell, consent::Door;
using journey::Trigger;
using store::testing::Engine;
using ::testing::HasSubstr, ::testing::Not;

constexpr std::int64_t kShop = 7;
constexpr const char* kForm = "application/x-www-form-urlencoded";

struct PreferencePagesOn : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    vault = std::make_unique<personal::Vault>(*keys, personal::MasterKey::ephemeral(), clock);
    for (const auto account : {std::int64_t{0}, kShop}) vault->prepare(account);
    ann = consent::People(*vault).by_email(kShop, "ann@example.com").value();
    context.reset(new PreferencesContext{*main, *vault, clock, "Atelier Blom"});
    add_preference_routes(router, *context);
    path = consent::door_path(*vault, {kShop, ann, ann, Channel::Email});
  }
  http::Response ask(std::string_view method, const std::string& target, std::string body = {},
                     const char* type = kForm) {
    auto request = http::make_request(method, target, std::move(body), {{"Content-Type", type}});
    const auto match = router.match(request);
    if (match.handler == nullptr) return http::text(match.status, "");
    return base::sync_wait((*match.handler)(std::move(request)));
  }
  consent::Verdict may_tell(Trigger trigger = Trigger::Delivered) {
    return main->write_now([&](store::Tx& tx) {
      return consent::may_tell(tx, {kShop, ann, ann, Channel::Email, trigger, {}, 0, ""},
                               clock.now(), clock.now());
    });
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  base::ManualClock clock;
  store::testing::FreshDatabase main{GetParam(), store::Schema::Main};
  store::testing::FreshDatabase keys{GetParam(), store::Schema::Keys};
  std::unique_ptr<personal::Vault> vault;
  consent::Person ann;
  std::unique_ptr<PreferencesContext> context;
  http::Router router;
  std::string path;
};
INSTANTIATE_TEST_SUITE_P(, PreferencePagesOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

// clause-061.post
TEST_P(PreferencePagesOn, OneClickEndsItAtOnceWithoutCookiesLoginOrRedirect) {
  EXPECT_EQ(may_tell().kind, consent::Verdict::Kind::Now);
  const auto answer = ask("POST", path, "List-Unsubscribe=One-Click");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(header(answer, "Location"), "");
  EXPECT_EQ(may_tell().why, "unsubscribed");
}

// clause-061.post
TEST_P(PreferencePagesOn, OneClickMayComeAsMultipart) {
  const auto answer = ask("POST", path,
                          "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n"
                          "One-Click\r\n--x--\r\n",
                          "multipart/form-data; boundary=x");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(may_tell().why, "unsubscribed");
}

TEST_P(PreferencePagesOn, LookingChangesNothingBecauseScannersFollowLinks) {
  for (const auto& target : {path, path + "?stop", path + "?List-Unsubscribe=One-Click&do=stop"}) {
    const auto answer = ask("GET", target);
    EXPECT_EQ(answer.status, 200) << target;
    EXPECT_THAT(answer.body, HasSubstr("Atelier Blom"));
    EXPECT_TRUE(answer.cookies.lines().empty());
  }
  EXPECT_EQ(may_tell().kind, consent::Verdict::Kind::Now);
}

// clause-091.steps
TEST_P(PreferencePagesOn, StoppingTakesOneClickAndSoDoesTakingItBack) {
  const auto stopped = ask("POST", path, "do=stop");
  EXPECT_EQ(stopped.status, 303);
  EXPECT_EQ(header(stopped, "Location"), path + "?done=stopped");
  EXPECT_EQ(may_tell().why, "unsubscribed");
  EXPECT_THAT(ask("GET", path + "?done=stopped").body, HasSubstr("value=\"resume\""));
  EXPECT_EQ(ask("POST", path, "do=resume").status, 303);
  EXPECT_EQ(may_tell().kind, consent::Verdict::Kind::Now);
}

TEST_P(PreferencePagesOn, SavingKeepsWhatWasTickedAndShowsItAgain) {
  // Everything unticked but one that is only offered.
  ask("POST", path,
      "do=save&way=email&tell=email.in_transit&language=nl&zone=Europe%2FAmsterdam&quiet_from=22&"
      "quiet_until="
      "7&daily=0");
  EXPECT_EQ(may_tell(Trigger::InTransit).why, "quiet");
  EXPECT_EQ(may_tell(Trigger::Delivered).why, "person-off");
  const auto html = ask("GET", path).body;
  EXPECT_THAT(html, HasSubstr("lang=\"nl\""));
  EXPECT_THAT(html, HasSubstr("value=\"email.in_transit\" checked"));
  EXPECT_THAT(html, Not(HasSubstr("value=\"email.delivered\" checked")));
  EXPECT_THAT(html, HasSubstr("<option value=\"22\" selected>"));
  EXPECT_THAT(html, HasSubstr("Wat wilt u horen?"));
}

TEST_P(PreferencePagesOn, NobodyAsksForWhatTheShopDoesNotOffer) {
  ask("POST", path,
      "do=save&way=email&way=sms&tell=sms.delivered&tell=email.delivered&language=xx&zone=Mars");
  const auto wishes =
      main->write_now([&](store::Tx& tx) { return consent::preferences_of(tx, kShop, ann); });
  EXPECT_EQ(wishes.wanted.at(Trigger::Delivered, Channel::Sms), Cell::Unsaid);
  EXPECT_EQ(wishes.language, "");
  EXPECT_EQ(wishes.zone, "");
}

TEST_P(PreferencePagesOn, AnInventedAddressOpensNothing) {
  auto changed = path;
  changed.back() = changed.back() == 'A' ? 'B' : 'A';
  for (const auto& target : {changed, std::string("/n/x"), path + "AAAA"}) {
    EXPECT_EQ(ask("GET", target).status, 404) << target;
    EXPECT_EQ(ask("POST", target, "do=stop").status, 404) << target;
  }
  EXPECT_EQ(may_tell().kind, consent::Verdict::Kind::Now);
  EXPECT_EQ(ask("POST", path, "do=nonsense").status, 400);
}

TEST_P(PreferencePagesOn, AnErasureIsNotUndoneByAClick) {
  main->write_now([&](store::Tx& tx) {
    consent::suppress(tx, kShop, ann,
                      {std::nullopt, consent::Why::Erased, clock.now(), std::nullopt});
  });
  EXPECT_THAT(ask("GET", path).body, Not(HasSubstr("value=\"resume\"")));
  ask("POST", path, "do=resume");
  EXPECT_EQ(may_tell().why, "erased");
}

}  // namespace
}  // namespace pages
