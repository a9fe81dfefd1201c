#include "mailbox/extract.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "channels/email/encoding.h"
#include "channels/email/reader.h"
#include "mailbox/hypertext.h"
#include "mailbox/table.h"
#include "personal/secret.h"

namespace embedded {
std::string_view mailbox_words();
}

namespace mailbox {
namespace {

namespace email = channels::email;

constexpr std::size_t kLongestDomain = 253;
constexpr std::size_t kLongestOrder = 30;
constexpr std::size_t kMostOfText = 1 << 20;

// ---- the head

bool is_domain_char(char c) {
  return base::is_letter(c) || base::is_digit(c) || c == '-' || c == '.';
}

int month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                        "jul", "aug", "sep", "oct", "nov", "dec"};
  const auto found = std::ranges::find(kMonths, base::lower(word.substr(0, 3)));
  return found == kMonths.end() ? 0 : static_cast<int>(found - kMonths.begin()) + 1;
}

std::string_view next_word(std::string_view& text) {
  text = base::trim(text);
  const auto end = std::min(text.find_first_of(" \t"), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

int number_of(std::string_view digits) {
  int number = 0;
  for (const char c : digits) {
    if (!base::is_digit(c)) return -1;
    number = number * 10 + (c - '0');
  }
  return digits.empty() || digits.size() > 4 ? -1 : number;
}

// "post.example" of a courier's website.
std::string host_of(std::string_view link) {
  if (const auto scheme = link.find("://"); scheme != std::string_view::npos)
    link.remove_prefix(scheme + 3);
  auto host = base::lower(link.substr(0, link.find_first_of("/:?#")));
  if (host.starts_with("www.")) host.erase(0, 4);
  return host;
}

// ---- order numbers

// Words that announce an order number, small letters; what follows is the number.
constexpr std::string_view kOrderWords[] = {
    "order number",   "order no",      "order id",      "order #",      "order nr",
    "your order",     "order:",        "bestellnummer", "bestellnr",    "bestellung",
    "auftragsnummer", "bestelnummer",  "bestelling",    "ordernummer",  "commande",
    "pedido",         "numero ordine", "ordine",        "encomenda",    "zamówienie",
    "zamówienia",     "objednávk",     "beställning",   "ordrenummer",  "bestilling",
    "tilausnumero",   "rendelésszám",  "comanda",       "sipariş",      "注文番号",
    "订单号",         "訂單編號",      "주문번호",      "номер заказа", "замовлення"};

bool is_order_char(char c) {
  return base::is_letter(c) || base::is_digit(c) || c == '-' || c == '_' || c == '/';
}

// "#1001-A" out of "no. #1001-A, placed ..": the first word of the few next ones with digits in it.
std::string order_number_at(std::string_view text) {
  text = text.substr(0, 60);
  std::size_t at = 0;
  for (int words = 0; at < text.size() && words < 4; ++words) {
    while (at < text.size() && !is_order_char(text[at])) {
      if (text[at] == '\n' && words > 1) return {};
      ++at;
    }
    std::size_t end = at;
    while (end < text.size() && is_order_char(text[end])) ++end;
    const auto word = text.substr(at, end - at);
    const auto digits = std::ranges::count_if(word, base::is_digit);
    if (digits >= 3 && word.size() >= 4 && word.size() <= kLongestOrder && end < text.size() + 1)
      return std::string(word);
    at = end;
  }
  return {};
}

bool is_order_number(std::string_view text) {
  return text.size() >= 3 && text.size() <= kLongestOrder &&
         std::ranges::all_of(text, is_order_char) && std::ranges::any_of(text, base::is_digit);
}

void note_orders(std::string_view text, std::vector<std::string>& orders) {
  auto small = base::lower(text);
  for (const auto word : kOrderWords) {
    for (auto at = small.find(word); at != std::string::npos; at = small.find(word, at + 1)) {
      auto number = order_number_at(text.substr(std::min(at + word.size(), text.size())));
      if (!number.empty() && std::ranges::find(orders, number) == orders.end())
        orders.push_back(std::move(number));
      if (orders.size() > kMostSightings) break;
    }
  }
  personal::wipe(small);
}

// ---- numbers

using couriers::Detection, couriers::EvidenceKind, couriers::Verdict;

bool saw(const Detection& detection, EvidenceKind kind) {
  return !detection.candidates.empty() &&
         (detection.candidates.front().seen & (1U << static_cast<unsigned>(kind))) != 0;
}
bool is_sure(const Detection& detection) {
  return detection.verdict == Verdict::Certain || detection.verdict == Verdict::Likely;
}

std::ptrdiff_t digits_of(std::string_view number) {
  return std::ranges::count_if(number, base::is_digit);
}

// What stands right before a tracking number, small letters.
constexpr std::string_view kLabels[] = {"tracking number",
                                        "tracking no",
                                        "tracking id",
                                        "tracking code",
                                        "tracking #",
                                        "tracking:",
                                        "tracking nr",
                                        "shipment number",
                                        "shipment no",
                                        "consignment",
                                        "parcel number",
                                        "package number",
                                        "waybill",
                                        "awb",
                                        "trackingnummer",
                                        "sendungsnummer",
                                        "paketnummer",
                                        "sendungsnr",
                                        "sendung",
                                        "zendingnummer",
                                        "track & trace",
                                        "track-and-trace",
                                        "track and trace",
                                        "barcode",
                                        "colis",
                                        "de suivi",
                                        "de seguimiento",
                                        "de rastre",
                                        "di tracking",
                                        "di spedizione",
                                        "przesyłki",
                                        "zásilky",
                                        "kolli",
                                        "sändningsnummer",
                                        "sendingsnummer",
                                        "lähetystunnus",
                                        "seurantatunnus",
                                        "csomagszám",
                                        "takip n",
                                        "трек-номер",
                                        "номер отправлени",
                                        "трек",
                                        "номер накладної",
                                        "お問い合わせ",
                                        "伝票番号",
                                        "追跡番号",
                                        "运单号",
                                        "快递单号",
                                        "物流单号",
                                        "운송장"};

bool is_labelled(std::string_view before) {
  constexpr std::size_t kNear = 48;
  auto near = base::lower(before.substr(before.size() > kNear ? before.size() - kNear : 0));
  const bool is = std::ranges::any_of(
      kLabels, [&](std::string_view label) { return near.find(label) != std::string::npos; });
  personal::wipe(near);
  return is;
}

// Everything readable of one message, in one place, so that it is wiped whatever happens.
struct Readable {
  std::vector<std::string> texts;
  std::vector<Hypertext> pages;
  std::string subject, sender_domain, sent_on;

  Readable() = default;
  Readable(const Readable&) = delete;
  Readable& operator=(const Readable&) = delete;
  ~Readable() {
    for (auto& text : texts) personal::wipe(text);
    for (auto& page : pages) wipe(page);
    personal::wipe(subject);
  }
};

bool looks_like_html(std::string_view text) {
  const auto front = base::lower(text.substr(0, 2000));
  return front.find("<html") != std::string::npos || front.find("<table") != std::string::npos ||
         front.find("<!doctype html") != std::string::npos;
}

void take_body(const email::ReadPart& part, Readable& out) {
  auto text = part.decoded();
  if (text.size() > kMostBytes) text.resize(kMostBytes);
  if (part.type == "text/html" || looks_like_html(text)) {
    out.pages.push_back(read_hypertext(text));
  } else {
    if (text.size() > kMostOfText) text.resize(kMostOfText);
    out.texts.push_back(without_invisible(text));
  }
  personal::wipe(text);
}

void wipe_headers(email::ReadPart& part) {
  for (auto& [name, value] : part.headers) personal::wipe(value);
  for (auto& below : part.parts) wipe_headers(below);
}

// A forwarded message's parts count like its own; attachments of other types are not looked at. A
// report of a message that could not be delivered quotes what it was about, and is about nothing.
void collect(const email::ReadPart& part, int level, Readable& out) {
  if (level > 6 || part.type == "multipart/report") return;
  if (part.type == "message/rfc822") {
    auto body = part.decoded();
    auto inner = email::read_message(body);
    collect(inner, level + 1, out);
    wipe_headers(inner);
    personal::wipe(body);
    return;
  }
  for (const auto& below : part.parts) collect(below, level + 1, out);
  if (part.parts.empty() && (part.type == "text/plain" || part.type == "text/html"))
    take_body(part, out);
}

// Gathers sightings, the same number once, the better evidence first.
class Gatherer {
 public:
  // `senders`: the couriers whose own domain the message came from.
  Gatherer(const couriers::Detector& detector, std::vector<std::string_view> senders)
      : detector_(detector), senders_(std::move(senders)) {}

  void by_markup(std::string_view typed) {
    const auto detection = detector_.detect(typed);
    if (!detection.candidates.empty() && detection.verdict != Verdict::Mistyped) keep(detection);
  }
  // A shop's own pages are full of words with digits: only what has a carrier's form counts.
  void by_link(std::string_view link) {
    for (const auto& found : detector_.scan(link)) {
      const auto& detection = found.detection;
      if (!saw(detection, EvidenceKind::Link) || digits_of(detection.number) < 8) continue;
      if (detection.candidates.front().format != couriers::kNoFormat) keep(detection);
    }
  }
  void by_text(std::string_view text) {
    for (const auto& found : detector_.scan(text)) {
      auto detection = found.detection;
      if (detection.candidates.empty() || digits_of(detection.number) < 7) continue;
      const bool has_check = detection.candidates.front().check_digit_holds;
      if (is_labelled(text.substr(0, found.begin)) || prefer_sender(detection) ||
          (has_check && (is_sure(detection) || saw(detection, EvidenceKind::Context))))
        keep(detection);
    }
  }
  std::vector<Sighting> take() { return std::move(found_); }

 private:
  // The carrier that wrote the message outranks who else uses numbers of this form.
  bool prefer_sender(Detection& detection) const {
    const auto theirs = std::ranges::find_if(detection.candidates, [&](const auto& candidate) {
      return candidate.format != couriers::kNoFormat &&
             std::ranges::find(senders_, candidate.courier->code) != senders_.end();
    });
    if (theirs == detection.candidates.end() || digits_of(detection.number) < 10) return false;
    std::iter_swap(detection.candidates.begin(), theirs);
    return true;
  }
  void keep(const Detection& detection) {
    if (found_.size() >= kMostSightings || detection.number.size() < 7) return;
    if (std::ranges::find(found_, detection.number, &Sighting::tracking_number) != found_.end())
      return;
    Sighting one;
    one.tracking_number = detection.number;
    one.courier_code = detection.candidates.front().courier->code;
    found_.push_back(std::move(one));
  }

  const couriers::Detector& detector_;
  const std::vector<std::string_view> senders_;
  std::vector<Sighting> found_;
};

std::string only_order(const Readable& readable) {
  std::vector<std::string> orders;
  for (const auto& page : readable.pages) {
    for (const auto& order : page.orders) {
      if (is_order_number(order) && std::ranges::find(orders, order) == orders.end())
        orders.push_back(order);
    }
  }
  if (orders.empty()) note_orders(readable.subject, orders);
  if (orders.empty()) {
    for (const auto& text : readable.texts) note_orders(text, orders);
    for (const auto& page : readable.pages) note_orders(page.words, orders);
  }
  return orders.size() == 1 ? orders.front() : std::string();
}

}  // namespace

void wipe(Head& head) {
  for (auto* text : {&head.from, &head.subject, &head.date, &head.verified}) personal::wipe(*text);
}

std::string domain_of(std::string_view from) {
  const auto at = from.rfind('@');
  if (at == std::string_view::npos) return {};
  std::size_t end = at + 1;
  while (end < from.size() && is_domain_char(from[end])) ++end;
  const auto domain = from.substr(at + 1, end - at - 1);
  if (domain.size() > kLongestDomain || domain.find('.') == std::string_view::npos ||
      domain.front() == '.' || domain.back() == '.')
    return {};
  return base::lower(domain);
}

std::string day_of(std::string_view date) {
  if (const auto comma = date.find(','); comma != std::string_view::npos)
    date.remove_prefix(comma + 1);
  const auto day = number_of(next_word(date));
  const auto month = month_of(next_word(date));
  const auto year = number_of(next_word(date));
  if (day < 1 || day > 31 || month == 0 || year < 1990 || year > 2200) return {};
  std::string out = "0000-00-00";
  const auto put = [&](std::size_t place, int digits, int value) {
    for (auto i = place + static_cast<std::size_t>(digits); i-- > place; value /= 10)
      out[i] = static_cast<char>('0' + value % 10);
  };
  put(0, 4, year);
  put(5, 2, month);
  put(8, 2, day);
  return out;
}

Head read_head(std::string_view bytes) {
  auto headers = email::read_headers(bytes);
  Head head;
  for (auto& header : headers) {
    const auto& name = header.first;
    auto& value = header.second;
    const auto take = [&value](std::string& into) {
      if (into.empty()) into = value;
    };
    if (name == "from") take(head.from);
    if (name == "date") take(head.date);
    if (name == "subject") take(head.subject);
    if (name == "authentication-results") take(head.verified);
    personal::wipe(value);
  }
  auto decoded = email::decode_words(head.subject);
  std::swap(head.subject, decoded);
  personal::wipe(decoded);
  return head;
}

Extractor::Extractor(const couriers::Catalogue& catalogue, const couriers::Detector& detector)
    : detector_(detector) {
  for (const auto& row : table_rows<2>(embedded::mailbox_words())) words_.push_back(row[0]);
  for (const auto& courier : catalogue.all()) {
    auto host = host_of(courier.website);
    if (host.find('.') != std::string::npos)
      carrier_sites_.emplace_back(std::move(host), courier.code);
  }
  std::ranges::sort(carrier_sites_);
}

std::vector<std::string_view> Extractor::carriers_at(std::string_view domain) const {
  std::vector<std::string_view> codes;
  for (auto rest = domain; rest.find('.') != std::string_view::npos;
       rest.remove_prefix(rest.find('.') + 1)) {
    auto site = std::ranges::lower_bound(carrier_sites_, rest, {}, &Site::first);
    for (; site != carrier_sites_.end() && site->first == rest; ++site)
      codes.push_back(site->second);
  }
  return codes;
}

bool Extractor::is_worth_opening(const Head& head) const {
  if (head.bytes > kMostBytes) return false;
  if (base::lower(head.verified).find("dmarc=fail") != std::string::npos) return false;
  const auto domain = domain_of(head.from);
  if (domain.empty()) return false;
  if (!carriers_at(domain).empty()) return true;
  auto subject = base::lower(head.subject);
  const bool says_so = std::ranges::any_of(
      words_, [&](std::string_view word) { return subject.find(word) != std::string::npos; });
  personal::wipe(subject);
  return says_so;
}

std::vector<Sighting> Extractor::read(std::string_view bytes) const {
  auto head = read_head(bytes);
  Readable readable;
  readable.subject = head.subject;
  readable.sender_domain = domain_of(head.from);
  readable.sent_on = day_of(head.date);
  wipe(head);
  auto message = email::read_message(bytes.substr(0, kMostBytes));
  collect(message, 0, readable);
  wipe_headers(message);

  Gatherer gatherer(detector_, carriers_at(readable.sender_domain));
  for (const auto& page : readable.pages) {
    for (const auto& number : page.numbers) gatherer.by_markup(number);
  }
  for (const auto& page : readable.pages) {
    for (const auto& link : page.links) gatherer.by_link(link);
  }
  gatherer.by_text(readable.subject);
  for (const auto& text : readable.texts) gatherer.by_text(text);
  for (const auto& page : readable.pages) gatherer.by_text(page.words);
  auto sightings = gatherer.take();
  const auto order = only_order(readable);
  for (auto& one : sightings) {
    one.order_number = order == one.tracking_number ? std::string() : order;
    one.sent_on = readable.sent_on;
    one.sender_domain = readable.sender_domain;
  }
  return sightings;
}

}  // namespace mailbox
