// Who this instance may call: the register of processors (policy/processors.h), the connectors that
// are set up, and the operator's own file, as one gate before every client.
#pragma once
#include <string>
#include <vector>

#include "app/config.h"
#include "carriers/ask.h"
#include "couriers/catalogue.h"
#include "policy/processors.h"

namespace app {

// The built-in entries with the operator's over them; what is wrong with the file is told as
// mistakes of the key outgoing.processors.
policy::Processors processors_of(const Config& config, std::vector<Mistake>& mistakes);

class Egress final : public http::EgressGate {
 public:
  // `shelf`: connectors may be edited while the program runs, and so the hosts of carriers are
  // looked up when they are called.
  Egress(policy::Processors processors, const carriers::ConnectorShelf* shelf,
         carriers::AllSettings settings)
      : processors_(std::move(processors)), shelf_(shelf), settings_(std::move(settings)) {}

  std::optional<std::string> refusal(std::string_view host) const override;

 private:
  policy::Processors processors_;
  const carriers::ConnectorShelf* shelf_;
  carriers::AllSettings settings_;
};

// The hosts that a connector calls with these settings, in lower case.
std::vector<std::string> hosts_of(const carriers::Definition& definition,
                                  const carriers::Settings& settings);
// "api.example.com" of a URL or of a "host:port"; lower case.
std::string host_of(std::string_view url);
// The services, beside carriers, that this configuration makes use of, as far as the register knows
// them: for the pages.
std::vector<policy::Processor> services_in_use(const Config& config,
                                               const policy::Processors& processors);

}  // namespace app
