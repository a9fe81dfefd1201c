#include "journey/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "journey/fold.h"

namespace journey {
namespace {

// Measured by bench/run wording on carriers left out of the training.
constexpr float kSure = 0.57F;

// When the likeliest and the next of delivered, undelivered and exception are this close, nobody
// is told either: taking one for the other is what costs people most.
constexpr float kRival = 0.12F;

struct Opinion {
  Status status = Status::Pending;
  float sure = 0;                  // of the status
  float rival = 0;                 // of the next status that must not be taken for it
  std::size_t meaning = kNothing;  // the likeliest sub-status of that status
};

bool is_grave(std::size_t status) {
  const auto is = [status](Status s) { return status == static_cast<std::size_t>(s); };
  return is(Status::Delivered) || is(Status::Undelivered) || is(Status::Exception);
}

Opinion opinion(const Scores& scores) {
  std::array<float, 9> statuses{};
  for (std::size_t k = 0; k < kMeanings.size(); ++k)
    statuses[static_cast<std::size_t>(kMeanings[k].status)] += scores[k];
  const auto best = static_cast<std::size_t>(std::ranges::max_element(statuses) - statuses.begin());
  Opinion out{static_cast<Status>(best), statuses[best], 0, kNothing};
  for (std::size_t s = 0; s < statuses.size(); ++s) {
    if (s != best && is_grave(s) && is_grave(best)) out.rival = std::max(out.rival, statuses[s]);
  }
  float most = -1;
  for (std::size_t k = 0; k < kMeanings.size(); ++k) {
    if (kMeanings[k].status == out.status && scores[k] > most) most = scores[k], out.meaning = k;
  }
  return out;
}

bool is_sure(const Opinion& says) { return says.sure >= kSure && says.rival < kRival * says.sure; }

// Heads that deny a delivery, folded. What follows them gives the reason, and however much it
// speaks of delivering ("not delivered - delivery to another person"), nothing was delivered.
constexpr std::string_view kDenials[] = {"not delivered",
                                         "undelivered",
                                         "non delivery",
                                         "unsuccessful",
                                         "delivery failed",
                                         "failed delivery",
                                         "could not be delivered",
                                         "unable to deliver",
                                         "not able to deliver",
                                         "nicht zugestellt",
                                         "nicht ausgeliefert",
                                         "zustellung nicht moglich",
                                         "nicht zustellbar",
                                         "non livre",
                                         "non distribu",
                                         "livraison impossible",
                                         "pas pu etre livre",
                                         "echec de livraison",
                                         "no entregado",
                                         "entrega fallida",
                                         "no se pudo entregar",
                                         "reparto fallido",
                                         "non consegnat",
                                         "mancata consegna",
                                         "consegna non riuscita",
                                         "nao entregue",
                                         "entrega nao",
                                         "nao pode ser efetuada",
                                         "nao foi entregue",
                                         "niet bezorgd",
                                         "niet geleverd",
                                         "bezorging mislukt",
                                         "kon niet",
                                         "nie doreczon",
                                         "niedoreczon",
                                         "nieudana",
                                         "nieudane",
                                         "ej levererad",
                                         "inte levereras",
                                         "inte levererad",
                                         "misslyckad",
                                         "misslyckat",
                                         "ikke leveret",
                                         "ikke levert",
                                         "ikke utlevert",
                                         "kunne ikke",
                                         "mislykket",
                                         "ei toimitettu",
                                         "ei voitu toimittaa",
                                         "epaonnistu",
                                         "nedorucen",
                                         "nepodarilo se dorucit",
                                         "neuspesn",
                                         "неудачная попытка",
                                         "не доставлен",
                                         "не вручен",
                                         "недоставка",
                                         "невручение",
                                         "teslim edilemedi",
                                         "dagitilamadi",
                                         "未妥投",
                                         "失败",
                                         "不成功",
                                         "未成功",
                                         "未能",
                                         "无法派送",
                                         "无法投递",
                                         "配达できません",
                                         "お届けできません",
                                         "未配达",
                                         "미배달",
                                         "미배송",
                                         "배달 실패",
                                         "배송 실패"};

// The denials by their first byte, so that a text is gone through once.
struct DenialIndex {
  std::array<std::string_view, std::size(kDenials)> sorted;
  std::array<std::uint8_t, 257> first{};  // of each byte, and of the one behind the last

