// Counters, gauges and histograms in Prometheus' text form. A thin front for prometheus-cpp, whose
// headers stay inside metrics.cpp.
//
// Handles are cheap to use from any thread and live as long as the Metrics that gave them. Label
// values must be few and never personal: a route, not a path; a courier code, not a number.
#pragma once
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

class Counter {
 public:
  void add(double n = 1);

 private:
  friend class Metrics;
  void* handle_ = nullptr;
};

class Gauge {
 public:
  void set(double value);

 private:
  friend class Metrics;
  void* handle_ = nullptr;
};

class Histogram {
 public:
  void observe(double value);

 private:
  friend class Metrics;
  void* handle_ = nullptr;
};

class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  Metrics();
  ~Metrics();

  // The same name and labels give the same metric. Names follow Prometheus:
  // milepost_<room>_<what>_<unit>.
  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // Bounds ascending, in the unit of the name (seconds, bytes).
  Histogram histogram(const std::string& name, const std::string& help, const Labels& labels,
                      const std::vector<double>& bounds);

  // Exposition format 0.0.4.
  std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace base
