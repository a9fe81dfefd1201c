// For this room's tests: a store with an account and shipments, a made-up connector, an ingest that
// remembers what it was given.
#pragma once
#include <map>
#include <set>

#include "inbound/mouth.h"
#include "store/testing.h"

namespace inbound::testing {

inline constexpr std::int64_t kAccount = 1001;
// 2026-06-01T12:00:00Z
inline constexpr base::Instant kStart = base::from_micros(1'780'315'200'000'000);

// Documents of the connector "lines": "NUMBER CODE TIME" a line; "!" is unreadable, "?" an event
// that does not parse.
inline std::optional<Reading> read_lines(std::string_view connector, std::string_view bytes) {
  if (connector != "lines" && connector != "standard") return std::nullopt;
  Reading reading;
  reading.courier_codes = {"acme"};
  reading.is_of_any_courier = connector == "standard";
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    if (line.starts_with("!")) {
      reading.understood.errors.push_back(
          {carriers::ErrorClass::Unreadable, "", "not a line, at byte 0", ""});
      return reading;
    }
    journey::Report report;
    const auto space = line.find(' ');
    report.courier_code = "acme";
    report.tracking_number = std::string(line.substr(0, space));
    const auto words = space == std::string_view::npos ? "" : line.substr(space + 1);
    if (words.starts_with("?")) {
      report.quarantined.push_back({std::string(words), "time: that is no date"});
    } else if (!words.empty()) {
      journey::Scan scan;
      const auto second = words.find(' ');
      scan.raw_code = std::string(words.substr(0, second));
      if (second != std::string_view::npos) scan.time = std::string(words.substr(second + 1));
      report.scans.push_back(scan);
    }
    reading.understood.reports.push_back(report);
  }
  return reading;
}

class World {
 public:
  explicit World(store::testing::Engine engine)
      : database(engine, store::Schema::Main),
        keys(engine, store::Schema::Keys),
        clock(kStart),
        vault(*keys, personal::MasterKey::ephemeral(), clock),
        repository(vault),
        seen(*database, vault),
        doors(*database, vault, clock) {
    add_account(kAccount);
  }

  void add_account(std::int64_t id) {
    vault.prepare(id);
    const auto hash = vault.keyed_hash(0, "account-email", std::to_string(id));
    database->write_now([&](store::Tx& tx) {
      tx.execute(
          "INSERT INTO accounts (account_id, created_at, updated_at, plan, subject, email_hash) "
          "VALUES ($1, 0, 0, 'free', 0, $2)",
          id, store::Blob{{reinterpret_cast<const char*>(hash.data()), hash.size()}});
    });
  }
  base::Id add_shipment(std::string number, std::string courier, std::int64_t account = kAccount) {
    shipments::Head head;
    head.account_id = account;
    head.id = base::Id::make(clock.now());
    head.tracking_number = std::move(number);
    head.courier_code = std::move(courier);
    head.created_at = head.updated_at = clock.now();
    database->write_now([&](store::Tx& tx) {
      EXPECT_EQ(repository.insert(tx, head, {}, clock.now()), shipments::Repository::Inserted::Yes);
    });
    return head.id;
  }

  Mouth::Parts parts() {
    const auto ingest = [this](std::vector<shipments::Update> updates) {
      return take(std::move(updates));
    };
    const auto open = [this](std::int64_t account, std::string number, std::string courier) {
      return open_shipment(account, std::move(number), std::move(courier));
    };
    return {*database, repository, seen, clock, read_lines, ingest, open, nullptr};
  }

  store::testing::FreshDatabase database, keys;
  base::ManualClock clock;
  personal::Vault vault;
  shipments::Repository repository;
  Seen seen;
  Doors doors;
  std::vector<shipments::Update> taken;
  bool is_broken = false;  // ingest throws
  bool may_open = true;

 private:
  // What ingest promises: the same report again changes nothing.
  base::Task<std::vector<shipments::Ingested>> take(std::vector<shipments::Update> updates) {
    if (is_broken) throw store::StoreError("gone");
    std::vector<shipments::Ingested> out;
    for (auto& update : updates) {
      shipments::Ingested one;
      for (const auto& scan : update.report.scans)
        one.new_events += known_.insert(update.id.hex() + scan.raw_code + scan.time).second ? 1 : 0;
      if (one.new_events > 0) one.outcome = shipments::Ingested::Outcome::Changed;
      out.push_back(one);
      taken.push_back(std::move(update));
    }
    co_return out;
  }
  base::Task<std::optional<shipments::Repository::Named>> open_shipment(std::int64_t account,
                                                                        std::string number,
                                                                        std::string courier) {
    if (!may_open) co_return std::nullopt;
    co_return shipments::Repository::Named{add_shipment(std::move(number), courier, account),
                                           courier};
  }
  std::set<std::string> known_;
};

}  // namespace inbound::testing
