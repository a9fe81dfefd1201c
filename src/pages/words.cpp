#include "pages/words.h"

#include <unicode/dtptngen.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <unordered_map>

#include "base/text.h"
#include "base/time.h"

namespace pages {
namespace {

// The wall clock of a carrier's time: its offset, which says where the wall was, cut off.
std::string_view wall_clock(std::string_view iso) {
  const auto t = iso.find('T');
  if (t == std::string_view::npos) return iso.substr(0, 10);
  const auto end = iso.find_first_of("Z+-", t);
  return iso.substr(0, end);
}

// Building a formatter costs far more than using it; ICU's are not safe to share between threads.
const icu::SimpleDateFormat* formatter(const std::string& language, const char* skeleton) {
  thread_local std::unordered_map<std::string, std::unique_ptr<icu::SimpleDateFormat>> made;
  auto& found = made[language + ' ' + skeleton];
  if (found) return found.get();
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale locale(language == "en" ? "en-GB" : language.c_str());
  const std::unique_ptr<icu::DateTimePatternGenerator> generator(
      icu::DateTimePatternGenerator::createInstance(locale, status));
  if (U_FAILURE(status)) return nullptr;
  const auto pattern = generator->getBestPattern(icu::UnicodeString::fromUTF8(skeleton), status);
  auto format = std::make_unique<icu::SimpleDateFormat>(pattern, locale, status);
  if (U_FAILURE(status)) return nullptr;
  format->setTimeZone(*icu::TimeZone::getGMT());
  found = std::move(format);
  return found.get();
}

struct Preference {
  std::string_view code;
  int quality;  // thousandths
};

std::vector<Preference> preferences(std::string_view accept) {
  std::vector<Preference> found;
  while (!accept.empty() && found.size() < 20) {
    const auto comma = accept.find(',');
    auto item = base::trim(accept.substr(0, comma));
    accept.remove_prefix(comma == std::string_view::npos ? accept.size() : comma + 1);
    int quality = 1000;
    if (const auto q = item.find(";q="); q != std::string_view::npos) {
      double number = 0;
      const auto digits = item.substr(q + 3);
      if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc())
        quality = static_cast<int>(std::clamp(number, 0.0, 1.0) * 1000);
      item = base::trim(item.substr(0, q));
    }
    if (!item.empty() && quality > 0) found.push_back({item, quality});
  }
  std::ranges::stable_sort(found, std::greater<>(), &Preference::quality);
  return found;
}

}  // namespace

Words::Words(const LanguageFile& file) : language_(file.language) {
  auto rest = file.text;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto tab = line.find('\t');
    if (line.empty() || line.front() == '#' || tab == std::string_view::npos) continue;
    sentences_.emplace(line.substr(0, tab), base::trim(line.substr(tab + 1)));
  }
}

const std::vector<Words>& Words::all() {
  static const auto made = [] {
    std::vector<Words> words;
    for (const auto& file : language_files()) words.push_back(Words(file));
    return words;
  }();
  return made;
}

const Words* Words::find(std::string_view code) {
  const auto wanted = base::lower(code);
  const auto& words = all();
  for (std::string_view part = wanted; !part.empty();
       part = part.substr(
           0, std::min(part.size(),
                       part.rfind('-') == std::string_view::npos ? 0 : part.rfind('-')))) {
    const auto found =
        std::ranges::find_if(words, [&](const Words& w) { return w.language_ == part; });
    if (found != words.end()) return &*found;
  }
  return nullptr;
}

const Words& Words::choose(std::string_view chosen, std::string_view accept_language) {
  if (const auto* words = find(chosen)) return *words;
  for (const auto& preference : preferences(accept_language)) {
    if (const auto* words = find(preference.code)) return *words;
  }
  return *find("en");
}

std::string_view Words::get(std::string_view key) const {
  const auto found = sentences_.find(key);
  return found == sentences_.end() ? key : std::string_view(found->second);
}

std::string Words::get(std::string_view key, Values values) const {
  std::string out;
  auto rest = get(key);
  while (!rest.empty()) {
    const auto open = rest.find('{');
    const auto close = rest.find('}', open);
    out += rest.substr(0, open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    const auto name = rest.substr(open + 1, close - open - 1);
    for (const auto& [key_of, value] : values) {
      if (key_of == name) out += value;
    }
    rest.remove_prefix(close + 1);
  }
  return out;
}

std::string Words::format(std::string_view iso, const char* skeleton) const {
  const auto instant = base::parse_iso(wall_clock(iso));
  const auto* formats = formatter(language_, skeleton);
  if (!instant || formats == nullptr) return {};
  icu::UnicodeString text;
  formats->format(static_cast<UDate>(base::to_micros(*instant) / 1000), text);
  std::string out;
  text.toUTF8String(out);
  return out;
}

std::string Words::day(std::string_view iso) const { return format(iso, "yMMMMEEEEd"); }
std::string Words::short_day(std::string_view iso) const { return format(iso, "MMMEEEd"); }
std::string Words::month(std::string_view iso) const { return format(iso, "yMMMM"); }
std::string Words::hour(std::string_view iso) const {
  return iso.find('T') == std::string_view::npos ? std::string() : format(iso, "Hm");
}

}  // namespace pages
