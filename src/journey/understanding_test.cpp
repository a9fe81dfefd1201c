#include "journey/understanding.h"

#include <gtest/gtest.h>

#include "journey/standards.h"

using journey::By, journey::CodeTable, journey::Status, journey::Understanding;

namespace {

const Understanding& understanding() { return Understanding::builtin(); }

TEST(Understanding, KnowsTheCodesOfStandards) {
  const struct {
    const char* standard;
    const char* code;
    Status status;
    int substatus;
  } cases[] = {
      {"upu-emsevt", "EMD", Status::Transit, 4},
      {"x12-214", "A7", Status::Exception, 9},
      {"X12-1650", "d1", Status::Delivered, 1},
      {"edifact-rec24", "21", Status::Delivered, 1},
      {"gs1-cbv", "urn:epcglobal:cbv:bizstep:shipping", Status::Transit, 6},
      {"gs1-epcis", "https://ref.gs1.org/cbv/Disp-damaged", Status::Exception, 7},
      {"dcsa-tnt", "EQUIPMENT/CUSR", Status::Transit, 5},
      {"iata-one-record", "https://onerecord.iata.org/ns/coreCodeLists#DEP", Status::Transit, 7},
  };
  for (const auto& c : cases) {
    const auto verdict = understanding().judge(nullptr, c.standard, c.code, "", "");
    EXPECT_EQ(verdict.by, By::StandardCode) << c.standard << ' ' << c.code;
    EXPECT_EQ(verdict.status, c.status) << c.standard << ' ' << c.code;
    EXPECT_EQ(verdict.substatus, c.substatus) << c.standard << ' ' << c.code;
  }
}

TEST(Understanding, TrustsTheCarriersCodeThenTheStandardsThenTheCarriersSentence) {
  const auto table = CodeTable::parse(
      "code\ttext\tstatus\tsource\n"
      "EMD\t\ttransit001\t\n"
      "\tArrived somewhere\tpickup002\t\n");
  ASSERT_TRUE(table);
  const auto judge = [&](const char* code) {
    return understanding().judge(&table.value(), "upu-emsevt", code, "Arrived somewhere", "en");
  };
  EXPECT_EQ(judge("EMD").by, By::CarrierCode);
  EXPECT_EQ(judge("EMD").substatus, 1);
  EXPECT_EQ(judge("EMC").by, By::StandardCode);
  EXPECT_EQ(judge("EMC").substatus, 6);
  EXPECT_EQ(judge("").by, By::CarrierWording);
  EXPECT_EQ(judge("").status, Status::Pickup);
}

TEST(Understanding, LeavesWhatNobodyKnowsUnknown) {
  const auto verdict = understanding().judge(nullptr, "no-such-standard", "QQ", "Hjkl qwrt", "");
  EXPECT_EQ(verdict, journey::Verdict{});
  EXPECT_EQ(journey::name(verdict.by), "unknown");
}

TEST(Understanding, SaysWhichTableDecided) {
  EXPECT_NE(understanding().explain(nullptr, "upu-emsevt", "EMD", "", "").find("EMD"),
            std::string::npos);
}

}  // namespace
