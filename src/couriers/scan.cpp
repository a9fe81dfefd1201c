// Numbers in a longer text: a mail, a chat message. One pass over the words; neighbours that only
// a space or a dash parts are tried together, because people and couriers print numbers in groups.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "couriers/detector_state.h"

namespace couriers {
namespace {

struct Word {
  std::size_t begin, end;
  bool joins_next = false;  // one space, dash, dot or slash before the next word
  bool is_link = false;
};

constexpr std::size_t kMostWordsOfANumber = 9;
constexpr std::size_t kContextBefore = 90, kContextAfter = 50;
constexpr double kNamedFactor = 300;

bool is_word_char(char c) { return base::is_digit(c) || base::is_letter(c); }

std::size_t link_length(std::string_view text) {
  if (!text.starts_with("http://") && !text.starts_with("https://") && !text.starts_with("www."))
    return 0;
  std::size_t end = std::min(text.find_first_of(" \t\r\n\"'<>)]}"), text.size());
  while (end > 0 && (text[end - 1] == '.' || text[end - 1] == ',')) --end;
  return end;
}

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t length = link_length(text.substr(at))) {
      words.push_back({at, at + length, false, true});
      at += length;
      continue;
    }
    if (!is_word_char(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_word_char(text[end])) ++end;
    if (!words.empty() && words.back().end + 1 == at && !words.back().is_link)
      words.back().joins_next =
          std::string_view(" -./").find(text[words.back().end]) != std::string_view::npos;
    words.push_back({at, end});
    at = end;
  }
  return words;
}

// Words that announce a tracking number, in the languages of most parcels. Small letters.
constexpr std::string_view kAnnouncements[] = {
    "track",        "parcel",    "package",    "shipment", "shipped", "consignment", "waybill",
    "awb",          "sendung",   "paket",      "colis",    "suivi",   "envío",       "envio",
    "seguimiento",  "paquete",   "spedizione", "pacco",    "zending", "pakket",      "przesy",
    "paczk",        "zásilk",    "zasilk",     "balík",    "kolli",   "forsendelse", "försändelse",
    "lähetys",      "csomag",    "colet",      "kargo",    "gönderi", "rastre",      "encomenda",
    "objeto",       "container", "delivery",   "courier",  "resi",    "vận đơn",     "พัสดุ",
    "трек",         "Трек",      "отправл",    "посыл",    "накладн", "посилк",      "ттн",
    "运单",         "快递",      "单号",       "物流",     "運單",    "追跡",        "伝票",
    "お問い合わせ", "운송장",    "배송",       "שטר",      "شحنة",    "تتبع"};

bool announced(std::string_view small_context) {
  return std::ranges::any_of(kAnnouncements, [&](std::string_view word) {
    return small_context.find(word) != std::string_view::npos;
  });
}

bool contains_word(std::string_view context, std::string_view word) {
  for (std::size_t at = context.find(word); at != std::string_view::npos;
       at = context.find(word, at + 1)) {
    const bool starts = at == 0 || !is_word_char(context[at - 1]);
    const std::size_t end = at + word.size();
    const bool ends = end == context.size() || !is_word_char(context[end]) || word.size() >= 5;
    if (starts && ends) return true;
  }
  return false;
}

// ASCII only; other scripts have no case or are written small in the tables.
std::string context_of(std::string_view text, std::size_t begin, std::size_t end) {
  const std::size_t from = begin > kContextBefore ? begin - kContextBefore : 0;
  return base::lower(text.substr(from, begin - from)) + ' ' +
         base::lower(text.substr(end, kContextAfter));
}

bool is_sure(const Detection& detection) {
  return detection.verdict == Verdict::Certain || detection.verdict == Verdict::Likely;
}

bool has_letter(std::string_view number) { return std::ranges::any_of(number, base::is_letter); }

// Without an announcement nearby only what few other things look like counts as a number: a phone
// number passes modulo 7 once in ten times.
bool acceptable(const Detection& detection, bool is_announced, std::size_t words) {
  const std::string& number = detection.number;
  const auto digits = std::ranges::count_if(number, base::is_digit);
  if (number.size() < 7 || digits < 4 || detection.candidates.empty()) return false;
  const Candidate& first = detection.candidates.front();
  const bool named = saw(first, EvidenceKind::Context);
  if (named && first.confidence >= 0.5f) return number.size() >= 8;
  if (words > 1)
    return is_sure(detection) && (first.check_digit_holds || (has_letter(number) && is_announced));
  if (has_letter(number)) return is_sure(detection) || first.check_digit_holds || is_announced;
  if (is_announced) return number.size() >= 10 || is_sure(detection);
  return number.size() >= 12 && is_sure(detection) && first.check_digit_holds;
}

