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

// Couriers named in the context: whole words, small letters on both sides.
struct Name {
  std::string_view word;
  std::string_view code;
};
// Brands under which several couriers trade, or which are too short to trust to the catalogue.
constexpr Name kBrands[] = {{"ups", "ups"},
                            {"usps", "usps"},
                            {"fedex", "fedex"},
                            {"dhl", "dhl"},
                            {"dhl", "dhl-germany"},
                            {"dhl", "dhlglobalmail"},
                            {"dhl", "dhlparcel-nl"},
                            {"dhl", "dhl-poland"},
                            {"dpd", "dpd"},
                            {"dpd", "dpd-uk"},
                            {"dpd", "dpd-de"},
                            {"dpd", "dpd-fr"},
                            {"dpd", "dpd-poland"},
                            {"gls", "gls"},
                            {"gls", "gls-italy"},
                            {"gls", "gls-es"},
                            {"gls", "gls-pl"},
                            {"tnt", "tnt"},
                            {"hermes", "hermes-de"},
                            {"hermes", "hermes-uk"},
                            {"evri", "hermes-uk"},
                            {"amazon", "amazon"},
                            {"royal mail", "royal-mail"},
                            {"parcelforce", "parcel-force"},
                            {"yodel", "yodel"},
                            {"canada post", "canada-post"},
                            {"purolator", "purolator"},
                            {"ontrac", "ontrac"},
                            {"lasership", "lasership"},
                            {"colissimo", "colissimo"},
                            {"la poste", "laposte"},
                            {"chronopost", "chronopost"},
                            {"mondial relay", "mondialrelay"},
                            {"relais colis", "relaiscolis"},
                            {"colis priv", "colis-prive"},
                            {"geodis", "geodis"},
                            {"postnl", "postnl-3s"},
                            {"postnl", "postnl-parcels"},
                            {"bpost", "belgium-post"},
                            {"swiss post", "swiss-post"},
                            {"poste italiane", "poste-italiane"},
                            {"brt", "bartolini"},
                            {"bartolini", "bartolini"},
                            {"sda", "italy-sda"},
                            {"correos", "correos-spain"},
                            {"correos express", "correosexpress"},
                            {"seur", "international-seur"},
                            {"mrw", "mrw-spain"},
                            {"nacex", "nacex"},
                            {"tipsa", "tip-sa"},
                            {"ctt", "ctt"},
                            {"postnord", "sweden-posten"},
                            {"postnord", "denmark-post"},
                            {"bring", "bring"},
                            {"posten", "posten-norge"},
                            {"posti", "finland-posti"},
                            {"matkahuolto", "matkahuolto"},
                            {"inpost", "inpost-paczkomaty"},
                            {"paczkomat", "inpost-paczkomaty"},
                            {"poczta polska", "poczta-polska"},
                            {"packeta", "packeta"},
                            {"zásilkovna", "packeta"},
                            {"ppl", "ppl-cz"},
                            {"nova poshta", "nova-poshta"},
                            {"нова пошта", "nova-poshta"},
                            {"Нова пошта", "nova-poshta"},
                            {"Нова Пошта", "nova-poshta"},
                            {"Новая почта", "nova-poshta"},
                            {"Новой почты", "nova-poshta"},
                            {"новой почты", "nova-poshta"},
                            {"укрпошта", "ukraine-post"},
                            {"Укрпошта", "ukraine-post"},
                            {"Укрпошти", "ukraine-post"},
                            {"почта россии", "russian-post"},
                            {"Почта России", "russian-post"},
                            {"Почты России", "russian-post"},
                            {"сдэк", "cdek"},
                            {"СДЭК", "cdek"},
                            {"cdek", "cdek"},
                            {"boxberry", "boxberry"},
                            {"meest", "meest"},
                            {"omniva", "omniva"},
                            {"venipak", "venipak"},
                            {"fan courier", "fan-courier"},
                            {"sameday", "sameday"},
                            {"cargus", "cargus"},
                            {"speedy", "speedy-dpd"},
                            {"econt", "econt"},
                            {"acs", "acscourier"},
                            {"elta", "greece-post"},
                            {"yurti", "yurtici-kargo"},
                            {"aras kargo", "aras-kargo"},
                            {"mng", "mng-kargo"},
                            {"ptt", "turkey-post"},
                            {"sf express", "sf-express"},
                            {"顺丰", "sf-express"},
                            {"順豐", "sf-express"},
                            {"圆通", "yto"},
                            {"中通", "zto"},
                            {"申通", "sto"},
                            {"韵达", "yunda"},
                            {"极兔", "jtexpress"},
                            {"京东", "jd"},
                            {"德邦", "deppon"},
                            {"菜鸟", "cainiao"},
                            {"云途", "yunexpress"},
                            {"燕文", "yanwen"},
                            {"cainiao", "cainiao"},
                            {"aliexpress", "cainiao"},
                            {"yunexpress", "yunexpress"},
                            {"yanwen", "yanwen"},
                            {"4px", "4px"},
                            {"ヤマト", "taqbin-jp"},
                            {"yamato", "taqbin-jp"},
                            {"佐川", "sagawa"},
                            {"sagawa", "sagawa"},
                            {"日本郵便", "japan-post"},
                            {"ゆうパック", "japan-post"},
                            {"cj대한통운", "cjlogistics"},
                            {"한진", "hanjin"},
                            {"롯데택배", "lotte"},
                            {"우체국", "korea-post"},
                            {"delhivery", "delhivery"},
                            {"blue dart", "bluedart"},
                            {"bluedart", "bluedart"},
                            {"dtdc", "dtdc"},
                            {"ekart", "ekart"},
                            {"xpressbees", "xpressbees"},
                            {"ecom express", "ecom-express"},
                            {"ninja van", "ninjavan-my"},
                            {"ninjavan", "ninjavan-my"},
                            {"j&t", "jtexpress-my"},
                            {"j&t", "jet"},
                            {"j&t", "jtexpress-ph"},
                            {"flash express", "flashexpress"},
                            {"kerry", "kerryexpress-th"},
                            {"spx", "spx-my"},
                            {"gdex", "gdex"},
                            {"pos laju", "poslaju"},
                            {"poslaju", "poslaju"},
                            {"sicepat", "sicepat"},
                            {"jne", "jne"},
                            {"anteraja", "anteraja"},
                            {"aramex", "aramex"},
                            {"smsa", "smsa-express"},
                            {"naqel", "naqel"},
                            {"australia post", "australia-post"},
                            {"auspost", "australia-post"},
                            {"startrack", "star-track"},
                            {"sendle", "sendle"},
                            {"couriersplease", "couriers-please"},
                            {"nz post", "new-zealand-post"},
                            {"correios", "brazil-correios"},
                            {"jadlog", "dpd-brazil"},
                            {"estafeta", "estafeta"},
                            {"andreani", "andreani"},
                            {"chilexpress", "chilexpress"},
                            {"servientrega", "servientrega"},
                            {"coordinadora", "coordinadora"}};

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
  const bool named = (first.seen >> static_cast<unsigned>(EvidenceKind::Context) & 1) != 0;
  if (named && first.confidence >= 0.5f) return number.size() >= 8;
  if (words > 1)
    return is_sure(detection) && (first.check_digit_holds || (has_letter(number) && is_announced));
  if (has_letter(number)) return is_sure(detection) || first.check_digit_holds || is_announced;
  if (is_announced) return number.size() >= 10 || is_sure(detection);
  return number.size() >= 12 && is_sure(detection) && first.check_digit_holds;
}

}  // namespace

