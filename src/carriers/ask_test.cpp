// Asking, against a carrier on loopback that speaks its protocol: tokens that expire, limits that
// are enforced, batches, pages, SOAP.
#include "carriers/ask.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

#include "base/text.h"
#include "http/server.h"

namespace carriers {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr char kCodes[] =
    "code\ttext\tstatus\tsource\nOK\t\tdelivered\ttest\n*\t\ttransit001\ttest\n";

constexpr char kNoHurry[] = "[limits]\nper_second = 1000.0\nconcurrency = 100\n";

constexpr char kRead[] = R"(
[[answer]]
format = "json"
when = "parcels"
shipments = "parcels"
events = "scans"
[answer.shipment]
number = "number"
[answer.event]
description = "text"
code = "code"
time = { value = "at" }

[[error]]
for_each = "problems"
class = "notfound"
number = "number"
code = "code"

[[error]]
when = "wrong"
class = "invalid_number"
code = "wrong"
)";

constexpr char kOAuth[] = R"(
[carrier]
name = "Test"
[access]
base = "https://carrier.invalid"
kind = "oauth2"
secrets = ["client_id", "client_secret"]
[access.oauth2]
url = "{base}/token"
seconds = "expires_in"
[request]
path = "/track/{number}"
)";

std::string parcel(std::string_view number, std::string_view code = "OK") {
  return fmt::format(
      R"({{"number":"{}","scans":[{{"text":"Delivered","code":"{}","at":"2026-01-01T10:00:00Z"}}]}})",
      number, code);
}
std::string parcels(std::string_view inside) {
  return fmt::format(R"({{"parcels":[{}]}})", inside);
}

class AskTest : public ::testing::Test {
 protected:
  AskTest() {
    folder_ = std::filesystem::temp_directory_path() /
              ("milepost-ask-" + std::to_string(::getpid()) + "-" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_ / "test" / "fixtures");
    on("POST", "/token", [this](http::Request& request) { return give_token(request); });
    on("GET", "/track/{number}", [this](http::Request& request) {
      if (request.header("authorization") != "Bearer t" + std::to_string(tokens_given_.load()))
        return http::json(401, "{}");
      return answer_ ? answer_(request)
                     : http::json(200, parcels(parcel(request.parameter("number"))));
    });
  }
  ~AskTest() override {
    asker_.reset();
    client_.reset();
    if (server_) server_->stop(milliseconds(2000));
    std::filesystem::remove_all(folder_);
  }

  using Does = std::function<http::Response(http::Request&)>;
  void on(std::string_view method, std::string_view pattern, Does does) {
    router_.add(method, pattern, [this, does](http::Request request) -> base::Task<http::Response> {
      ++calls_;
      co_return does(request);
    });
  }
  http::Response give_token(http::Request& request) {
    if (request.header("authorization") != "Basic " + base::to_base64("me:secret&1"))
      return http::json(401, "{}");
    if (request.body() != "grant_type=client_credentials") return http::json(400, "{}");
    return http::json(200, fmt::format(R"({{"access_token":"t{}","expires_in":"{}"}})",
                                       ++tokens_given_, token_seconds_));
  }
  void start(const std::string& toml) {
    std::ofstream(folder_ / "test" / "connector.toml")
        << toml << (toml.find("[limits]") == std::string::npos ? kNoHurry : "") << kRead;
    std::ofstream(folder_ / "test" / "codes.tsv") << kCodes;
    loaded_ = Connectors::load_one((folder_ / "test").string());
    for (const auto& mistake : loaded_.mistakes) ADD_FAILURE() << describe(mistake);
    ASSERT_FALSE(loaded_.connectors->all().empty());
    http::ServerOptions options;
    options.access_log = false;
    options.threads = 1;
    server_.emplace(options, std::move(router_));
    server_->start();
    auto& settings = settings_["test"];
    settings.base = "http://127.0.0.1:" + std::to_string(server_->port()) + "/";
    settings.secrets.values = {{"client_id", "me"}, {"client_secret", "secret&1"}};
    client_.emplace(http::Client::Options{});
    asker_.emplace(Asker::Parts{*client_, budgets_, clock_, settings_, nullptr});
  }
  const Connector& connector() const { return *loaded_.connectors->all().front(); }
  Asked ask(std::vector<Question> questions) {
    return base::sync_wait(asker_->ask(connector(), questions, seconds(10)));
  }
  Reading ask_one(std::string number) {
    return ask({Question{.number = std::move(number)}}).readings.at(0);
  }
  // "ok", a wait's or an error's name.
  static std::string outcome(const Reading& reading) {
    if (reading.wait) return "wait: " + std::string(name(reading.wait->why));
    if (reading.error) return std::string(name(reading.error->error_class));
    return reading.reports.empty() ? "nothing" : "ok";
  }
  std::string outcome_of(std::string number) { return outcome(ask_one(std::move(number))); }

