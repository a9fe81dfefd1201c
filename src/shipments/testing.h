// For tests of whatever stands on shipments: both stores of an instance, an account, shipments, and
// reports that are short to write.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "personal/access.h"
#include "personal/vault.h"
#include "shipments/ingest.h"
#include "store/testing.h"

namespace shipments::testing {

inline constexpr std::int64_t kAccount = 7;

class World {
 public:
  explicit World(store::testing::Engine engine)
      : main(engine, store::Schema::Main), keys(engine, store::Schema::Keys) {
    vault = std::make_unique<personal::Vault>(*keys, personal::MasterKey::ephemeral(), clock);
    ledger = std::make_unique<personal::Ledger>(*main, clock);
    repository = std::make_unique<Repository>(*vault);
    add_account(kAccount);
  }

  void add_account(std::int64_t account) {
    vault->prepare(account);
    main->write_now([&](store::Tx& tx) {
      tx.execute(
          "INSERT INTO accounts (account_id, created_at, updated_at, plan, subject, email_hash) "
          "VALUES ($1, 0, 0, 'standard', 0, $2)",
          account, store::Blob{std::to_string(account)});
    });
  }

  Head head(std::string number, std::string courier = "ups", std::int64_t account = kAccount) {
    Head h;
    h.account_id = account;
    h.id = base::Id::make(clock.now());
    h.tracking_number = std::move(number);
    h.courier_code = std::move(courier);
    h.substatus = 1;
    h.created_at = h.updated_at = clock.now();
    return h;
  }
  // A shipment without any personal data.
  base::Id add(std::string number, std::int64_t account = kAccount) {
    const auto h = head(std::move(number), "ups", account);
    main->write_now([&](store::Tx& tx) { repository->insert(tx, h, {}, clock.now()); });
    return h.id;
  }
  // One whose buyer is named.
  base::Id add_named(std::string number, std::string name) {
    auto h = head(std::move(number));
    h.subject = vault->new_subject_now(h.account_id);
    Body body;
    body.customer_name = Sealed<personal::field::CustomerName>(std::move(name), personal::Label());
    const auto sealed = repository->seal(h, body.envelope());
    repository->note_addresses(h, body.envelope());
    main->write_now([&](store::Tx& tx) { repository->insert(tx, h, sealed, clock.now()); });
    return h.id;
  }

  std::optional<Shipment> find(const base::Id& id, std::int64_t account = kAccount) {
    return main->read_now([&](store::Tx& tx) { return repository->find(tx, account, id); });
  }
  Head head_of(const base::Id& id) { return find(id)->head; }
  journey::Journey journey_of(const base::Id& id) {
    const auto shipment = find(id);
    personal::Access<personal::Purpose::Rights> access(*ledger, {}, kAccount, "test");
    journey::Journey journey;
    journey::decode(open(shipment->body.journey, access), journey);
    return journey;
  }
  std::int64_t count(std::string_view sql) {
    return main->read_now([&](store::Tx& tx) {
      auto rows = tx.query(sql);
      return rows.next() ? rows.integer(0) : -1;
    });
  }

  base::ManualClock clock;
  store::testing::FreshDatabase main, keys;
  std::unique_ptr<personal::Vault> vault;
  std::unique_ptr<personal::Ledger> ledger;
  std::unique_ptr<Repository> repository;
};

// `word` as the v4 API has it: "transit001", "delivered"; anything else is not understood.
inline journey::Scan scan(std::string time, std::string_view word, std::string text) {
  journey::Scan s;
  s.time = std::move(time);
  s.description = std::move(text);
  const auto sub = journey::parse_substatus(word);
  const auto status = sub ? std::optional(sub->status) : journey::parse_status(word);
  if (!status) return s;
  s.verdict.kind = journey::Verdict::Kind::Known;
  s.verdict.by = journey::By::CarrierCode;
  s.verdict.confidence = 1000;
  s.verdict.status = *status;
  s.verdict.substatus = sub ? sub->number : 0;
  return s;
}

inline Update says(const base::Id& id, std::vector<journey::Scan> scans, base::Instant at,
                   std::int64_t account = kAccount) {
  Update update;
  update.account_id = account;
  update.id = id;
  update.report.courier_code = "ups";
  update.report.scans = std::move(scans);
  update.source = "ups";
  update.heard_at = at;
  return update;
}

inline Update says(const base::Id& id, Update::Says what, base::Instant at) {
  auto update = says(id, std::vector<journey::Scan>(), at);
  update.says = what;
  return update;
}

}  // namespace shipments::testing
