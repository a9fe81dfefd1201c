// From an answer for several numbers to the questions it answers.
#include <algorithm>

#include "base/text.h"
#include "carriers/ask.h"

namespace carriers {
namespace {

// Carriers repeat a number with other spaces, hyphens and capitals.
std::string folded(std::string_view number) {
  std::string out;
  for (const char c : number) {
    if (base::is_letter(c) || base::is_digit(c)) out += base::to_upper(c);
  }
  return out;
}

class Matcher {
 public:
  Matcher(std::span<const Question> questions, Asked& answer)
      : questions_(questions), answer_(answer) {
    numbers_.reserve(questions.size());
    for (const auto& question : questions) numbers_.push_back(folded(question.number));
  }

  void add(journey::Report&& report) {
    const bool is_clear = questions_.size() == 1;
    bool is_known = false;
    each_of(is_clear ? std::string_view() : report.tracking_number, is_clear,
            [&](Reading& reading) {
              reading.reports.push_back(report);
              is_known = true;
            });
    if (!is_known) answer_.strangers.push_back(std::move(report));
  }

  void add(CarrierError&& error) {
    if (error.tracking_number.empty() && questions_.size() > 1) {
      if (!whole_) whole_ = std::move(error);
      return;
    }
    each_of(error.tracking_number, questions_.size() == 1, [&](Reading& reading) {
      if (!reading.error) reading.error = error;
    });
  }

  void finish() {
    const bool spoke = std::ranges::any_of(answer_.readings, [](const Reading& r) {
      return !r.reports.empty() || r.error.has_value();
    });
    for (auto& reading : answer_.readings) {
      // Some carriers add a warning to an answer: what they told counts.
      if (!reading.reports.empty()) reading.error.reset();
      if (!reading.reports.empty() || reading.error || reading.wait) continue;
      if (whole_) {
        reading.error = whole_;
      } else if (spoke) {
        reading.error =
            CarrierError{ErrorClass::NotFound, "", "the answer does not mention it", ""};
      } else {
        reading.error =
            CarrierError{ErrorClass::Drift, "", "the answer says nothing that was asked", ""};
      }
    }
  }

 private:
  template <class Visit>
  void each_of(std::string_view number, bool is_clear, Visit visit) {
    const auto wanted = folded(number);
    for (std::size_t i = 0; i < numbers_.size(); ++i) {
      if (!answer_.readings[i].wait && (is_clear || (!wanted.empty() && numbers_[i] == wanted)))
        visit(answer_.readings[i]);
    }
  }

  std::span<const Question> questions_;
  Asked& answer_;
  std::vector<std::string> numbers_;
  std::optional<CarrierError> whole_;
};

}  // namespace

void match(std::span<const Question> questions, Understood&& understood, Asked& answer) {
  answer.readings.resize(questions.size());
  Matcher matcher(questions, answer);
  for (auto& report : understood.reports) matcher.add(std::move(report));
  for (auto& error : understood.errors) matcher.add(std::move(error));
  matcher.finish();
}

}  // namespace carriers
