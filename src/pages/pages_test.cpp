#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "couriers/links.h"
#include "insight/carrier_figures.h"
#include "notify/people/voice.h"
#include "pages/endpoints.h"
#include "pages/link.h"
#include "store/testing.h"

namespace pages {
namespace {

using journey::Status;
using testing::HasSubstr;
using testing::Not;

// ---- Words

// clause-008.complete
TEST(Words, EveryLanguageHasExactlyTheSentencesAndPlacesOfEnglish) {
  const auto places = [](std::string_view sentence) {
    std::set<std::string> found;
    for (auto open = sentence.find('{'); open != std::string_view::npos;
         open = sentence.find('{', open + 1)) {
      found.emplace(sentence.substr(open, sentence.find('}', open) - open + 1));
    }
    return found;
  };
  const auto& english = *Words::find("en");
  ASSERT_GE(Words::all().size(), 5u);
  for (const auto& words : Words::all()) {
    EXPECT_EQ(words.sentences().size(), english.sentences().size()) << words.language();
    for (const auto& [key, sentence] : english.sentences()) {
      ASSERT_TRUE(words.has(key)) << words.language() << " has no " << key;
      EXPECT_FALSE(words.get(key).empty()) << words.language() << ' ' << key;
      EXPECT_EQ(places(words.get(key)), places(sentence)) << words.language() << ' ' << key;
    }
  }
}

TEST(Words, EverySubstatusThatTheApiKnowsHasASentence) {
  const auto& words = *Words::find("en");
  for (const auto& [status, most] : {std::pair(Status::Transit, 7),
                                     {Status::Pickup, 3},
                                     {Status::Delivered, 4},
                                     {Status::Undelivered, 4}}) {
    for (int n = 1; n <= most; ++n) EXPECT_TRUE(words.has(journey::substatus_name(status, n)));
  }
  for (int n = 4; n <= 11; ++n)
    EXPECT_TRUE(words.has(journey::substatus_name(Status::Exception, n)));
}

TEST(Words, TheLanguageIsTheChosenOneElseTheBrowsersElseEnglish) {
  EXPECT_EQ(Words::choose("nl", "de").language(), "nl");
  EXPECT_EQ(Words::choose("", "pt;q=0.9, de-AT;q=0.8, en;q=0.1").language(), "de");
  EXPECT_EQ(Words::choose("xx", "fr-CA,fr").language(), "fr");
  EXPECT_EQ(Words::choose("", "en;q=0.2, es").language(), "es");
  EXPECT_EQ(Words::choose("", "").language(), "en");
  EXPECT_EQ(Words::choose("", ";;;q=,,de;q=x").language(), "de");
}

TEST(Words, ATimeIsThatOfThePlaceWhateverItsOffset) {
  const auto& german = *Words::find("de");
  EXPECT_EQ(german.day("2024-03-20T23:08:38+08:00"), "Mittwoch, 20. März 2024");
  EXPECT_EQ(german.hour("2024-03-20T23:08:38+08:00"), "23:08");
  EXPECT_EQ(german.hour("2024-03-20"), "");
  EXPECT_EQ(german.day("soon"), "");
  EXPECT_EQ(Words::find("en")->day("2016-03-18"), "Friday, 18 March 2016");
}

// ---- A shop with one parcel, on either engine

class PagesOn : public testing::TestWithParam<store::testing::Engine> {
 protected:
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    main_.emplace(GetParam(), store::Schema::Main);
    keys_.emplace(GetParam(), store::Schema::Keys);
    vault_.emplace(**keys_, personal::MasterKey::ephemeral(), clock_);
    vault_->prepare(kAccount);
    ledger_.emplace(**main_, clock_);
    shipments_.emplace(*vault_);
    context_.emplace(Context{**main_,
                             *shipments_,
                             *ledger_,
                             catalogue_,
                             clock_,
                             {},
                             {},
                             kAccount,
                             [this](store::Tx& tx) {
                               return carriers::standings(tx, *connectors_, settings_,
                                                          clock_.now());
                             }});
    for (const auto& connector : connectors_->all())
      settings_[std::string(connector->id())].is_enabled = false;
    settings_["ups"] = {};
    settings_["ups"].secrets.values = {{"client_id", "i"}, {"client_secret", "s"}};
    add_routes(router_, *context_);
  }

