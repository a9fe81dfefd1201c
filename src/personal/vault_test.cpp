#include "personal/vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <future>
#include <set>
#include <thread>

#include "base/log.h"
#include "base/text.h"
#include "personal/fields.gen.h"
#include "personal/testing.h"

namespace {

using namespace personal;
using namespace personal::testing;

constexpr std::int64_t kAccount = 7;

struct VaultTest : ::testing::TestWithParam<store::testing::Engine> {
  void SetUp() override { MILEPOST_NEED_ENGINE(); }

  std::unique_ptr<store::Database> open_keys() const {
    return open_migrated(keys_database.url(), store::Schema::Keys);
  }
  std::unique_ptr<store::Database> open_main() {
    if (!main_database) main_database.emplace(GetParam(), store::Schema::Main);
    return open_migrated(main_database->url(), store::Schema::Main);
  }
  MasterKey master() const { return MasterKey::load(master_path, true); }
  // Where both databases lie, and the log.
  std::vector<std::string> folders() const {
    std::vector<std::string> all{keys_database.folder(), log_folder.path()};
    if (main_database) all.push_back(main_database->folder());
    return all;
  }
  bool is_sqlite() const { return GetParam() == store::testing::Engine::Sqlite; }

  static std::int64_t count(store::Database& keys, std::string_view table) {
    return keys.read_now([&](store::Tx& tx) {
      auto rows = tx.query("SELECT COUNT(*) FROM " + std::string(table));
      rows.next();
      return rows.integer(0);
    });
  }
  using Backup = std::function<std::pair<SubjectId, std::string>()>;
  inline static const Backup read_nothing = [] { return std::pair<SubjectId, std::string>(); };
  // Shipment "a" as a copy of the main database holds it: a copied file, or (PostgreSQL) its row.
  Backup back_up(store::Database& main) const {
    if (!is_sqlite()) {
      return [row = read_shipment(main, kAccount, "a")] { return row; };
    }
    main.checkpoint();
    const auto copy = elsewhere.file("backup.db");
    std::filesystem::copy_file(main_database->folder() + "/milepost.db", copy);
    return [copy] {
      return read_shipment(*open_migrated("sqlite:" + copy, store::Schema::Main), kAccount, "a");
    };
  }
  // The value inside, through an access whose ledger nobody looks at.
  std::string opened(const Envelope& envelope) {
    const auto main = open_main();
    Ledger ledger(*main, clock);
    Access<Purpose::ServeController> access(ledger, {}, kAccount, "test");
    return open(envelope.take<field::CustomerEmail>(), access);
  }

