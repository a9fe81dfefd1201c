#include "notify/letter_post.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shipments/testing.h"

namespace {

using channels::Outcome;
using letters::Letter, letters::Letters;
using notify::LetterPost;
using shipments::testing::World;
using store::testing::Engine;
using namespace std::chrono_literals;
using ::testing::HasSubstr, ::testing::SizeIs;

struct Post final : channels::email::Mailer {
  base::Task<Outcome> send(channels::email::Email email, channels::email::Envelope) override {
    sent.push_back(std::move(email));
    co_return answer;
  }
  Outcome answer{Outcome::Kind::Accepted, "smtp 250", {}, {}};
  std::vector<channels::email::Email> sent;
};

struct LetterPostOn : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    world->vault->prepare(0);
    letters = std::make_unique<Letters>(*world->main, *world->vault, world->clock);
    LetterPost::Options options;
    options.from = "service@milepost.example";
    options.sender.name = "Atelier Blom";
    options.public_url = "https://track.example";
    post = std::make_unique<LetterPost>(*letters, *world->ledger, mailer, world->clock, options);
  }
  void write(std::string kind, std::string language) {
    Letter letter;
    letter.kind = std::move(kind);
    letter.language = std::move(language);
    letter.to = letters::To("ann@example.com", personal::Label(personal::Source::Buyer));
    for (const auto& one : messages::letter_kinds()) {
      if (one.name == letter.kind) letter.values = messages::sample_values(one);
    }
    world->main->write_now([&](store::Tx& tx) {
      letters->post(tx, letter);
      return 0;
    });
  }
  std::unique_ptr<World> world;
  std::unique_ptr<Letters> letters;
  Post mailer;
  std::unique_ptr<LetterPost> post;
};

TEST_P(LetterPostOn, SendsALetterOnceInTheReadersLanguage) {
  write("verify-email", "nl");
  EXPECT_EQ(post->send_due(), 1);
  EXPECT_EQ(post->send_due(), 0);
  ASSERT_THAT(mailer.sent, SizeIs(1));
  const auto& email = mailer.sent[0];
  EXPECT_EQ(email.to.address, "ann@example.com");
  EXPECT_EQ(email.from.name, "Atelier Blom");
  EXPECT_EQ(email.language, "nl");
  EXPECT_THAT(email.text, HasSubstr("http"));
  EXPECT_EQ(email.unsubscribe_url, "");
}

// clause-134.mail
TEST_P(LetterPostOn, PutsPolicyCookiesRightsAndContactAtTheFootOfEveryLetter) {
  for (const auto& kind : messages::letter_kinds()) write(std::string(kind.name), "nl");
  while (post->send_due() != 0) {
  }
  ASSERT_THAT(mailer.sent, SizeIs(messages::letter_kinds().size()));
  for (const auto& mail : mailer.sent) {
    for (const auto* page : {"/privacy", "/privacy/cookies", "/rights", "/privacy/contact"}) {
      const auto link = std::string("https://track.example") + page;
      EXPECT_THAT(mail.html, HasSubstr("href=\"" + link + "\"")) << mail.subject;
      EXPECT_THAT(mail.text, HasSubstr(": " + link + "\n")) << mail.subject;
    }
  }
}

TEST_P(LetterPostOn, TriesAgainUnderTheSameKeyWhenTheRelayCannotTakeIt) {
  write("reset-password", "en");
  mailer.answer = {Outcome::Kind::Later, "smtp 451", {}, {}};
  EXPECT_EQ(post->send_due(), 0);
  EXPECT_EQ(post->send_due(), 0);
  EXPECT_THAT(mailer.sent, SizeIs(1)) << "not before its time";
  world->clock.advance(31s);
  mailer.answer = {Outcome::Kind::Accepted, "smtp 250", {}, {}};
  EXPECT_EQ(post->send_due(), 1);
  ASSERT_THAT(mailer.sent, SizeIs(2));
  EXPECT_EQ(mailer.sent[0].key, mailer.sent[1].key);
}

TEST_P(LetterPostOn, GivesUpALetterThatWillNeverBeTaken) {
  write("reset-password", "en");
  mailer.answer = {Outcome::Kind::Gone, "smtp 550 5.1.1", {}, {}};
  post->send_due();
  world->clock.advance(2h);
  post->send_due();
  EXPECT_THAT(mailer.sent, SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(, LetterPostOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

}  // namespace
