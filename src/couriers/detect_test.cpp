#include "couriers/detect.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include "couriers/formats.h"

namespace {

using couriers::Catalogue, couriers::Detection, couriers::Detector, couriers::EvidenceKind,
    couriers::Hints, couriers::Verdict;

const Catalogue& catalogue() {
  static const Catalogue instance;
  return instance;
}
const Detector& detector() {
  static const Detector instance(catalogue());
  return instance;
}

std::string first(const Detection& detection) {
  return detection.candidates.empty() ? "-" : std::string(detection.candidates[0].courier->code);
}

bool lists(const Detection& detection, std::string_view code) {
  return std::ranges::any_of(detection.candidates,
                             [&](const auto& c) { return c.courier->code == code; });
}

float confidence_of(const Detection& detection, std::string_view code) {
  for (const auto& candidate : detection.candidates)
    if (candidate.courier->code == code) return candidate.confidence;
  return 0;
}

bool is_confident(const Detection& detection) {
  return detection.verdict == Verdict::Certain || detection.verdict == Verdict::Likely;
}

bool has(const std::vector<couriers::Evidence>& evidence, EvidenceKind kind) {
  return std::ranges::any_of(evidence, [&](const auto& e) { return e.kind == kind; });
}

}  // namespace

// A row that does not match its own example, or whose check digit disagrees with it, is a typing
// error in the data file.
TEST(Formats, EachRowFitsItsOwnExamples) {
  const couriers::Formats table(catalogue());
  ASSERT_GT(table.formats.size(), 600u);
  for (std::size_t row = 0; row < table.formats.size(); ++row) {
    const auto& format = table.formats[row];
    ASSERT_FALSE(format.examples.empty()) << format.shape;
    EXPECT_FALSE(format.says.empty()) << format.shape;
    EXPECT_TRUE(format.confidence == 'H' || format.confidence == 'M' || format.confidence == 'L');
    for (std::string_view example : format.examples) {
      bool fits = false;
      for (const auto& variant : couriers::expand(format.shape)) {
        if (variant.positions.size() != example.size()) continue;
        bool all = true;
        for (std::size_t i = 0; i < example.size(); ++i)
          all = all && (variant.positions[i] >> couriers::symbol(example[i]) & 1) != 0;
        fits = fits || all;
      }
      EXPECT_TRUE(fits) << format.shape << ' ' << example;
      EXPECT_TRUE(!format.check || format.check->holds(example)) << format.shape << ' ' << example;
    }
  }
}

TEST(Formats, SharesOfARowAddUpToOne) {
  const couriers::Formats table(catalogue());
  for (const auto& format : table.formats) {
    if (format.owner != couriers::Owner::Listed) continue;
    float sum = 0;
    for (const auto& share : format.couriers) sum += share.part;
    EXPECT_NEAR(sum, 1, 1e-4) << format.shape;
  }
}

TEST(Formats, EveryPostAnswersForEveryService) {
  const couriers::Formats table(catalogue());
  EXPECT_GE(table.posts.size(), 180u);
  for (const auto& post : table.posts)
    for (char a = 'A'; a <= 'Z'; ++a)
      for (char b = 'A'; b <= 'Z'; ++b)
        EXPECT_NE(couriers::Formats::couriers_of(post, a, b), nullptr);
}

TEST(Detect, NamesTheCourierOfWellKnownForms) {
  const struct {
    const char *number, *courier;
  } cases[] = {
      {"1Z5R89390357567127", "ups"},
      {"9400111206206406260787", "usps"},
      {"420787459400111206206406260787", "usps"},
      {"61299998620341515252", "fedex"},
      {"986578788855", "fedex"},
      {"3318810025", "dhl"},
      {"00340434161094015902", "dhl-germany"},
      {"H1000730000834301047", "hermes-de"},
      {"09445440528213M", "dpd"},
      {"JD0002242617644732", "yodel"},
      {"PRWEHP7065466523536114Z", "correos-spain"},
      {"3SDEVC012345678", "postnl-3s"},
      {"993412345612345678", "swiss-post"},
      {"Z1234567890", "packeta"},
      {"V12345E1234567", "venipak"},
      {"JJFI12345678901234567", "finland-posti"},
      {"59000123456789", "nova-poshta"},
      {"YT2205421266056615", "yunexpress"},
      {"YT1234567890123", "yto"},
      {"SF1234567890123", "sf-express"},
      {"JT1234567890123", "jtexpress"},
      {"LP00123456789012", "cainiao"},
      {"4PX1234567890123CN", "4px"},
      {"SPXID012345678901", "spx-id"},
      {"TH01234567890A", "flashexpress"},
      {"FMPP1234567890", "ekart"},
      {"N12345678", "dtdc"},
      {"TBA123456789012", "amazon"},
      {"LTN74207623N1", "landmark-global"},
  };
  for (const auto& [number, courier] : cases)
    EXPECT_EQ(first(detector().detect(number)), courier) << number;
}

