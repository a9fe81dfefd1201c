// What guards the data, shown as it was found.
#include "pages/security_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pages/words.h"

namespace {

using pages::Safeguard, pages::Words;
using State = Safeguard::State;
using ::testing::AllOf, ::testing::HasSubstr, ::testing::IsEmpty, ::testing::Not;

constexpr const char* kKeys[] = {"tls",    "headers", "keys",      "sealing",
                                 "backup", "patches", "retention", "log"};

class SecurityPage : public ::testing::Test {
 protected:
  SecurityPage() { pages::add_security_routes(router_, context_); }
  http::Response get(const std::string& target) {
    auto request = http::make_request("GET", target);
    const auto match = router_.match(request);
    return base::sync_wait((*match.handler)(std::move(request)));
  }
  // The list's entry of one check.
  static std::string entry(const std::string& page, const std::string& key) {
    const auto at = page.find("<li id=\"" + key + "\"");
    return at == std::string::npos ? "" : page.substr(at, page.find("</li>", at) - at);
  }

  base::ManualClock clock_;
  pages::SafeguardReport report_{{}, clock_.now()};
  pages::SecurityContext context_{[this] { return report_; }, clock_, "security@parcels.example",
                                  "https://parcels.example"};
  http::Router router_;
};

}  // namespace

// clause-099.failing
TEST_F(SecurityPage, ShowsEachCheckAsItWasFoundInEveryLanguage) {
  for (const auto& words : Words::all()) {
    for (const std::string key : kKeys) {
      for (const auto state : {State::Holds, State::Fails, State::Unknown}) {
        const auto sentence = "security." + key + "." + std::string(name(state));
        if (!words.has(sentence)) {
          EXPECT_EQ(state, State::Unknown) << sentence << " in " << words.language();
          continue;
        }
        report_.checks = {{key, state, 17}, {"headers", State::Holds, 4}};
        const auto lang = std::string(words.language());
        const auto body = get("/privacy/security?lang=" + lang).body;
        const auto shown = entry(body, key);
        EXPECT_THAT(shown,
                    HasSubstr(">" + std::string(words.get("security." + std::string(name(state)))) +
                              "</span>"))
            << lang << sentence;
        EXPECT_EQ(shown.find("tone-bad") != std::string::npos, state == State::Fails) << sentence;
        EXPECT_THAT(shown, Not(HasSubstr("{n}")));
        EXPECT_THAT(shown, Not(HasSubstr("security.")));
        EXPECT_EQ(body.find(words.get("security.none_fails")) == std::string::npos,
                  state == State::Fails);
      }
    }
  }
}

TEST_F(SecurityPage, TellsProgramsTheSame) {
  report_.checks = {{"backup", State::Fails, 71}};
  EXPECT_THAT(get("/privacy/security.json").body,
              HasSubstr(R"({"check":"backup","state":"fails","figure":71})"));
}

TEST_F(SecurityPage, SaysWhomToTellOfAWeakness) {
  EXPECT_THAT(get("/.well-known/security.txt").body,
              AllOf(HasSubstr("Contact: mailto:security@parcels.example\n"), HasSubstr("Expires: "),
                    HasSubstr("Canonical: https://parcels.example/.well-known/security.txt\n")));
  context_.contact = "";
  EXPECT_EQ(get("/.well-known/security.txt").status, 404);
}

TEST_F(SecurityPage, KnowsWhichHeadersAPageLacks) {
  auto response = get("/privacy/security");
  EXPECT_THAT(pages::missing_headers(response), IsEmpty());
  std::erase_if(response.headers, [](const auto& h) { return h.first == "Referrer-Policy"; });
  EXPECT_THAT(pages::missing_headers(response), ::testing::ElementsAre("Referrer-Policy"));
}
