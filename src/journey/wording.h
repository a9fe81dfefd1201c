// What a sentence means by its words alone, in whatever language.
#pragma once
#include <string>
#include <string_view>

#include "journey/verdict.h"
#include "journey/wording_model.h"

namespace journey {

// In this order: a sentence that is known as a whole, the model as far as it is sure and no rule
// contradicts it, and then the statement before a dash or a full stop alone, because what follows
// is a reason ("Sorted - forwarded for army postal service"). Else unknown.
Verdict judge_wording(const WordingModel& model, std::string_view text);

// The verdict and the words that weighed most, in one line for people.
std::string explain_wording(const WordingModel& model, std::string_view text);

}  // namespace journey
