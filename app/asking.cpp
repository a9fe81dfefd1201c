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

http::Client::Options client_options(const Config& config) {
  http::Client::Options options;
  options.proxy = config.outgoing_proxy;
  options.ca_file = config.outgoing_ca_file;
  return options;
}

}  // namespace

Asking::Asking(const Config& config, const std::string& folder)
    : shelf(folder.empty() ? config.carriers_folder : folder),
      settings(settings_or_complaints(config, *shelf.current())),
      client_(client_options(config)),
      asker({client_, budgets_, clock, settings, nullptr}) {}

}  // namespace app
