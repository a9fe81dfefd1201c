// The published documents, rendered from their templates (data/policy/) and the facts. Pure.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "policy/facts.h"

namespace policy {

inline constexpr std::array<std::string_view, 4> kDocuments = {"policy", "terms", "cookies",
                                                               "processors"};
bool is_document(std::string_view id);
// The languages there is a template in, English first.
std::vector<std::string> languages();
// The best of them for a code such as "de-AT".
std::string nearest_language(std::string_view code);

// Both dates stand in every version (clause 108). A value in hand is in order: nothing takes effect
// before it is posted.
class Dates {
 public:
  static std::optional<Dates> of(base::Instant posted, base::Instant effective);
  base::Instant posted() const { return posted_; }
  base::Instant effective() const { return effective_; }

 private:
  Dates(base::Instant posted, base::Instant effective) : posted_(posted), effective_(effective) {}
  base::Instant posted_, effective_;
};

struct Edition {
  std::int64_t number = 0;  // 1, 2, 3 ...
  Dates dates;
};

// Markdown. Without an edition: what it says, whenever that is; for comparing.
std::string render(std::string_view document, std::string_view language, const Facts& facts,
                   const std::optional<Edition>& edition);

}  // namespace policy
