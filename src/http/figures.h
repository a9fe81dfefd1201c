// The server's metrics, all handles made beforehand so that a request costs no lookup. For this
// room only.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "http/router.h"

namespace http {

// Why a connection or a request got no handler.
enum class Refused { Syntax, Target, Header, Body, Timeout, Connections, Peer, Tls };
inline constexpr std::size_t kRefusedReasons = 8;

class Figures {
 public:
  // metrics may be nullptr: then nothing is kept.
  Figures(base::Metrics* metrics, const Router& router);

  // route: index into Router::routes(), or Router::kNoRoute.
  void answered(std::size_t route, int status, double seconds);
  void refused(Refused why) { refused_[static_cast<std::size_t>(why)].add(); }
  void levels(int connections, int in_flight);

 private:
  struct RouteFigures {
    std::array<base::Counter, 6> by_class;  // 2 for 2xx, and so on
    base::Histogram seconds;
  };
  std::vector<RouteFigures> routes_;  // the last one stands for kNoRoute
  std::array<base::Counter, kRefusedReasons> refused_;
  base::Gauge connections_;
  base::Gauge in_flight_;
};

}  // namespace http
