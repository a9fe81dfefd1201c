#include "rights/mailed.h"

#include <map>

#include "base/text.h"
#include "rights/facts.h"
#include "rights/person.h"

namespace embedded {
std::string_view rights_words();
}

namespace rights {
namespace {

struct Recognised {
  std::string language;
  std::optional<Kind> kind;
  std::vector<std::string> words;
};

const std::vector<Recognised>& table() {
  static const std::vector<Recognised> made = [] {
    std::vector<Recognised> all;
    for (const auto& row : tsv_rows(embedded::rights_words(), 3)) {
      Recognised one{std::string(row[0]), parse_kind(row[1]), {}};
      for (auto rest = row[2]; !rest.empty();) {
        const auto end = std::min(rest.find('|'), rest.size());
        one.words.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      all.push_back(std::move(one));
    }
    return all;
  }();
  return made;
}

// What is compared: small letters (those of ASCII and Latin-1, which is what the words are made
// of), white space as single spaces, a space at either end.
std::string folded(std::string_view text) {
  constexpr char kLatin1 = '\xC3';
  std::string out = " ";
  for (char c : base::lower(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (out.back() == kLatin1 && byte >= 0x80 && byte <= 0x9E) c = static_cast<char>(byte + 0x20);
    const bool is_space = byte <= ' ';
    if (!is_space || out.back() != ' ') out += is_space ? ' ' : c;
  }
  return out += ' ';
}

// What the asker quoted of others' letters is not theirs.
std::string own_words(std::string_view text) {
  std::string own;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = base::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line == "--") break;
    if (!line.starts_with('>')) (own += line) += '\n';
  }
  return own;
}

}  // namespace

Understood understand_request(std::string_view subject, std::string_view text) {
  const auto title = folded(subject), body = folded(own_words(text));
  std::map<Kind, int> kinds;
  std::map<std::string, int> languages;
  for (const auto& one : table()) {
    for (const auto& word : one.words) {
      const int points = (title.find(word) != std::string::npos ? 3 : 0) +
                         (body.find(word) != std::string::npos ? 1 : 0);
      if (points == 0) continue;
      if (one.kind) kinds[*one.kind] += points;
      languages[one.language] += one.kind ? points : 1;
    }
  }
  Understood found;
  const auto most = [](const auto& counts) {
    return std::ranges::max_element(counts, {}, [](const auto& one) { return one.second; });
  };
  // English when there are as many points for it: the order of letters must not decide.
  if (const auto best = most(languages); best != languages.end())
    found.language = languages["en"] == best->second ? "en" : best->first;
  if (const auto best = most(kinds); best != kinds.end()) {
    found.kind = best->first;
    found.is_sure = true;
  }
  return found;
}

MailTaken take_mailed(store::Tx& tx, personal::Vault& vault, Desk& desk, Visits& visits,
                      const MailedRequest& mail) {
  const auto address = personal::folded_address(mail.from);
  if (!looks_like_email(address)) return MailTaken::NoSender;
  const auto understood = understand_request(mail.subject, mail.text);
  const auto person = find_person(tx, vault, address);
  std::vector<std::int64_t> controllers;
  for (const auto& held : person.held) {
    Desk::Filter filter;
    filter.account_id = held.account_id;
    filter.address_hash = held.address_hash;
    filter.with_unproven = true;
    const auto waiting = desk.list(tx, filter);
    if (std::ranges::count(waiting, false, &Case::is_proven) >= kMostUnproven)
      return MailTaken::TooMany;
    if (!held.shipments.empty()) controllers.push_back(held.account_id);
  }
  if (controllers.empty()) controllers.push_back(0);
  for (const auto account : controllers) {
    Request request;
    request.account_id = account;
    request.kind = understood.kind;
    request.door = Door::Mail;
    request.language = understood.language;
    request.address = CaseAddress(address, personal::Label(personal::Source::Buyer));
    request.words = CaseWords(one_line(mail.subject + "\n" + own_words(mail.text), 4000),
                              personal::Label(personal::Source::Buyer));
    request.received_at = mail.received_at;
    request.is_proven = false;
    desk.open(tx, request);
  }
  visits.ask(tx, address, understood.language);
  return MailTaken::Opened;
}

}  // namespace rights
