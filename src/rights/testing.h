// For the tests of this room and of those above: an instance with two shops, letters that can be
// read, and people with parcels.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "letters/letters.h"
#include "rights/desk.h"
#include "rights/visits.h"
#include "shipments/testing.h"

namespace rights::testing {

inline constexpr std::int64_t kShop = shipments::testing::kAccount, kOtherShop = 8;

struct SentLetter {
  std::int64_t account_id;
  std::string kind, language, to;
  letters::Values values;
};

class World : public shipments::testing::World {
 public:
  explicit World(store::testing::Engine engine)
      : shipments::testing::World(engine),
        letters(*main, *vault, clock),
        visits(*vault, *ledger, letters, clock, "https://track.example"),
        desk(*main, *vault, *ledger, letters, clock, options()) {
    vault->prepare(0);
    add_account(kOtherShop);
  }

  static Desk::Options options() {
    Desk::Options o;
    o.country = "NL";
    o.operator_name = "Track Ltd";
    o.address = "https://track.example";
    o.controller = [](store::Tx&, std::int64_t account) -> std::optional<letters::To> {
      return letters::To("shop" + std::to_string(account) + "@example.com", personal::Label());
    };
    return o;
  }

  // A parcel with a person on it.
  struct Parcel {
    std::string number, name, email, sms, postcode, title;
  };
  base::Id add_parcel(const Parcel& parcel, std::int64_t account = kShop) {
    using shipments::Sealed;
    auto h = head(parcel.number, "ups", account);
    h.subject = vault->new_subject_now(account);
    h.order_number = "ORDER-" + parcel.number;
    shipments::Body body;
    const auto put = [](auto& field, const std::string& text) {
      field = std::remove_cvref_t<decltype(field)>(text, personal::Label());
    };
    put(body.customer_name, parcel.name);
    put(body.customer_email, parcel.email);
    put(body.customer_sms, parcel.sms);
    put(body.recipient_postcode, parcel.postcode);
    put(body.title, parcel.title);
    const auto envelope = body.envelope();
    repository->note_addresses(h, envelope);
    const auto sealed = repository->seal(h, envelope);
    main->write_now([&](store::Tx& tx) { repository->insert(tx, h, sealed, clock.now()); });
    return h.id;
  }

  // Every letter that waits, which is sent by this.
  std::vector<SentLetter> take_letters() {
    std::vector<SentLetter> sent;
    for (;;) {
      const auto claimed = letters.claim("test", std::chrono::minutes(1), 100);
      if (claimed.empty()) return sent;
      for (const auto& letter : claimed) {
        personal::Access<personal::Purpose::Correspond> access(*ledger, {}, letter.claim.account_id,
                                                               "test");
        access.about(letter.subject);
        sent.push_back({letter.claim.account_id, letter.kind, letter.language,
                        open(letter.to, access), letters::Letters::values(letter, access)});
        letters.settle(letter);
      }
    }
  }

  Request request(Kind kind, std::string email = "ann@example.com", std::int64_t account = kShop) {
    Request r;
    r.account_id = account;
    r.kind = kind;
    r.address = CaseAddress(std::move(email), personal::Label(personal::Source::Buyer));
    return r;
  }
  Case open_case(const Request& r, Desk::Tell tell = Desk::Tell::Everybody) {
    return main->write_now([&](store::Tx& tx) { return desk.open(tx, r, tell); });
  }
  std::optional<Case> find_case(const Case& one) {
    return main->read_now([&](store::Tx& tx) { return desk.find(tx, one.account_id, one.id); });
  }

  letters::Letters letters;
  Visits visits;
  Desk desk;
};

}  // namespace rights::testing
