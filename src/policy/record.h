// The record of processing activities (GDPR Art. 30) and the draft of an impact assessment (Art.
// 35), made from the facts. Pure; in English, for the operator and the authority.
#pragma once
#include <string>

#include "policy/facts.h"

namespace policy {

// {"controller", "made_at", "purposes": [{"id", "title", "basis", "data": [{"subject", "category",
// "columns", "retention", "form", "required"}]}], "retention", "recipients", "cookies", "security"}
std::string record_json(const Facts& facts, std::string_view made_at);
std::string record_markdown(const Facts& facts, std::string_view made_at);

// What the machine can say of itself; what a person must judge is asked in so many words.
std::string assessment_markdown(const Facts& facts, std::string_view made_at);

}  // namespace policy