  std::filesystem::path folder_;
  http::Router router_;
  std::optional<http::Server> server_;
  Connectors::Loaded loaded_;
  AllSettings settings_;
  base::ManualClock clock_;
  Budgets budgets_{clock_};
  std::optional<http::Client> client_;
  std::optional<Asker> asker_;
  std::atomic<int> calls_{0}, tokens_given_{0};
  std::atomic<int> token_seconds_{600};
  Does answer_;
};

TEST_F(AskTest, AnswersWithReportsAndWhatWasReceived) {
  start(kOAuth);
  const auto asked = ask({Question{.number = "AB 1/2"}});
  ASSERT_EQ(outcome(asked.readings.at(0)), "ok");
  const auto& report = asked.readings[0].reports.at(0);
  EXPECT_EQ(report.tracking_number, "AB 1/2");
  EXPECT_EQ(report.scans.at(0).description, "Delivered");
  EXPECT_EQ(report.scans.at(0).verdict.status, journey::Status::Delivered);
  ASSERT_EQ(asked.pages.size(), 1U);
  EXPECT_EQ(asked.pages[0].http_status, 200);
  EXPECT_EQ(asked.pages[0].body, parcels(parcel("AB 1/2")));
  EXPECT_EQ(asked.calls, 2);
  EXPECT_GT(asked.took.count(), 0);
}

// ---- tokens

TEST_F(AskTest, GetsATokenOnceAndAgainShortlyBeforeItsEnd) {
  start(kOAuth);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome_of("A1"), "ok");
  EXPECT_EQ(tokens_given_, 1);
  clock_.advance(seconds(539));
  EXPECT_EQ(outcome_of("A1"), "ok");
  EXPECT_EQ(tokens_given_, 1);
  clock_.advance(seconds(2));  // a minute before
  EXPECT_EQ(outcome_of("A1"), "ok");
  EXPECT_EQ(tokens_given_, 2);
}

TEST_F(AskTest, GetsAFreshTokenWhenTheOldOneIsRefusedAndAsksOnceMore) {
  start(kOAuth);
  EXPECT_EQ(outcome_of("A1"), "ok");
  ++tokens_given_;  // the carrier has forgotten the one it gave
  calls_ = 0;
  const auto asked = ask({Question{.number = "A1"}});
  EXPECT_EQ(outcome(asked.readings.at(0)), "ok");
  EXPECT_EQ(calls_, 3);
  EXPECT_EQ(asked.calls, 3);
  EXPECT_EQ(asked.pages.size(), 1U) << "the refusal is no page of the answer";
}

TEST_F(AskTest, DoesNotAskForEverWhenEveryTokenIsRefused) {
  answer_ = [](http::Request&) { return http::json(401, "{}"); };
  start(kOAuth);
  EXPECT_EQ(outcome_of("A1"), "auth");
  EXPECT_EQ(calls_, 4);
}

TEST_F(AskTest, WrongSecretsAreAnAuthFailureAndStopTheAskingSoon) {
  start(kOAuth);
  settings_["test"].secrets.values["client_secret"] = "wrong";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(outcome_of("A1"), "auth");
  EXPECT_EQ(outcome_of("A1"), "wait: breaker");
  EXPECT_EQ(calls_, 5);
}

