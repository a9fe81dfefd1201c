// The account pages through the router, as a browser without script uses them; passkeys by an
// authenticator made of software.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/authenticator_for_test.h"
#include "accounts/testing.h"
#include "http/cookies.gen.h"
#include "pages/account/desk.h"

namespace pages {
namespace {

using store::testing::Engine;
using testing::HasSubstr, testing::Not;

struct Browser {
  std::map<std::string, std::string> jar;

  void take(const http::Response& response) {
    for (const auto& line : response.cookies.lines()) {
      const auto equals = line.find('='), end = line.find(';');
      const auto value = line.substr(equals + 1, end - equals - 1);
      if (value.empty()) {
        jar.erase(line.substr(0, equals));
      } else {
        jar[line.substr(0, equals)] = value;
      }
    }
  }
  std::string cookies() const {
    std::string out;
    for (const auto& [name, value] : jar) out += (out.empty() ? "" : "; ") + name + "=" + value;
    return out;
  }
};

struct AccountPagesOn : testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    house.emplace(GetParam());
    desks.emplace(*house->context, "Milepost", accounts::testing::kCheap);
    keys.emplace(*house->main, *house->vault, *house->ledger, house->clock);
    shipments.emplace(*house->vault);
    shop.emplace(
        Context{*house->main, *shipments, *house->ledger, catalogue, house->clock, {}, {}, {}});
    context.emplace(AccountContext{*house->main, house->clock, *desks, *keys, *shop});
    add_account_routes(router, *context);
  }
  http::Response call(Browser& browser, std::string_view method, const std::string& target,
                      std::string body = {}, std::string_view site = "same-origin") {
    std::vector<std::pair<std::string, std::string>> headers{{"Cookie", browser.cookies()},
                                                             {"Sec-Fetch-Site", std::string(site)}};
    if (method == "POST") headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    auto request = http::make_request(method, target, std::move(body), std::move(headers));
    const auto match = router.match(request);
    EXPECT_NE(match.handler, nullptr) << target;
    auto response = house->run((*match.handler)(std::move(request)));
    browser.take(response);
    return response;
  }
  http::Response get(Browser& browser, const std::string& target) {
    return call(browser, "GET", target);
  }
  // The value of a hidden field of the page's first form.
  static std::string hidden(const http::Response& page, const std::string& name) {
    const auto before = "name=\"" + name + "\" value=\"";
    const auto at = page.body.find(before);
    if (at == std::string::npos) return {};
    return page.body.substr(at + before.size(),
                            page.body.find('"', at + before.size()) - at - before.size());
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }
  // Signs up by the forms alone; the password may be empty.
  Browser sign_up(const std::string& email, const std::string& password) {
    Browser browser;
    const auto form = get(browser, "/account/sign-up");
    EXPECT_EQ(call(browser, "POST", "/account/sign-up",
                   "agree=1&age=1&email=" + email + "&policy=" + hidden(form, "policy") +
                       "&terms=" + hidden(form, "terms") + "&csrf=" + hidden(form, "csrf"))
                  .status,
              303);
    const auto letters = house->mail();
    EXPECT_EQ(letters.size(), 1U);
    const auto token = letters.empty() ? "" : letters[0].token();
    const auto welcome = get(browser, "/account/welcome?token=" + token);
    EXPECT_EQ(call(browser, "POST", "/account/welcome",
                   "token=" + token + "&password=" + password + "&csrf=" + hidden(welcome, "csrf"))
                  .status,
              303);
    return browser;
  }

  std::optional<accounts::testing::House> house;
  std::optional<accounts::Desks> desks;
  std::optional<accounts::Accounts> keys;
  std::optional<shipments::Repository> shipments;
  couriers::Catalogue catalogue;
  std::optional<Context> shop;
  std::optional<AccountContext> context;
  http::Router router;
};
INSTANTIATE_TEST_SUITE_P(, AccountPagesOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<Engine>>);

// clause-013.act
TEST_P(AccountPagesOn, AnAccountIsMadeByFormsAloneAndAgreementIsAnAct) {
  Browser nobody;
  const auto form = get(nobody, "/account/sign-up");
  const auto csrf = hidden(form, "csrf");
  const auto refused =
      call(nobody, "POST", "/account/sign-up", "email=ann%40example.com&csrf=" + csrf);
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("An account needs your agreement."));
  EXPECT_EQ(house->count("sign_ups"), 0);
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  const auto home = get(ann, "/account?done=welcome");
  EXPECT_EQ(home.status, 200);
  EXPECT_THAT(home.body, HasSubstr("Welcome. Your account is open."));
}

