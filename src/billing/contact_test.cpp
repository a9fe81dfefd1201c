#include "billing/contact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "billing/card_guard.h"
#include "billing/testing.h"
#include "personal/fields.gen.h"
#include "personal/testing.h"

namespace billing {
namespace {

using store::testing::Engine;
using ::testing::IsEmpty, ::testing::Not;
using testing::kAccount, testing::World;
using Bookkeeping = personal::Access<personal::Purpose::KeepAccount>;

constexpr std::string_view kColumns[] = {
    "name",        "email",    "company", "vat_number", "order_reference", "first_line",
    "second_line", "postcode", "city",    "region",     "country"};

ContactForm form() {
  return {"Gerbrand Boekhouder",
          "invoices@shop-canary.example",
          "Canary Lamps BV",
          "NL123456789B01",
          "PO 4711 canary",
          "Canarystraat 17",
          "c/o Canaryhuis",
          "1234 QX",
          "Canarydam",
          "Noord-Canary",
          "NL"};
}

struct ContactsOn : ::testing::TestWithParam<Engine> {
  void SetUp() override {
    MILEPOST_NEED_ENGINE();
    world = std::make_unique<World>(GetParam());
    contacts = std::make_unique<Contacts>(*world->main, *world->vault, world->clock);
  }
  base::Outcome<ContactFault> put(const ContactForm& given) {
    return world->main->write_now(
        [&](store::Tx& tx) { return contacts->put(tx, kAccount, given); });
  }
  std::optional<Contact> find() {
    return world->main->read_now([&](store::Tx& tx) { return contacts->find(tx, kAccount); });
  }
  std::pair<personal::SubjectId, std::string> column(std::string_view name) {
    return world->main->read_now([&](store::Tx& tx) {
      auto rows = tx.query(fmt::format("SELECT subject, {} FROM billing_contacts", name));
      EXPECT_TRUE(rows.next());
      return std::pair(rows.integer(0), std::string(rows.blob(1)));
    });
  }
  bool opens(std::string_view name, personal::SubjectId subject, std::string_view sealed) {
    return world->vault->unseal({"billing_contacts", kAccount, name}, subject, sealed).has_value();
  }

  std::unique_ptr<World> world;
  std::unique_ptr<Contacts> contacts;
};
INSTANTIATE_TEST_SUITE_P(, ContactsOn, ::testing::ValuesIn(store::testing::kEngines),
                         store::testing::name_of<::testing::TestParamInfo<Engine>>);

TEST_P(ContactsOn, AreKeptAndReplaced) {
  EXPECT_FALSE(find());
  ASSERT_TRUE(put(form()));
  auto next = form();
  next.name = "  Aaltje Opvolger ";
  next.company = "";
  ASSERT_TRUE(put(next));
  const auto contact = find();
  ASSERT_TRUE(contact);
  Bookkeeping books(*world->ledger, {}, kAccount, "test");
  EXPECT_EQ(open(contact->name, books), "Aaltje Opvolger");
  EXPECT_EQ(open(contact->postcode, books), "1234 QX");
  EXPECT_EQ(open(contact->country, books), "NL");
  EXPECT_FALSE(contact->company.is_given());
}

// clause-031.sealed
TEST_P(ContactsOn, AreSealedOneByOneAndNoneOpensInAnothersPlace) {
  ASSERT_TRUE(put(form()));
  for (const auto one : kColumns) {
    const auto [subject, sealed] = column(one);
    ASSERT_THAT(sealed, Not(IsEmpty())) << one;
    for (const auto other : kColumns)
      EXPECT_EQ(opens(other, subject, sealed), one == other) << one << " as " << other;
    EXPECT_FALSE(world->vault->unseal({"billing_contacts", kAccount + 1, one}, subject, sealed));
  }
  // Exchanged in the database itself, both stay shut and the others open.
  world->main->write_now([](store::Tx& tx) {
    return tx.execute("UPDATE billing_contacts SET name = email, email = name");
  });
  const auto contact = find();
  ASSERT_TRUE(contact);
  EXPECT_FALSE(contact->name.is_given());
  EXPECT_FALSE(contact->email.is_given());
  EXPECT_TRUE(contact->city.is_given());
}

// clause-031.sealed
TEST_P(ContactsOn, LieNowhereInClear) {
  const auto given = form();
  ASSERT_TRUE(put(given));
  const auto bytes = world->all_bytes();
  ASSERT_NE(bytes.find("billing_contacts"), std::string::npos) << "the search itself must work";
  for (const auto text :
       {given.name, given.email, given.company, given.vat_number, given.order_reference,
        given.first_line, given.second_line, given.postcode, given.city, given.region}) {
    EXPECT_EQ(bytes.find(text), std::string::npos) << text;
    EXPECT_THAT(personal::testing::holding(world->folders(), text), IsEmpty()) << text;
  }
}

// clause-031.sealed
TEST(BillingDictionary, HasEachValueOfAContactAsASealedColumnOfItsOwn) {
  for (const auto column : kColumns) {
    const auto where = fmt::format("billing_contacts.{}", column);
    int fields = 0;
    for (const auto& field : personal::kFields) {
      if (field.in != where) continue;
      ++fields;
      EXPECT_EQ(field.subject, "account-holder") << where;
    }
    EXPECT_EQ(fields, 1) << where;
  }
}

TEST_P(ContactsOn, RefuseACardsNumberInEveryField) {
  std::string_view ContactForm::*const kFields[] = {
      &ContactForm::name,        &ContactForm::email,           &ContactForm::company,
      &ContactForm::vat_number,  &ContactForm::order_reference, &ContactForm::first_line,
      &ContactForm::second_line, &ContactForm::postcode,        &ContactForm::city,
      &ContactForm::region,      &ContactForm::country};
  for (const auto field : kFields) {
    auto given = form();
    given.*field = "4242 4242 4242 4242";
    const auto refused = put(given);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), ContactFault::CardNumber);
  }
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM billing_contacts"), 0);
}

