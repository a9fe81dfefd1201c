// The account pages through the router, as a browser without script uses them; passkeys by an
// authenticator made of software.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "accounts/authenticator_for_test.h"
#include "accounts/provider_for_test.h"
#include "channels/testing.h"
#include "pages/account/for_test.h"
#include "rights/kept.h"

namespace pages {
namespace {

using namespace for_test;
using testing::HasSubstr, testing::Not;

struct AccountPagesOn : AccountPages {};
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

// What must be filled in is what the dictionary calls required, and nothing else.
// clause-043.marked
TEST_P(AccountPagesOn, FormsMarkAsRequiredWhatTheDictionaryCallsRequired) {
  const auto is_required = [](std::string_view table, std::string_view column) {
    for (const auto& entry : rights::dictionary().columns()) {
      if (entry.name.table == table && entry.name.column == column) return entry.required;
    }
    ADD_FAILURE() << table << '.' << column << " is not in the dictionary";
    return false;
  };
  const auto is_marked = [](const std::string& body, const std::string& name) {
    const auto at = body.find("name=\"" + name + "\"");
    EXPECT_NE(at, std::string::npos) << name;
    if (at == std::string::npos) return false;
    const auto from = body.rfind('<', at), to = body.find('>', at);
    return body.substr(from, to - from).find(" required") != std::string::npos;
  };
  struct Input {
    std::string name;
    std::string_view table, column;
  };
  const auto check = [&](const std::string& body, const std::vector<Input>& inputs) {
    for (const auto& [name, table, column] : inputs)
      EXPECT_EQ(is_marked(body, name), is_required(table, column)) << name;
  };
  Browser nobody;
  check(get(nobody, "/account/sign-up").body, {{"email", "sign_ups", "sealed"},
                                               {"agree", "sign_ups", "policy"},
                                               {"age", "sign_ups", "age_stated_at"}});
  ASSERT_TRUE(house->run(house->sign_ups->ask({"ann@example.com", "en", {"p", "t", true}})));
  const auto welcome = get(nobody, "/account/welcome?token=" + house->mail().at(0).token());
  check(welcome.body, {{"password", "people", "password"}});
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

// Another service proves who somebody is: connected under Security, it opens the door afterwards;
// somebody it sends who is not known here gets the sign-up form with their address in it.
TEST_P(AccountPagesOn, AnotherServiceOpensTheDoorOnceItIsConnected) {
  accounts::testing::LocalProvider provider(house->clock);
  http::Client client(http::Client::Options{});
  accounts::Provider local{"sso", "Shop login", provider.issuer, "milepost", "secret", false, true};
  accounts::Oidc oidc(*house->context, client, {local}, *house->log);
  context->oidc = &oidc;
  context->public_url = "https://track.example";
  const auto come_back = [&](Browser& browser) {
    const auto code = provider.agree(browser.last_location);
    return get(browser,
               "/account/sign-in/with/sso/back?code=" + code + "&state=" + provider.state());
  };
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  EXPECT_THAT(get(ann, "/account/security").body, HasSubstr("Connect Shop login"));
  ann.last_location = header(get(ann, "/account/security/connect/sso"), "Location");
  EXPECT_TRUE(ann.last_location.starts_with(provider.issuer + "/authorize?"));
  EXPECT_TRUE(ann.jar.contains("__Host-provider"));
  EXPECT_EQ(header(come_back(ann), "Location"), "/account/security?done=connected");
  EXPECT_FALSE(ann.jar.contains("__Host-provider"));

  Browser later;
  EXPECT_THAT(get(later, "/account/sign-in").body, HasSubstr("With Shop login"));
  later.last_location = header(get(later, "/account/sign-in/with/sso"), "Location");
  Browser thief;
  thief.last_location = later.last_location;
  EXPECT_EQ(come_back(thief).status, 422) << "begun in another browser";
  later.last_location = header(get(later, "/account/sign-in/with/sso"), "Location");
  EXPECT_EQ(header(come_back(later), "Location"), "/account");
  EXPECT_EQ(get(later, "/account").status, 200);

  provider.subject = "somebody else";
  provider.email = "new@example.com";
  Browser stranger;
  stranger.last_location = header(get(stranger, "/account/sign-in/with/sso"), "Location");
  const auto form = come_back(stranger);
  EXPECT_THAT(form.body, HasSubstr("value=\"new@example.com\""));
  EXPECT_EQ(house->count("people"), 1);
  context->is_sign_up_open = false;
  stranger.last_location = header(get(stranger, "/account/sign-in/with/sso"), "Location");
  EXPECT_EQ(come_back(stranger).status, 403);
  client.stop();
}

// clause-057.register
TEST_P(AccountPagesOn, WhereSignUpIsClosedOnlyTheInvitedComeIn) {
  auto owner = sign_up("owner%40example.com", "correct+horse+battery");
  context->is_sign_up_open = false;
  Browser nobody;
  const auto form = get(nobody, "/account/sign-up");
  EXPECT_THAT(form.body, HasSubstr("By invitation"));
  EXPECT_EQ(call(nobody, "POST", "/account/sign-up",
                 "agree=1&age=1&email=x%40example.com&csrf=" +
                     hidden(get(nobody, "/account/sign-in"), "csrf"))
                .status,
            403);
  EXPECT_THAT(get(nobody, "/account/sign-in").body, Not(HasSubstr("/account/sign-up")));
  house->mail();
  const auto team = get(owner, "/account/team");
  call(owner, "POST", "/account/team/invite",
       "role=support&email=colleague%40example.com&csrf=" + hidden(team, "csrf"));
  const auto token = house->mail().at(0).token();
  Browser colleague;
  const auto offer = get(colleague, "/account/invitation?token=" + token);
  EXPECT_EQ(call(colleague, "POST", "/account/invitation",
                 "agree=1&age=1&policy=p&terms=t&token=" + token + "&csrf=" + hidden(offer, "csrf"))
                .status,
            303);
  EXPECT_EQ(get(colleague, "/account").status, 200);
}

// clause-008.choice
TEST_P(AccountPagesOn, AreInTheAccountsLanguageElseInTheBrowsers) {
  Browser browser;
  const auto in = [&](Browser& who, const std::string& path, const std::string& accepts) {
    auto request = http::make_request("GET", path, {},
                                      {{"Cookie", who.cookies()}, {"Accept-Language", accepts}});
    return house->run((*router.match(request).handler)(std::move(request))).body;
  };
  EXPECT_THAT(in(browser, "/account/sign-in", "nl-NL,en;q=0.5"), HasSubstr("<html lang=\"nl\">"));
  EXPECT_THAT(in(browser, "/account/sign-in", "xx"), HasSubstr("<html lang=\"en\">"));
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  const auto page = get(ann, "/account/preferences");
  call(ann, "POST", "/account/preferences",
       "name=Ann&zone=Europe%2FParis&currency=EUR&language=fr&csrf=" + hidden(page, "csrf"));
  EXPECT_THAT(in(ann, "/account", "nl-NL"), HasSubstr("<html lang=\"fr\">"));
}

// clause-118.values clause-119.zones
TEST_P(AccountPagesOn, PreferencesTakeNoCurrencyAndNoZoneThereIsNot) {
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  const auto save = [&](const std::string& fields) {
    const auto csrf = hidden(get(ann, "/account/preferences"), "csrf");
    return call(ann, "POST", "/account/preferences",
                "name=Ann&language=en&" + fields + "&csrf=" + csrf);
  };
  EXPECT_EQ(save("zone=Europe%2FAmsterdam&currency=SEK").status, 303);
  const auto wrong = save("zone=Mars%2FOlympus&currency=XXZ");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, HasSubstr("There is no such time zone."));
  EXPECT_THAT(wrong.body, HasSubstr("There is no such currency."));
  const auto now = get(ann, "/account/preferences").body;
  EXPECT_THAT(now, HasSubstr("Europe/Amsterdam"));
  EXPECT_THAT(now, HasSubstr("SEK"));
}

// A webhook from its first day to its last.
TEST_P(AccountPagesOn, AWebhookIsAddedChangedPausedAndRemoved) {
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  const auto post = [&](const std::string& path, const std::string& fields) {
    const auto csrf = hidden(get(ann, "/account/preferences"), "csrf");
    return call(ann, "POST", path, fields + "&csrf=" + csrf);
  };
  EXPECT_THAT(get(ann, "/account/webhooks").body, HasSubstr("No webhooks yet"));
  EXPECT_EQ(post("/account/webhooks", "url=http%3A%2F%2F127.0.0.1%2F").status, 422);
  const auto made =
      post("/account/webhooks",
           "url=https%3A%2F%2Fshop.example%2Fhook&description=Warehouse&on_delivered=1");
  EXPECT_THAT(made.body, HasSubstr("whsec_"));
  const auto list = get(ann, "/account/webhooks").body;
  EXPECT_THAT(list, HasSubstr("Warehouse"));
  EXPECT_THAT(list, Not(HasSubstr("whsec_"))) << "shown once";
  const auto at = list.find("/account/webhooks/");
  const auto path = list.substr(at, list.find('"', at) - at);
  const auto id = path.substr(path.rfind('/') + 1);
  EXPECT_THAT(get(ann, path).body, HasSubstr("shop.example"));
  EXPECT_THAT(post("/account/webhooks/secret", "webhook=" + id).body, HasSubstr("24 hours"));
  EXPECT_EQ(post("/account/webhooks/pause", "webhook=" + id).status, 303);
  EXPECT_THAT(get(ann, path).body, HasSubstr("Switch on"));
  EXPECT_EQ(post("/account/webhooks/resume", "webhook=" + id).status, 303);
  EXPECT_EQ(post("/account/webhooks/replay", "webhook=" + id).status, 303);
  EXPECT_EQ(post("/account/webhooks/remove", "sure=1&webhook=" + id).status, 303);
  EXPECT_EQ(get(ann, path).status, 404);
  EXPECT_EQ(house->count("webhooks"), 0);
}

// A room of the account's own, from its first day to its last.
TEST_P(AccountPagesOn, ARoomIsAddedTriedPausedAndRemovedAndItsAddressIsNotShownAgain) {
  channels::testing::Peer peer(
      [](const channels::testing::Seen&) { return http::json(200, "{}"); });
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  const auto post = [&](const std::string& path, const std::string& fields) {
    const auto csrf = hidden(get(ann, "/account/preferences"), "csrf");
    return call(ann, "POST", path, fields + "&csrf=" + csrf);
  };
  EXPECT_THAT(get(ann, "/account/messages").body, HasSubstr("No rooms yet"));
  const auto refused =
      post("/account/messages/rooms", "channel=ntfy&address=not-a-topic-of-mine&description=x");
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("That service has no such address."));
  EXPECT_THAT(refused.body, Not(HasSubstr("not-a-topic-of-mine")));
  EXPECT_EQ(post("/account/messages/rooms", "channel=telegram&address=5").status, 422);
  const auto added = post("/account/messages/rooms", "channel=ntfy&address=" + peer.url() +
                                                         "/nobody-guesses-this&description=Desk");
  ASSERT_EQ(added.status, 303) << added.body;
  const auto list = get(ann, "/account/messages").body;
  EXPECT_THAT(list, HasSubstr("Desk"));
  EXPECT_THAT(list, Not(HasSubstr("nobody-guesses-this")));
  const auto tested = post("/account/messages/rooms/test", "room=1");
  EXPECT_THAT(tested.body, HasSubstr("The test was accepted"));
  EXPECT_THAT(tested.body, Not(HasSubstr("nobody-guesses-this")));
  EXPECT_THAT(peer.last().body, HasSubstr("nobody-guesses-this"));
  EXPECT_THAT(peer.last().body, HasSubstr("This is a test message."));
  EXPECT_EQ(post("/account/messages/rooms/pause", "room=1").status, 303);
  EXPECT_THAT(get(ann, "/account/messages/rooms/1").body, HasSubstr("Switch on"));
  EXPECT_EQ(post("/account/messages/rooms/resume", "room=1").status, 303);
  EXPECT_EQ(post("/account/messages/rooms/remove", "room=1").status, 303);
  EXPECT_EQ(house->count("receivers"), 1) << "only for whoever is sure";
  EXPECT_EQ(post("/account/messages/rooms/remove", "sure=1&room=1").status, 303);
  EXPECT_EQ(house->count("receivers"), 0);
  EXPECT_EQ(get(ann, "/account/messages/rooms/1").status, 404);