  store::testing::FreshDatabase keys_database{GetParam(), store::Schema::Keys};
  std::optional<store::testing::FreshDatabase> main_database;  // made when it is opened
  Folder log_folder;
  Folder elsewhere;  // for what an operator keeps apart: the master key, backups
  std::string master_path = elsewhere.file("master.key");
  base::ManualClock clock;
};

INSTANTIATE_TEST_SUITE_P(On, VaultTest, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<store::testing::Engine>>);

TEST_P(VaultTest, UnsealsWhatItSealed) {
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  vault.prepare(kAccount);
  const auto subject = vault.new_subject_now(kAccount);
  const auto row = shipment_row(kAccount, "a");
  const auto sealed = vault.seal(row, subject, envelope_of("mira@example.org"));
  ASSERT_TRUE(sealed);
  const auto again = vault.seal(row, subject, envelope_of("mira@example.org"));
  EXPECT_NE(*sealed, *again) << "a nonce of its own each time";
  const auto envelope = vault.unseal(row, subject, *sealed);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(opened(*envelope), "mira@example.org");
}

// clause-026.swapped
TEST_P(VaultTest, RefusesSealedRowsThatWereSwapped) {
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  const auto main = open_main();
  const auto ann = vault.new_subject_now(kAccount);
  const auto bob = vault.new_subject_now(kAccount);
  const auto seal = [&](const RowIdentity& row, SubjectId subject) {
    return *vault.seal(row, subject, envelope_of("someone@example.org"));
  };
  insert_shipment(*main, kAccount, "a", ann, seal(shipment_row(kAccount, "a"), ann));
  insert_shipment(*main, kAccount, "b", bob, seal(shipment_row(kAccount, "b"), bob));
  main->write_now([](store::Tx& tx) {  // even with the subject, as a thief would
    tx.execute("UPDATE shipments SET id = $1 WHERE id = $2", store::Blob{"c"}, store::Blob{"a"});
    tx.execute("UPDATE shipments SET id = $1 WHERE id = $2", store::Blob{"a"}, store::Blob{"b"});
    tx.execute("UPDATE shipments SET id = $1 WHERE id = $2", store::Blob{"b"}, store::Blob{"c"});
  });
  for (const std::string_view id : {"a", "b"}) {
    const auto [subject, sealed] = read_shipment(*main, kAccount, id);
    const auto envelope = vault.unseal(shipment_row(kAccount, id), subject, sealed);
    ASSERT_FALSE(envelope) << id;
    EXPECT_EQ(envelope.error(), VaultError::WrongRow);
  }
}

// clause-026.swapped
TEST_P(VaultTest, BindsEveryPartOfTheRow) {
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  const auto subject = vault.new_subject_now(kAccount);
  const auto other = vault.new_subject_now(kAccount);
  const auto sealed = *vault.seal({"shipments", kAccount, "ab"}, subject, envelope_of("x@y.z"));
  const struct {
    RowIdentity row;
    SubjectId subject;
    VaultError why;
  } cases[] = {
      {{"accounts", kAccount, "ab"}, subject, VaultError::WrongRow},
      {{"shipments", kAccount, "a"}, subject, VaultError::WrongRow},
      {{"shipmentsa", kAccount, "b"}, subject, VaultError::WrongRow},
      {{"shipments", kAccount, "ab"}, other, VaultError::WrongRow},
      {{"shipments", kAccount + 1, "ab"}, subject, VaultError::NoKey},
      {{"shipments", kAccount, "ab"}, 0, VaultError::NoKey},
      {{"shipments", kAccount, "ab"}, -5, VaultError::NoKey},
      {{"shipments", kAccount, "ab"}, 1'000'000, VaultError::NoKey},
  };
  for (const auto& [row, who, why] : cases) {
    const auto envelope = vault.unseal(row, who, sealed);
    ASSERT_FALSE(envelope) << row.table << ' ' << row.row;
    EXPECT_EQ(envelope.error(), why) << describe(envelope.error());
  }
  for (std::size_t i = 1; i < sealed.size(); ++i) {  // any byte changed
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 0x20);
    EXPECT_FALSE(vault.unseal({"shipments", kAccount, "ab"}, subject, changed));
  }
  for (const auto& bytes : {std::string(), std::string("x"), sealed.substr(0, 40),
                            "\2" + sealed.substr(1), std::string(200, '\0')}) {
    const auto envelope = vault.unseal({"shipments", kAccount, "ab"}, subject, bytes);
    ASSERT_FALSE(envelope);
    EXPECT_EQ(envelope.error(), VaultError::Malformed);
  }
}

