// Asking a carrier: from questions to understood answers, within its budget.
//
// One ask() is one question to the carrier, for one shipment or for as many as it takes at once
// (request.batch). It makes the calls that the question needs (a token first, further pages after),
// and matches what comes back to the questions by their numbers. It never waits for a budget: a
// question that may not be asked now says from when it may. It never throws for what a carrier
// does; bad access, a bad number, an unknown number, too many questions and an outage stay
// different outcomes (ErrorClass), and only the carrier's word makes a number unknown.
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "carriers/budgets.h"
#include "carriers/connector.h"
#include "carriers/health.h"
#include "carriers/question.h"
#include "carriers/tokens.h"
#include "http/client.h"

namespace carriers {

// What is known of one number now. Exactly one of: reports, an error, a wait.
struct Reading {
  std::vector<journey::Report> reports;
  std::optional<CarrierError> error;
  std::optional<Wait> wait;  // the carrier was not asked
  // The carrier was asked about this number and spoke of it, or of its own condition.
  bool was_asked() const { return !reports.empty() || error.has_value(); }
};

// As it arrived, for understanding it again later. Personal data.
struct Page {
  std::string body;
  int http_status = 0;
};

// What came of it.
struct Asked {
  std::vector<Reading> readings;           // one for each question, in their order
  std::vector<journey::Report> strangers;  // of numbers that nobody asked for
  std::vector<Page> pages;
  bool is_partial = false;  // a further page could not be had
  int calls = 0;
  std::chrono::microseconds took{};
};

// The operator's settings of all connectors, by id.
using AllSettings = std::map<std::string, Settings, std::less<>>;

// Safe from any thread. What it is given must outlive it.
class Asker {
 public:
  struct Parts {
    http::Client& client;
    Budgets& budgets;
    const base::Clock& clock;
    const AllSettings& settings;
    Health* health = nullptr;
  };
  explicit Asker(const Parts& parts) : parts_(parts), tokens_(parts.client, parts.clock) {}

  // The settings of a connector; the defaults when the operator says nothing about it.
  const Settings& settings_of(const Connector& connector) const;
  // May it be asked at all: switched on, and with every secret it needs?
  bool is_ready(const Connector& connector) const;
  // What ask() would have to wait for at this moment.
  std::optional<Wait> would_wait(const Connector& connector);

  // At least one question, at most request.batch. The connector and the questions must live until
  // it ends. `deadline`: for all of it; zero: the connector's own.
  base::Task<Asked> ask(const Connector& connector, std::span<const Question> questions,
                        std::chrono::milliseconds deadline = {});

 private:
  struct Talk;
  Budget& budget_of(const Connector& connector);
  base::Task<void> talk(Talk& talk);
  base::Task<bool> call_first(Talk& talk);
  base::Task<void> call_next_pages(Talk& talk);
  base::Task<void> make_known(Talk& talk);
  base::Task<std::optional<http::Reply>> call_again(Talk& talk, http::Call call);
  Circumstances circumstances(const Talk& talk) const;
  base::Task<std::optional<http::Reply>> call(Talk& talk, http::Call call);
  void note(const Talk& talk, const Asked& answer);

  const Parts parts_;
  Tokens tokens_;
};

// Understood, sorted to the questions: pure, for ask() and its tests. Numbers are compared by their
// letters and digits, in capitals. What an answer for several does not mention is unknown to the
// carrier, if it did speak of others.
void match(std::span<const Question> questions, Understood&& understood, Asked& answer);

}  // namespace carriers