TEST_F(AskTest, RefreshesOnceForManyWhoAskAtTheSameTime) {
  constexpr int kAtOnce = 16;
  start(kOAuth);
  std::latch go(kAtOnce);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kAtOnce; ++i) {
    threads.emplace_back([&, i] {
      go.arrive_and_wait();
      good += outcome_of("A" + std::to_string(i)) == "ok" ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, kAtOnce);
  EXPECT_EQ(tokens_given_, 1);
}

TEST_F(AskTest, DoesNotAskWithoutTheOperatorsSecretsOrAgainstHisWord) {
  start(kOAuth);
  EXPECT_TRUE(asker_->is_ready(connector()));
  settings_["test"].secrets.values.erase("client_secret");
  EXPECT_FALSE(asker_->is_ready(connector()));
  const auto reading = ask_one("A1");
  EXPECT_EQ(outcome(reading), "auth");
  EXPECT_THAT(reading.error->message, HasSubstr("client_secret"));
  settings_["test"].secrets.values["client_secret"] = "secret&1";
  settings_["test"].is_enabled = false;
  EXPECT_EQ(outcome_of("A1"), "auth");
  EXPECT_EQ(calls_, 0);
}

// ---- what a carrier says about itself

TEST_F(AskTest, KeepsTheWaysToFailApart) {
  start(kOAuth);
  const auto with = [&](int status, std::string body) {
    answer_ = [=](http::Request&) { return http::json(status, body); };
    clock_.advance(std::chrono::hours(2));
    return outcome_of("A1");
  };
  EXPECT_EQ(with(200, R"({"problems":[{"number":"A1","code":"404"}]})"), "notfound");
  EXPECT_EQ(with(200, R"({"wrong":"format"})"), "invalid_number");
  EXPECT_EQ(with(403, "{}"), "auth");
  EXPECT_EQ(with(429, "{}"), "rate_limited");
  EXPECT_EQ(with(503, "{}"), "server");
  EXPECT_EQ(with(404, "{}"), "bad_request") << "a path that is not there is not a number";
  EXPECT_EQ(with(200, "<html>busy</html>"), "unreadable");
  EXPECT_EQ(with(200, R"({"other":1})"), "drift");
}

TEST_F(AskTest, LeavesACarrierAloneAfter429) {
  answer_ = [](http::Request&) {
    auto response = http::json(429, "{}");
    response.headers.emplace_back("Retry-After", "90");
    return response;
  };
  start(kOAuth);
  EXPECT_EQ(outcome_of("A1"), "rate_limited");
  calls_ = 0;
  const auto reading = ask_one("A1");
  EXPECT_EQ(outcome(reading), "wait: retry_after");
  EXPECT_EQ(reading.wait->until, clock_.now() + seconds(90));
  EXPECT_FALSE(reading.was_asked());
  EXPECT_EQ(calls_, 0);
  answer_ = nullptr;
  clock_.advance(seconds(90));
  EXPECT_EQ(outcome_of("A1"), "ok");
}

TEST_F(AskTest, OpensTheBreakerOverAnOutageAndClosesItAfter) {
  answer_ = [](http::Request&) { return http::json(500, "{}"); };
  start(kOAuth);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(outcome_of("A1"), "server");
  EXPECT_EQ(outcome_of("A1"), "wait: breaker");
  clock_.advance(seconds(30));
  EXPECT_EQ(outcome_of("A1"), "server");
  EXPECT_EQ(outcome_of("A1"), "wait: breaker");
  answer_ = nullptr;
  clock_.advance(seconds(60));
  EXPECT_EQ(outcome_of("A1"), "ok");
  EXPECT_EQ(outcome_of("A1"), "ok");
}

TEST_F(AskTest, AnUnreachableCarrierIsAnOutage) {
  start(kOAuth);
  server_->stop(milliseconds(100));
  const auto reading = ask_one("A1");
  EXPECT_EQ(outcome(reading), "server");
  EXPECT_EQ(reading.error->code, "connect");
}

TEST_F(AskTest, StoppingIsNotTheCarriersFault) {
  start(kOAuth);
  client_->stop();
  for (int i = 0; i < 6; ++i) EXPECT_EQ(ask_one("A1").error->code, "stopped");
  EXPECT_FALSE(budgets_.find("test")->is_broken(clock_.now()));
}

TEST_F(AskTest, DoesNotReachIntoThePrivateNetworkUnlessTheOperatorSaysSo) {
  start(kOAuth);
  const auto toml = fmt::format(
      "[carrier]\nname = \"T\"\n[access]\nbase = \"http://127.0.0.1:{}\"\n[request]\npath = "
      "\"/t\"\n",
      server_->port());
  std::ofstream(folder_ / "test" / "connector.toml") << toml << kRead;
  loaded_ = Connectors::load_one((folder_ / "test").string());
  settings_.clear();
  EXPECT_EQ(ask_one("A1").error->code, "refused");
  EXPECT_EQ(calls_, 0);
}

// ---- several numbers, several pages, other forms

TEST_F(AskTest, MatchesABatchToItsQuestions) {
  std::string body;
  on("POST", "/batch", [&](http::Request& request) {
    body = request.body();
    std::string inside;
    for (int i = 29; i >= 2; --i) inside += parcel(fmt::format("ab-{}", i)) + ",";
    inside += parcel("XY9");
    return http::json(
        200,
        fmt::format(R"({{"parcels":[{}],"problems":[{{"number":"AB0","code":"N"}}]}})", inside));
  });
  start(R"(
[carrier]
name = "Test"
[access]
base = "https://carrier.invalid"
[request]
method = "POST"
path = "/batch"
batch = 30
each = '{"n":"{number}"}'
body = '{"list":[{numbers}]}'
)");
  std::vector<Question> questions;
  for (int i = 0; i < 30; ++i) questions.push_back({.number = "AB" + std::to_string(i)});
  questions[3].number = "A\"B3";
  const auto asked = ask(questions);
  EXPECT_THAT(body, ::testing::StartsWith(
                        R"({"list":[{"n":"AB0"},{"n":"AB1"},{"n":"AB2"},{"n":"A\"B3"},)"));
  EXPECT_EQ(outcome(asked.readings[0]), "notfound");
  EXPECT_EQ(asked.readings[0].error->code, "N");
  EXPECT_EQ(outcome(asked.readings[1]), "notfound") << "not mentioned";
  for (std::size_t i = 2; i < 30; ++i) EXPECT_EQ(outcome(asked.readings[i]), "ok") << i;
  ASSERT_EQ(asked.strangers.size(), 1U);
  EXPECT_EQ(asked.strangers[0].tracking_number, "XY9");
  EXPECT_EQ(asked.calls, 1);
}

TEST_F(AskTest, ABatchThatFailsAsAWholeSaysNothingOfItsNumbers) {
  on("GET", "/batch", [&](http::Request&) { return http::json(500, "{}"); });
  start(R"(
[carrier]
name = "Test"
[access]
base = "https://carrier.invalid"
[request]
path = "/batch"
query = { n = "{numbers}" }
batch = 3
)");
  for (const auto& reading : ask({{.number = "A"}, {.number = "B"}}).readings)
    EXPECT_EQ(outcome(reading), "server");
}

TEST_F(AskTest, AsksOnlyWhatCanBeAsked) {
  std::string query;
  on("GET", "/t", [&](http::Request& request) {
    query = request.query();
    return http::json(200, parcels(parcel("B")));
  });
  start(R"(
[carrier]
name = "Test"
[access]
base = "https://carrier.invalid"
kind = "query"
optional = ["extra"]
query = { extra = "{extra}" }
[request]
path = "/t"
query = { n = "{number}", zip = "{postcode}", lang = "{language}" }
needs = ["postcode"]
batch = 5
)");
  const auto asked =
      ask({{.number = "A"}, {.number = "B", .postcode = "1012 AB", .language = "nl"}});
  EXPECT_EQ(outcome(asked.readings[0]), "bad_request");
  EXPECT_THAT(asked.readings[0].error->message, HasSubstr("postcode"));
  EXPECT_EQ(outcome(asked.readings[1]), "ok");
  EXPECT_EQ(query, "n=B&zip=1012%20AB&lang=nl") << "the optional secret is left out";
}

TEST_F(AskTest, ReadsFurtherPagesIntoOneReport) {
  std::string next;
  on("GET", "/t", [&](http::Request& request) {
    if (request.query().empty())
      return http::json(200, R"({"next":")" + next + R"(","parcels":[)" + parcel("A", "X1") + "]}");
    return http::json(200, parcels(parcel("A", "X2")));
  });
  start(R"(
[carrier]
name = "Test"
[access]
base = "https://carrier.invalid"
[request]
path = "/t"
pages = { next = "next" }
)");
  const auto base = "http://127.0.0.1:" + std::to_string(server_->port());
  for (const auto& address : {std::string("/t?page=2"), base + "/t?page=2"}) {
    next = address;
    const auto asked = ask({Question{.number = "A"}});
    ASSERT_EQ(asked.readings[0].reports.size(), 1U) << address;
    EXPECT_EQ(asked.readings[0].reports[0].scans.size(), 2U);
    EXPECT_EQ(asked.pages.size(), 2U);
    EXPECT_FALSE(asked.is_partial);
  }
  // Another machine would get our keys.
  for (const char* elsewhere :
       {"http://127.0.0.1:1/t?page=2", "//other.example/t?page=2", "https://other.example/"}) {
    next = elsewhere;
    const auto asked = ask({Question{.number = "A"}});
    EXPECT_EQ(outcome(asked.readings[0]), "ok");
    EXPECT_TRUE(asked.is_partial);
    EXPECT_EQ(asked.calls, 1);
  }
}

TEST_F(AskTest, CountsThroughPagesByOffset) {
  on("GET", "/t", [&](http::Request& request) {
    const auto query = std::string(request.query());
    return http::json(200, R"({"total":55,"parcels":[)" +
                               parcel("A", query.empty() ? "first" : query.substr(7)) + "]}");
  });
  start(R"(
[carrier]
name = "Test"
[access]
base = "https://carrier.invalid"
[request]
path = "/t"
pages = { offset = "offset", step = 25, total = "total" }
)");
  const auto asked = ask({Question{.number = "A"}});
  std::vector<std::string> codes;
  for (const auto& scan : asked.readings[0].reports.at(0).scans) codes.push_back(scan.raw_code);
  EXPECT_EQ(codes, (std::vector<std::string>{"first", "25", "50"}));
  EXPECT_FALSE(asked.is_partial);
}

// ---- services that answer only for numbers they were told

constexpr char kRegisters[] = R"(
[carrier]
name = "Test"
[access]
base = "https://carrier.invalid"
[request]
path = "/t"
query = { n = "{numbers}" }
batch = 40
[request.register]
method = "POST"
path = "/register"
body = "[{numbers}]"
each = """{{"number":"{number}","courier":"{courier}"}"""
batch = 1
missing = true
)";