  constexpr DenialIndex() {
    std::ranges::copy(kDenials, sorted.begin());
    const auto byte = [](std::string_view text) { return static_cast<unsigned char>(text[0]); };
    std::ranges::sort(sorted, {}, byte);
    for (const auto denial : sorted) ++first[byte(denial) + 1U];
    for (std::size_t i = 1; i < first.size(); ++i)
      first[i] = static_cast<std::uint8_t>(first[i] + first[i - 1]);
  }
};
constexpr DenialIndex kDenialIndex;

bool denies_delivery(std::string_view folded) {
  for (std::size_t at = 0; at < folded.size(); ++at) {
    const auto byte = static_cast<unsigned char>(folded[at]);
    // At the beginning of a word, or anywhere in a script that has no spaces.
    if (at > 0 && folded[at - 1] != ' ' && byte < 0xE3) continue;
    for (std::size_t i = kDenialIndex.first[byte]; i < kDenialIndex.first[byte + 1U]; ++i) {
      if (folded.substr(at).starts_with(kDenialIndex.sorted[i])) return true;
    }
  }
  return false;
}

// The likeliest way in which a delivery failed.
std::size_t best_failure(const Scores& scores) {
  std::size_t best = *meaning_of(Status::Undelivered, 4);
  for (std::size_t k = 0; k < kMeanings.size(); ++k) {
    if (kMeanings[k].status == Status::Undelivered && scores[k] > scores[best]) best = k;
  }
  return best;
}

Verdict known_verdict(std::size_t meaning, By by, float sure) {
  return {Verdict::Kind::Known, kMeanings[meaning].status, kMeanings[meaning].substatus, by,
          static_cast<std::uint16_t>(std::lround(sure * 1000))};
}

// Enough of the exceptions to say that a delivery that is denied was more than a failed attempt.
constexpr float kMoreThanFailed = 0.3F;

float exceptions_of(const Scores& scores) {
  float sum = 0;
  for (std::size_t k = 0; k < kMeanings.size(); ++k) {
    if (kMeanings[k].status == Status::Exception && kMeanings[k].substatus != 5) sum += scores[k];
  }
  return sum;
}

// What a whole folded text means, and why.
struct Judged {
  Verdict verdict;
  Opinion opinion;
  bool is_denied = false;
};

Judged judge_whole(const WordingModel& model, std::string_view folded) {
  Judged out;
  if (const auto known = model.known(folded)) {
    if (*known != kNothing) out.verdict = known_verdict(*known, By::WordingRule, 1);
    return out;
  }
  const Features features = model.features(folded);
  if (features.size() == 0) return out;
  Scores scores;
  model.score(features, scores);
  out.opinion = opinion(scores);
  const Opinion& says = out.opinion;
  // The search for a denial is the slow part: only where it can matter.
  const bool is_open =
      says.status == Status::Delivered ||
      (says.status == Status::Exception && kMeanings[says.meaning].substatus == 5) ||
      (!is_sure(says) && exceptions_of(scores) < kMoreThanFailed);
  out.is_denied = is_open && denies_delivery(folded);
  if (out.is_denied) {
    out.verdict = known_verdict(best_failure(scores), By::WordingRule, 1 - says.rival);
  } else if (is_sure(says)) {
    out.verdict = known_verdict(says.meaning, By::WordingModel, says.sure);
  }
  return out;
}

// "Not delivered - refused" begins with an attempt that failed, and is more than that.
bool is_contradicted(Status head, const Opinion& whole) {
  return head != whole.status && is_grave(static_cast<std::size_t>(head)) &&
         is_grave(static_cast<std::size_t>(whole.status));
}

// The statement before the first dash, double slash or end of a sentence; empty when that is all.
std::string_view head_of(std::string_view text) {
  auto end = text.npos;
  for (const std::string_view mark : {" - ", " // ", " – ", " — ", ". ", "; ", "。", "，"})
    end = std::min(end, text.find(mark));
  return end == text.npos ? std::string_view{} : text.substr(0, end);
}

}  // namespace

Verdict judge_wording(const WordingModel& model, std::string_view text) {
  const auto whole = judge_whole(model, Folded(text).view());
  const Verdict& verdict = whole.verdict;
  if (verdict.kind != Verdict::Kind::Unknown) return verdict;
  const auto head = head_of(text);
  if (head.empty()) return verdict;
  const auto alone = judge_whole(model, Folded(head).view()).verdict;
  return alone.kind == Verdict::Kind::Known && is_contradicted(alone.status, whole.opinion)
             ? verdict
             : alone;
}

std::string explain_wording(const WordingModel& model, std::string_view text) {
  const auto head = head_of(text);
  const auto whole = judge_whole(model, Folded(text).view());
  if (whole.verdict.kind == Verdict::Kind::Unknown && !head.empty() &&
      judge_whole(model, Folded(head).view()).verdict.kind != Verdict::Kind::Unknown)
    return "its first statement: " + explain_wording(model, head);
  const Folded folded(text);
  if (model.known(folded.view())) return fmt::format("the sentence \"{}\" is known", folded.view());
  if (whole.is_denied) return "the sentence denies that it was delivered";
  const Opinion& says = whole.opinion;
  if (says.meaning == kNothing) return "no word in it is known";
  const auto meaning = substatus_name(says.status, kMeanings[says.meaning].substatus);
  return fmt::format("{}{} ({:.0f} %) because of {}",
                     is_sure(says) ? "" : "not sure enough: ", meaning,
                     static_cast<double>(says.sure) * 100,
                     model.reasons(folded.view(), model.features(folded.view()), says.meaning));
}

}  // namespace journey
