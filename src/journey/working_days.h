// Days between two dates as people at work count them.
#pragma once
#include <chrono>
#include <string_view>

namespace journey {

// Whether nobody works on that weekday in that country (ISO 3166-1 alpha-2): Saturday and Sunday,
// except where the week ends on other days. Public holidays are not known here.
bool is_weekend(std::chrono::weekday day, std::string_view country);

// The days after `from` up to and including `to` that are no weekend; negative never.
int working_days_between(std::chrono::sys_days from, std::chrono::sys_days to,
                         std::string_view country);

}  // namespace journey
