#include "carriers/settings.h"

namespace carriers {

std::string_view Secrets::of(std::string_view name) const {
  const auto found = values.find(name);
  return found == values.end() ? std::string_view() : std::string_view(found->second);
}

Limits limits_of(const Definition& definition, const Settings& settings) {
  Limits limits = definition.limits;
  limits.per_second = settings.per_second.value_or(limits.per_second);
  limits.per_day = settings.per_day.value_or(limits.per_day);
  limits.concurrency = settings.concurrency.value_or(limits.concurrency);
  limits.deadline_ms = settings.deadline_ms.value_or(limits.deadline_ms);
  limits.min_gap_minutes = settings.min_gap_minutes.value_or(limits.min_gap_minutes);
  return limits;
}

std::string_view missing_secret(const Definition& definition, const Settings& settings) {
  for (const auto& secret : definition.access.secrets) {
    if (settings.secrets.of(secret).empty()) return secret;
  }
  return {};
}

}  // namespace carriers
