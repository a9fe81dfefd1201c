#include "carriers/simulator/simulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "carriers/definition.h"
#include "carriers/expectation.h"
#include "carriers/simulator/specimen.h"
#include "carriers/simulator/written_time.h"
#include "http/client.h"

namespace carriers::simulator {
namespace {

using namespace std::chrono_literals;
using journey::Status;

// ---- Times and answers that can be rewritten

TEST(WrittenTime, KeepsTheShapeOfWhatTheCarrierWrites) {
  const LocalTime time{"2026-03-20T19:08:38", 480};
  EXPECT_EQ(write_time("iso", "2024-01-02T03:04:05+01:00", time), "2026-03-20T19:08:38+08:00");
  EXPECT_EQ(write_time("iso", "2024-01-02T03:04:05Z", time), "2026-03-20T11:08:38Z");
  EXPECT_EQ(write_time("iso", "2024-01-02 03:04", time), "2026-03-20 19:08");
  EXPECT_EQ(write_time("iso", "2024-01-02T03:04:05.123+0100", time),
            "2026-03-20T19:08:38.000+0800");
  EXPECT_EQ(write_time("iso", "2024-01-02", time), "2026-03-20");
  EXPECT_EQ(write_time("unix", "", time), "1774004918");
  EXPECT_EQ(write_time("net", "", time), "/Date(1774004918000)/");
  EXPECT_EQ(write_time("%d.%m.%Y %I:%M %p", "", time), "20.03.2026 07:08 PM");
  EXPECT_EQ(write_time("%B %d, %y", "", time), "March 20, 26");
}

TEST(Specimen, WritesWhereThePathsFound) {
  for (const auto& [format, bytes, after] :
       {std::tuple(Format::Json, R"({"a":[{"b":"1"},{"b":"2"}],"n":3})",
                   R"({"a":[{"b":"2"},{"b":"x"}],"n":4})"),
        std::tuple(Format::Xml, "<r n='3'><a><b>1</b></a><a><b>2</b></a></r>",
                   R"(<r n="4"><a><b>2</b></a><a><b>x</b></a></r>)")}) {
    const auto specimen = Specimen::read(format, bytes);
    ASSERT_TRUE(specimen);
    const auto all = Path::parse("**.a").value().all(specimen->tree(), kRoot);
    ASSERT_EQ(all.size(), 2u);
    const auto b = Path::parse("b").value();
    std::vector<Specimen::Part> parts;
    parts.push_back(specimen->copy(all[1]));
    specimen->set(b.first_text(specimen->tree(), all[0]), "x");
    parts.push_back(specimen->copy(all[0]));
    specimen->set(Path::parse("**.n").value().first_text(specimen->tree(), kRoot), "4");
    specimen->replace(all, std::move(parts));
    EXPECT_EQ(specimen->bytes(), after);
  }
}

TEST(Specimen, SpellsNumbersAsCarriersDo) {
  const auto specimen = Specimen::read(Format::Json, R"({"a":5.3,"b":[1.50,20],"c":null})");
  EXPECT_EQ(specimen->bytes(), R"({"a":5.3,"b":[1.5,20],"c":null})");
  const auto a = Path::parse("a").value().first_text(specimen->tree(), kRoot);
  EXPECT_EQ(specimen->tree().text(a), "5.3");
}

// ---- The world

TEST(World, AParcelIsTheSameWheneverItIsAskedFor) {
  const auto at = base::from_micros(1'767'225'600'000'000);
  const auto one = plan_journey(7, "DE", at), other = plan_journey(7, "DE", at);
  ASSERT_EQ(one.steps.size(), other.steps.size());
  for (std::size_t i = 0; i < one.steps.size(); ++i) {
    EXPECT_EQ(one.steps[i].happened, other.steps[i].happened);
    EXPECT_EQ(one.steps[i].status, other.steps[i].status);
  }
}

TEST(World, JourneysEndAsTheyDoInLife) {
  const auto at = base::from_micros(1'767'225'600'000'000);
  std::map<Status, int> ends;
  constexpr int kAll = 3000;
  for (int i = 0; i < kAll; ++i) {
    const auto plan = plan_journey(static_cast<std::uint64_t>(i), "DE", at);
    ASSERT_FALSE(plan.steps.empty());
    EXPECT_TRUE(std::ranges::is_sorted(plan.steps, {}, &Step::happened));
    for (const auto& step : plan.steps) EXPECT_GE(step.visible, step.happened);
    ++ends[plan.steps.back().status];
  }
  EXPECT_GT(ends[Status::Delivered], kAll * 85 / 100);
  EXPECT_GT(ends[Status::Exception], kAll / 100);
  EXPECT_GT(ends[Status::InfoReceived], kAll / 200);
}

TEST(World, NobodyDeliversAtNight) {
  const auto at = base::from_micros(1'767'225'600'000'000);
  for (int i = 0; i < 300; ++i) {
    const auto plan = plan_journey(static_cast<std::uint64_t>(i), "US", at);
    for (const auto& step : plan.steps) {
      if (step.status != Status::Delivered) continue;
      const auto hour = std::stoi(local_time(step.happened, step.town->zone).text.substr(11, 2));
      EXPECT_GE(hour, 7);
      EXPECT_LE(hour, 21);
    }
  }
}

// ---- All connectors, turned round

class Simulated : public testing::Test {
 protected:
  static const Connectors& connectors() {
    static const auto loaded = Connectors::load({});
    return *loaded.connectors;
  }
  static const Parcels& parcels() {
    static const couriers::Catalogue catalogue;
    static const couriers::Detector detector(catalogue);
    static const Parcels all(connectors(), catalogue, detector, {},
                             {1, base::from_micros(1'767'225'600'000'000), 10min});
    return all;
  }
};

TEST_F(Simulated, MostConnectorsCanBeSimulatedAndTheRestSayWhyNot) {
  EXPECT_GE(parcels().carriers().size(), 24u);
  for (const auto& reason : parcels().left_out()) {
    EXPECT_THAT(reason, testing::HasSubstr(": "));
    std::printf("  left out: %s\n", reason.c_str());
  }
}

TEST_F(Simulated, NoTwoParcelsOfACarrierShareANumber) {
  std::map<std::string, std::int64_t> seen;
  for (std::int64_t index = -6000; index < 6000; ++index) {
    const auto parcel = parcels().parcel(index);
    ASSERT_GE(parcel->number.size(), 6u) << parcel->carrier;
    EXPECT_TRUE(std::ranges::all_of(parcel->number, [](char c) {
      return base::is_digit(c) || (c >= 'A' && c <= 'Z');
    })) << parcel->number;
    const auto [at, is_new] =
        seen.emplace(std::string(parcel->carrier) + " " + parcel->number, index);
    EXPECT_TRUE(is_new) << at->first << " is parcel " << at->second << " and parcel " << index;
  }
}

TEST_F(Simulated, NumbersAreInTheCarriersShape) {
  static const couriers::Catalogue catalogue;
  static const couriers::Detector detector(catalogue);
  const auto recognised = [](std::string_view courier, std::string_view like) {
    const Numbers numbers(detector, courier, like);
    Dice dice(5);
    int count = 0;
    for (int index = 0; index < 100; ++index) {
      const auto found = detector.detect(numbers.number(index, dice));
      count += found.verdict != couriers::Verdict::Mistyped && !found.candidates.empty() &&
               std::ranges::any_of(found.candidates,
                                   [&](const auto& c) { return c.courier->code == courier; });
    }
    return count;
  };
  EXPECT_GE(recognised("ups", "1Z12345E0205271688"), 95);
  EXPECT_GE(recognised("dpd", ""), 95);
  EXPECT_GE(recognised("packeta", ""), 95);
  EXPECT_GE(recognised("fedex", "123456789012"), 95);
}

// Whatever a parcel's moment, what is read of it is where it stands.
TEST_F(Simulated, WhereAParcelStandsIsReadAtEveryMoment) {
  int moments = 0;
  for (std::int64_t index = -600; index < 0; ++index) {
    const auto parcel = parcels().parcel(index);
    const auto& carrier = *parcels().carrier(parcel->carrier);
    std::vector<Step> sayable;
    for (const auto& step : parcel->plan.steps) {
      if (!carrier.writer.can_say(step.status, step.substatus)) continue;
      sayable.push_back(step);
      const Shown shown{parcel->number, sayable, parcel->plan.origin, parcel->plan.destination,
                        parcel->plan.estimate};
      const auto understood = carrier.connector->understand(carrier.writer.write({&shown, 1}), 200);
      ASSERT_EQ(understood.reports.size(), 1u) << parcel->carrier;
      const auto standing = standing_of(understood.reports.front());
      ASSERT_TRUE(standing) << parcel->carrier;
      EXPECT_EQ(journey::name(standing->status), journey::name(step.status))
          << parcel->carrier << " after " << sayable.size() << " steps\n"
          << carrier.writer.write({&shown, 1});
      ++moments;
    }
  }
  EXPECT_GT(moments, 2000);
}

// What the simulator writes, the connector reads as what was meant: number, count, order, status,
// time to the minute.
TEST_F(Simulated, WhatIsWrittenIsReadBackAsMeantForEveryConnector) {
  for (const auto& carrier : parcels().carriers()) {
    SCOPED_TRACE(std::string(carrier.connector->id()));
    int looked_at = 0;
    for (std::int64_t index = -4000; index < 0 && looked_at < 5; ++index) {
      const auto parcel = parcels().parcel(index);
      if (parcel->carrier != carrier.connector->id()) continue;
      ++looked_at;
      std::vector<Step> sayable;
      for (const auto& step : parcel->plan.steps) {
        if (carrier.writer.can_say(step.status, step.substatus)) sayable.push_back(step);
      }
      if (sayable.empty()) continue;
      const Shown shown{parcel->number, sayable, parcel->plan.origin, parcel->plan.destination,
                        parcel->plan.estimate};
      const auto body = carrier.writer.write({&shown, 1});
      const auto understood = carrier.connector->understand(body, 200);
      ASSERT_TRUE(understood.errors.empty()) << body;
      ASSERT_EQ(understood.reports.size(), 1u) << body;
      const auto& report = understood.reports.front();
      if (!report.tracking_number.empty()) {
        EXPECT_EQ(report.tracking_number, parcel->number);
      }
      std::vector<Status> meant, read;
      for (const auto& step : sayable) meant.push_back(step.status);
      for (const auto& scan : report.scans) {
        if (scan.kind == journey::Scan::Kind::Happened &&
            scan.verdict.kind == journey::Verdict::Kind::Known)
          read.push_back(scan.verdict.status);
      }
      if (report.order != journey::Report::Order::OldestFirst) std::ranges::reverse(read);
      EXPECT_EQ(read, meant) << body;
      EXPECT_TRUE(report.quarantined.empty()) << body;
    }
    EXPECT_GT(looked_at, 0);
  }
}

// ---- The server

class SimulatorServes : public Simulated {
 protected:
  // As carriers want it that are asked through a form.
  http::Reply post_form(const Simulator& simulator, std::string_view carrier, std::string body) {
    http::Call call;
    call.method = "POST";
    call.url = simulator.base_of(carrier) + "/anything";
    call.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"}};
    call.body = std::move(body);
    call.may_be_private = true;
    return base::sync_wait(client_.call(std::move(call))).value();
  }
  http::Reply get(const Simulator& simulator, std::string_view carrier, const std::string& number) {
    http::Call call;
    call.url = simulator.base_of(carrier) + "/anything?number=" + number;
    call.may_be_private = true;
    auto reply = base::sync_wait(client_.call(std::move(call)));
    EXPECT_TRUE(reply) << (reply ? "" : describe(reply.error()));
    return reply ? std::move(reply).value() : http::Reply();
  }
  base::ManualClock clock_{base::from_micros(1'767'225'600'000'000)};
  http::Client client_{http::Client::Options{}};
};

TEST_F(SimulatorServes, AParcelMovesAsTimeGoesBy) {
  const Simulator simulator(parcels(), clock_, {});
  const auto parcel = parcels().parcel(-1);
  const auto* carrier = parcels().carrier(parcel->carrier);
  std::size_t before = 0;
  for (int day = 0; day < 12; ++day) {
    const auto reply = get(simulator, parcel->carrier, parcel->number);
    const auto understood = carrier->connector->understand(reply.body, reply.status);
    const auto scans = understood.reports.empty() ? 0 : understood.reports.front().scans.size();
    EXPECT_GE(scans, before);
    before = scans;
    clock_.advance(24h);
  }
  EXPECT_GT(before, 0u);
}

TEST_F(SimulatorServes, AnUnknownNumberIsNotFoundInTheCarriersOwnWay) {
  const Simulator simulator(parcels(), clock_, {});
  for (const auto& carrier : parcels().carriers()) {
    const auto reply = get(simulator, carrier.connector->id(), "XX123456789012");
    const auto understood = carrier.connector->understand(reply.body, reply.status);
    EXPECT_TRUE(understood.reports.empty()) << carrier.connector->id() << reply.body;
    EXPECT_TRUE(std::ranges::any_of(
        understood.errors,
        [](const CarrierError& e) { return e.error_class == ErrorClass::NotFound; }))
        << carrier.connector->id() << ' ' << reply.status << ' ' << reply.body;
    // Of another number it would be no answer to the question.
    for (const auto& error : understood.errors)
      EXPECT_THAT(error.tracking_number, testing::AnyOf("", "XX123456789012"))
          << carrier.connector->id();
  }
}

// Else the answer is about somebody else's parcel, which is drift to whoever asked.
TEST_F(SimulatorServes, WhatIsNotFoundIsTheNumberThatWasAskedFor) {
  const Simulator simulator(parcels(), clock_, {});
  int named = 0;
  for (std::int64_t index = -40; index < 0; ++index) {
    const auto parcel = parcels().parcel(index);
    const auto reply = get(simulator, parcel->carrier, parcel->number);
    for (const auto& error : parcels()
                                 .carrier(parcel->carrier)
                                 ->connector->understand(reply.body, reply.status)
                                 .errors) {
      if (error.error_class != ErrorClass::NotFound || error.tracking_number.empty()) continue;
      EXPECT_EQ(error.tracking_number, parcel->number) << parcel->carrier << reply.body;
      ++named;
    }
  }
  EXPECT_GT(named, 0);
}

TEST_F(SimulatorServes, ANumberIsFoundInsideAForm) {
  const Simulator simulator(parcels(), clock_, {});
  const auto parcel = parcels().parcel(-400);
  const auto* carrier = parcels().carrier(parcel->carrier);
  const auto reply =
      post_form(simulator, parcel->carrier, "data=%5B%22" + parcel->number + "%22%5D&x=1");
  EXPECT_EQ(carrier->connector->understand(reply.body, reply.status).reports.size(), 1u)
      << reply.body;
}

// A step that a carrier has no word for does not show; that is no answer without content.
TEST_F(SimulatorServes, NoCarrierAnswersWithNothing) {
  const Simulator simulator(parcels(), clock_, {});
  for (std::int64_t index = -300; index < 0; ++index) {
    const auto parcel = parcels().parcel(index);
    const auto reply = get(simulator, parcel->carrier, parcel->number);
    const auto understood =
        parcels().carrier(parcel->carrier)->connector->understand(reply.body, reply.status);
    for (const auto& error : understood.errors)
      EXPECT_EQ(name(error.error_class), "notfound") << parcel->carrier << reply.body;
    for (const auto& report : understood.reports)
      EXPECT_FALSE(report.scans.empty()) << parcel->carrier << reply.body;
  }
}

TEST_F(SimulatorServes, FaultsComeOnDemand) {
  const auto parcel = parcels().parcel(-400);
  const auto* carrier = parcels().carrier(parcel->carrier);
  const auto outcome = [&](std::string_view faults) {
    Simulator::Options options;
    options.faults = Faults::parse(faults).value();
    const Simulator simulator(parcels(), clock_, options);
    const auto reply = get(simulator, parcel->carrier, parcel->number);
    const auto understood = carrier->connector->understand(reply.body, reply.status);
    return understood.errors.empty() ? std::string("fine")
                                     : std::string(name(understood.errors.front().error_class));
  };
  EXPECT_EQ(outcome(""), "fine");
  EXPECT_EQ(outcome("429=1"), "rate_limited");
  EXPECT_EQ(outcome("500=1"), "server");
  EXPECT_EQ(outcome("token=1"), "auth");
  EXPECT_EQ(outcome("drift=1"), "drift");
  EXPECT_EQ(outcome("malformed=1"), "unreadable");
}

TEST(Faults, AMistakeIsTold) {
  EXPECT_FALSE(Faults::parse("fast=1"));
  EXPECT_FALSE(Faults::parse("slow=2"));
  EXPECT_FALSE(Faults::parse("slow"));
  EXPECT_TRUE(Faults::parse(" slow=0.5 , 429=0.1"));
}

}  // namespace
}  // namespace carriers::simulator