// clause-046.backup
TEST_P(VaultTest, AfterForgettingAnOldCopyOfTheDatabaseCannotBeRead) {
  const auto row = shipment_row(kAccount, "a");
  auto backup = read_nothing;
  {
    const auto keys = open_keys();
    Vault vault(*keys, master(), clock);
    const auto main = open_main();
    const auto subject = vault.new_subject_now(kAccount);
    insert_shipment(*main, kAccount, "a", subject,
                    *vault.seal(row, subject, envelope_of("mira@example.org")));
    backup = back_up(*main);
    ASSERT_TRUE(vault.unseal(row, backup().first, backup().second));
    const SubjectId forgotten[] = {subject};
    vault.forget(kAccount, forgotten);
    vault.forget(kAccount, forgotten);  // twice is once
    const auto envelope = vault.unseal(row, subject, read_shipment(*main, kAccount, "a").second);
    ASSERT_FALSE(envelope);
    EXPECT_EQ(envelope.error(), VaultError::NoKey);
    EXPECT_FALSE(vault.seal(row, subject, envelope_of("again@example.org")));
  }
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  const auto [subject, sealed] = backup();
  const auto envelope = vault.unseal(row, subject, sealed);
  ASSERT_FALSE(envelope);
  EXPECT_EQ(envelope.error(), VaultError::NoKey);
}

// clause-046.backup
TEST_P(VaultTest, ForgettingLeavesTheKeyInNoFileOfTheKeyStore) {
  if (!is_sqlite()) GTEST_SKIP() << "PostgreSQL keeps what its own log keeps: decision 0004";
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  std::vector<SubjectId> subjects;
  for (int i = 0; i < 40; ++i) subjects.push_back(vault.new_subject_now(kAccount));
  const auto wrapped = [&](SubjectId subject) {
    return keys->read_now([&](store::Tx& tx) {
      auto rows = tx.query("SELECT wrapped FROM slots WHERE slot = $1", subject);
      return rows.next() ? std::string(rows.blob(0)) : std::string();
    });
  };
  const auto before = wrapped(subjects[3]);
  const auto kept = wrapped(subjects[4]);
  ASSERT_EQ(before.size(), 72U);
  ASSERT_FALSE(holding(folders(), before).empty()) << "the search itself must work";
  vault.forget(kAccount, std::span(subjects).first(4));
  EXPECT_EQ(wrapped(subjects[3]), "");
  EXPECT_THAT(holding(folders(), before), ::testing::IsEmpty());
  EXPECT_THAT(holding(folders(), kept), ::testing::Not(::testing::IsEmpty()));
}

// clause-026.dump clause-032.dump
TEST_P(VaultTest, NothingPersonalCanBeReadInAnyFile) {
  const std::string_view canaries[] = {"Mirabelle Quendel", "mirabelle.quendel@example.org",
                                       "+31612345678", "9712 CP"};
  if (!is_sqlite()) GTEST_SKIP() << "the server's files are not ours to read";
  base::open_log(log_folder.file("log.json"), base::LogForm::Json, base::Level::Debug);
  const auto keys = open_keys();
  const auto main = open_main();
  {
    Ledger access_ledger(*main, clock);
    Vault vault(*keys, master(), clock);
    const auto subject = vault.new_subject_now(kAccount);
    Envelope envelope;
    envelope.put(Personal<std::string, field::CustomerName>(std::string(canaries[0]), Label()));
    envelope.put(email(std::string(canaries[1])));
    envelope.put(Personal<std::string, field::CustomerSms>(std::string(canaries[2]), Label()));
    envelope.put(
        Personal<std::string, field::RecipientPostcode>(std::string(canaries[3]), Label()));
    const auto row = shipment_row(kAccount, "a");
    insert_shipment(*main, kAccount, "a", subject, *vault.seal(row, subject, envelope));
    const auto stored = read_shipment(*main, kAccount, "a");
    const auto back = vault.unseal(row, stored.first, stored.second);
    ASSERT_TRUE(back);
    Access<Purpose::ServeController> access(access_ledger, {}, kAccount, "v4.trackings.get");
    access.about(subject);
    EXPECT_EQ(open(back->take<field::CustomerName>(), access), canaries[0]);
    base::log(base::Level::Error, "test.opened", {{"subject", subject}});
    access_ledger.flush();
  }
  base::flush_log();
  const auto look = [&] {
    EXPECT_GE(contents(folders()).size(), 3U);
    for (const auto canary : canaries) {
      EXPECT_THAT(holding(folders(), canary), ::testing::IsEmpty()) << canary;
    }
  };
  look();  // write-ahead logs and all
  EXPECT_FALSE(holding(folders(), "v4.trackings.get").empty()) << "the search itself must work";
  EXPECT_FALSE(holding(folders(), "test.opened").empty());
  keys->checkpoint();
  main->checkpoint();
  look();
}