TEST(Detect, NamesTheIssuingPostOfAnS10Item) {
  const struct {
    const char *number, *courier;
  } cases[] = {
      {"RB123456785GB", "royal-mail"},
      {"EE123456785GB", "parcel-force"},
      {"CP123456785GB", "parcel-force"},
      {"EA571232338CN", "china-ems"},
      {"RP325552475CN", "china-post"},
      {"LZ448865302CN", "china-post"},
      {"RB123456785SG", "singapore-post"},
      {"EX011436437SG", "singapore-post"},
      {"RB123456785NL", "postnl-parcels"},
      {"CB123456785DE", "dhl-germany"},
      {"RB123456785DE", "deutsche-post"},
      {"XB123456785FR", "chronopost"},
      {"CB123456785FR", "colissimo"},
      {"RB123456785FR", "laposte"},
      {"RB123456785KR", "korea-post"},
      {"RB123456785JP", "japan-post"},
      {"RB123456785SE", "sweden-posten"},
      {"RB123456785DK", "denmark-post"},
      {"RB123456785NO", "posten-norge"},
      {"RB123456785FI", "finland-posti"},
      {"RB123456785LV", "latvijas-pasts"},
      {"RB123456785LT", "lietuvos-pastas"},
      {"RB123456785EE", "omniva"},
      {"RB123456785YP", "yanwen"},
      {"RB123456785CV", "correios-cabo-verde"},
  };
  for (const auto& [number, courier] : cases) {
    const auto detection = detector().detect(number);
    EXPECT_EQ(first(detection), courier) << number;
    EXPECT_TRUE(detection.candidates.empty() || detection.candidates[0].check_digit_holds)
        << number;
  }
}

TEST(Detect, ForgivesHowPeopleType) {
  for (const char* typed :
       {"1Z5R89390357567127", " 1z 5r8 939 03 5756 7127 ", "1Z-5R89-3903-5756-7127",
        "1Z5R89390357567127\r\n", "１Ｚ５Ｒ８９３９０３５７５６７１２７", "#1Z5R89390357567127"}) {
    const auto detection = detector().detect(typed);
    EXPECT_EQ(detection.number, "1Z5R89390357567127") << typed;
    EXPECT_EQ(first(detection), "ups") << typed;
    EXPECT_EQ(detection.verdict, Verdict::Certain) << typed;
  }
}

TEST(Detect, SaysMistypedWhenOnlyTheCheckDigitDisagrees) {
  const struct {
    const char *number, *courier;
  } cases[] = {
      {"1Z5R89390357567128", "ups"},
      {"9434611206206407667131", "usps"},
      {"RB123456786US", "usps"},
      {"RB123456784GB", "royal-mail"},
      {"00340434161094015903", "dhl-germany"},
      {"C11031500001889", "ontrac"},
      {"CSQU3054384", "hapag-lloyd"},
  };
  for (const auto& [number, courier] : cases) {
    const auto detection = detector().detect(number);
    EXPECT_EQ(detection.verdict, Verdict::Mistyped) << number;
    EXPECT_EQ(first(detection), courier) << number;
    ASSERT_FALSE(detection.candidates.empty());
    EXPECT_FALSE(detection.candidates[0].check_digit_holds) << number;
    EXPECT_LT(detection.candidates[0].confidence, 0.5) << number;
    EXPECT_TRUE(
        has(detector().explain(detection, detection.candidates[0]), EvidenceKind::BadCheckDigit))
        << number;
  }
}

// clause-054.wrong
TEST(Detect, KeepsSharedShapesAmbiguous) {
  for (const char* number : {"12345678", "123456782", "12345678905", "123456789018"}) {
    const auto detection = detector().detect(number);
    EXPECT_EQ(detection.verdict, Verdict::Ambiguous) << number;
    EXPECT_GT(detection.candidates.size(), 2u) << number;
  }
}

