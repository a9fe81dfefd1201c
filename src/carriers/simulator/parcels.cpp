#include "carriers/simulator/parcels.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "carriers/definition.h"

namespace carriers::simulator {
namespace {

// How far back a number is still looked for.
constexpr std::chrono::days kRemembered{40};

std::string_view home_of(const Connector& connector, const couriers::Catalogue& catalogue) {
  const auto* courier = catalogue.find(connector.courier_code());
  return courier == nullptr || courier->country.empty() ? "DE" : courier->country;
}

const Fixture* success_of(const Connector& connector) {
  const auto& fixtures = connector.fixtures();
  const auto found = std::ranges::find_if(fixtures, [](const Fixture& f) {
    return f.name.starts_with("success") && f.http_status == 200;
  });
  return found == fixtures.end() ? nullptr : &*found;
}

}  // namespace

Parcels::Parcels(const Connectors& connectors, const couriers::Catalogue& catalogue,
                 const couriers::Detector& detector, const std::vector<std::string>& carriers,
                 const WorldOptions& options)
    : options_(options) {
  for (const auto& connector : connectors.all()) {
    const std::string id(connector->id());
    const bool is_wanted = carriers.empty() || std::ranges::find(carriers, id) != carriers.end();
    if (!is_wanted || connector->definition().is_upstream) continue;
    const auto* fixture = success_of(*connector);
    if (fixture == nullptr || connector->definition().request.path.empty()) {
      left_out_.push_back(id + ": it has no success fixture, or nothing can be asked");
      continue;
    }
    auto writer = AnswerWriter::make(*connector, fixture->body);
    if (!writer) {
      left_out_.push_back(id + ": " + writer.error());
      continue;
    }
    Numbers numbers(detector, connector->courier_code(), writer->fixture_number());
    carriers_.push_back(
        {connector, std::move(*writer), std::move(numbers), home_of(*connector, catalogue)});
  }
}

const Carrier* Parcels::carrier(std::string_view id) const {
  const auto found = std::ranges::find_if(
      carriers_, [&](const Carrier& carrier) { return carrier.connector->id() == id; });
  return found == carriers_.end() ? nullptr : &*found;
}

bool Parcels::is_detected(const Parcel& parcel) const {
  const auto* sender = carrier(parcel.carrier);
  return sender != nullptr && sender->numbers.is_taken_for(parcel.number);
}

std::int64_t Parcels::registered_until(base::Instant now) const {
  const auto since = now - options_.epoch;
  auto index = since / options_.interval;
  if (since % options_.interval < std::chrono::microseconds(0)) --index;
  return index + 1;
}

std::shared_ptr<const Parcel> Parcels::make(std::int64_t index) const {
  Dice dice(options_.seed * 0x51ed270b + static_cast<std::uint64_t>(index));
  const auto& carrier = carriers_[dice.below(carriers_.size())];
  auto parcel = std::make_shared<Parcel>();
  parcel->index = index;
  parcel->carrier = carrier.connector->id();
  parcel->courier = carrier.connector->courier_code();
  parcel->number = carrier.numbers.number(index, dice);
  parcel->plan =
      plan_journey(dice.next(), carrier.country, options_.epoch + index * options_.interval);
  return parcel;
}

std::shared_ptr<const Parcel> Parcels::parcel(std::int64_t index) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = known_.find(index); found != known_.end()) return found->second;
  }
  auto made = make(index);
  const std::lock_guard lock(mutex_);
  by_number_.emplace(fmt::format("{} {}", made->carrier, made->number), index);
  return known_.emplace(index, std::move(made)).first->second;
}

std::shared_ptr<const Parcel> Parcels::find(std::string_view carrier, std::string_view number,
                                            base::Instant now) const {
  const auto until = registered_until(now);
  const auto first = -static_cast<std::int64_t>(kRemembered / options_.interval);
  std::int64_t from = 0;
  {
    const std::lock_guard lock(mutex_);
    from = indexed_until_ == 0 ? first : indexed_until_;
    indexed_until_ = std::max(indexed_until_, until);
  }
  for (auto index = from; index < until; ++index) parcel(index);
  auto key = fmt::format("{} {}", carrier, number);
  std::transform(key.begin() + static_cast<std::ptrdiff_t>(carrier.size()), key.end(),
                 key.begin() + static_cast<std::ptrdiff_t>(carrier.size()),
                 [](char c) { return base::to_upper(c); });
  std::optional<std::int64_t> found;
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = by_number_.find(key); at != by_number_.end()) found = at->second;
  }
  return found ? parcel(*found) : nullptr;
}

}  // namespace carriers::simulator
