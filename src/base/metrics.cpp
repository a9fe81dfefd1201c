#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

namespace base {

struct Metrics::State {
  prometheus::Registry registry;
  std::mutex mutex;
  std::map<std::string, prometheus::Family<prometheus::Counter>*> counters;
  std::map<std::string, prometheus::Family<prometheus::Gauge>*> gauges;
  std::map<std::string, prometheus::Family<prometheus::Histogram>*> histograms;
};

namespace {

prometheus::Labels convert(const Metrics::Labels& labels) { return {labels.begin(), labels.end()}; }

// Finds or makes the family of this name.
template <class Families, class Builder>
auto& family(Families& families, Builder builder, const std::string& name, const std::string& help,
             prometheus::Registry& registry) {
  auto& slot = families[name];
  if (slot == nullptr) slot = &builder().Name(name).Help(help).Register(registry);
  return *slot;
}

}  // namespace

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  Counter c;
  c.handle_ = &family(state_->counters, prometheus::BuildCounter, name, help, state_->registry)
                   .Add(convert(labels));
  return c;
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  const std::lock_guard lock(state_->mutex);
  Gauge g;
  g.handle_ = &family(state_->gauges, prometheus::BuildGauge, name, help, state_->registry)
                   .Add(convert(labels));
  return g;
}

Histogram Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels,
                             const std::vector<double>& bounds) {
  const std::lock_guard lock(state_->mutex);
  Histogram h;
  h.handle_ = &family(state_->histograms, prometheus::BuildHistogram, name, help, state_->registry)
                   .Add(convert(labels), bounds);
  return h;
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

void Counter::add(double n) {
  if (handle_ != nullptr) static_cast<prometheus::Counter*>(handle_)->Increment(n);
}
void Gauge::set(double value) {
  if (handle_ != nullptr) static_cast<prometheus::Gauge*>(handle_)->Set(value);
}
void Histogram::observe(double value) {
  if (handle_ != nullptr) static_cast<prometheus::Histogram*>(handle_)->Observe(value);
}

}  // namespace base
