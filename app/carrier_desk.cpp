#include "app/carrier_desk.h"

#include <algorithm>

#include "carriers/definition.h"
#include "shipments/told.h"
#include "store/database.h"

namespace app {
namespace {

using carriers::Connector;
using polling::Heard;
using CarrierAccess = personal::Access<personal::Purpose::AskCarrier>;

Heard heard_from(carriers::Reading&& reading, base::Instant now) {
  Heard heard;
  heard.heard_at = now;
  if (reading.wait) {
    heard.outcome = Heard::Outcome::Later;
    heard.until = reading.wait->until;
  } else if (!reading.reports.empty()) {
    heard.outcome = Heard::Outcome::Report;
    heard.reports = std::move(reading.reports);
  } else if (reading.error && reading.error->error_class == carriers::ErrorClass::NotFound) {
    heard.outcome = Heard::Outcome::NotFound;
  }
  return heard;
}

}  // namespace

void speak_for(const Connector& connector, std::string_view courier,
               std::vector<journey::Report>& reports) {
  if (connector.definition().is_upstream) return;
  for (auto& report : reports) {
    if (report.courier_code == connector.courier_code()) report.courier_code = courier;
  }
}

struct CarrierDesk::Waiter {
  std::coroutine_handle<> handle;
  base::Executor* executor = nullptr;
  bool is_answered = false;
  std::atomic<bool> is_over = false;

