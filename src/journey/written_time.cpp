#include "journey/written_time.h"

#include <chrono>

#include "base/text.h"

namespace journey {
namespace {

// Reads at the front of a text; once something did not fit, everything after it is zero.
class Front {
 public:
  explicit Front(std::string_view text) : rest_(text) {}
  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (i >= rest_.size() || !base::is_digit(rest_[i])) {
        good_ = false;
        return 0;
      }
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }
  bool eat(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void need(bool is) { good_ = good_ && is; }
  void skip_digits() {
    while (!rest_.empty() && base::is_digit(rest_.front())) rest_.remove_prefix(1);
  }
  bool is_done() const { return rest_.empty(); }
  bool is_good() const { return good_; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::int64_t day_seconds(Front& front) {
  const int year = front.digits(4);
  front.need(front.eat('-'));
  const int month = front.digits(2);
  front.need(front.eat('-'));
  const int day = front.digits(2);
  const std::chrono::year_month_day date(std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  front.need(date.ok() && year >= 1900);
  if (!front.is_good()) return 0;
  return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86400};
}

std::optional<int> offset(Front& front) {
  if (front.eat('Z') || front.eat('z')) return 0;
  const bool is_west = front.eat('-');
  if (!is_west && !front.eat('+')) return std::nullopt;
  const int hours = front.digits(2);
  front.eat(':');
  const int minutes = front.is_done() ? 0 : front.digits(2);
  front.need(hours <= 15 && minutes <= 59);
  return (is_west ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::optional<WrittenTime> read_time(std::string_view text) {
  Front front(text);
  WrittenTime out;
  out.local = day_seconds(front);
  if (!front.is_good()) return std::nullopt;
  if (front.is_done()) return out;
  front.need(front.eat('T') || front.eat(' '));
  const int hours = front.digits(2);
  front.need(front.eat(':'));
  const int minutes = front.digits(2);
  int seconds = 0;
  if (front.eat(':')) {
    seconds = front.digits(2);
    if (front.eat('.')) front.skip_digits();
  }
  front.need(hours <= 23 && minutes <= 59 && seconds <= 60);
  out.local += hours * 3600 + minutes * 60 + seconds;
  out.has_hour = true;
  out.offset = offset(front);
  if (!front.is_good() || !front.is_done()) return std::nullopt;
  return out;
}

}  // namespace journey