TEST_P(ContactsOn, SayWhatIsWrongWithAForm) {
  const auto fault = [&](std::string_view ContactForm::*field, std::string_view value) {
    auto given = form();
    given.*field = value;
    const auto outcome = put(given);
    return outcome ? std::string("taken") : std::string(describe(outcome.error()));
  };
  const std::string long_text(201, 'x');
  EXPECT_EQ(fault(&ContactForm::name, "  "), describe(ContactFault::Missing));
  EXPECT_EQ(fault(&ContactForm::postcode, ""), describe(ContactFault::Missing));
  EXPECT_EQ(fault(&ContactForm::city, long_text), describe(ContactFault::TooLong));
  EXPECT_EQ(fault(&ContactForm::email, "at home"), describe(ContactFault::NoEmail));
  EXPECT_EQ(fault(&ContactForm::country, "Nederland"), describe(ContactFault::NoCountry));
  EXPECT_EQ(fault(&ContactForm::name, "two\nlines"), describe(ContactFault::NoText));
  EXPECT_EQ(fault(&ContactForm::name, "\xff\xfe"), describe(ContactFault::NoText));
  EXPECT_EQ(fault(&ContactForm::region, ""), "taken");
}

TEST_P(ContactsOn, GoWithTheirKeyWhenTheAccountCloses) {
  ASSERT_TRUE(put(form()));
  const auto [subject, sealed] = column("name");
  EXPECT_EQ(contacts->sweep(), 0);
  world->main->write_now([](store::Tx& tx) {
    tx.execute("INSERT INTO billing_methods VALUES (7, 'stripe', 'pm_1', '4242', '2028-08')");
    return tx.execute("UPDATE accounts SET closed_at = 1 WHERE account_id = 7");
  });
  EXPECT_EQ(contacts->sweep(), 1);
  EXPECT_FALSE(find());
  EXPECT_EQ(world->count("SELECT COUNT(*) FROM billing_methods"), 0);
  EXPECT_FALSE(opens("name", subject, sealed)) << "no backup can read it either";
  const auto late = put(form());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error(), ContactFault::NoAccount);
}

TEST(CardGuard, KnowsACardsNumberHoweverItIsWritten) {
  for (const auto text :
       {"4242424242424242", "4242 4242 4242 4242", "4242-4242-4242-4242", "4242.4242.4242.4242",
        "card: 4242 4242 4242 4242, thanks", "12 4242424242424242", "5555555555554444 12/28",
        "378282246310005", "3782 822463 10005", "30569309025904", "6011111111111117",
        "6304000000000000", "4222222222222",
        "4242\xc2\xa0"
        "4242\xc2\xa0"
        "4242\xc2\xa0"
        "4242",
        "x4242424242424242x", "42424242424242421226"})
    EXPECT_TRUE(looks_like_card(text)) << text;
}

TEST(CardGuard, LeavesOtherNumbersAlone) {
  for (const auto text : {"", "NL123456789B01", "4242424242424241", "+31 20 123 4567", "1234 QX",
                          "4242", "SE556677889901", "DE89 3704 0044", "pm_1MqLiJLkdIwHu7ixUEgbFdYF",
                          "Canarystraat 17", "2028-08"})
    EXPECT_FALSE(looks_like_card(text)) << text;
}

}  // namespace
}  // namespace billing
