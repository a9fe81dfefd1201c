// Months by their names in the languages of the project.
#pragma once
#include <string_view>

namespace carriers {

// 1 to 12 for a word in any case ("Mär.", "févr", "grudnia"), 0 when it is none.
int month_of(std::string_view word);

}  // namespace carriers