// One text under way.
class Scanner {
 public:
  Scanner(const Engine& engine, std::string_view text)
      : engine_(engine), text_(text), words_(words_of(text)) {}

  // `read_link` and `read_number` are Detector's own readings of one link and one number.
  template <class ReadLink, class ReadNumber>
  std::vector<Found> run(ReadLink&& read_link, ReadNumber&& read_number) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      const Word& word = words_[i];
      if (word.is_link) {
        if (read_link(text_.substr(word.begin, word.end - word.begin), next_)) keep_link(word);
      } else if (is_phone(word)) {
        while (i + 1 < words_.size() && words_[i].joins_next) ++i;
      } else if (!is_rest(i) && has_digit_ahead(i)) {
        i = take_number(i, read_number);
      }
    }
    return std::move(found_);
  }

 private:
  // A link to any page may hold digits; only couriers' pages and sure numbers count.
  void keep_link(const Word& word) {
    if (next_.candidates.empty()) return;
    if (!saw(next_.candidates.front(), EvidenceKind::Link) && !is_sure(next_)) return;
    const std::size_t place = text_.substr(word.begin, word.end - word.begin).find(next_.number);
    const bool verbatim = place != std::string_view::npos;
    const std::size_t begin = verbatim ? word.begin + place : word.begin;
    found_.push_back({begin, verbatim ? begin + next_.number.size() : word.end, next_});
  }

  // "+49 30 ..."
  bool is_phone(const Word& word) const { return word.begin > 0 && text_[word.begin - 1] == '+'; }

  // The rest of "2024-00123456" is no number of its own.
  bool is_rest(std::size_t i) const {
    return i > 0 && words_[i - 1].joins_next && text_[words_[i - 1].end] != ' ';
  }

  bool has_digit_ahead(std::size_t i) const {
    for (std::size_t j = i; j < words_.size() && j < i + kMostWordsOfANumber; ++j) {
      for (std::size_t k = words_[j].begin; k < words_[j].end; ++k)
        if (base::is_digit(text_[k])) return true;
      if (!words_[j].joins_next) return false;
    }
    return false;
  }

  // The longest group of words from i on that makes a good number, else the word alone. Returns the
  // last word it used.
  template <class ReadNumber>
  std::size_t take_number(std::size_t i, ReadNumber&& read_number) {
    const Word& word = words_[i];
    const std::string context = context_of(text_, word.begin, word.end);
    const bool is_announced = announced(context);
    named_.clear();
    for (const Name& name : engine_.links.names())
      if (contains_word(context, name.word))
        named_.insert(named_.end(), name.couriers.begin(), name.couriers.end());
    const Surroundings around{named_, kNamedFactor, EvidenceKind::Context};

    std::size_t last = i;
    while (last + 1 < words_.size() && words_[last].joins_next &&
           last + 1 - i < kMostWordsOfANumber)
      ++last;
    for (std::size_t j = last + 1; j-- > i;) {
      const std::size_t length = words_[j].end - word.begin;
      if (length > 2 * kLongestNumber) continue;
      read_number(text_.substr(word.begin, length), around, next_);
      if (!acceptable(next_, is_announced, j - i + 1)) continue;
      found_.push_back({word.begin, words_[j].end, next_});
      return j;
    }
    return i;
  }

  const Engine& engine_;
  const std::string_view text_;
  const std::vector<Word> words_;
  std::vector<Found> found_;
  std::vector<CourierIndex> named_;
  Detection next_;
};

}  // namespace

std::vector<Found> Detector::scan(std::string_view text, const Hints& hints) const {
  return Scanner(state_->engine, text)
      .run([&](std::string_view link,
               Detection& out) { return state_->detect_link(link, hints, out); },
           [&](std::string_view number, const Surroundings& around, Detection& out) {
             state_->detect_number(number, hints, around, out);
           });
}

}  // namespace couriers
