// For this room's tests: an account with a parcel and a person in it, and payment companies on this
// machine that write down every byte they are sent and answer more than they are asked, as real
// ones do.
#pragma once
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/text.h"
#include "billing/contact.h"
#include "billing/desk.h"
#include "billing/manual.h"
#include "billing/mollie.h"
#include "billing/stripe.h"
#include "crypto/hash.h"
#include "http/raw_peer.h"
#include "personal/testing.h"
#include "store/dump.h"
#include "store/testing.h"

namespace billing::testing {

inline constexpr std::int64_t kAccount = 7;

// What a provider knows and nobody else may keep.
inline constexpr std::string_view kCardNumber = "4242424242424242", kCardCode = "8514",
                                  kHolder = "Annabel Cardholder",
                                  kPayerAddress = "annabel@payer.example";
inline constexpr std::string_view kStripeKey = "sk_test_milepost", kMollieKey = "test_milepost",
                                  kSigning = "whsec_milepost";

inline constexpr std::string_view kParcel = "1Z5R89390357567127";  // id and tracking number

inline Currency euro() { return *Currency::parse("EUR"); }

// One connection a call, written down as it came in.
class PaymentPeer {
 public:
  struct Made {
    std::string reference, invoice, currency, amount;
    std::string state = "open";  // as the provider would say it
  };

  virtual ~PaymentPeer() = default;
  std::string url() const { return peer_.url(""); }
  std::string every_byte() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
  }
  int calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  void set(const std::string& reference, std::string state) {
    const std::lock_guard lock(mutex_);
    made_.at(reference).state = std::move(state);
  }
  void set_amount(const std::string& reference, std::string amount) {
    const std::lock_guard lock(mutex_);
    made_.at(reference).amount = std::move(amount);
  }
  void answer_with(int status) {
    const std::lock_guard lock(mutex_);
    status_ = status;
  }

 protected:
  virtual std::string begin(const std::string& head, const std::string& body) = 0;
  virtual std::string tell(const Made& made) = 0;

  static std::string header(std::string_view head, std::string_view name) {
    const auto at = head.find(fmt::format("\r\n{}: ", name));
    if (at == std::string_view::npos) return {};
    const auto from = at + name.size() + 4;
    return std::string(head.substr(from, head.find("\r\n", from) - from));
  }
  // The same key is the same payment.
  Made& made_for(const std::string& key, const std::string& beginning) {
    auto& reference = keys_[key];
    if (reference.empty()) reference = fmt::format("{}{:06}", beginning, keys_.size());
    auto& made = made_[reference];
    made.reference = reference;
    return made;
  }

 private:
  void serve(http::RawPeer::Connection& connection) {
    const auto head = connection.read_head();
    if (head.empty()) return;
    const auto length = header(head, "Content-Length");
    const auto body = length.empty() ? "" : connection.read(std::stoul(length));
    const std::lock_guard lock(mutex_);
    bytes_ += head + body;
    ++calls_;
    std::string answer = "{}";
    if (status_ == 200 && head.starts_with("POST ")) {
      answer = begin(head, body);
    } else if (status_ == 200) {
      const auto slash = head.find_last_of('/', head.find(" HTTP/"));
      auto reference = head.substr(slash + 1, head.find_first_of("? ", slash) - slash - 1);
      answer = made_.contains(reference) ? tell(made_.at(reference)) : "{}";
    }
    connection.send(fmt::format(
        "HTTP/1.1 {} OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: "
        "close\r\n\r\n{}",
        status_, answer.size(), answer));
  }

  mutable std::mutex mutex_;
  std::string bytes_;
  int calls_ = 0, status_ = 200;
  std::map<std::string, std::string> keys_;
  std::map<std::string, Made> made_;
  http::RawPeer peer_{[this](http::RawPeer::Connection& connection) { serve(connection); }};
};

class StripePeer final : public PaymentPeer {
  static std::string value(std::string_view form, std::string_view name) {
    const auto at = form.find(fmt::format("{}=", name));
    const auto from = at + name.size() + 1;
    return std::string(form.substr(from, form.find('&', from) - from));
  }
  std::string begin(const std::string& head, const std::string& body) override {
    auto& made = made_for(header(head, "Idempotency-Key"), "cs_test_a1");
    made.invoice = value(body, "client_reference_id");
    made.currency = value(body, "%5Bcurrency%5D");
    made.amount = value(body, "%5Bunit_amount%5D");
    return fmt::format(
        R"({{"id":"{}","object":"checkout.session","url":"https://checkout.stripe.com/c/pay/{}"}})",
        made.reference, made.reference);
  }
  std::string tell(const Made& made) override {
    const bool is_paid = made.state == "paid";
    return fmt::format(
        R"({{"id":"{}","object":"checkout.session","client_reference_id":"{}","currency":"{}",)"
        R"("amount_total":{},"status":"{}","payment_status":"{}",)"
        R"("customer_details":{{"name":"{}","email":"{}","phone":null}},)"
        R"("payment_intent":{{"id":"pi_1","status":"{}","payment_method":{{"id":"pm_1MqLiJ","type":"card",)"
        R"("card":{{"brand":"visa","last4":"4242","exp_month":8,"exp_year":2028,"number":"{}","cvc":"{}"}},)"
        R"("billing_details":{{"name":"{}","email":"{}"}}}}}}}})",
        made.reference, made.invoice, made.currency, made.amount, is_paid ? "complete" : made.state,
        is_paid ? "paid" : "unpaid", kHolder, kPayerAddress,
        is_paid ? "succeeded" : "requires_payment_method", kCardNumber, kCardCode, kHolder,
        kPayerAddress);
  }
};

