#include "channels/sms/wish.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "base/text.h"

namespace embedded {
std::string_view sms_words();
}

namespace channels::sms {
namespace {

constexpr std::size_t kMostBytes = 2000;  // of an answer that is looked at
constexpr std::size_t kFewWords = 5;

const icu::Normalizer2& decomposing() {
  UErrorCode status = U_ZERO_ERROR;
  static const auto* const nfkd = icu::Normalizer2::getNFKDInstance(status);
  return *nfkd;
}

// Letters and digits of the text without accents and case, words apart by one space.
std::string folded(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  auto unicode = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  unicode = decomposing().normalize(unicode.foldCase(), status);
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < unicode.length(); i = unicode.moveIndex32(i, 1)) {
    const UChar32 c = unicode.char32At(i);
    const auto type = U_GET_GC_MASK(c);
    if ((type & U_GC_M_MASK) != 0) continue;
    // Turkish capitals folded elsewhere leave a dotless i.
    if (u_isalnum(c)) {
      out.append(c == 0x131 ? UChar32{'i'} : c);
    } else if (c == '\'' || c == 0x2019 || c == '-') {
      continue;  // "opt-out", "j'arrete"
    } else if (!out.isEmpty() && !out.endsWith(u' ')) {
      out.append(u' ');
    }
  }
  std::string utf8;
  out.trim().toUTF8String(utf8);
  return utf8;
}

struct Words {
  std::unordered_map<std::string, Wish> alone;     // folded
  std::unordered_map<std::string, Wish> anywhere;  // one word or several
};

Wish wish_named(std::string_view word) {
  return word == "stop" ? Wish::Stop : word == "start" ? Wish::Start : Wish::Help;
}

void read_row(Words& words, std::string_view line) {
  std::vector<std::string_view> cells;
  for (auto rest = line;;) {
    const auto tab = rest.find('\t');
    cells.push_back(rest.substr(0, tab));
    if (tab == std::string_view::npos) break;
    rest.remove_prefix(tab + 1);
  }
  if (line.starts_with('#') || cells.size() != 4) return;
  auto& into = cells[2] == "anywhere" ? words.anywhere : words.alone;
  for (auto rest = cells[3]; !rest.empty();) {
    const auto word = rest.substr(0, rest.find('|'));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    // Two languages may mean two things by one word: then the safer one counts.
    auto& wish = into[folded(word)];
    if (wish != Wish::Stop) wish = wish_named(cells[1]);
  }
}

const Words& words() {
  static const Words all = [] {
    Words made;
    auto text = embedded::sms_words();
    text.remove_prefix(text.find('\n') + 1);  // the heading
    while (!text.empty()) {
      const auto line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      read_row(made, line);
    }
    return made;
  }();
  return all;
}

// Chinese, Japanese and Korean do not part their words; what is longer says something else.
constexpr std::size_t kShortUnparted = 20;

// Is this run of whole words in the text?
bool holds(std::string_view text, std::string_view run) {
  const bool is_unparted = static_cast<unsigned char>(run.front()) >= 0xE0;
  if (is_unparted)
    return base::utf8_length(text) <= kShortUnparted && text.find(run) != std::string_view::npos;
  for (auto at = text.find(run); at != std::string_view::npos; at = text.find(run, at + 1)) {
    const bool begins = at == 0 || text[at - 1] == ' ';
    const auto end = at + run.size();
    if (begins && (end == text.size() || text[end] == ' ')) return true;
  }
  return false;
}

}  // namespace

Wish read_wish(std::string_view answer) {
  if (answer.size() > kMostBytes) answer = answer.substr(0, kMostBytes);
  const auto text = folded(answer);
  const auto& [alone, anywhere] = words();
  const auto exact = anywhere.find(text);
  if (exact != anywhere.end()) return exact->second;
  if (const auto found = alone.find(text); found != alone.end()) return found->second;
  if (std::count(text.begin(), text.end(), ' ') >= static_cast<std::ptrdiff_t>(kFewWords))
    return Wish::None;
  for (const auto& [run, wish] : anywhere)
    if (wish == Wish::Stop && holds(text, run)) return Wish::Stop;
  return Wish::None;
}

}  // namespace channels::sms