TEST_F(AskTest, MakesAServiceKnowWhatItDoesNotAndAsksAgain) {
  std::vector<std::string> told;
  on("POST", "/register", [&](http::Request& request) {
    told.emplace_back(request.body());
    return told.size() == 1 ? http::json(400, R"({"wrong":"it is there already"})")
                            : http::json(200, R"({"parcels":[]})");
  });
  on("GET", "/t", [&](http::Request&) {
    if (told.empty()) return http::json(200, parcels(parcel("A1")));
    return http::json(200, parcels(parcel("A1") + "," + parcel("B2")));
  });
  start(kRegisters);
  const auto asked =
      ask({Question{.number = "A1", .courier = "dhl"}, Question{.number = "B2", .courier = "ups"},
           Question{.number = "C3", .courier = "gls"}});
  EXPECT_EQ(told, (std::vector<std::string>{R"([{"number":"B2","courier":"ups"}])",
                                            R"([{"number":"C3","courier":"gls"}])"}));
  EXPECT_EQ(outcome(asked.readings[0]), "ok");
  EXPECT_EQ(outcome(asked.readings[1]), "ok");
  EXPECT_EQ(outcome(asked.readings[2]), "notfound");
  EXPECT_EQ(asked.calls, 4);
  EXPECT_EQ(asked.pages.size(), 1U);
}