class MolliePeer final : public PaymentPeer {
  static std::string value(std::string_view json, std::string_view name) {
    const auto mark = fmt::format("\"{}\":\"", name);
    const auto from = json.find(mark) + mark.size();
    return std::string(json.substr(from, json.find('"', from) - from));
  }
  std::string begin(const std::string& head, const std::string& body) override {
    auto& made = made_for(header(head, "Idempotency-Key"), "tr_7UhSN1");
    made.invoice = value(body, "invoice");
    made.currency = value(body, "currency");
    made.amount = value(body, "value");
    return fmt::format(
        R"({{"resource":"payment","id":"{}","status":"open","_links":{{"checkout":{{"href":"https://www.mollie.com/checkout/{}"}}}}}})",
        made.reference, made.reference);
  }
  std::string tell(const Made& made) override {
    return fmt::format(
        R"({{"resource":"payment","id":"{}","status":"{}","amount":{{"currency":"{}","value":"{}"}},)"
        R"("metadata":{{"invoice":"{}"}},"mandateId":"mdt_h3gAaD5zP",)"
        R"("details":{{"cardHolder":"{}","cardNumber":"{}","cardSecurity":"{}","cardExpiryDate":"2028-08-31",)"
        R"("consumerName":"{}","email":"{}"}}}})",
        made.reference, made.state, made.currency, made.amount, made.invoice, kHolder, kCardNumber,
        kCardCode, kHolder, kPayerAddress);
  }
};

// Everything of a shop that a payment company has no business to know.
struct World {
  explicit World(store::testing::Engine engine)
      : main(engine, store::Schema::Main), keys(engine, store::Schema::Keys) {
    vault = std::make_unique<personal::Vault>(*keys, personal::MasterKey::ephemeral(), clock);
    ledger = std::make_unique<personal::Ledger>(*main, clock);
    vault->prepare(0);
    vault->prepare(kAccount);
    main->write_now([&](store::Tx& tx) {
      return tx.execute(
          "INSERT INTO accounts (account_id, created_at, updated_at, plan, subject, email_hash) "
          "VALUES ($1, 0, 0, 'standard', 0, $2)",
          kAccount, store::Blob{"7"});
    });
    const auto subject = vault->new_subject_now(kAccount);
    personal::Envelope envelope;
    envelope.put(Sealed<personal::field::CustomerName>("Zebulon Quarrington", personal::Label()));
    const auto sealed =
        vault->seal(personal::testing::shipment_row(kAccount, kParcel), subject, envelope);
    personal::testing::insert_shipment(*main, kAccount, kParcel, subject, *sealed);
  }
  std::int64_t count(std::string_view sql) {
    return main->read_now([&](store::Tx& tx) {
      auto rows = tx.query(sql);
      return rows.next() ? rows.integer(0) : -1;
    });
  }
  std::unique_ptr<Provider> provider(std::string_view kind, const PaymentPeer& peer) {
    Access access;
    access.base = peer.url();
    access.key = kind == "stripe" ? kStripeKey : kMollieKey;
    access.secret = kind == "stripe" ? kSigning : "";
    access.back_url = "https://track.example/account";
    access.notice_url = "https://track.example/billing/notices";
    access.may_be_private = true;
    if (kind == "stripe") return std::make_unique<Stripe>(client, access);
    return std::make_unique<Mollie>(client, access);
  }
  base::Id invoice(Invoices& invoices, std::int64_t minor = 1'900) {
    return main->write_now([&](store::Tx& tx) {
      Line line{
          LineKind::Charge, "shop", minor, clock.now(), clock.now() + std::chrono::days(31), 0};
      return invoices.add(tx, kAccount, euro(), {line}).value();
    });
  }
  // As a backup has it, and on SQLite every file as it lies there, write-ahead log included.
  std::string all_bytes() {
    std::string bytes;
    store::write_dump(*main, {}, [&](std::string_view piece) { bytes += piece; });
    store::write_dump(*keys, {store::Schema::Keys, 0, {}, {}},
                      [&](std::string_view piece) { bytes += piece; });
    return bytes;
  }
  std::vector<std::string> folders() const {
    std::vector<std::string> all;
    for (const auto* database : {&main, &keys})
      if (!database->folder().empty()) all.push_back(database->folder());
    return all;
  }

  base::ManualClock clock;
  store::testing::FreshDatabase main, keys;
  std::unique_ptr<personal::Vault> vault;
  std::unique_ptr<personal::Ledger> ledger;
  http::Client client{{}};
};

// As the provider would send it about this payment.
inline std::string notice_about(std::string_view kind, std::string_view reference) {
  if (kind == "mollie") return fmt::format("id={}", reference);
  return fmt::format(
      R"({{"id":"evt_1","object":"event","type":"checkout.session.completed","data":{{"object":{{"id":"{}","object":"checkout.session"}}}}}})",
      reference);
}
inline std::string signature_of(std::string_view body, base::Instant at,
                                std::string_view secret = kSigning) {
  const auto seconds = base::to_micros(at) / 1'000'000;
  return fmt::format(
      "t={},v1={},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39", seconds,
      base::to_hex(crypto::hmac_sha256(secret, fmt::format("{}.{}", seconds, body))));
}

}  // namespace billing::testing
