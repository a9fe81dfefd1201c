#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shipments/testing.h"
#include "support/tickets.h"

namespace support {
namespace {

using shipments::testing::kAccount, shipments::testing::World;
using store::testing::Engine;
using ::testing::ElementsAre, ::testing::IsEmpty, ::testing::SizeIs;
using namespace std::chrono_literals;
using namespace std::string_view_literals;
using ServeAccess = personal::Access<personal::Purpose::ServeController>;

constexpr auto kPicture = "\x89PNG\r\n\x1a\n and what follows"sv;

struct TicketsOn : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    tickets = std::make_unique<Tickets>(*world->main, *world->vault, world->clock);
    parcel = world->add_named("1Z1", "Ann de Vries");
  }
  Question question(std::string_view text = "Where is it?") {
    Question q;
    q.account_id = kAccount;
    q.shipment = parcel;
    q.about = "where-is-it";
    q.address = "ann@example.com";
    q.text = text;
    return q;
  }
  base::Result<base::Id, Refusal> ask(const Question& q) {
    return world->main->write_now([&](store::Tx& tx) { return tickets->ask(tx, q); });
  }
  template <class F>
  auto write(F work) {
    return world->main->write_now([&](store::Tx& tx) { return work(tx); });
  }
  std::vector<std::string> words(const base::Id& id) {
    return write([&](store::Tx& tx) {
      std::vector<std::string> all;
      const auto ticket = tickets->find(tx, kAccount, id);
      if (!ticket) return all;
      ServeAccess access(*world->ledger, {}, kAccount, "test");
      for (const auto& message : tickets->messages(tx, *ticket))
        all.push_back((message.from_shop ? "shop: " : "") + open(message.text, access));
      return all;
    });
  }
  // As a backup would have it: key slot and sealed bytes.
  std::pair<personal::SubjectId, std::string> backup(const base::Id& id) {
    return write([&](store::Tx& tx) {
      auto found =
          tx.query("SELECT subject, sealed FROM tickets WHERE id = $1", store::Blob{id.bytes()});
      EXPECT_TRUE(found.next());
      return std::pair(found.integer(0), std::string(found.blob(1)));
    });
  }
  std::int64_t rows() {
    return world->count(
        "SELECT (SELECT COUNT(*) FROM tickets) + (SELECT COUNT(*) FROM ticket_messages) + (SELECT "
        "COUNT(*) FROM ticket_files) + (SELECT COUNT(*) FROM support_looks)");
  }
  auto look(const base::Id& shipment, const base::Id& ticket) {
    return write([&](store::Tx& tx) { return tickets->look(tx, kAccount, shipment, ticket, 17); });
  }

  std::unique_ptr<World> world;
  std::unique_ptr<Tickets> tickets;
  base::Id parcel;
};
INSTANTIATE_TEST_SUITE_P(, TicketsOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(TicketsOn, AreAskedAnsweredAskedAgainAndClosed) {
  const auto id = ask(question()).value();
  const auto say = [&](bool from_shop, const char* text) {
    return write([&](store::Tx& tx) { return tickets->say(tx, kAccount, id, from_shop, text); });
  };
  const auto state = [&] {
    return write([&](store::Tx& tx) { return tickets->find(tx, kAccount, id)->state; });
  };
  EXPECT_EQ(state(), State::Open);
  EXPECT_TRUE(say(true, "On its way, tomorrow at the latest."));
  EXPECT_EQ(state(), State::Answered);
  EXPECT_TRUE(say(false, "Nothing came."));
  EXPECT_EQ(state(), State::Open);
  EXPECT_THAT(words(id), ElementsAre("Where is it?", "shop: On its way, tomorrow at the latest.",
                                     "Nothing came."));
  EXPECT_TRUE(write([&](store::Tx& tx) { return tickets->close(tx, kAccount, id); }));
  const auto late = say(false, "Hello?");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error(), Refusal::Closed);
}

TEST_P(TicketsOn, TakeFilesThatAreWhatTheySay) {
  auto q = question();
  q.files = {kPicture, "%PDF-1.7 and more"sv};
  const auto id = ask(q).value();
  write([&](store::Tx& tx) {
    const auto ticket = *tickets->find(tx, kAccount, id);
    const auto files = tickets->files(tx, ticket);
    EXPECT_THAT(files, SizeIs(2));
    EXPECT_EQ(files[0].kind, "image/png");
    EXPECT_EQ(files[1].kind, "application/pdf");
    ServeAccess access(*world->ledger, {}, kAccount, "test");
    EXPECT_EQ(open(*tickets->file(tx, ticket, 1), access), kPicture);
    EXPECT_FALSE(tickets->file(tx, ticket, 3));
    return 0;
  });
  for (const auto bad : {"<svg onload=alert(1)>"sv, "MZ\x90"sv, "<html>"sv, ""sv}) {
    q.files = {bad};
    const auto refused = ask(q);
    ASSERT_FALSE(refused) << bad;
    EXPECT_EQ(refused.error(), Refusal::BadFile);
  }
}