  auto mallory = sign_up("mallory%40example.com", "correct+horse+battery");
  EXPECT_EQ(post("/account/messages/rooms",
                 "channel=ntfy&address=" + peer.url() + "/another-word&description=Desk")
                .status,
            303);
  EXPECT_EQ(get(mallory, "/account/messages/rooms/2").status, 404);
}

TEST_P(AccountPagesOn, TheVoiceSignsTheNextMessageAndWhatIsWrongStandsAtItsField) {
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  const auto post = [&](const std::string& path, const std::string& fields) {
    const auto csrf = hidden(get(ann, "/account/preferences"), "csrf");
    return call(ann, "POST", path, fields + "&csrf=" + csrf);
  };
  const auto wrong = post("/account/messages/voice",
                          "name=Blom&contact=&colour=green&message_language=nl&still_days=5");
  EXPECT_EQ(wrong.status, 422);
  EXPECT_THAT(wrong.body, HasSubstr("A colour is written #0b6e4f."));
  EXPECT_THAT(wrong.body, HasSubstr("value=\"green\"")) << "what was typed stays";
  EXPECT_EQ(post("/account/messages/voice",
                 "name=Atelier+Blom&contact=hallo%40blom.example&colour="
                 "%230b6e4f&message_language=nl&still_days=5")
                .status,
            303);
  EXPECT_THAT(get(ann, "/account/messages").body, HasSubstr("Atelier Blom"));
  EXPECT_THAT(
      post("/account/messages/words/preview", "trigger=delivered&message_language=nl&intro=Hoera")
          .body,
      HasSubstr("Atelier Blom"));
  EXPECT_EQ(post("/account/messages/voice/house", "").status, 303);
  EXPECT_EQ(house->count("voices"), 0);
}

TEST_P(AccountPagesOn, AShopEditsItsWordsWithAPreviewTheLinterAndItsEditions) {
  auto ann = sign_up("ann%40example.com", "correct+horse+battery");
  const auto post = [&](const std::string& what, const std::string& fields) {
    const auto csrf = hidden(get(ann, "/account/preferences"), "csrf");
    return call(ann, "POST", "/account/messages/words/" + what,
                "trigger=delivered&message_language=nl&" + fields + "&csrf=" + csrf);
  };
  EXPECT_THAT(get(ann, "/account/messages/words").body,
              HasSubstr("Every message is in our words."));
  const auto open = post("open", "");
  EXPECT_EQ(open.status, 303);
  EXPECT_EQ(header(open, "Location"), "/account/messages/words/delivered/nl");
  const auto preview = post("preview", "intro=Veel+plezier+ermee%21");
  EXPECT_EQ(preview.status, 200);
  EXPECT_THAT(preview.body, HasSubstr("Veel plezier ermee!"));
  EXPECT_EQ(house->count("message_templates"), 0) << "a preview keeps nothing";
  const auto mail = post("look", "intro=Veel+plezier+ermee%21");
  EXPECT_THAT(mail.body, HasSubstr("Veel plezier ermee!"));
  EXPECT_THAT(header(mail, "Content-Security-Policy"), HasSubstr("sandbox; default-src 'none'"));
  for (const char* bad :
       {"intro=%3Cimg+src%3D%22https%3A%2F%2Ft.example%2Fp.gif%22+alt%3D%22x%22%3E",
        "extra=%7B%7B%23promotion%7D%7DNu+10+%25%7B%7B%2Fpromotion%7D%7D", "footer=Groeten",
        "intro=%7B%7Bklant%7D%7D"}) {
    const auto refused = post("save", bad);
    EXPECT_EQ(refused.status, 422) << bad;
    EXPECT_THAT(refused.body, HasSubstr("It cannot be used like this.")) << bad;
  }
  EXPECT_EQ(house->count("message_templates"), 0);
  EXPECT_EQ(post("save", "intro=Een").status, 303);
  EXPECT_EQ(post("save", "intro=Twee").status, 303);
  EXPECT_THAT(get(ann, "/account/messages/words").body, HasSubstr("Edition 2"));
  EXPECT_EQ(post("restore", "version=9").status, 404);
  EXPECT_EQ(post("restore", "version=1").status, 303);
  EXPECT_THAT(get(ann, "/account/messages/words/delivered/nl").body,
              HasSubstr(">\nEen</textarea>"));
  EXPECT_EQ(post("withdraw", "").status, 303);
  EXPECT_EQ(house->count("message_templates"), 4) << "every edition stays";
  EXPECT_EQ(get(ann, "/account/messages/words/delivered/tlh").status, 404);
}

}  // namespace
}  // namespace pages