  // Whoever is first resumes it: the answer or the deadline.
  void end(bool answered) {
    if (is_over.exchange(true)) return;
    is_answered = answered;
    if (executor != nullptr) {
      executor->post(std::span(&handle, 1));
    } else {
      handle.resume();
    }
  }
};

std::vector<std::string> CarrierDesk::connectors() {
  std::vector<std::string> ready;
  for (const auto& connector : parts_.shelf.current()->all()) {
    if (parts_.asker.is_ready(*connector)) ready.emplace_back(connector->id());
  }
  return ready;
}

std::string CarrierDesk::connector_for(std::string_view courier_code) {
  const auto all = parts_.shelf.current();
  for (const auto* connector : all->serving(courier_code)) {
    if (parts_.asker.is_ready(*connector)) return std::string(connector->id());
  }
  for (const auto* connector : all->upstreams()) {
    if (parts_.asker.is_ready(*connector)) return std::string(connector->id());
  }
  return {};
}

polling::Means CarrierDesk::means(std::string_view id) {
  const auto all = parts_.shelf.current();
  const auto* connector = all->find(id);
  if (connector == nullptr) return {};
  const auto limits =
      carriers::limits_of(connector->definition(), parts_.asker.settings_of(*connector));
  polling::Means means;
  means.batch = std::max(1, connector->definition().request.batch);
  means.calls_per_day = static_cast<double>(limits.per_day);
  means.min_gap = std::chrono::minutes(limits.min_gap_minutes);
  const auto* courier = parts_.catalogue.find(connector->courier_code());
  means.is_postal = courier != nullptr && courier->kind == couriers::Kind::Post;
  if (parts_.asker.would_wait(*connector)) return means;
  const std::lock_guard lock(mutex_);
  means.free = std::max(0, limits.concurrency - under_way_[std::string(id)].load());
  return means;
}

// What the carrier wants to be told beside the number is opened for exactly that; most want
// nothing.
std::vector<carriers::Question> CarrierDesk::questions_for(
    const Connector& connector, const std::vector<shipments::Shipment>& shipments) {
  std::vector<carriers::Question> questions;
  const auto& needs = connector.definition().request.needs;
  for (const auto& shipment : shipments) {
    carriers::Question question;
    question.number = shipment.head.tracking_number;
    question.courier = shipment.head.courier_code;
    question.language = shipment.head.language;
    question.ship_date = shipment.head.tracking_ship_date;
    question.destination_country = shipment.head.tracking_destination_country.empty()
                                       ? shipment.head.destination_country
                                       : shipment.head.tracking_destination_country;
    if (!needs.empty()) {
      CarrierAccess access(parts_.ledger, {personal::ActorKind::System, 0},
                           shipment.head.account_id, "polling.ask");
      if (shipment.head.subject != 0) access.about(shipment.head.subject);
      for (const auto need : needs) {
        if (need == carriers::Need::Postcode) {
          question.postcode = open(shipment.body.tracking_postal_code, access);
          if (question.postcode.empty())
            question.postcode = open(shipment.body.recipient_postcode, access);
        } else if (need == carriers::Need::Key) {
          question.key = open(shipment.body.tracking_key, access);
        } else if (need == carriers::Need::Account) {
          question.account = open(shipment.body.tracking_courier_account, access);
        }
      }
    }
    questions.push_back(std::move(question));
  }
  return questions;
}

namespace {

// Carriers that hand on to each other in a ring would be asked for ever.
constexpr int kMostPartners = 3;

// The last hand-over that names both the carrier and its number; null when there is none.
const journey::Report* hand_over_in(const std::vector<journey::Report>& reports,
                                    std::size_t first) {
  const journey::Report* found = nullptr;
  for (std::size_t i = first; i < reports.size(); ++i) {
    if (!reports[i].next_number.empty() && !reports[i].next_courier.empty()) found = &reports[i];
  }
  return found;
}

}  // namespace

// A parcel that was handed over is followed under the partner's number as well, and on to the
// partner's partner. That the partner is told of it is committed before it is asked. An upstream
// follows by itself.
base::Task<void> CarrierDesk::ask_partners(shipments::Shipment shipment, std::string_view asked,
                                           Heard& heard) {
  const auto all = parts_.shelf.current();
  std::vector<std::string> told{fmt::format("{} {}", asked, shipment.head.tracking_number)};
  std::size_t news = 0;
  while (told.size() <= kMostPartners) {
    const auto* handed = hand_over_in(heard.reports, news);
    if (handed == nullptr) co_return;
    news = heard.reports.size();
    const auto* partner = all->find(connector_for(handed->next_courier));
    if (partner == nullptr || partner->definition().is_upstream) co_return;
    auto call = fmt::format("{} {}", partner->id(), handed->next_number);
    if (std::ranges::find(told, call) != told.end()) co_return;
    told.push_back(std::move(call));
    shipment.head.tracking_number = handed->next_number;
    shipment.head.courier_code = handed->next_courier;
    const auto now = parts_.clock.now();
    auto note = [&](store::Tx& tx) {
      shipments::note_told(tx, shipment.head.account_id, shipment.head.id, partner->id(), now);
    };
    co_await parts_.database.write(note);
    const auto questions = questions_for(*partner, {shipment});
    auto answer = co_await parts_.asker.ask(*partner, questions);
    if (answer.readings.empty()) co_return;
    auto& reports = answer.readings.front().reports;
    speak_for(*partner, shipment.head.courier_code, reports);
    std::ranges::move(reports, std::back_inserter(heard.reports));
  }
}

base::Task<std::vector<Heard>> CarrierDesk::ask(std::string id,
                                                std::vector<shipments::Shipment> shipments) {
  std::vector<Heard> heard(shipments.size());
  const auto all = parts_.shelf.current();  // kept until the answer is read
  const auto* connector = all->find(id);
  if (connector == nullptr) co_return heard;
  const auto questions = questions_for(*connector, shipments);
  std::atomic<int>* under_way = nullptr;
  {
    const std::lock_guard lock(mutex_);
    under_way = &under_way_[id];
  }
  ++*under_way;
  auto answer = co_await parts_.asker.ask(*connector, questions);
  --*under_way;
  const auto now = parts_.clock.now();
  for (std::size_t i = 0; i < heard.size() && i < answer.readings.size(); ++i) {
    heard[i] = heard_from(std::move(answer.readings[i]), now);
    speak_for(*connector, shipments[i].head.courier_code, heard[i].reports);
    co_await ask_partners(shipments[i], id, heard[i]);
  }
  // An answer about several is not kept: it would lie with each of them and say something of the
  // others.
  if (heard.size() == 1 && answer.pages.size() == 1) heard[0].raw = std::move(answer.pages[0].body);
  co_return heard;
}

void CarrierDesk::settled(const std::string& connector, const polling::Settled& settled) {
  if (settled.new_events > 0 || settled.quarantined > 0) {
    std::vector<std::chrono::microseconds> delays;
    // Of the newest event only, and never of what happened before the shipment was entered: nobody
    // could have learnt of that in time.
    if (settled.new_events > 0 && settled.newest_at && *settled.newest_at >= settled.entered_at)
      delays.push_back(
          std::max(std::chrono::microseconds(0), settled.heard_at - *settled.newest_at));
    parts_.health.note_events(connector, settled.new_events, settled.unknown_events,
                              settled.quarantined, delays, settled.heard_at);
  }
  end_wait(settled.shipment, settled.outcome == Heard::Outcome::Report);
}

void CarrierDesk::end_wait(const base::Id& shipment, bool is_answered) {
  std::vector<std::shared_ptr<Waiter>> ended;
  {
    const std::lock_guard lock(mutex_);
    const auto [from, to] = waiting_.equal_range(shipment);
    for (auto at = from; at != to; ++at) ended.push_back(at->second);
    waiting_.erase(from, to);
  }
  for (const auto& waiter : ended) waiter->end(is_answered);
}

base::Task<bool> CarrierDesk::wait_for(const base::Id& shipment, std::chrono::milliseconds most) {
  struct Wait {
    CarrierDesk& desk;
    const base::Id& shipment;
    std::chrono::milliseconds most;
    std::shared_ptr<Waiter> waiter = std::make_shared<Waiter>();
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      waiter->handle = handle;
      waiter->executor = base::Executor::current();
      const auto kept = waiter;  // this frame may go on, and be gone, from here on
      auto& later = desk.later_;
      auto& hurry = desk.when_waiting_;
      const auto time = most;
      {
        const std::lock_guard lock(desk.mutex_);
        desk.waiting_.emplace(shipment, kept);
      }
      base::spawn([](base::Later& timer, std::chrono::milliseconds t,
                     std::shared_ptr<Waiter> w) -> base::Task<void> {
        co_await timer.wait(t);
        w->end(false);
      }(later, time, kept));
      if (hurry) hurry();
    }
    bool await_resume() const { return waiter->is_answered; }
  };
  Wait wait{*this, shipment, most};
  const bool is_answered = co_await wait;
  const std::lock_guard lock(mutex_);
  const auto [from, to] = waiting_.equal_range(shipment);
  for (auto at = from; at != to; ++at) {
    if (at->second == wait.waiter) {
      waiting_.erase(at);
      break;
    }
  }
  co_return is_answered;
}

}  // namespace app
