#include "accounts/plan.h"

#include <array>

namespace accounts {
namespace {

constexpr std::array kPlans = {
    Plan{"standard", 0, 3, 10}, Plan{"unlimited", 0, 0, 0}, Plan{"free", 50, 3, 10},
    Plan{"basic", 200, 3, 10},  Plan{"pro", 2000, 3, 10},
};

}  // namespace

std::span<const Plan> plans() { return kPlans; }

const Plan* find_plan(std::string_view name) {
  for (const auto& plan : kPlans) {
    if (plan.name == name) return &plan;
  }
  return nullptr;
}

}  // namespace accounts
