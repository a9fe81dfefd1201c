// What an account may do. A self-hoster is on "standard" (no monthly quota) unless told otherwise;
// the others exist for operators who host for several shops, and for trying how a client behaves at
// its limits.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace accounts {

struct Plan {
  std::string_view name;
  std::int64_t monthly_quota;  // new shipments a calendar month (UTC); 0: no limit
  double creates_per_second;   // 0: no limit. The v4 API documents 3 ...
  double others_per_second;    // ... and 10, each per account and endpoint
};

std::span<const Plan> plans();
// nullptr when there is none of this name.
const Plan* find_plan(std::string_view name);
inline constexpr std::string_view kDefaultPlan = "standard";

}  // namespace accounts
