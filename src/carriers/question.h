// One thing to be asked, and the calls that ask it. Pure: from a definition, the operator's
// settings and the questions to http::Call.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "carriers/settings.h"
#include "http/client.h"

namespace carriers {

// Plain text: whoever asks has opened personal values for the purpose AskCarrier, and lets go of
// them when the answer is there.
struct Question {
  std::string number;
  std::string postcode{}, ship_date{}, destination_country{}, key{}, account{};
  std::string courier{};   // the shipment's courier code, for upstreams
  std::string language{};  // ISO 639-1; empty: the definition's, or English
};

// The first thing that the carrier wants to be told and the question does not say.
std::optional<Need> lacks(const Definition& definition, const Question& question);

struct Circumstances {
  base::Instant now;
  std::string id;     // random, for {id}
  std::string token;  // for {token}
};

// `questions`: at least one, at most request.batch.
http::Call question_call(const Definition& definition, const Settings& settings,
                         std::span<const Question> questions, const Circumstances& circumstances);
// The call that makes a service know numbers it was never told; definition.request.registration is
// there, and `questions` are at most its batch.
http::Call registration_call(const Definition& definition, const Settings& settings,
                             std::span<const Question> questions,
                             const Circumstances& circumstances);
// The call for the token; definition.access.token is there.
http::Call token_call(const Definition& definition, const Settings& settings,
                      const Circumstances& circumstances);

// The same call for a further page. Nothing when `next` leads to another origin: keys stay where
// they were meant for.
std::optional<http::Call> next_page(const http::Call& call, std::string_view next);
http::Call page_at(const http::Call& call, const Paging& paging, std::int64_t offset);

}  // namespace carriers
