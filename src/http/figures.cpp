#include "http/figures.h"

#include <algorithm>

namespace http {
namespace {

constexpr std::array<const char*, kRefusedReasons> kReasonNames = {
    "syntax", "target", "header", "body", "timeout", "connections", "peer", "tls"};

const std::vector<double> kSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                      0.1,    0.25,  0.5,    1,     2.5,  5,     10};

}  // namespace

Figures::Figures(base::Metrics* metrics, const Router& router)
    : routes_(router.routes().size() + 1) {
  if (metrics == nullptr) return;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const bool is_known = i < router.routes().size();
    const std::string route(is_known ? router.routes()[i].pattern : "(none)");
    const std::string method(is_known ? router.routes()[i].method : "(any)");
    for (std::size_t c = 2; c < routes_[i].by_class.size(); ++c)
      routes_[i].by_class[c] = metrics->counter(
          "milepost_http_requests_total", "Requests answered, by route and class of status",
          {{"route", route}, {"method", method}, {"status", std::to_string(c) + "xx"}});
    routes_[i].seconds = metrics->histogram("milepost_http_request_seconds",
                                            "From the whole request read to the answer ready",
                                            {{"route", route}, {"method", method}}, kSeconds);
  }
  for (std::size_t i = 0; i < kRefusedReasons; ++i)
    refused_[i] = metrics->counter("milepost_http_refused_total",
                                   "Connections and requests refused before any handler",
                                   {{"reason", kReasonNames[i]}});
  connections_ = metrics->gauge("milepost_http_connections", "Open connections");
  in_flight_ = metrics->gauge("milepost_http_in_flight", "Requests whose handler is running");
}

void Figures::answered(std::size_t route, int status, double seconds) {
  auto& figures = routes_[std::min(route, routes_.size() - 1)];
  figures.by_class[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))].add();
  figures.seconds.observe(seconds);
}

void Figures::levels(int connections, int in_flight) {
  connections_.set(connections);
  in_flight_.set(in_flight);
}

}  // namespace http