  static journey::Journey two_scans() {
    journey::Journey j;
    j.origin.courier_code = "dhl";
    j.origin.checkpoints = {
        {"2026-01-02T08:15:00+01:00", Status::Pickup, 1, "Loaded <onto> the vehicle", "Bonn, DE",
         "DE", "", "Bonn", "", "PO"},
        {"2026-01-01T21:40:00+01:00", Status::Pending, 0, "Zwrble 17", "", "", "", "", "", "X9"}};
    j.scheduled_delivery_date = "2026-01-02T18:00:00+01:00";
    j.signed_by = "A. Neighbour";
    return j;
  }

  ShipmentPlace store(Status status, int substatus, const journey::Journey& j) {
    shipments::Shipment s;
    s.head.account_id = kAccount;
    s.head.id = base::Id::make(clock_.now());
    s.head.tracking_number = "00340434161094015902";
    s.head.courier_code = "dhl";
    s.head.status = status;
    s.head.substatus = substatus;
    s.head.created_at = s.head.updated_at = clock_.now();
    s.head.subject = vault_->new_subject_now(kAccount);
    s.body.title = {"Blue bicycle", {}};
    s.body.journey = {journey::encode(j), {}};
    (*main_)->write_now([&](store::Tx& tx) {
      shipments_->insert(tx, s.head, shipments_->seal(s), clock_.now());
      return 0;
    });
    return {kAccount, s.head.id};
  }

