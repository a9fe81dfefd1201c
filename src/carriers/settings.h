// What the operator gave for one connector ([carriers.<id>] of the configuration): access, and what
// differs from the definition. Values only; app/ reads them.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "carriers/definition.h"

namespace carriers {

// Names as the definition's [access] secrets. Not to be logged, printed or stored.
struct Secrets {
  std::map<std::string, std::string, std::less<>> values;
  // Empty when it was not given.
  std::string_view of(std::string_view name) const;
};

struct Settings {
  bool is_enabled = true;
  // Another machine than the definition's: a gateway, the simulator. Being the operator's own word,
  // it may lie in a private network.
  std::string base;
  // The same for a token service that the definition places on a machine of its own: stands in
  // place of that address's scheme and host.
  std::string token_base;
  std::string proxy;  // as http::Call::proxy
  Secrets secrets;
  std::optional<double> per_second;
  std::optional<std::int64_t> per_day;
  std::optional<int> concurrency, deadline_ms, min_gap_minutes;
};

// The definition's limits with the operator's over them.
Limits limits_of(const Definition& definition, const Settings& settings);
// The first secret that the definition needs and the operator has not given; empty when the
// connector can be used.
std::string_view missing_secret(const Definition& definition, const Settings& settings);

}  // namespace carriers