// clause-103.underage
TEST_P(AccountPagesOn, WhoeverIsUnderAgeLeavesNoRow) {
  Browser child;
  const auto form = get(child, "/account/sign-up");
  EXPECT_EQ(call(child, "POST", "/account/sign-up",
                 "agree=1&email=kid%40example.com&csrf=" + hidden(form, "csrf"))
                .status,
            422);
  EXPECT_EQ(house->count("sign_ups") + house->count("people") + house->count("letters"), 0);
}

TEST_P(AccountPagesOn, APasskeyOpensTheAccountThatWasMadeWithoutAPassword) {
  auto ann = sign_up("ann%40example.com", "");
  const auto page = get(ann, "/account/security");
  const auto csrf = hidden(page, "csrf");
  const auto options = call(ann, "POST", "/account/security/passkey/begin", "csrf=" + csrf);
  ASSERT_EQ(options.status, 200) << options.body;
  accounts::testing::Authenticator device;
  const auto member = [](const std::string& json, const std::string& key) {
    const auto at = json.find("\"" + key + "\":\"") + key.size() + 4;
    return json.substr(at, json.find('"', at) - at);
  };
  const auto user = options.body.substr(options.body.find("\"user\""));
  device.user_handle = member(user, "id");
  const auto encode = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return out;
  };
  const auto added =
      call(ann, "POST", "/account/security/passkey",
           "csrf=" + csrf + "&answer=" + encode(device.create(member(options.body, "challenge"))));
  ASSERT_EQ(added.status, 200) << added.body;
  Browser later;
  const auto door = get(later, "/account/sign-in");
  const auto fresh = hidden(door, "csrf");
  const auto asked = call(later, "POST", "/account/sign-in/passkey/begin", "csrf=" + fresh);
  const auto in = call(later, "POST", "/account/sign-in/passkey",
                       "next=%2Faccount%2Fsecurity&csrf=" + fresh +
                           "&answer=" + encode(device.get(member(asked.body, "challenge"))));
  EXPECT_EQ(in.status, 200) << in.body;
  EXPECT_THAT(in.body, HasSubstr("\"go\":\"/account/security\""));
  EXPECT_EQ(get(later, "/account").status, 200);
}

// clause-117.csrf
TEST_P(AccountPagesOn, AFormWithoutTheSessionsTokenOrFromElsewhereIsRefused) {
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  const auto csrf = hidden(get(ann, "/account/security"), "csrf");
  ASSERT_FALSE(csrf.empty());
  for (const auto& route : account_routes()) {
    if (route.method != "POST" || route.need.of == accounts::Need::Of::Anyone) continue;
    const std::string path(route.pattern);
    EXPECT_EQ(call(ann, "POST", path, "").status, 403) << path;
    EXPECT_EQ(call(ann, "POST", path, "csrf=" + std::string(43, 'A')).status, 403) << path;
    EXPECT_EQ(call(ann, "POST", path, "csrf=" + csrf, "cross-site").status, 403) << path;
  }
  EXPECT_EQ(get(ann, "/account").status, 200) << "still signed in";
}

// Every route with every role, with nobody, and a while after signing in.
TEST_P(AccountPagesOn, EveryRouteLetsInExactlyWhomItsNeedSays) {
  auto owner = sign_up("owner%40example.com", "correct+horse+battery");
  const auto joined = house->join("worker@example.com", "Worker");
  house->mail();
  for (const auto role : accounts::kRoles) {
    (*house->main).write_now([&](store::Tx& tx) {
      return tx.execute("UPDATE members SET role = $1 WHERE person_id = $2", accounts::word(role),
                        joined.person_id);
    });
    for (const auto& route : account_routes()) {
      Browser worker;
      worker.jar["__Host-session"] = house->enter(joined.person_id).token;
      const std::string path(route.pattern), method(route.method);
      const auto csrf = hidden(get(worker, "/account/preferences"), "csrf");
      const auto told =
          call(worker, method, path, method == "POST" ? "csrf=" + csrf : std::string());
      const bool may =
          route.need.of != accounts::Need::Of::Member || accounts::may(role, route.need.of_role);
      if (may) {
        EXPECT_NE(told.status, 403) << method << ' ' << path << ' ' << accounts::word(role);
      } else {
        EXPECT_EQ(told.status, 403) << method << ' ' << path << ' ' << accounts::word(role);
        EXPECT_THAT(told.body, HasSubstr("Not for your role")) << path;
      }
      Browser nobody;
      const auto answer = call(nobody, method, path);
      if (route.need.of != accounts::Need::Of::Anyone) {
        EXPECT_EQ(answer.status, 303) << path;
        EXPECT_THAT(header(answer, "Location"), HasSubstr("/account/sign-in?next=")) << path;
      }
    }
  }
}