  http::Response get(const std::string& target, http::Response* = nullptr,
                     std::vector<std::pair<std::string, std::string>> headers = {}) {
    auto request = http::make_request("GET", target, {}, std::move(headers));
    const auto match = router_.match(request);
    if (match.handler == nullptr) return router_.error_page("/t/x")(match.status, &request);
    return base::sync_wait((*match.handler)(std::move(request)));
  }
  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  static constexpr std::int64_t kAccount = 1001;
  base::ManualClock clock_;
  std::optional<store::testing::FreshDatabase> main_, keys_;
  std::optional<personal::Vault> vault_;
  std::optional<personal::Ledger> ledger_;
  std::optional<shipments::Repository> shipments_;
  couriers::Catalogue catalogue_;
  std::shared_ptr<const carriers::Connectors> connectors_ =
      carriers::Connectors::load("").connectors;
  carriers::AllSettings settings_;
  base::Metrics metrics_;
  carriers::Health health_{metrics_};
  std::optional<Context> context_;
  http::Router router_;
};
INSTANTIATE_TEST_SUITE_P(, PagesOn, testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<testing::TestParamInfo<store::testing::Engine>>);

// clause-035.trips
TEST_P(PagesOn, WhoeverCountsThroughAddressesIsSlowedThenAskedToWaitThenRefused) {
  accounts::Counting counting(clock_);
  int paused = 0;
  context_->counting = &counting;
  context_->slow = [&]() -> base::Task<void> {
    ++paused;
    co_return;
  };
  context_->peer_of = [](const http::Request& request) {
    return std::string(request.header("X-Test-Peer"));
  };
  const auto place = store(Status::Transit, 1, two_scans());
  const auto own = tracking_path(*vault_, place);
  const auto from = [&](const std::string& peer, const std::string& path) {
    return get(path, nullptr, {{"X-Test-Peer", peer}});
  };
  const auto guess = [&](int number) {
    return from("203.0.113.7", "/t/guess" + std::to_string(number)).status;
  };
  int number = 0;
  while (number < counting.rules().free) EXPECT_EQ(guess(number++), 404);
  EXPECT_EQ(paused, 0);
  while (number < counting.rules().patient) EXPECT_EQ(guess(number++), 404);
  EXPECT_EQ(paused, counting.rules().patient - counting.rules().free);
  const auto waits = from("203.0.113.7", "/t/guess");
  EXPECT_EQ(waits.status, 429);
  EXPECT_EQ(header(waits, "Retry-After"), "60");
  EXPECT_THAT(waits.body, HasSubstr("come back in a minute"));
  while (++number < counting.rules().most) EXPECT_EQ(guess(number), 429);
  EXPECT_EQ(guess(number), 403);
  EXPECT_EQ(from("203.0.113.7", own).status, 403) << "in that hour nothing is answered";
  EXPECT_EQ(from("198.51.100.9", own).status, 200) << "others notice nothing";
  clock_.advance(std::chrono::hours(1));
  EXPECT_EQ(from("203.0.113.7", own).status, 200);
}

// clause-063.counters
TEST_P(PagesOn, AreCountedWithoutACookieOrAnythingElseInTheBrowser) {
  insight::Counters counters(**main_, clock_);
  context_->views.counters = &counters;
  const auto path = tracking_path(*vault_, store(Status::Transit, 1, two_scans()));
  const auto read = [&](const std::string& target, const char* browser, const char* more = "X",
                        const char* value = "") {
    const auto response = get(target, nullptr,
                              {{"User-Agent", browser},
                               {"Host", "track.example"},
                               {"Referer", "https://mail.google.com/"},
                               {more, value}});
    EXPECT_TRUE(response.cookies.lines().empty());
    EXPECT_EQ(header(response, "Set-Cookie"), "");
  };
  read(path, "Ann's");
  read(path, "Ann's");
  read(path, "Ben's");
  read(path, "Eve's", "Sec-GPC", "1");             // a view, and nobody
  read(path, "Eve's", "DNT", "1");                 // the same
  read(path, "Ann's", "Sec-Fetch-Dest", "empty");  // the page refreshing itself
  read(path, "SomeBot/1.0");
  read("/t/nothing", "Ann's");  // no page was shown
  read("/", "Ann's");
  counters.flush();
  const auto days = (*main_)->read_now(
      [](store::Tx& tx) { return insight::Counters::days(tx, base::Instant{}); });
  ASSERT_EQ(days.size(), 2U);
  EXPECT_EQ(days[0].page, "front");
  EXPECT_EQ(days[0].views, 1);
  EXPECT_EQ(days[1].page, "tracking");
  EXPECT_EQ(days[1].views, 5);
  EXPECT_EQ(days[1].visitors, 2);
  EXPECT_EQ(days[1].by_referrer.at("mail"), 5);
}

// clause-049.bound
TEST_P(PagesOn, TellHowManyDaysCarriersTakeWithTheNoiseAndTheCount) {
  const auto none = get("/carriers/days");
  EXPECT_EQ(none.status, 200);
  EXPECT_THAT(none.body, HasSubstr("milepost figures carriers"));
  std::vector<insight::Row> rows;
  for (int i = 0; i < 3'000; ++i) {
    const int days = 1 + i % 3 + (i % 2) * 2;
    rows.push_back({"p" + std::to_string(i), i % 2 == 0 ? "dhl" : "ups", {days, days}, {}});
  }
  insight::Gate gate(**main_, clock_);
  const auto quarter = insight::Quarter::of(clock_.now()).before();
  ASSERT_TRUE(gate.ask(insight::transit_question(quarter, insight::Grouping::Carrier),
                       [&](store::Tx&) { return rows; }));
  const auto page = get("/carriers/days");
  for (const char* part : {"<th scope=\"row\">DHL", "&plusmn;", "2025-Q4", "delta 1e-06",
                           "1 October 2025", "31 December 2025", "right to "})
    EXPECT_THAT(page.body, HasSubstr(part));
  EXPECT_LT(page.body.find(">DHL"), page.body.find(">UPS"));
  EXPECT_THAT(get("/carriers/days?lang=de").body, HasSubstr("Tage im Mittel"));
  const auto facts = get("/carriers/days.json").body;
  EXPECT_THAT(facts, HasSubstr("\"mean_noise_95\":"));
  EXPECT_THAT(facts, HasSubstr("\"lanes\":null"));
}

TEST_P(PagesOn, WhoeverHoldsTheLinkSeesTheParcelInTheirLanguage) {
  const auto path = tracking_path(*vault_, store(Status::Pickup, 1, two_scans()));
  const auto english = get(path);
  EXPECT_EQ(english.status, 200);
  EXPECT_THAT(english.body, HasSubstr("<h1>Out for delivery</h1>"));
  EXPECT_THAT(english.body, HasSubstr("Blue bicycle"));
  EXPECT_THAT(english.body, HasSubstr("Friday, 2 January 2026"));
  const auto german = get(path + "?lang=de");
  EXPECT_THAT(german.body, HasSubstr("<html lang=\"de\">"));
  EXPECT_THAT(german.body, HasSubstr("Freitag, 2. Januar 2026"));
}

TEST_P(PagesOn, TheCarriersWordsAreShownAndCannotBecomeMarkup) {
  const auto body = get(tracking_path(*vault_, store(Status::Pickup, 1, two_scans()))).body;
  EXPECT_THAT(body, HasSubstr("Loaded &lt;onto&gt; the vehicle"));
  EXPECT_THAT(body, Not(HasSubstr("<onto>")));
}

TEST_P(PagesOn, AScanThatWasNotUnderstoodSaysSo) {
  const auto body = get(tracking_path(*vault_, store(Status::Pickup, 1, two_scans()))).body;
  EXPECT_THAT(body, HasSubstr("Not understood, shown as the carrier wrote it"));
  EXPECT_THAT(body, HasSubstr("Zwrble 17"));
}

// Who signed is about a person and is not what a link alone may show.
TEST_P(PagesOn, TheSignatoryIsNotOnThePage) {
  const auto body = get(tracking_path(*vault_, store(Status::Delivered, 3, two_scans()))).body;
  EXPECT_THAT(body, Not(HasSubstr("Neighbour")));
}

// clause-012.identity
TEST_P(PagesOn, NamesWhoAnswersForTheDataAndNobodyElse) {
  const auto path = tracking_path(*vault_, store(Status::Transit, 1, two_scans()));
  context_->service = "Track Ltd";
  const auto voice = [&](std::int64_t account, const std::string& name) {
    (*main_)->write_now([&](store::Tx& tx) {
      notify::people::Voice v;
      v.sender = {name, "Street 1", "data@" + name + ".example", "", ""};
      notify::people::set_voice(tx, account, v, clock_.now());
    });
  };
  EXPECT_THAT(get(path).body, HasSubstr("The shop that entered this parcel decides"));
  voice(kAccount + 1, "others");
  voice(kAccount, "lamps");
  const auto body = get(path).body;
  EXPECT_THAT(body, HasSubstr("lamps decides what happens with this data (data@lamps.example)."));
  EXPECT_THAT(body, HasSubstr("Track Ltd works on its behalf."));
  EXPECT_THAT(body, Not(HasSubstr("others")));
  for (const auto& words : Words::all())
    EXPECT_THAT(get(path + "?lang=" + std::string(words.language())).body,
                testing::AllOf(HasSubstr("lamps"), HasSubstr("Track Ltd")))
        << words.language();
}

// A carrier's answer may name any address; the page leads to those of the reviewed catalogue alone.
// clause-105.listed
TEST_P(PagesOn, LeadsToTheCarriersOwnPageAndNeverWhereAnAnswerSays) {
  auto journey = two_scans();
  journey.origin.weblink = journey.destination.weblink = "https://evil.example/login";
  journey.origin.checkpoints[0].text = "See https://evil.example/now";
  const auto body = get(tracking_path(*vault_, store(Status::Transit, 1, journey))).body;
  EXPECT_THAT(body, Not(HasSubstr("href=\"https://evil.example")));
  const auto* dhl = catalogue_.find("dhl");
  ASSERT_NE(dhl, nullptr);
  int outward = 0;
  for (auto at = body.find("href=\"http"); at != std::string::npos;
       at = body.find("href=\"http", at + 1)) {
    const auto begin = at + 6, end = body.find('"', begin);
    const auto tag = body.substr(begin, body.find('>', end) - begin);
    EXPECT_EQ(couriers::host_of(body.substr(begin, end - begin)),
              couriers::host_of(couriers::Catalogue::tracking_link(*dhl, "1")));
    EXPECT_THAT(tag, HasSubstr("noopener noreferrer external"));
    ++outward;
  }
  EXPECT_EQ(outward, 1);
}

// The link is the proof: it goes to the recipient alone and cannot be guessed.
// clause-030.unverified
TEST_P(PagesOn, WhatWasBoughtIsShownToNobodyWithoutTheLink) {
  const auto place = store(Status::Transit, 1, two_scans());
  const auto path = tracking_path(*vault_, place);
  const std::string number = "00340434161094015902";
  ASSERT_THAT(get(path).body, HasSubstr("Blue bicycle")) << "whoever holds the link sees it";
  for (const auto& without :
       {std::string("/"), "/?q=" + number, "/t/" + place.id.hex(), "/t/" + number,
        path.substr(0, path.size() - 1), path + "A", std::string("/carriers")})
    EXPECT_THAT(get(without).body, Not(HasSubstr("Blue bicycle"))) << without;
}

TEST_P(PagesOn, NoLinkCanBeGuessedOrCountedUpTo) {
  const auto place = store(Status::Transit, 1, two_scans());
  const auto path = tracking_path(*vault_, place);
  EXPECT_FALSE(read_tracking_token(*vault_, ""));
  for (std::size_t i = 3; i < path.size(); ++i) {
    auto other = path.substr(3);
    other[i - 3] = other[i - 3] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_tracking_token(*vault_, other)) << i;
    EXPECT_FALSE(read_tracking_token(*vault_, path.substr(3, i - 3)));
  }
  EXPECT_EQ(get("/t/" + place.id.hex()).status, 404);
  EXPECT_EQ(get(tracking_path(*vault_, {kAccount, base::Id::make(clock_.now())})).status, 404);
}