// clause-054.wrong
TEST(Detect, AdmitsThatItDoesNotKnow) {
  for (const char* typed :
       {"", " ", "A", "hello", "0000000000", "111111111111", "%%%", "X1",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZ", "QZXJ9WQZXJ9WQZXJ9W"}) {
    const auto detection = detector().detect(typed);
    EXPECT_EQ(detection.verdict, Verdict::Unknown) << typed;
    EXPECT_TRUE(detection.candidates.empty()) << typed;
  }
}

TEST(Detect, SharesOutNoMoreThanOneConfidence) {
  const couriers::Formats table(catalogue());
  for (const auto& format : table.formats) {
    for (std::string_view example : format.examples) {
      const auto detection = detector().detect(example);
      float sum = 0, last = 1;
      for (const auto& candidate : detection.candidates) {
        sum += candidate.confidence;
        EXPECT_LE(candidate.confidence, last) << example;
        last = candidate.confidence;
      }
      EXPECT_LE(sum, 1.001f) << example;
      EXPECT_LE(detection.candidates.size(), 10u) << example;
    }
  }
}

// Most rows can be told from their neighbours; those that cannot are shared shapes, and there the
// row's courier must at least be on the list.
TEST(Detect, ListsTheCourierOfAlmostEveryExample) {
  const couriers::Formats table(catalogue());
  int rows = 0, listed = 0;
  for (const auto& format : table.formats) {
    if (format.owner != couriers::Owner::Listed || format.confidence == 'L') continue;
    ++rows;
    const auto code = catalogue().all()[format.couriers[0].courier].code;
    const auto detection = detector().detect(format.examples[0]);
    listed += lists(detection, code);
    EXPECT_TRUE(lists(detection, code) || detection.candidates.size() > 3)
        << format.shape << ' ' << format.examples[0] << ' ' << code;
  }
  EXPECT_GT(listed, rows * 9 / 10);
}

TEST(Detect, ReadsAirWaybillsContainersAndBillsOfLading) {
  const auto* cargo = catalogue().airline("176")->courier;
  EXPECT_EQ(first(detector().detect("176-12345675")), cargo->code);
  EXPECT_EQ(first(detector().detect("CSQU3054383")), "hapag-lloyd");
  EXPECT_EQ(first(detector().detect("MAEU123456789")), "maersk");
  EXPECT_EQ(first(detector().detect("HLCU1234567890")), "hapag-lloyd");
}

TEST(Detect, LetsHintsDecideBetweenEquals) {
  const std::string number = "12345678905";
  const auto plain = detector().detect(number);
  const Hints india{.shop_country = "IN", .destination_country = "in", .couriers = {}};
  EXPECT_GT(confidence_of(detector().detect(number, india), "bluedart"),
            confidence_of(plain, "bluedart"));

  const std::vector<std::string> own = {"bluedart"};
  const Hints account{.shop_country = {}, .destination_country = {}, .couriers = own};
  const auto with_account = detector().detect(number, account);
  EXPECT_EQ(first(with_account), "bluedart");
  EXPECT_TRUE(
      has(detector().explain(with_account, with_account.candidates[0]), EvidenceKind::Hint));

  // A hint never makes a courier of a number that does not have its form.
  EXPECT_FALSE(lists(detector().detect("1Z5R89390357567127", account), "bluedart"));
}

TEST(Detect, OffersThePostOfTheDestinationAfterTheIssuer) {
  const Hints hints{.shop_country = {}, .destination_country = "FR", .couriers = {}};
  const auto detection = detector().detect("RP325552475CN", hints);
  EXPECT_EQ(first(detection), "china-post");
  EXPECT_TRUE(lists(detection, "laposte"));
}

TEST(Detect, TrustsTheGroupingOfAnAirWaybill) {
  const auto bare = detector().detect("17612345675");
  const auto written = detector().detect("176-12345675");
  const auto code = catalogue().airline("176")->courier->code;
  EXPECT_GT(confidence_of(written, code), confidence_of(bare, code));
}

TEST(Detect, ReadsNumbersOutOfLinks) {
  const struct {
    const char *link, *number, *courier;
  } cases[] = {
      {"https://www.ups.com/track?loc=en_US&tracknum=1Z5R89390357567127&requester=ST/",
       "1Z5R89390357567127", "ups"},
      {"https://tools.usps.com/go/TrackConfirmAction?tLabels=9400111206206406260787",
       "9400111206206406260787", "usps"},
      {"https://www.fedex.com/fedextrack/?trknbr=986578788855", "986578788855", "fedex"},
      {"https://nolp.dhl.de/nextt-online-public/set_identcodes.do?idc=00340434161094015902",
       "00340434161094015902", "dhl-germany"},
      {"https://gls-group.com/DE/de/paketverfolgung?match=36301917596", "36301917596", "gls"},
      {"https://www.royalmail.com/track-your-item#/tracking-results/RB123456785GB", "RB123456785GB",
       "royal-mail"},
      {"https://jouw.postnl.nl/track-and-trace/3SDEVC012345678-NL-1234AB", "3SDEVC012345678",
       "postnl-3s"},
      {"www.bluedart.com/?trackFor=0&trackNo=12345678901", "12345678901", "bluedart"},
      {"https://t.17track.net/en#nums=1Z5R89390357567127", "1Z5R89390357567127", "ups"},
      {"https://track.4px.com/#/result/0/4PX1234567890123CN", "4PX1234567890123CN", "4px"},
  };
  for (const auto& [link, number, courier] : cases) {
    const auto detection = detector().detect(link);
    EXPECT_EQ(detection.number, number) << link;
    EXPECT_EQ(first(detection), courier) << link;
    EXPECT_TRUE(is_confident(detection)) << link;
  }
}

TEST(Detect, BelievesALinkWhoseNumberHasNoKnownForm) {
  const auto detection = detector().detect("https://www.yodel.co.uk/tracking/QQ77QQ77QQ7Q");
  EXPECT_EQ(first(detection), "yodel");
  ASSERT_FALSE(detection.candidates.empty());
  const auto evidence = detector().explain(detection, detection.candidates[0]);
  EXPECT_TRUE(has(evidence, EvidenceKind::Link));
}

TEST(Detect, UnderstandsANumberWrappedInASentence) {
  const auto detection = detector().detect("my UPS parcel 1Z5R89390357567127 is late, please help");
  EXPECT_EQ(detection.number, "1Z5R89390357567127");
  EXPECT_EQ(first(detection), "ups");
  EXPECT_EQ(first(detector().detect("Sendungsnummer: 00340434161094015902")), "dhl-germany");
}

TEST(Scan, FindsTheNumbersOfAMailInOrder) {
  const std::string text =
      "Hello Ann,\n\nyour order 100234 of 2024-05-17 has shipped with UPS: 1Z 5R8 939 03 5756 7127."
      "\nThe second parcel: https://www.fedex.com/fedextrack/?trknbr=986578788855\n"
      "Call us: +49 30 1234567890. Sendungsnummer RB 123 456 785 GB.\n";
  const auto found = detector().scan(text);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(first(found[0].detection), "ups");
  EXPECT_EQ(found[0].detection.number, "1Z5R89390357567127");
  EXPECT_EQ(text.substr(found[0].begin, found[0].end - found[0].begin), "1Z 5R8 939 03 5756 7127");
  EXPECT_EQ(first(found[1].detection), "fedex");
  EXPECT_EQ(text.substr(found[1].begin, found[1].end - found[1].begin), "986578788855");
  EXPECT_EQ(found[2].detection.number, "RB123456785GB");
}

TEST(Scan, TakesTheCourierNamedBesideAnAmbiguousNumber) {
  const auto found = detector().scan("Ihr GLS Paket 36301917596 kommt morgen.");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(first(found[0].detection), "gls");
  EXPECT_TRUE(has(detector().explain(found[0].detection, found[0].detection.candidates[0]),
                  EvidenceKind::Context));
}

TEST(Scan, ReadsOtherLanguagesAndScripts) {
  const struct {
    const char *text, *number, *courier;
  } cases[] = {
      {"您的快递单号：SF1234567890123，顺丰速运", "SF1234567890123", "sf-express"},
      {"お問い合わせ番号 4105-6999-1366 ヤマト運輸", "410569991366", "taqbin-jp"},
      {"Twoja przesyłka InPost 623456789012345678901234 czeka", "623456789012345678901234",
       "inpost-paczkomaty"},
      {"Трек-номер 59001234567890, Нова Пошта", "59001234567890", "nova-poshta"},
      {"Numero di spedizione BRT: 123456789012.", "123456789012", "bartolini"},
      {"Votre colis GLS 36301917596 est en route", "36301917596", "gls"},
      {"Einlieferungsnummer RR123456785DE", "RR123456785DE", "deutsche-post"},
  };
  for (const auto& [text, number, courier] : cases) {
    const auto found = detector().scan(text);
    ASSERT_EQ(found.size(), 1u) << text;
    EXPECT_EQ(found[0].detection.number, number);
    EXPECT_EQ(first(found[0].detection), courier) << text;
  }
}

TEST(Scan, LeavesOrderNumbersPhonesAndDatesAlone) {
  for (const char* text : {"Order 12345678 from 2024-05-17 12:30, total 129.90 EUR",
                           "Call 030 1234 5678 or +1 (555) 010-9999",
                           "Invoice 2024000123, VAT DE123456789", "ISBN 9783161484100", ""})
    EXPECT_TRUE(detector().scan(text).empty()) << text;
}

TEST(Explain, SaysWhyInSentences) {
  const auto detection = detector().detect("RB123456785LV");
  ASSERT_FALSE(detection.candidates.empty());
  const auto evidence = detector().explain(detection, detection.candidates[0]);
  EXPECT_TRUE(has(evidence, EvidenceKind::CheckDigit));
  EXPECT_TRUE(has(evidence, EvidenceKind::Country));
  EXPECT_TRUE(has(evidence, EvidenceKind::Service));
  const auto parts = detector().parts(detection, detection.candidates[0]);
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[0].text, "RB");
  EXPECT_EQ(parts[0].meaning, "service: registered letter");
  EXPECT_EQ(parts[3].text, "LV");
}

