#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "carriers/connector.h"

namespace {

namespace fs = std::filesystem;
using carriers::Connectors, carriers::ErrorClass, carriers::Understood, journey::Scan,
    journey::Status, journey::Verdict;

constexpr std::string_view kDefinition = R"(
[carrier]
name = "Test"
courier = "test"
language = "en"

[[error]]
when = { path = "fault.code", is = "E1" }
class = "invalid_number"
code = "fault.code"
message = "fault.text"

[[error]]
for_each = "parcels[unknown]"
class = "notfound"
number = "id"
message = "unknown"

[[error]]
when = { path = "parcels", empty = true }
class = "notfound"

[[answer]]
when = "parcels"
shipments = "parcels[id]"
events = "scans"

[answer.shipment]
number = "id"
status_code = "state"
weight = "kg"
weight_unit = { text = "kg" }
estimate = "eta"
pieces = { path = "pieces.piece", count = true }
destination = { country = "to" }

[answer.event]
description = "words"
code = { join = ["type", "code"], with = "/" }
time = { value = "at", offset = "zone" }
place = { city = "city", zip = "zip", country = "country" }
note = { path = "type", is = "N" }
expected = { path = "future", is = "true" }
skip = { path = "type", is = "S" }
)";
constexpr std::string_view kCodes =
    "code\ttext\tstatus\tsource\n"
    "A/1\t\ttransit002\ttest\nD/*\t\tdelivered001\ttest\nI/\t\tnote\ttest\n";

Understood understand(std::string_view body, int http_status = 200) {
  static const auto kConnectors = [] {
    const auto folder = fs::temp_directory_path() / fmt::format("understand-{}", ::getpid());
    fs::create_directories(folder / "test");
    std::ofstream(folder / "test" / "connector.toml") << kDefinition;
    std::ofstream(folder / "test" / "codes.tsv") << kCodes;
    auto loaded = Connectors::load_one((folder / "test").string());
    for (const auto& mistake : loaded.mistakes) ADD_FAILURE() << describe(mistake);
    fs::remove_all(folder);
    return loaded.connectors;
  }();
  return kConnectors->all().at(0)->understand(body, http_status);
}

TEST(Understand, MapsWhatTheAnswerSays) {
  const auto got = understand(R"({"parcels":[{"id":"P1","kg":0.0,"eta":"2024-05-08","to":"DEU",
    "pieces":{"piece":[1,2,3]},"scans":[
    {"type":"D","code":7,"at":"2024-05-07T10:00:00","zone":"+02:00","words":" Left  at &lt;b&gt;door&lt;/b&gt; ","city":"Bonn","zip":53113,"country":"Germany"},
    {"type":"A","code":1,"at":"2024-05-06T10:00:00","words":"Hub"}]}]})");
  ASSERT_EQ(got.reports.size(), 1u);
  EXPECT_TRUE(got.errors.empty());
  const auto& report = got.reports[0];
  EXPECT_EQ(report.courier_code, "test");
  EXPECT_EQ(report.tracking_number, "P1");
  EXPECT_EQ(report.weight, "") << "a weight of nothing is a placeholder";
  EXPECT_EQ(report.weight_unit, "");
  EXPECT_EQ(report.estimate, "2024-05-08");
  EXPECT_EQ(report.pieces, "3");
  EXPECT_EQ(report.destination.country, "DE");
  EXPECT_EQ(report.language, "en");
  ASSERT_EQ(report.scans.size(), 2u);
  const auto& scan = report.scans[0];
  EXPECT_EQ(scan.time, "2024-05-07T10:00:00+02:00");
  EXPECT_EQ(scan.description, "Left at door");
  EXPECT_EQ(scan.raw_code, "D/7");
  EXPECT_EQ(scan.place.text, "Bonn, 53113, Germany");
  EXPECT_EQ(scan.place.country, "DE");
  EXPECT_EQ(scan.verdict.status, Status::Delivered);
  EXPECT_EQ(scan.verdict.by, journey::By::CarrierCode);
  EXPECT_EQ(report.scans[1].time, "2024-05-06T10:00:00") << "no offset was given";
}

TEST(Understand, SetsOneBadScanAsideAndKeepsTheOthers) {
  const auto got = understand(R"({"parcels":[{"id":"P1","scans":[
    {"type":"A","code":"1","at":"31.02.2024","words":"Hub"}, {"at":"2024-05-06"},
    {"type":"A","code":"1","at":"2024-05-06","words":"Hub"}]}]})");
  ASSERT_EQ(got.reports.size(), 1u);
  EXPECT_EQ(got.reports[0].scans.size(), 1u);
  ASSERT_EQ(got.reports[0].quarantined.size(), 2u);
  EXPECT_EQ(got.reports[0].quarantined[0].why, "time: '31.02.2024' is no time");
  EXPECT_NE(got.reports[0].quarantined[0].raw.find("words=Hub"), std::string::npos);
  EXPECT_TRUE(got.errors.empty());
}

