#include "app/asking.h"

#include "app/carriers_config.h"
#include "app/terminal.h"

namespace app {
namespace {

carriers::AllSettings settings_or_complaints(const Config& config,
                                             const carriers::Connectors& connectors) {
  std::vector<Mistake> mistakes;
  auto settings = carrier_settings(config, connectors, process_environment(), mistakes);
  for (const auto& mistake : mistakes) complain(describe(mistake));
  return settings;
}

policy::Processors processors_or_complaints(const Config& config) {
  std::vector<Mistake> mistakes;
  auto processors = processors_of(config, mistakes);
  for (const auto& mistake : mistakes) complain(describe(mistake));
  return processors;
}

http::Client::Options client_options(const Config& config, const Egress& gate) {
  http::Client::Options options;
  options.gate = &gate;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  return options;
}

}  // namespace

Asking::Asking(const Config& config, const std::string& folder)
    : shelf(folder.empty() ? config.carriers_folder : folder),
      settings(settings_or_complaints(config, *shelf.current())),
      egress_(processors_or_complaints(config), &shelf, settings),
      client_(client_options(config, egress_)),
      asker({client_, budgets_, clock, settings, nullptr}) {}

}  // namespace app
