#include "couriers/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

using couriers::Catalogue, couriers::Courier;

namespace {
const Catalogue& catalogue() {
  static const Catalogue instance;
  return instance;
}
}  // namespace

TEST(Catalogue, IsWholeSortedAndUnique) {
  const auto all = catalogue().all();
  EXPECT_EQ(all.size(), 4315u);
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Courier::code));
  EXPECT_EQ(std::ranges::adjacent_find(all, {}, &Courier::code), all.end());
  for (const Courier& courier : all) {
    EXPECT_FALSE(courier.name.empty()) << courier.code;
    EXPECT_TRUE(courier.country.empty() || courier.country.size() == 2) << courier.code;
    EXPECT_FALSE(courier.code_source.empty()) << courier.code;
  }
}

TEST(Catalogue, FindsByCodeInAnyCase) {
  ASSERT_NE(catalogue().find("USPS"), nullptr);
  EXPECT_EQ(catalogue().find("Dhl-Germany")->name, "DHL Germany");
  EXPECT_EQ(catalogue().find("no-such-courier"), nullptr);
  EXPECT_EQ(catalogue().find(""), nullptr);
  EXPECT_EQ(catalogue().find(std::string(10'000, 'a')), nullptr);
  for (const Courier& courier : catalogue().all())
    ASSERT_EQ(catalogue().find(courier.code), &courier);
}

TEST(Catalogue, FindsByTheCodesOfOtherPlatforms) {
  ASSERT_NE(catalogue().find_aftership("usps"), nullptr);
  EXPECT_EQ(catalogue().find_aftership("usps")->code, "usps");
  for (const Courier& courier : catalogue().all()) {
    if (!courier.code_17track.empty()) {
      EXPECT_EQ(catalogue().find_17track(courier.code_17track)->code_17track, courier.code_17track);
    }
    if (!courier.code_aftership.empty()) {
      EXPECT_EQ(catalogue().find_aftership(courier.code_aftership)->code_aftership,
                courier.code_aftership);
    }
  }
}

TEST(Catalogue, SearchesNamesBestFirst) {
  const auto found = catalogue().search("royal mail", 5);
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0]->code, "royal-mail");
  EXPECT_EQ(catalogue().search("UPS", 3)[0]->code, "ups");
  EXPECT_EQ(catalogue().search("post", 7).size(), 7u);
  EXPECT_TRUE(catalogue().search("  ", 5).empty());
  EXPECT_TRUE(catalogue().search("zzzzzzzz", 5).empty());
}

TEST(Catalogue, KnowsWhatTheVendorRequiresBesideTheNumber) {
  using Fields = std::vector<std::string_view>;
  EXPECT_EQ(catalogue().find("deutsche-post")->required_fields, Fields{"tracking_ship_date"});
  EXPECT_EQ(catalogue().find("postnl-3s")->required_fields,
            (Fields{"tracking_postal_code", "tracking_destination_country"}));
  EXPECT_EQ(catalogue().find("dynamic-logistics")->required_fields,
            Fields{"tracking_courier_account"});
  EXPECT_EQ(std::ranges::count_if(catalogue().all(),
                                  [](const Courier& c) { return !c.required_fields.empty(); }),
            3);
}

TEST(Catalogue, UsesOnlyTheFieldNamesOfTheApi) {
  const std::set<std::string_view> known = {
      "tracking_postal_code", "tracking_ship_date",      "tracking_courier_account",
      "tracking_key",         "tracking_origin_country", "tracking_destination_country"};
  for (const Courier& courier : catalogue().all())
    for (const auto& fields : {courier.required_fields, courier.optional_fields})
      for (std::string_view field : fields) EXPECT_TRUE(known.contains(field)) << courier.code;
}

TEST(Catalogue, CorrectsCountriesThatTheSourceHasWrong) {
  const struct {
    const char *code, *country;
  } cases[] = {{"dpd-be", "BE"},     {"purolator", "CA"}, {"kerryexpress-th", "TH"},
               {"posthaste", "NZ"},  {"gls", "DE"},       {"bartolini", "IT"},
               {"nzcouriers", "NZ"}, {"estes", "US"}};
  for (const auto& [code, country] : cases)
    EXPECT_EQ(catalogue().find(code)->country, country) << code;
}

TEST(Catalogue, KnowsAirlinesByPrefix) {
  const auto* korean = catalogue().airline("180");
  ASSERT_NE(korean, nullptr);
  EXPECT_EQ(korean->iata, "KE");
  ASSERT_NE(catalogue().airline("176"), nullptr);
  EXPECT_NE(catalogue().airline("176")->courier, nullptr);
  for (const char* bad : {"", "17", "1760", "abc", "000"})
    EXPECT_EQ(catalogue().airline(bad), nullptr) << bad;
}

TEST(Catalogue, WritesTrackingLinks) {
  Courier courier;
  courier.website = "https://example.com";
  EXPECT_EQ(Catalogue::tracking_link(courier, "A1"), "https://example.com");
  courier.tracking_url = "https://example.com/?n={tracking_number}&l=en";
  EXPECT_EQ(Catalogue::tracking_link(courier, "A 1&x"), "https://example.com/?n=A%201%26x&l=en");
}