TEST_F(AskTest, RegistersNothingThatIsKnown) {
  on("POST", "/register", [&](http::Request&) {
    ADD_FAILURE() << "it was known";
    return http::json(200, "{}");
  });
  on("GET", "/t", [&](http::Request&) { return http::json(200, parcels(parcel("A1"))); });
  start(kRegisters);
  EXPECT_EQ(outcome_of("A1"), "ok");
  EXPECT_EQ(calls_, 1);
}

TEST_F(AskTest, SaysWhenAServiceTakesNoMoreNumbers) {
  on("POST", "/register", [&](http::Request&) { return http::json(429, "{}"); });
  on("GET", "/t", [&](http::Request&) { return http::json(200, parcels(parcel("A1"))); });
  start(kRegisters);
  const auto asked = ask({Question{.number = "A1"}, Question{.number = "B2"}});
  EXPECT_EQ(outcome(asked.readings[0]), "ok");
  EXPECT_EQ(outcome(asked.readings[1]), "rate_limited");
}

TEST_F(AskTest, SpeaksSoapWithoutLettingANumberOut) {
  std::string body, type, user;
  on("POST", "/soap", [&](http::Request& request) {
    body = request.body();
    type = request.header("content-type");
    user = request.header("authorization");
    return http::json(200, parcels(parcel("A")));
  });
  start(R"(
[carrier]
name = "Test"
[access]
base = "https://carrier.invalid"
kind = "basic"
secrets = ["client_id", "client_secret"]
user = "{client_id}"
password = "{client_secret}"
[request]
method = "POST"
path = "/soap"
content_type = "text/xml; charset=utf-8"
body = "<e><p>{client_secret}</p><n>{number}</n></e>"
)");
  EXPECT_EQ(outcome_of("A</n><n>B&"), "ok");
  EXPECT_EQ(body, "<e><p>secret&amp;1</p><n>A&lt;/n&gt;&lt;n&gt;B&amp;</n></e>");
  EXPECT_EQ(type, "text/xml; charset=utf-8");
  EXPECT_EQ(user, "Basic " + base::to_base64("me:secret&1"));
}

}  // namespace
}  // namespace carriers