TEST_P(TicketsOn, RefuseWhatIsNoQuestion) {
  const auto refusal = [&](const Question& q) {
    const auto answer = ask(q);
    return answer ? std::string("taken") : std::string(describe(answer.error()));
  };
  auto other = question(), elsewhere = question(), nothing = question("  \n");
  other.about = "the weather";
  elsewhere.account_id = kAccount + 1;
  EXPECT_EQ(refusal(other), describe(Refusal::NoTopic));
  EXPECT_EQ(refusal(elsewhere), describe(Refusal::NoShipment));
  EXPECT_EQ(refusal(nothing), describe(Refusal::NoText));
  EXPECT_EQ(refusal(question(std::string(5'001, 'x'))), describe(Refusal::NoText));
  for (int i = 0; i < Tickets::kMostOpen; ++i) EXPECT_EQ(refusal(question()), "taken");
  EXPECT_EQ(refusal(question()), describe(Refusal::TooMany));
}

// clause-023.expiry
TEST_P(TicketsOn, ExpireOnTheirDayWithWordsFilesAndKey) {
  auto q = question();
  q.files = {kPicture};
  const auto id = ask(q).value();
  const auto [subject, sealed] = backup(id);
  // A parcel that lives longer, so that it is the question's own day that counts.
  write([&](store::Tx& tx) {
    return tx.execute("UPDATE shipments SET expires_at = expires_at + 1000000000000");
  });
  world->clock.advance(24h * 90 - 1s);
  EXPECT_EQ(tickets->sweep(), 0);
  EXPECT_THAT(words(id), ElementsAre("Where is it?"));
  world->clock.advance(1s);
  EXPECT_EQ(tickets->sweep(), 1);
  EXPECT_EQ(rows(), 0);
  EXPECT_EQ(world->vault->unseal({"tickets", kAccount, id.bytes()}, subject, sealed).error(),
            personal::VaultError::NoKey)
      << "no backup can read it either";
}

TEST_P(TicketsOn, GoWithTheirParcel) {
  const auto id = ask(question()).value();
  EXPECT_TRUE(look(parcel, id));
  write([&](store::Tx& tx) { return world->repository->remove(tx, kAccount, parcel); });
  EXPECT_EQ(tickets->sweep(), 1);
  EXPECT_EQ(rows(), 0);
}

// clause-062.refused
TEST_P(TicketsOn, AreTheOnlyReasonToLookAtAParcelForSupport) {
  const auto other = world->add_named("1Z2", "Bob");
  const auto id = ask(question()).value();
  const auto about_other = look(other, id);
  ASSERT_FALSE(about_other) << "a question about another parcel";
  EXPECT_EQ(about_other.error(), Refusal::NoTicket);
  EXPECT_FALSE(look(parcel, base::Id::make(world->clock.now()))) << "no question at all";
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM support_looks"), 0);

  const auto warrant = look(parcel, id);
  ASSERT_TRUE(warrant);
  personal::Access<personal::Purpose::Support> access(*world->ledger, {}, kAccount, "support.look",
                                                      warrant.value());
  EXPECT_EQ(open(world->find(parcel)->body.customer_name, access), "Ann de Vries");
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM support_looks WHERE member = 17"), 1);

  write([&](store::Tx& tx) { return tickets->close(tx, kAccount, id); });
  const auto closed = look(parcel, id);
  ASSERT_FALSE(closed) << "answered and closed: nothing left to look for";
  EXPECT_EQ(closed.error(), Refusal::Closed);
}

TEST_P(TicketsOn, ListWhatWaitsFirst) {
  const auto first = ask(question("one")).value();
  world->clock.advance(1min);
  const auto second = ask(question("two")).value();
  EXPECT_TRUE(
      write([&](store::Tx& tx) { return tickets->say(tx, kAccount, first, true, "done"); }));
  const auto all = write([&](store::Tx& tx) { return tickets->list(tx, kAccount, false, 10); });
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].id, second);
  EXPECT_THAT(write([&](store::Tx& tx) { return tickets->list(tx, kAccount, true, 10); }),
              SizeIs(1));
  EXPECT_THAT(write([&](store::Tx& tx) { return tickets->list(tx, kAccount + 1, false, 10); }),
              IsEmpty());
}

}  // namespace
}  // namespace support