std::vector<Found> Detector::scan(std::string_view text, const Hints& hints) const {
  const Engine& engine = state_->engine;
  const std::vector<Word> words = words_of(text);
  std::vector<Found> found;
  std::vector<CourierIndex> named;
  Detection next;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Word& word = words[i];
    if (word.is_link) {
      const std::string_view link = text.substr(word.begin, word.end - word.begin);
      if (!state_->detect_link(link, hints, next) || next.candidates.empty()) continue;
      // A link to any page may hold digits; only couriers' pages and sure numbers count.
      const bool page =
          (next.candidates.front().seen >> static_cast<unsigned>(EvidenceKind::Link) & 1) != 0;
      if (!page && !is_sure(next)) continue;
      const std::size_t place = link.find(next.number);
      const bool verbatim = place != std::string_view::npos;
      const std::size_t begin = verbatim ? word.begin + place : word.begin;
      found.push_back({begin, verbatim ? begin + next.number.size() : word.end, next});
      continue;
    }
    // "+49 30 ..." is a phone number.
    if (word.begin > 0 && text[word.begin - 1] == '+') {
      while (i + 1 < words.size() && words[i].joins_next) ++i;
      continue;
    }
    // The rest of "2024-00123456" is no number of its own.
    const bool is_rest = i > 0 && words[i - 1].joins_next && text[words[i - 1].end] != ' ';
    const auto digit_ahead = [&] {
      for (std::size_t j = i; j < words.size() && j < i + kMostWordsOfANumber; ++j) {
        for (std::size_t k = words[j].begin; k < words[j].end; ++k)
          if (base::is_digit(text[k])) return true;
        if (!words[j].joins_next) return false;
      }
      return false;
    };
    if (is_rest || !digit_ahead()) continue;

    const std::string context = context_of(text, word.begin, word.end);
    const bool is_announced = announced(context);
    named.clear();
    for (const Name& brand : kBrands) {
      if (!contains_word(context, brand.word)) continue;
      if (const Courier* courier = engine.catalogue.find(brand.code))
        named.push_back(static_cast<CourierIndex>(courier - engine.catalogue.all().data()));
    }
    const Surroundings around{named, kNamedFactor, EvidenceKind::Context};

    // The longest group of words that makes a good number, else the word alone.
    std::size_t last = i;
    while (last + 1 < words.size() && words[last].joins_next && last + 1 - i < kMostWordsOfANumber)
      ++last;
    for (std::size_t j = last + 1; j-- > i;) {
      if (words[j].end - word.begin > 2 * kLongestNumber) continue;
      state_->detect_number(text.substr(word.begin, words[j].end - word.begin), hints, around,
                            next);
      if (!acceptable(next, is_announced, j - i + 1)) continue;
      found.push_back({word.begin, words[j].end, next});
      i = j;
      break;
    }
  }
  return found;
}

}  // namespace couriers
