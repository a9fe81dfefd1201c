// A connector: how one carrier is asked and how its answers are read. All of it is data
// (docs/connectors.md describes the language); this is the data, loaded and checked.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/report.h"
#include "journey/understanding.h"

namespace carriers {

// Auth failure, bad number, unknown number, rate limit and outage stay different outcomes; only an
// unknown number may lead to `notfound`.
enum class ErrorClass : std::uint8_t {
  NotFound,
  InvalidNumber,
  Auth,
  RateLimited,
  Server,
  BadRequest,
  Drift,       // the answer parses, but maps to nothing
  Unreadable,  // not the format it claims to be
};
// "notfound", "invalid_number", "auth", "rate_limited", "server", "bad_request", "drift",
// "unreadable".
std::string_view name(ErrorClass error);

struct CarrierError {
  ErrorClass error_class{};
  std::string code, message;
  std::string tracking_number;  // whose error, in an answer for several; empty: the whole answer's
};

// What an answer says: shipments, errors, or both (a batch).
struct Understood {
  std::vector<journey::Report> reports;
  std::vector<CarrierError> errors;
};

struct Secrets;  // what the operator gave for this connector

struct Definition;  // definition.h: the loaded file, with compiled paths

class Connector {
 public:
  ~Connector();
  std::string_view id() const;            // the folder's name: "dhl-unified"
  std::string_view courier_code() const;  // the catalogue's code: "dhl"
  const Definition& definition() const { return *definition_; }
  const journey::CodeTable& codes() const;

  // Pure: bytes to reports, with verdicts set. Never throws for what the bytes are.
  Understood understand(std::string_view body, int http_status) const;

 private:
  friend class Connectors;
  std::unique_ptr<const Definition> definition_;
};

struct DefinitionMistake {
  std::string file;
  int line = 0;
  std::string key;
  std::string says;
};
std::string describe(const DefinitionMistake& mistake);

// All connectors there are: those built in, and the operator's own folder over them. Immutable; a
// reload makes a new one, and whoever holds the old one keeps it.
class Connectors {
 public:
  struct Loaded;
  // `folder` may be empty. A folder of the same name replaces the built-in one as a whole.
  static Loaded load(const std::string& folder);
  const Connector* find(std::string_view id) const;
  // The carrier's own connectors for a courier code, best first; upstreams are not among them.
  std::vector<const Connector*> serving(std::string_view courier_code) const;
  const std::vector<std::shared_ptr<const Connector>>& all() const { return all_; }

 private:
  std::vector<std::shared_ptr<const Connector>> all_;
};
struct Connectors::Loaded {
  std::shared_ptr<const Connectors> connectors;
  std::vector<DefinitionMistake> mistakes;
};

}  // namespace carriers
