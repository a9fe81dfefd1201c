#include "journey/wording.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "journey/fold.h"
#include "journey/understanding.h"
#include "journey/wording_training.h"

using journey::Sentence, journey::Status, journey::Verdict;

namespace {

std::string word(std::string_view text) {
  const auto verdict = journey::Understanding::builtin().by_wording(text, "");
  if (verdict.kind != Verdict::Kind::Known) return "unknown";
  return journey::substatus_name(verdict.status, verdict.substatus);
}

TEST(Wording, ReadsTheHardPairsInEveryLanguage) {
  const struct {
    const char* text;
    const char* means;
  } cases[] = {
      {"Your parcel has been delivered to the recipient", "delivered001"},
      {"Your parcel could not be delivered", "undelivered004"},
      {"Your parcel was delivered to a neighbour", "delivered004"},
      {"Your parcel was delivered to the parcel shop and is ready for collection", "pickup002"},
      {"Return delivered to the sender", "exception010"},
      {"Your parcel is being returned to the sender", "exception011"},
      {"Held by customs", "exception006"},
      {"Customs clearance completed", "transit005"},
      {"Out for delivery today", "pickup001"},
      {"Das Paket wurde zugestellt", "delivered001"},
      {"Das Paket konnte nicht zugestellt werden", "undelivered004"},
      {"Annahme vom Empfänger verweigert", "exception009"},
      {"Votre colis a été livré", "delivered001"},
      {"Le destinataire a refusé le colis", "exception009"},
      {"El paquete ha sido entregado", "delivered001"},
      {"Destinatario ausente", "undelivered002"},
      {"La spedizione è in consegna", "pickup001"},
      {"Objeto saiu para entrega ao destinatário", "pickup001"},
      {"De zending is bij de buren bezorgd", "delivered004"},
      {"Przesyłka została doręczona", "delivered001"},
      {"Paketet har levererats", "delivered001"},
      {"Pakken er leveret til modtageren", "delivered001"},
      {"Sendingen er utlevert", "delivered001"},
      {"Lähetys on toimitettu", "delivered001"},
      {"Отправление вручено адресату", "delivered001"},
      {"快件已签收", "delivered001"},
      {"配達完了", "delivered001"},
      {"배송완료", "delivered001"},
  };
  for (const auto& [text, means] : cases) EXPECT_EQ(word(text), means) << text;
}

using RowsRightWrong = std::array<int, 3>;

// How a file of tests/wordings is understood, by language. Some of its sentences stand in
// data/wordings, too; bench/run wording measures without them.
std::map<std::string, RowsRightWrong> tested(const std::string& name) {
  std::ifstream file(MILEPOST_SOURCE_DIR "/tests/wordings/" + name);
  std::map<std::string, RowsRightWrong> languages;
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find('\t'), second = line.find('\t', first + 1);
    if (line.starts_with('#') || line.starts_with("language\t") || second == line.npos) continue;
    std::string means = line.substr(first + 1, second - first - 1);
    means.resize(means.find_last_not_of("0123456789") + 1);
    const auto said = word(line.substr(second + 1));
    auto& count = languages[line.substr(0, first)];
    ++count[0];
    if (said != "unknown") ++count[said.starts_with(means) ? 1U : 2U];
  }
  return languages;
}

TEST(Wording, UnderstandsWhatCarriersSayInEighteenLanguages) {
  const auto languages = tested("phrases.tsv");
  ASSERT_EQ(languages.size(), 18U);
  for (const auto& [language, count] : languages) {
    EXPECT_GE(count[1] * 100, count[0] * 80) << language << " right";
    EXPECT_LE(count[2] * 100, count[0] * 9) << language << " wrong";
  }
}

TEST(Wording, TellsTheKindsOfSentencesApartThatAreEasilyMixedUp) {
  RowsRightWrong all{};
  for (const auto& [language, count] : tested("hard.tsv"))
    for (std::size_t i = 0; i < all.size(); ++i) all[i] += count[i];
  ASSERT_GT(all[0], 100);
  EXPECT_GE(all[1] * 100, all[0] * 90) << "right";
  EXPECT_LE(all[2] * 100, all[0] * 4) << "wrong";
}

TEST(Wording, LeavesWhatSaysNothingUnknown) {
  for (const char* text : {"", "...", "Qwrt zxcvb", "London GB", "12345", "Ω"})
    EXPECT_EQ(word(text), "unknown") << text;
}

TEST(Wording, SaysByWhatAndWhichWordsWeighedMost) {
  const auto why = journey::Understanding::builtin().explain(nullptr, "", "",
                                                             "Ein Paket, beschädigt vom Sturm", "");
  EXPECT_TRUE(why.starts_with("by wording-model: exception007")) << why;
  EXPECT_NE(why.find("schad"), std::string::npos) << why;
}

TEST(Wordings, SpellOutNamesAndChoices) {
  const auto read = journey::read_wordings(
      "# comment\nitem = parcel|box\n[delivered001]\n<item> {was|is} "
      "delivered\n[nothing]\nHello\n");
  ASSERT_TRUE(read);
  for (const char* text : {"parcel was delivered", "parcel is delivered", "box was delivered",
                           "box is delivered", "hello"})
    EXPECT_NE(std::ranges::find(read.value(), text, &Sentence::text), read.value().end()) << text;
}

TEST(Wordings, GiveSentencesTheirPartOrTheirRole) {
  const auto read = journey::read_wordings("[wait]\nHoliday\n[transit002 place]\nIn depot\n");
  ASSERT_TRUE(read);
  ASSERT_EQ(read.value().size(), 2U);
  EXPECT_EQ(read.value()[0].meaning, journey::kWait);
  EXPECT_EQ(read.value()[1].meaning, *journey::meaning_of(Status::Transit, 2));
  EXPECT_EQ(read.value()[1].role, journey::kPlace);
  EXPECT_FALSE(journey::read_wordings("[transit002 nowhere]\n"));
}

TEST(Wordings, NameTheLineThatIsWrong) {
  const struct {
    const char* text;
    int line;
  } cases[] = {{"Delivered\n", 1}, {"[moved]\n", 1}, {"[delivered001]\nThe <thing> came\n", 2}};
  for (const auto& [text, line] : cases) {
    const auto read = journey::read_wordings(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().line, line) << text;
  }
}

TEST(Wordings, OfATableAreItsSentencesWithoutStarsAndNotes) {
  const auto read = journey::read_table_sentences(
      "code\ttext\tstatus\tsource\nA\tArrived at "
      "*\ttransit002\t\nB\t\tdelivered\t\nC\tSeen\tnote\t\n",
      "them");
  ASSERT_TRUE(read);
  ASSERT_EQ(read.value().size(), 1U);
  EXPECT_EQ(read.value()[0].text, "arrived at");
  EXPECT_EQ(read.value()[0].source, "them");
}

TEST(Training, GivesTheSameBytesForTheSameSentences) {
  const std::vector<Sentence> sentences = {
      {"delivered", *journey::meaning_of(Status::Delivered, 1), 1, {}},
      {"damaged", *journey::meaning_of(Status::Exception, 7), 1, {}}};
  const auto bytes = journey::train_wording(sentences, {});
  EXPECT_EQ(bytes, journey::train_wording(sentences, {}));
  const auto model = journey::WordingModel::read(bytes);
  ASSERT_TRUE(model);
  EXPECT_FALSE(journey::WordingModel::read(bytes.substr(1)));
}

}  // namespace
