#include "reviews/content.h"

namespace reviews {
namespace {

struct Step {
  Content from;
  Act act;
  Content to;
};
constexpr Step kSteps[] = {
    {Content::Waiting, Act::Approve, Content::Shown},
    {Content::Waiting, Act::TakeDown, Content::Hidden},
    {Content::Waiting, Act::Edit, Content::Waiting},
    {Content::Shown, Act::TakeDown, Content::Hidden},
    {Content::Shown, Act::Edit, Content::Waiting},
    {Content::Hidden, Act::Appeal, Content::Appealed},
    {Content::Hidden, Act::Restore, Content::Shown},  // by whoever took it down, unasked
    {Content::Hidden, Act::Edit, Content::Waiting},
    {Content::Appealed, Act::Restore, Content::Shown},
    {Content::Appealed, Act::Uphold, Content::Removed},
};

}  // namespace

std::optional<Content> after(Content state, Act act) {
  for (const auto& step : kSteps)
    if (step.from == state && step.act == act) return step.to;
  return std::nullopt;
}

}  // namespace reviews