TEST(Explain, TakesTheNumberApartWithoutLosingACharacter) {
  const couriers::Formats table(catalogue());
  for (const auto& format : table.formats) {
    const auto detection = detector().detect(format.examples[0]);
    for (const auto& candidate : detection.candidates) {
      std::string whole;
      for (const auto& part : detector().parts(detection, candidate)) whole += part.text;
      EXPECT_EQ(whole, detection.number) << format.shape;
      EXPECT_FALSE(detector().explain(detection, candidate).empty()) << format.shape;
    }
  }
}

TEST(Detect, GivesTheSameAnswerInManyThreads) {
  const couriers::Formats table(catalogue());
  std::vector<std::string> numbers;
  for (const auto& format : table.formats) numbers.emplace_back(format.examples[0]);
  const auto answers = [&] {
    std::string all;
    Detection detection;
    for (const auto& number : numbers) {
      detector().detect_into(number, {}, detection);
      all += first(detection) + std::string(name(detection.verdict)) + ' ';
    }
    return all;
  };
  const std::string expected = answers();
  std::vector<std::string> seen(4);
  std::vector<std::thread> threads;
  for (std::string& one : seen) threads.emplace_back([&] { one = answers(); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& one : seen) EXPECT_EQ(one, expected);
}

// The labelled numbers of the evidence folder, with the bars this room promises to hold.
TEST(Detect, HoldsItsBarsOnTheLabelledNumbers) {
  const char* shared = std::getenv("MILEPOST_SHARED");
  const std::string folder =
      shared != nullptr ? shared : std::string(MILEPOST_SOURCE_DIR) + "/../shared";
  std::ifstream file(folder + "/data/numbers-dev.csv");
  if (!file) GTEST_SKIP() << "no labelled numbers here; set MILEPOST_SHARED";
  int valid = 0, right = 0, among_five = 0, sure_and_wrong = 0, broken_accepted = 0;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const auto a = line.find(','), b = line.find(',', a + 1);
    const std::string number = line.substr(0, a), courier = line.substr(a + 1, b - a - 1);
    const auto detection = detector().detect(number);
    const auto& candidates = detection.candidates;
    const auto place = std::ranges::find_if(
                           candidates, [&](const auto& c) { return c.courier->code == courier; }) -
                       candidates.begin();
    if (line[b + 1] == '1') {
      ++valid;
      right += first(detection) == courier;
      among_five += place < 5 && lists(detection, courier);
      sure_and_wrong += is_confident(detection) && first(detection) != courier;
    } else {
      broken_accepted += is_confident(detection) && first(detection) == courier;
    }
  }
  EXPECT_GE(100.0 * right / valid, 92);
  EXPECT_GE(100.0 * among_five / valid, 98);
  EXPECT_LE(100.0 * sure_and_wrong / valid, 1);
  EXPECT_EQ(broken_accepted, 0);
}
