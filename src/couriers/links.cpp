#include "couriers/links.h"

#include <algorithm>
#include <stdexcept>

#include "base/text.h"
#include "couriers/tsv.h"

namespace embedded {
std::string_view couriers_links();
std::string_view couriers_names();
}  // namespace embedded

namespace couriers {
namespace {

// Names of query parameters under which couriers take a number.
constexpr std::string_view kNumberWords[] = {
    "track",  "trk",    "number", "num",    "nums",     "awb",     "waybill",   "barcode",
    "parcel", "packet", "piece",  "code",   "shipment", "consign", "sendung",   "colis",
    "suivi",  "envio",  "ref",    "match",  "nr",       "no",      "spedizion", "zending",
    "search", "items",  "query",  "mailno", "billcode", "invoice", "text",      "locator"};

bool names_a_number(std::string_view parameter) {
  const std::string small = base::lower(parameter);
  return std::ranges::any_of(
      kNumberWords, [&](std::string_view word) { return small.find(word) != std::string::npos; });
}

std::string_view without_www(std::string_view host) {
  return host.starts_with("www.") || host.starts_with("WWW.") ? host.substr(4) : host;
}

int nibble(char c) {
  if (base::is_digit(c)) return c - '0';
  const char small = base::to_lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && nibble(text[i + 1]) >= 0 &&
        nibble(text[i + 2]) >= 0) {
      plain += static_cast<char>(nibble(text[i + 1]) * 16 + nibble(text[i + 2]));
      i += 2;
    } else {
      plain += text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

// A number has at least five characters and three digits; lists of numbers keep the first.
void keep_if_number(std::string_view raw, std::vector<std::string>& words) {
  std::string word = decoded(raw);
  word = word.substr(0, word.find_first_of(",;|\n"));
  const auto digits = std::ranges::count_if(word, base::is_digit);
  if (digits < 3 || word.size() < 5 || word.size() > 2 * kLongestNumber) return;
  if (std::ranges::find(words, word) != words.end()) return;
  // Some pages append country and postcode: 3SABCD012345678-NL-1234AB.
  const std::string_view head = std::string_view(word).substr(0, word.find_first_of("-_"));
  if (head.size() >= 8 && head.size() < word.size()) words.emplace_back(head);
  words.push_back(std::move(word));
}

// No couriers: a page for everybody's numbers.
std::vector<CourierIndex> couriers_named(const Catalogue& catalogue, std::string_view cell) {
  std::vector<CourierIndex> couriers;
  std::vector<std::string_view> codes;
  if (!cell.empty()) split(cell, ',', codes);
  for (std::string_view code : codes) {
    const Courier* courier = catalogue.find(code);
    if (courier == nullptr) throw std::runtime_error("no such courier: " + std::string(code));
    couriers.push_back(static_cast<CourierIndex>(courier - catalogue.all().data()));
  }
  return couriers;
}

}  // namespace

std::string_view host_of(std::string_view link) {
  if (const std::size_t scheme = link.find("://"); scheme != std::string_view::npos)
    link.remove_prefix(scheme + 3);
  link = link.substr(0, link.find_first_of("/?#"));
  if (const std::size_t user = link.rfind('@'); user != std::string_view::npos)
    link.remove_prefix(user + 1);
  return link.substr(0, link.find(':'));
}

// First the table of well-known pages, then what the catalogue says, where only one courier of the
// platforms' own list claims the host (dhl.com is claimed by twenty).
Links::Links(const Catalogue& catalogue) {
  for_each_row(embedded::couriers_links(), 2,
               [&](auto cells) { hosts_[cells[0]] = couriers_named(catalogue, cells[1]); });
  for_each_row(embedded::couriers_names(), 2, [&](auto cells) {
    names_.push_back({cells[0], couriers_named(catalogue, cells[1])});
  });
  std::unordered_map<std::string_view, std::vector<CourierIndex>> claims;
  for (const Courier& courier : catalogue.all()) {
    const auto index = static_cast<CourierIndex>(&courier - catalogue.all().data());
    for (std::string_view link : {courier.tracking_url, courier.website}) {
      const std::string_view host = without_www(host_of(link));
      if (host.empty() || hosts_.contains(host)) continue;
      auto& claim = claims[host];
      if (std::ranges::find(claim, index) == claim.end()) claim.push_back(index);
    }
  }
  for (auto& [host, couriers] : claims)
    if (couriers.size() <= 4) hosts_.emplace(host, std::move(couriers));
}

const std::vector<CourierIndex>* Links::couriers_of(std::string_view host) const {
  const std::string small = base::lower(without_www(host));
  std::string_view rest = small;
  while (rest.find('.') != std::string_view::npos) {
    if (const auto known = hosts_.find(rest); known != hosts_.end()) return &known->second;
    rest.remove_prefix(rest.find('.') + 1);
  }
  return nullptr;
}

Link Links::read(std::string_view text) const {
  Link link;
  link.host = host_of(text);
  if (const auto* couriers = couriers_of(link.host)) link.couriers = *couriers;

  const auto after_host =
      static_cast<std::size_t>(link.host.data() - text.data()) + link.host.size();
  std::string_view rest = text.substr(after_host);
  std::vector<std::string_view> pieces, steps;
  std::vector<std::string> named, others, path;
  // Query and fragment: name=value pairs first, because their names tell; single-page sites keep a
  // whole second link behind the '#'.
  const std::size_t query = std::min(rest.find_first_of("?#"), rest.size());
  std::string_view parameters = rest.substr(query);
  for (std::size_t at = 0; at < parameters.size();) {
    const std::size_t end = std::min(parameters.find_first_of("?#&", at), parameters.size());
    const std::string_view piece = parameters.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = piece.find('=');
    if (equals != std::string_view::npos) {
      keep_if_number(piece.substr(equals + 1),
                     names_a_number(piece.substr(0, equals)) ? named : others);
    } else {
      split(piece, '/', steps);
      for (std::string_view step : steps) keep_if_number(step, path);
    }
  }
  split(rest.substr(0, query), '/', steps);
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    const std::size_t equals = step->find('=');
    keep_if_number(equals == std::string_view::npos ? *step : step->substr(equals + 1), path);
  }
  for (auto* words : {&named, &path, &others})
    for (std::string& word : *words) link.words.push_back(std::move(word));
  return link;
}

}  // namespace couriers