// clause-026.dump
TEST_P(VaultTest, BothDatabasesWithoutTheMasterKeyGiveNothing) {
  {
    const auto keys = open_keys();
    Vault vault(*keys, master(), clock);
    (void)vault.new_subject_now(kAccount);
  }
  const auto keys = open_keys();
  try {
    Vault stranger(*keys, MasterKey::ephemeral(), clock);
    FAIL() << "another master key must be refused";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("master key does not fit this key store"));
  }
}

// clause-026.swapped
TEST_P(VaultTest, ASwappedKeyInTheKeyStoreDoesNotOpen) {
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  const auto ann = vault.new_subject_now(kAccount);
  const auto bob = vault.new_subject_now(kAccount);
  const auto sealed = *vault.seal(shipment_row(kAccount, "a"), ann, envelope_of("a@example.org"));
  keys->write_now([&](store::Tx& tx) {
    tx.execute(
        "UPDATE slots SET wrapped = (SELECT wrapped FROM slots WHERE slot = $1) WHERE "
        "slot = $2",
        ann, bob);
  });
  Vault fresh(*keys, master(), clock);
  EXPECT_TRUE(fresh.unseal(shipment_row(kAccount, "a"), ann, sealed));
  EXPECT_THROW((void)fresh.unseal(shipment_row(kAccount, "a"), bob, sealed), store::StoreError);
}

// clause-026.rotation
TEST_P(VaultTest, ANewMasterKeyKeepsEverythingAndRefusesTheOld) {
  const auto next_path = elsewhere.file("next.key");
  const auto row = shipment_row(kAccount, "a");
  std::string sealed;
  SubjectId subject = 0;
  std::array<std::uint8_t, 32> api_key{}, address{};
  {
    const auto keys = open_keys();
    Vault vault(*keys, master(), clock);
    for (std::int64_t account = 1; account < 30; ++account) vault.prepare(account);
    subject = vault.new_subject_now(kAccount);
    sealed = *vault.seal(row, subject, envelope_of("mira@example.org"));
    api_key = vault.keyed_hash(0, "api-key", "secret");
    address = vault.keyed_hash(kAccount, "email", "mira@example.org");
    vault.rotate_master(MasterKey::load(next_path, true));
    EXPECT_TRUE(vault.unseal(row, subject, sealed)) << "without a new start";
    vault.prepare(31);
  }
  const auto keys = open_keys();
  EXPECT_THROW(Vault(*keys, master(), clock), std::runtime_error);
  Vault vault(*keys, MasterKey::load(next_path, false), clock);
  const auto envelope = vault.unseal(row, subject, sealed);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(opened(*envelope), "mira@example.org");
  EXPECT_EQ(vault.keyed_hash(0, "api-key", "secret"), api_key);
  EXPECT_EQ(vault.keyed_hash(kAccount, "email", "mira@example.org"), address);
  vault.prepare(31);
  EXPECT_GT(vault.new_subject_now(30), 0);
}

// clause-026.rotation
TEST_P(VaultTest, AProcessWithTheOldMasterKeyMakesNoNewAccounts) {
  const auto keys = open_keys();
  Vault old(*keys, master(), clock);
  old.prepare(kAccount);
  Vault rotating(*keys, master(), clock);
  rotating.rotate_master(MasterKey::ephemeral());
  EXPECT_GT(old.new_subject_now(kAccount), 0) << "known accounts go on";
  EXPECT_THROW(old.prepare(kAccount + 1), store::StoreError);
  EXPECT_THROW(old.rotate_master(MasterKey::ephemeral()), store::StoreError);
  EXPECT_NO_THROW(rotating.prepare(kAccount + 1));
}