TEST(Understand, TellsHistoryFromNotesAndForecasts) {
  const auto got = understand(R"({"parcels":[{"id":"P1","scans":[
    {"type":"D","future":true,"words":"Delivery"}, {"type":"N","words":"Signature image"},
    {"type":"I","words":"Label printed anew"}, {"type":"S","words":"not for us"},
    {"type":"A","code":"1","words":"Hub"}]}]})");
  ASSERT_EQ(got.reports.size(), 1u);
  std::vector<Scan::Kind> kinds;
  for (const auto& scan : got.reports[0].scans) kinds.push_back(scan.kind);
  EXPECT_EQ(kinds, (std::vector{Scan::Kind::Expected, Scan::Kind::Note, Scan::Kind::Note,
                                Scan::Kind::Happened}));
  EXPECT_EQ(got.reports[0].scans[1].verdict.by, journey::By::Connector);
}

TEST(Understand, TakesTheShipmentsOwnStatusWhereNoScanSaysAnything) {
  const auto alone = understand(R"({"parcels":[{"id":"P1","state":"D/9"}]})");
  ASSERT_EQ(alone.reports.size(), 1u);
  EXPECT_EQ(alone.reports[0].verdict.status, Status::Delivered);
  const auto beside = understand(
      R"({"parcels":[{"id":"P1","state":"D/9","scans":[{"type":"A","code":"1","words":"Hub"}]}]})");
  EXPECT_EQ(beside.reports.at(0).verdict.kind, Verdict::Kind::Unknown);
}

TEST(Understand, KeepsTheFiveErrorsApart) {
  const struct {
    const char* body;
    int http_status;
    ErrorClass expected;
  } cases[] = {
      {R"({"fault":{"code":"E1","text":"bad"}})", 200, ErrorClass::InvalidNumber},
      {R"({"parcels":[]})", 200, ErrorClass::NotFound},
      {"{}", 401, ErrorClass::Auth},
      {"<html>", 403, ErrorClass::Auth},
      {"{}", 404, ErrorClass::BadRequest},
      {"", 429, ErrorClass::RateLimited},
      {"<html>", 502, ErrorClass::Server},
      {"{}", 422, ErrorClass::BadRequest},
      {"<html>", 200, ErrorClass::Unreadable},
      {"", 200, ErrorClass::Unreadable},
      {"{}", 200, ErrorClass::Drift},
      {R"({"packages":[{"id":"P1"}]})", 200, ErrorClass::Drift},
      {R"({"parcels":[{"ident":"P1"}]})", 200, ErrorClass::Drift},
  };
  for (const auto& c : cases) {
    const auto got = understand(c.body, c.http_status);
    ASSERT_EQ(got.errors.size(), 1u) << c.body << " " << c.http_status;
    EXPECT_EQ(got.errors[0].error_class, c.expected)
        << c.body << " " << c.http_status << ": " << name(got.errors[0].error_class);
    EXPECT_TRUE(got.reports.empty());
  }
}

TEST(Understand, SeesDriftWhenNoEventCanBeReadAnyMore) {
  const auto got =
      understand(R"({"parcels":[{"id":"P1","scans":[{"when":"2024-05-06","text":"Hub"}]}]})");
  ASSERT_EQ(got.errors.size(), 1u);
  EXPECT_EQ(got.errors[0].error_class, ErrorClass::Drift);
  EXPECT_EQ(got.errors[0].tracking_number, "P1");
}

TEST(Understand, GivesShipmentsAndErrorsOfABatch) {
  const auto got = understand(
      R"({"parcels":[{"id":"P1","unknown":"no such parcel"},{"id":"P2","scans":{"type":"A","code":"1"}}]})");
  ASSERT_EQ(got.reports.size(), 1u) << "a number that is an error is no shipment";
  EXPECT_EQ(got.reports[0].tracking_number, "P2");
  ASSERT_EQ(got.errors.size(), 1u);
  EXPECT_EQ(got.errors[0].error_class, ErrorClass::NotFound);
  EXPECT_EQ(got.errors[0].tracking_number, "P1");
  EXPECT_EQ(got.errors[0].message, "no such parcel");
}

}  // namespace
