#include "journey/places.h"

#include "base/text.h"

namespace journey::places {

std::string country_code(std::string_view word) {
  if (word.size() != 2 || !base::is_letter(word[0]) || !base::is_letter(word[1])) return {};
  return base::upper(word);
}

std::optional<int> offset_of(std::string_view, const Where&) { return std::nullopt; }

}  // namespace journey::places