TEST_P(VaultTest, ASlotTakenBeforeACrashStillUnseals) {
  (void)master();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto keys = open_keys();
    Vault vault(*keys, MasterKey::load(master_path, false), clock);
    const auto subject = vault.new_subject_now(kAccount);
    const auto sealed = vault.seal(shipment_row(kAccount, "a"), subject, envelope_of("m@e.org"));
    const auto line = fmt::format("{} {}\n", subject, base::to_hex(*sealed));
    if (::write(ends[1], line.data(), line.size()) < 0) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  ::close(ends[1]);
  std::string line;
  char c = 0;
  while (::read(ends[0], &c, 1) == 1 && c != '\n') line += c;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  const auto space = line.find(' ');
  ASSERT_NE(space, std::string::npos);
  const SubjectId subject = std::stoll(line.substr(0, space));

  const auto keys = open_keys();
  EXPECT_GT(count(*keys, "slots"), 1) << "those made ahead leak, harmlessly";
  Vault vault(*keys, master(), clock);
  const auto envelope =
      vault.unseal(shipment_row(kAccount, "a"), subject, base::from_hex(line.substr(space + 1)));
  ASSERT_TRUE(envelope);
  EXPECT_EQ(opened(*envelope), "m@e.org");
  EXPECT_NE(vault.new_subject_now(kAccount), subject);
}

TEST_P(VaultTest, DeletesUnusedSlotsWhenItIsClosed) {
  const auto keys = open_keys();
  {
    Vault vault(*keys, master(), clock);
    vault.prepare(kAccount);
    const auto kept = vault.new_subject_now(kAccount);
    const auto returned = vault.new_subject_now(kAccount);
    vault.give_back(kAccount, returned);
    EXPECT_NE(kept, returned);
    EXPECT_GE(count(*keys, "slots"), 64);
  }
  EXPECT_EQ(count(*keys, "slots"), 1);
}

TEST_P(VaultTest, AForgottenSlotIsNotHandedOutThoughItWasGivenBack) {
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  const auto first = vault.new_subject_now(kAccount);
  vault.give_back(kAccount, first);
  const SubjectId forgotten[] = {first};
  vault.forget(kAccount, forgotten);
  for (int i = 0; i < 500; ++i) EXPECT_NE(vault.new_subject_now(kAccount), first);
}

TEST_P(VaultTest, HandsOutNoSlotTwiceAcrossThreadsAndVaults) {
  const auto keys = open_keys();
  (void)master();
  std::vector<std::vector<SubjectId>> taken(4);
  {
    Vault one(*keys, master(), clock);
    Vault two(*keys, master(), clock);
    std::vector<std::thread> threads;
    for (std::size_t t = 0; t < taken.size(); ++t) {
      threads.emplace_back([&, t] {
        Vault& vault = t % 2 == 0 ? one : two;
        for (int i = 0; i < 2000; ++i) taken[t].push_back(vault.new_subject_now(kAccount));
      });
    }
    for (auto& thread : threads) thread.join();
  }
  std::set<SubjectId> all;
  for (const auto& some : taken) all.insert(some.begin(), some.end());
  EXPECT_EQ(all.size(), 8000U);
  EXPECT_EQ(count(*keys, "slots"), 8000) << "each of them durable, and no other";
}

