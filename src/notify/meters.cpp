#include "notify/meters.h"

namespace notify {
namespace {

const std::vector<double> kSeconds = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600, 86400};
constexpr std::array<std::string_view, 5> kKinds = {"accepted", "later", "refused", "gone",
                                                    "not_set_up"};

}  // namespace

void Meters::open(base::Metrics& metrics, const std::vector<channels::Channel>& channels) {
  for (const auto channel : channels) {
    auto& of = channels_[static_cast<std::size_t>(channel)];
    const std::string word(channels::name(channel));
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
      of.attempts[i] =
          metrics.counter("milepost_notify_attempts_total", "Attempts to tell somebody something",
                          {{"channel", word}, {"outcome", std::string(kKinds[i])}});
    }
    for (const auto end : {End::Delivered, End::Dead, End::Dropped}) {
      of.ends[static_cast<std::size_t>(end)] =
          metrics.counter("milepost_notify_deliveries_total", "What became of deliveries",
                          {{"channel", word}, {"end", std::string(name(end))}});
    }
    of.seconds = metrics.histogram("milepost_notify_seconds", "From the change to its delivery",
                                   {{"channel", word}}, kSeconds);
  }
  under_way_ = metrics.gauge("milepost_notify_under_way_count", "Attempts under way");
  lanes_ = metrics.gauge("milepost_notify_lanes_count", "Lanes being worked on");
}

void Meters::count(const Ending& e) {
  auto& of = channels_[static_cast<std::size_t>(e.delivery.wanted.lane.channel)];
  of.attempts[static_cast<std::size_t>(e.outcome.kind)].add();
  if (!e.end) return;
  of.ends[static_cast<std::size_t>(*e.end)].add();
  if (*e.end != End::Delivered) return;
  of.seconds.observe(std::chrono::duration<double>(e.at - e.delivery.wanted.created_at).count());
}

void Meters::stand(int under_way, int lanes) {
  under_way_.set(under_way);
  lanes_.set(lanes);
}

}  // namespace notify
