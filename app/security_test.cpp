// What the security page says is what was found: each check is made to fail.
#include "app/security.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "app/backup.h"
#include "rights/retention.h"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using pages::Safeguard;
using State = Safeguard::State;

class Security : public ::testing::Test {
 protected:
  Security() {
    fs::create_directories(folder_);
    config_ = app::load_config("", folder_ + "/data", [](const std::string&) {
                return std::optional<std::string>();
              }).config;
    files_ = {folder_ + "/stamp", folder_ + "/cache", folder_ + "/restart"};
    instance_ = std::make_unique<app::Instance>(config_, &clock_);
  }
  ~Security() override {
    instance_.reset();
    fs::remove_all(folder_);
  }
  Safeguard look(std::string_view key) {
    const auto report = app::check_security(*instance_, config_, files_);
    const auto found = std::ranges::find(report.checks, key, &Safeguard::key);
    if (found == report.checks.end()) ADD_FAILURE() << "no check " << key;
    return found == report.checks.end() ? Safeguard{} : *found;
  }
  void sql(const std::string& statement) {
    instance_->database->write_now([&](store::Tx& tx) { return tx.execute(statement); });
  }
  void touch(const std::string& path, std::chrono::days ago) {
    std::ofstream(path) << "x";
    const auto at = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() - ago);
    const struct utimbuf times { at, at };
    ::utime(path.c_str(), &times);
  }
  void add_parcel() {
    instance_->vault->prepare(1001);
    shipments::Head head;
    head.account_id = 1001;
    head.id = base::Id::make(clock_.now());
    head.tracking_number = "1Z" + std::to_string(++parcels_);
    head.courier_code = "ups";
    head.subject = instance_->vault->new_subject_now(1001);
    shipments::Body body;
    body.customer_name = {"Ann de Vries", personal::Label()};
    const auto sealed = instance_->shipments->seal(head, body.envelope());
    instance_->database->write_now([&](store::Tx& tx) {
      instance_->shipments->insert(tx, head, sealed, clock_.now());
      return 0;
    });
  }

  const std::string folder_ =
      fs::temp_directory_path() / ("milepost-security-" + std::to_string(::getpid()));
  base::ManualClock clock_;
  app::Config config_;
  app::SystemFiles files_;
  std::unique_ptr<app::Instance> instance_;
  int parcels_ = 0;
};

}  // namespace

// clause-099.failing
TEST_F(Security, ABackupThatIsTooOldFails) {
  EXPECT_EQ(look("backup").state, State::Fails) << "never made";
  app::make_backup(*instance_, config_, folder_ + "/backups", std::chrono::days(7));
  EXPECT_EQ(look("backup").state, State::Holds);
  clock_.advance(47h);
  EXPECT_EQ(look("backup").state, State::Holds);
  EXPECT_EQ(look("backup").figure, 47);
  clock_.advance(2h);
  EXPECT_EQ(look("backup").state, State::Fails);
}

// clause-099.failing
TEST_F(Security, AMasterKeyThatOthersCanReadFails) {
  EXPECT_EQ(look("keys").state, State::Holds);
  ::chmod(config_.master_key.c_str(), 0640);
  EXPECT_EQ(look("keys").state, State::Fails);
  ::chmod(config_.master_key.c_str(), 0600);
  ::chmod(config_.data_folder.c_str(), 0755);
  EXPECT_EQ(look("keys").state, State::Fails);
}

// clause-099.failing
TEST_F(Security, RowsThatAreNotSealedFail) {
  EXPECT_EQ(look("sealing").state, State::Unknown) << "nothing is stored";
  add_parcel();
  add_parcel();
  EXPECT_EQ(look("sealing").state, State::Holds);
  EXPECT_EQ(look("sealing").figure, 2);
  sql("UPDATE shipments SET sealed = CAST('Ann de Vries' AS BLOB) WHERE tracking_number = '1Z2'");
  EXPECT_EQ(look("sealing").state, State::Fails);
  EXPECT_EQ(look("sealing").figure, 1);
}

// clause-099.failing
TEST_F(Security, ALogThatWasChangedFails) {
  instance_->database->write_now([&](store::Tx& tx) {
    instance_->audit->append(tx, {0, "server.started", 0, "{}"});
    return instance_->audit->append(tx, {0, "server.stopped", 0, "{}"});
  });
  instance_->audit->integrate();
  EXPECT_EQ(look("log").state, State::Holds);
  sql("UPDATE audit_entries SET kind = 'server.other' WHERE kind = 'server.stopped'");
  EXPECT_EQ(look("log").state, State::Fails);
}

// clause-099.failing
TEST_F(Security, DataKeptTooLongFails) {
  EXPECT_EQ(look("retention").state, State::Unknown) << "not looked at yet";
  rights::keep_proof(*instance_->database, clock_.now());
  EXPECT_EQ(look("retention").state, State::Holds);
  sql("UPDATE retention_proofs SET is_kept = 0 WHERE retention = 'shipment-180d'");
  EXPECT_EQ(look("retention").state, State::Fails);
  EXPECT_EQ(look("retention").figure, 1);
  sql("UPDATE retention_proofs SET is_kept = 1");
  clock_.advance(72h);
  EXPECT_EQ(look("retention").state, State::Fails) << "nobody looked for three days";
}

// clause-099.failing
TEST_F(Security, UpdatesThatAreNotLookedForFail) {
  EXPECT_EQ(look("patches").state, State::Unknown);
  touch(files_.updates_stamp, std::chrono::days(3));
  EXPECT_EQ(look("patches").state, State::Holds);
  EXPECT_EQ(look("patches").figure, 3);
  touch(files_.restart_due, std::chrono::days(0));
  EXPECT_EQ(look("patches").state, State::Fails);
  fs::remove(files_.restart_due);
  touch(files_.updates_stamp, std::chrono::days(9));
  EXPECT_EQ(look("patches").state, State::Fails);
}

// clause-099.failing
TEST_F(Security, WhatIsNotEncryptedOnItsWayFails) {
  EXPECT_EQ(look("tls").state, State::Fails);
  config_.public_url = "https://parcels.example";
  EXPECT_EQ(look("tls").state, State::Unknown) << "a proxy does it";
  config_.certificate = folder_ + "/nothing.pem";
  EXPECT_EQ(look("tls").state, State::Fails);
}

TEST_F(Security, EveryPageSaysWhatBrowsersMustKnow) {
  EXPECT_EQ(look("headers").state, State::Holds);
}