TEST_P(VaultTest, AnAwaitedSubjectComesBackOnTheThreadThatAwaitedIt) {
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  store::testing::Loop io;
  constexpr int kTasks = 300;    // more than the first block holds
  std::set<SubjectId> subjects;  // touched by the loop's thread alone
  int elsewhere_resumed = 0;
  std::promise<void> finished;
  const auto one = [&](std::thread::id home) -> base::Task<void> {
    const auto subject = co_await vault.new_subject(kAccount);
    if (std::this_thread::get_id() != home) ++elsewhere_resumed;
    EXPECT_TRUE(vault.seal(shipment_row(kAccount, "a"), subject, Envelope()));
    subjects.insert(subject);
    if (subjects.size() == kTasks) finished.set_value();
  };
  const auto all = [&]() -> base::Task<void> {
    for (int i = 0; i < kTasks; ++i) base::spawn(one(std::this_thread::get_id()));
    co_return;
  };
  io.run(all());
  ASSERT_EQ(finished.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  EXPECT_EQ(elsewhere_resumed, 0);
  EXPECT_LT(io.posts(), kTasks / 2) << "one wake-up for many";
}

// clause-046.backup
TEST_P(VaultTest, WhatAnotherProcessForgotIsNoLongerOpenedAfterAMinute) {
  if (is_sqlite()) GTEST_SKIP() << "one process has it alone";
  const auto keys = open_keys();
  Vault here(*keys, master(), clock);
  const auto there_keys = open_keys();
  Vault there(*there_keys, master(), clock);
  const auto row = shipment_row(kAccount, "a");
  const auto subject = here.new_subject_now(kAccount);
  const auto sealed = *here.seal(row, subject, envelope_of("m@example.org"));
  ASSERT_TRUE(there.unseal(row, subject, sealed));
  here.forget(kAccount, std::span(&subject, 1));
  EXPECT_FALSE(here.unseal(row, subject, sealed));
  clock.advance(std::chrono::seconds(60));
  EXPECT_FALSE(there.unseal(row, subject, sealed));
}

TEST_P(VaultTest, ABrokenKeyStoreIsAnErrorNotASlot) {
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  keys->write_now([](store::Tx& tx) { tx.execute("DROP TABLE slots"); });
  EXPECT_THROW((void)vault.new_subject_now(kAccount), store::StoreError);
  EXPECT_THROW((void)base::sync_wait(vault.new_subject(kAccount)), store::StoreError);
}

TEST_P(VaultTest, PrefetchLoadsManyKeysAtOnce) {
  const auto keys = open_keys();
  std::vector<SubjectId> subjects;
  std::string sealed;
  {
    Vault vault(*keys, master(), clock);
    for (int i = 0; i < 200; ++i) subjects.push_back(vault.new_subject_now(kAccount));
    sealed = *vault.seal(shipment_row(kAccount, "a"), subjects[150], envelope_of("m@e.org"));
  }
  Vault vault(*keys, master(), clock);
  auto wanted = subjects;
  wanted.push_back(0);
  wanted.push_back(1'000'000);
  wanted.push_back(subjects[3]);
  vault.prefetch(kAccount, wanted);
  keys->write_now([](store::Tx& tx) { tx.execute("DELETE FROM slots"); });
  EXPECT_TRUE(vault.unseal(shipment_row(kAccount, "a"), subjects[150], sealed))
      << "from memory, without the store";
}

TEST_P(VaultTest, KeyedHashesAreStableAndApart) {
  const auto keys = open_keys();
  Vault vault(*keys, master(), clock);
  vault.prepare(1);
  vault.prepare(2);
  const auto hash = vault.keyed_hash(0, "api-key", "abc");
  EXPECT_EQ(hash, vault.keyed_hash(0, "api-key", "abc"));
  EXPECT_NE(hash, vault.keyed_hash(0, "api-key", "abd"));
  EXPECT_NE(hash, vault.keyed_hash(0, "api-ke", "yabc"));
  EXPECT_NE(hash, vault.keyed_hash(1, "api-key", "abc"));
  EXPECT_NE(vault.keyed_hash(1, "email", "abc"), vault.keyed_hash(2, "email", "abc"));
  EXPECT_THROW((void)vault.keyed_hash(99, "email", "abc"), store::StoreError);
}

}  // namespace
