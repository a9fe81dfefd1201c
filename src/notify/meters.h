// The dispatcher's figures. For this room only.
#pragma once
#include <array>
#include <vector>

#include "base/metrics.h"
#include "notify/settling.h"

namespace notify {

class Meters {
 public:
  // Nothing is counted until it is opened.
  void open(base::Metrics& metrics, const std::vector<channels::Channel>& channels);
  void count(const Ending& ending);
  void stand(int under_way, int lanes);

 private:
  struct OfChannel {
    std::array<base::Counter, 5> attempts;
    std::array<base::Counter, 3> ends;
    base::Histogram seconds;
  };
  std::array<OfChannel, channels::kChannelNames.size()> channels_;
  base::Gauge under_way_, lanes_;
};

}  // namespace notify