TEST_P(PagesOn, ThePageSetsNoCookieAndLoadsNothingFromElsewhere) {
  const auto response = get(tracking_path(*vault_, store(Status::Transit, 2, two_scans())));
  EXPECT_EQ(header(response, "Set-Cookie"), "");
  EXPECT_THAT(header(response, "Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(header(response, "Referrer-Policy"), "no-referrer");
  for (const std::string_view attribute : {"src=\"http", "srcset", "@import", "url(http"}) {
    EXPECT_THAT(response.body, Not(HasSubstr(std::string(attribute))));
  }
}

TEST_P(PagesOn, APageThatHasNotChangedIsNotSentAgain) {
  const auto path = tracking_path(*vault_, store(Status::Transit, 2, two_scans()));
  const auto etag = header(get(path), "ETag");
  ASSERT_FALSE(etag.empty());
  const auto again = get(path, nullptr, {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
}

TEST_P(PagesOn, LookingIsToldToWhoeverAsksTheCarriers) {
  std::string seen;
  context_->watched = [&](const shipments::Head& head) { seen = head.tracking_number; };
  get(tracking_path(*vault_, store(Status::Transit, 2, two_scans())));
  EXPECT_EQ(seen, "00340434161094015902");
}

TEST_P(PagesOn, EachLookIsInTheLedger) {
  get(tracking_path(*vault_, store(Status::Transit, 2, two_scans())));
  ledger_->flush();
  const auto looks = (*main_)->read_now([](store::Tx& tx) {
    auto rows =
        tx.query("SELECT COUNT(*) FROM access_ledger WHERE operation = $1", "pages.tracking");
    return rows.next() ? rows.integer(0) : 0;
  });
  EXPECT_EQ(looks, 1);
}

TEST_P(PagesOn, TheDemoListsItsParcelsAndNarrowsThemByStatus) {
  store(Status::Transit, 2, two_scans());
  const auto all = get("/demo");
  EXPECT_THAT(all.body, HasSubstr("00340434161094015902"));
  EXPECT_THAT(get("/demo?status=delivered").body, HasSubstr("No parcels yet."));
  EXPECT_THAT(get("/demo?status=transit&lang=es").body, HasSubstr("?lang=es"));
}

TEST_P(PagesOn, AParcelWithoutEventsHasAnEmptyCellAndNoLonelyDot) {
  store(Status::Pending, 0, {});
  EXPECT_THAT(get("/demo").body, Not(HasSubstr("\xC2\xB7")));
}

// ---- How carriers do

TEST_P(PagesOn, DriftIsAnAlarmAtTheTopOfTheHealthPage) {
  health_.note("ups", carriers::Heard::Answered, {}, clock_.now());
  health_.flush(**main_);
  EXPECT_THAT(get("/carriers").body, Not(HasSubstr("role=\"alert\"")));
  EXPECT_THAT(get("/carriers.json").body, HasSubstr("\"drift_alarm\":false"));
  health_.note("ups", carriers::Heard::Drift, {}, clock_.now());
  health_.flush(**main_);
  const auto body = get("/carriers").body;
  ASSERT_THAT(body, HasSubstr("role=\"alert\""));
  EXPECT_LT(body.find("role=\"alert\""), body.find("<table"));
  EXPECT_THAT(body, HasSubstr("1 of 2 answers"));
  EXPECT_THAT(get("/carriers.json").body, HasSubstr("\"drift_alarm\":true"));
}

TEST_P(PagesOn, TheHealthPageTellsFailuresByCause) {
  health_.note("ups", carriers::Heard::Auth, {}, clock_.now());
  health_.note("ups", carriers::Heard::Auth, {}, clock_.now());
  health_.note("ups", carriers::Heard::Unreached, {}, clock_.now());
  health_.flush(**main_);
  EXPECT_THAT(get("/carriers").body, HasSubstr("2 access refused, 1 not reached"));
  const auto facts = get("/carriers.json").body;
  EXPECT_THAT(facts, HasSubstr("\"state\":\"failing\""));
  EXPECT_THAT(facts, HasSubstr("\"failures_24h\":{\"auth\":2,\"unreached\":1}"));
}

TEST_P(PagesOn, WhoIsNotSetUpIsOnTheHealthPageOnlyWhenLatelyAsked) {
  const auto asked = [&] { return get("/carriers.json").body; };
  EXPECT_THAT(asked(), HasSubstr("\"id\":\"ups\""));
  EXPECT_THAT(asked(), Not(HasSubstr("\"id\":\"gls\"")));
  health_.note("gls", carriers::Heard::Answered, {}, clock_.now());
  health_.flush(**main_);
  EXPECT_THAT(asked(), HasSubstr("\"id\":\"gls\",\"name\":\"GLS\",\"state\":\"not_set_up\""));
  clock_.advance(std::chrono::hours(24 * 32));
  EXPECT_THAT(asked(), Not(HasSubstr("\"id\":\"gls\"")));
}

// ---- To be looked at: pages of every state, left in the build folder (tests/pages/look.sh makes
// pictures of them).

TEST(Pages, ARenderedPageOfEveryStateIsLeftForTheEye) {
  const std::filesystem::path folder = "pages-preview";
  std::filesystem::create_directories(folder / "assets");
  for (const auto& asset : assets()) {
    std::ofstream(folder / asset.path.substr(1)) << asset.body;
  }
  const couriers::Catalogue catalogue;
  journey::Journey j = [] {
    journey::Journey made;
    made.origin.courier_code = "dhl";
    const auto scan = [](std::string date, Status status, int sub, std::string text,
                         std::string place) {
      return journey::Checkpoint{
          std::move(date), status, sub, std::move(text), std::move(place), "DE", "", "", "", ""};
    };
    made.origin.checkpoints = {
        scan("2026-11-20T08:31:00+01:00", Status::Pickup, 1,
             "Die Sendung wurde in das Zustellfahrzeug geladen.", "Bonn, DE"),
        scan("2026-11-20T04:02:00+01:00", Status::Transit, 3,
             "Die Sendung ist in der Region des Empfängers angekommen.", "Neuwied, DE"),
        scan("2026-11-19T17:46:00+01:00", Status::Transit, 2,
             "Die Sendung wurde im Start-Paketzentrum bearbeitet.", "Bremen, DE"),
        scan("2026-11-19T10:12:00+01:00", Status::Transit, 1, "Die Sendung wurde abgeholt.",
             "Bremen, DE"),
        scan("2026-11-18", Status::InfoReceived, 1, "Die Sendung wurde elektronisch angekündigt.",
             "")};
    made.scheduled_delivery_date = "2026-11-20T18:00:00+01:00";
    made.weight_kg = "2.40";
    made.product_type = "DHL PAKET";
    return made;
  }();
  for (const auto status :
       {Status::Pending, Status::InfoReceived, Status::Transit, Status::Pickup, Status::Undelivered,
        Status::Delivered, Status::Exception, Status::Expired}) {
    shipments::Head head;
    head.tracking_number = "00340434161094015902";
    head.order_number = "10-2291";
    head.courier_code = "dhl";
    head.status = status;
    head.substatus = status == Status::Exception ? 6 : status == Status::Pending ? 0 : 1;
    head.expires_at = base::from_micros(1'795'000'000'000'000);
    const auto bytes = journey::encode(status == Status::Pending ? journey::Journey() : j);
    journey::JourneyView view;
    ASSERT_TRUE(journey::decode_view(bytes, view));
    const Parcel parcel{head,
                        view,
                        "Two red bicycle lamps",
                        catalogue.find("dhl"),
                        {{"DHL"}, base::from_micros(1'763'650'000'000'000), false}};
    for (const auto& words : Words::all()) {
      const auto html = render_tracking(parcel, {words});
      EXPECT_THAT(html, Not(HasSubstr("{{")));
      std::ofstream(folder / fmt::format("{}-{}.html", journey::name(status), words.language()))
          << html;
    }
  }
}

}  // namespace
}  // namespace pages
