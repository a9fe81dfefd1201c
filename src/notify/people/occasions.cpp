#include "notify/people/occasions.h"

namespace notify::people {
namespace {

using journey::Status, journey::Trigger;

// Sub-statuses of the v4 contract, section 6.
constexpr int kReadyForCollection = 2;   // pickup002
constexpr int kContacted = 3;            // pickup003
constexpr int kRefused = 9, kBack = 10;  // exception009, exception010

bool is_over(Status status) { return status == Status::Delivered; }

}  // namespace

std::optional<Trigger> trigger_of(Status status, int substatus) {
  switch (status) {
    case Status::Pending:
      return std::nullopt;
    case Status::NotFound:
      return Trigger::NotFound;
    case Status::InfoReceived:
      return Trigger::InfoReceived;
    case Status::Transit:
      return Trigger::InTransit;
    case Status::Pickup:
      // The carrier spoke to the recipient already; they need not hear it twice.
      if (substatus == kContacted) return std::nullopt;
      return substatus == kReadyForCollection ? Trigger::ReadyForPickup : Trigger::OutForDelivery;
    case Status::Undelivered:
      return Trigger::FailedAttempt;
    case Status::Delivered:
      return Trigger::Delivered;
    case Status::Exception:
      return substatus == kRefused || substatus == kBack ? Trigger::Returned : Trigger::Exception;
    case Status::Expired:
      return Trigger::Expired;
  }
  return std::nullopt;
}

std::optional<Trigger> occasion_of(const shipments::OutboxRow& news) {
  switch (news.news) {
    case shipments::News::Events:
      return std::nullopt;
    case shipments::News::EstimateSet:
      return is_over(news.status) ? std::nullopt : std::optional(Trigger::EstimateSet);
    case shipments::News::EstimateSooner:
      return is_over(news.status) ? std::nullopt : std::optional(Trigger::EstimateChanged);
    case shipments::News::EstimateLater:
      return is_over(news.status) ? std::nullopt : std::optional(Trigger::Delayed);
    case shipments::News::Status:
      break;
  }
  const auto after = trigger_of(news.status, news.substatus);
  if (after != trigger_of(news.status_before, news.substatus_before)) return after;
  // From one trouble to another: held by customs, then lost.
  const bool is_other_trouble =
      after == Trigger::Exception && news.substatus != news.substatus_before && news.substatus != 0;
  return is_other_trouble ? after : std::nullopt;
}

bool is_still_true(Trigger trigger, Status status, int substatus) {
  switch (trigger) {
    case Trigger::EstimateSet:
    case Trigger::EstimateChanged:
    case Trigger::Delayed:
    case Trigger::NoMovement:
      return !is_over(status) && status != Status::Expired &&
             trigger_of(status, substatus) != Trigger::Returned;
    default:
      return trigger_of(status, substatus) == trigger;
  }
}

}  // namespace notify::people