// The last one of a team takes the team along; nobody signs in again, and its parcels are to go.
TEST_P(AccountPagesOn, DeletingOnesselfClosesTheAccountAndItsParcelsGo) {
  std::vector<std::int64_t> closed;
  context->closed = [&](std::vector<std::int64_t> ids) -> base::Task<void> {
    closed = std::move(ids);
    co_return;
  };
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  const auto page = get(ann, "/account/delete");
  const auto csrf = hidden(page, "csrf");
  EXPECT_EQ(header(call(ann, "POST", "/account/delete", "csrf=" + csrf), "Location"),
            "/account/delete")
      << "only when it is meant";
  EXPECT_EQ(house->count("people"), 1);
  const auto gone = call(ann, "POST", "/account/delete", "sure=1&csrf=" + csrf);
  EXPECT_EQ(header(gone, "Location"), "/account/sign-in?done=deleted");
  EXPECT_EQ(header(gone, "Clear-Site-Data"), "\"cookies\", \"storage\", \"cache\"");
  EXPECT_TRUE(ann.jar.empty());
  EXPECT_EQ(closed.size(), 1U);
  EXPECT_EQ(house->count("people") + house->count("members") + house->count("sessions"), 0);
  const auto form = get(ann, "/account/sign-in");
  EXPECT_EQ(
      call(ann, "POST", "/account/sign-in",
           "email=ann%40example.com&password=correct+horse+battery&csrf=" + hidden(form, "csrf"))
          .status,
      422);
}

// clause-117.again
TEST_P(AccountPagesOn, SensitiveActsAskAgainAfterAWhile) {
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  EXPECT_EQ(get(ann, "/account/delete").status, 200);
  house->clock.advance(std::chrono::minutes(11));
  const auto sent = get(ann, "/account/delete");
  EXPECT_EQ(header(sent, "Location"), "/account/again?next=/account/delete");
  const auto again = get(ann, "/account/again?next=/account/delete");
  const auto before = ann.jar["__Host-session"];
  const auto proven =
      call(ann, "POST", "/account/again",
           "secret=correct+horse+battery&next=%2Faccount%2Fdelete&csrf=" + hidden(again, "csrf"));
  EXPECT_EQ(header(proven, "Location"), "/account/delete");
  EXPECT_NE(ann.jar["__Host-session"], before);
  EXPECT_EQ(get(ann, "/account/delete").status, 200);
}

// clause-105.redirects
TEST_P(AccountPagesOn, SigningInLeadsNowhereElse) {
  sign_up("ann%40example.com", "correct+horse+battery");
  for (const char* elsewhere : {"https%3A%2F%2Fevil.example", "%2F%2Fevil.example",
                                "%2F%5Cevil.example", "javascript%3Aalert(1)"}) {
    Browser browser;
    const auto form = get(browser, "/account/sign-in?next=" + std::string(elsewhere));
    const auto in = call(browser, "POST", "/account/sign-in",
                         "email=ann%40example.com&password=correct+horse+battery&next=" +
                             std::string(elsewhere) + "&csrf=" + hidden(form, "csrf"));
    EXPECT_EQ(in.status, 303);
    EXPECT_EQ(header(in, "Location"), "/account") << elsewhere;
  }
}

// clause-125.tick
TEST_P(AccountPagesOn, StayingSignedInIsOnlyByTheTick) {
  sign_up("ann%40example.com", "correct+horse+battery");
  for (const bool ticks : {false, true}) {
    Browser browser;
    const auto form = get(browser, "/account/sign-in");
    EXPECT_THAT(form.body, Not(HasSubstr("name=\"stay\" value=\"1\" checked")));
    call(browser, "POST", "/account/sign-in",
         std::string("email=ann%40example.com&password=correct+horse+battery") +
             (ticks ? "&stay=1" : "") + "&csrf=" + hidden(form, "csrf"));
    EXPECT_TRUE(browser.jar.contains("__Host-session"));
    EXPECT_EQ(browser.jar.contains("__Host-stay"), ticks);
  }
}

}  // namespace
}  // namespace pages
