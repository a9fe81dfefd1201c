// Days and hours in the reader's language (CLDR skeletons), at the wall clock where it happened.
#include <unicode/dtitvfmt.h>
#include <unicode/dtptngen.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>

#include <memory>
#include <optional>
#include <unordered_map>

#include "base/time.h"
#include "messages/words.h"

namespace messages {
namespace {

bool has_hour(std::string_view iso) { return iso.find_first_of("T ") != std::string_view::npos; }

// The offset, which says where the wall was, cut off. Read as UTC and shown as UTC, the hands of
// the clock stay where the carrier saw them.
std::optional<UDate> wall_clock(std::string_view iso) {
  const auto t = iso.find_first_of("T ");
  iso =
      t == std::string_view::npos ? iso.substr(0, 10) : iso.substr(0, iso.find_first_of("Z+-", t));
  const auto instant = base::parse_iso(iso);
  if (!instant) return std::nullopt;
  return static_cast<UDate>(base::to_micros(*instant) / 1000);
}

// The formatters of one language and skeleton, kept by the thread that made them.
struct Formatters {
  std::unique_ptr<icu::SimpleDateFormat> one;
  std::unique_ptr<icu::DateIntervalFormat> two;
};

bool is_twelve_hours(icu::DateTimePatternGenerator& generator) {
  UErrorCode status = U_ZERO_ERROR;
  const auto cycle = generator.getDefaultHourCycle(status);
  return U_SUCCESS(status) && (cycle == UDAT_HOUR_CYCLE_11 || cycle == UDAT_HOUR_CYCLE_12);
}

const Formatters& formatters(const std::string& locale_tag, const std::string& wanted, bool hours) {
  thread_local std::unordered_map<std::string, Formatters> made;
  auto& found = made[locale_tag + ' ' + wanted + (hours ? "+" : "")];
  if (found.one) return found;
  UErrorCode status = U_ZERO_ERROR;
  const auto locale = icu::Locale::forLanguageTag(locale_tag, status);
  const std::unique_ptr<icu::DateTimePatternGenerator> generator(
      icu::DateTimePatternGenerator::createInstance(locale, status));
  if (U_FAILURE(status)) return found;
  auto skeleton = icu::UnicodeString::fromUTF8(wanted);
  // "j" (the hours people there say) is not read by the interval format.
  if (hours) skeleton += is_twelve_hours(*generator) ? u"hm" : u"Hm";
  const auto pattern = generator->getBestPattern(skeleton, status);
  found.two.reset(icu::DateIntervalFormat::createInstance(skeleton, locale, status));
  found.one = std::make_unique<icu::SimpleDateFormat>(pattern, locale, status);
  if (U_FAILURE(status)) {
    found = {};
    return found;
  }
  found.one->setTimeZone(*icu::TimeZone::getGMT());
  found.two->setTimeZone(*icu::TimeZone::getGMT());
  return found;
}

std::string one(const std::string& locale, std::string_view iso, const char* skeleton, bool hours) {
  const auto at = wall_clock(iso);
  const auto& formats = formatters(locale, skeleton, hours);
  if (!at || !formats.one) return {};
  icu::UnicodeString text;
  formats.one->format(*at, text);
  std::string out;
  return text.toUTF8String(out);
}

const char* day_skeleton(Words::Length length) {
  return length == Words::Length::Long ? "MMMMEEEEd" : "MMMEEEd";
}

}  // namespace

std::string Words::moment(std::string_view iso, Length length) const {
  return one(locale_, iso, day_skeleton(length), has_hour(iso));
}

std::string Words::date(std::string_view iso) const { return one(locale_, iso, "yMMMMd", false); }

std::string Words::date_and_hour(std::string_view iso) const {
  const auto text = one(locale_, iso, "yMMMMd", has_hour(iso));
  const bool is_utc = iso.ends_with('Z') || iso.ends_with("+00:00");
  return is_utc && !text.empty() ? text + " UTC" : text;
}

std::string Words::span(const Window& window, Length length) const {
  if (window.to.empty() || window.to == window.from) return moment(window.from, length);
  const bool hours = has_hour(window.from) && has_hour(window.to);
  const auto from = wall_clock(window.from), to = wall_clock(window.to);
  const auto& formats = formatters(locale_, day_skeleton(length), hours);
  if (!from || !to || *to < *from || !formats.two) return moment(window.from, length);
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString text;
  icu::FieldPosition position(icu::FieldPosition::DONT_CARE);
  const icu::DateInterval interval(*from, *to);
  formats.two->format(&interval, text, position, status);
  if (U_FAILURE(status)) return moment(window.from, length);
  std::string out;
  return text.toUTF8String(out);
}

}  // namespace messages
