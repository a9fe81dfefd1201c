// A connector: how one carrier is asked and how its answers are read. All of it is data
// (docs/connectors.md describes the language); this is the data, loaded and checked.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
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
  std::string tracking_number;   // whose, in an answer for several; empty: the whole answer's
  bool is_unregistered = false;  // the service must be told the number before it can be asked
};

// What an answer says: shipments, errors, or both (a batch).
struct Understood {
  std::vector<journey::Report> reports;
  std::vector<CarrierError> errors;
};

struct Secrets;  // what the operator gave for this connector

struct Definition;  // definition.h: the loaded file, with compiled paths

// An answer kept beside the definition, with what must be understood of it.
struct Fixture {
  std::string name;  // "delivered.json"
  std::string body;
  int http_status = 200;
  std::string expected;  // JSON, in the form of `milepost carriers try --json`
};

class Connector {
 public:
  ~Connector();
  std::string_view id() const;            // the folder's name: "dhl-unified"
  std::string_view courier_code() const;  // the catalogue's code: "dhl"
  const Definition& definition() const { return *definition_; }
  const journey::CodeTable& codes() const;

  // Pure: bytes to reports, with verdicts set. Never throws for what the bytes are.
  Understood understand(std::string_view body, int http_status) const;
  const std::vector<Fixture>& fixtures() const { return fixtures_; }
  // codes.tsv as it stands.
  const std::string& codes_text() const { return codes_text_; }
  // Where it was loaded from: the operator's folder, or empty when it is built in.
  const std::string& folder() const { return folder_; }

 private:
  friend struct ConnectorMaker;
  Connector();
  std::unique_ptr<const Definition> definition_;
  std::vector<Fixture> fixtures_;
  std::string codes_text_;
  std::string folder_;
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
  // `folder` may be empty. A folder of the same name replaces the built-in one as a whole. A folder
  // with a mistake keeps what `before` has under its name (or what is built in).
  static Loaded load(const std::string& folder, const Connectors* before = nullptr);
  // One folder alone, for those who write one.
  static Loaded load_one(const std::string& folder);
  const Connector* find(std::string_view id) const;
  // The carrier's own connectors for a courier code, best first; upstreams are not among them.
  std::span<const Connector* const> serving(std::string_view courier_code) const;
  // Those that ask on behalf of many couriers (17TRACK and its like).
  std::span<const Connector* const> upstreams() const { return upstreams_; }
  // Sorted by id.
  const std::vector<std::shared_ptr<const Connector>>& all() const { return all_; }

 private:
  // Every new shipment asks who serves its courier.
  void index();

  std::vector<std::shared_ptr<const Connector>> all_;
  std::map<std::string, std::vector<const Connector*>, std::less<>> serving_;
  std::vector<const Connector*> upstreams_;
};
struct Connectors::Loaded {
  std::shared_ptr<const Connectors> connectors;
  std::vector<DefinitionMistake> mistakes;
};

// The connectors in use, and the operator's folder watched: edits count without a restart, and a
// bad edit leaves what worked. Safe from any thread.
class ConnectorShelf {
 public:
  explicit ConnectorShelf(std::string folder);
  std::shared_ptr<const Connectors> current() const;
  // Of the load that is in use.
  std::vector<DefinitionMistake> mistakes() const;
  // Loads again when a file of the folder is new, gone, longer, shorter or younger. True when it
  // did.
  bool refresh();

 private:
  std::string folder_;
  mutable std::mutex mutex_;
  std::string seen_;  // what the folder looked like
  Connectors::Loaded loaded_;
};

}  // namespace carriers
