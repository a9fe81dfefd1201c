// Where mailboxes are linked, read and unlinked: the connectors, the extractor and the rows
// together. Pages, the command line and the worker come here.
//
// Everything blocks (it speaks with other machines): never on an I/O thread. Safe from any thread.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "mailbox/connector.h"
#include "mailbox/extract.h"
#include "mailbox/links.h"

namespace mailbox {

// Makes a shipment of a number, or finds the one there is: the one path by which all come. Nothing
// when the account may not have more, or the number is none.
struct Opened {
  base::Id shipment;
  bool is_new = false;
};
using Open = std::function<std::optional<Opened>(std::int64_t account_id, const Sighting&)>;

struct Synced {
  Fault fault = Fault::None;
  std::int64_t heads = 0, opened = 0, found = 0;
  bool is_busy = false;  // another process reads it

  friend bool operator==(const Synced&, const Synced&) = default;
};

class Desk {
 public:
  struct Options {
    std::chrono::minutes every{15};
    std::chrono::minutes lease{15};
    const std::atomic<bool>* stop = nullptr;
    base::Metrics* metrics = nullptr;
  };
  // All must outlive it.
  Desk(Links& links, const Extractor& extractor, const base::Clock& clock, personal::Ledger& ledger,
       std::vector<std::unique_ptr<Connector>> connectors, Open open, Options options);

  const std::vector<std::unique_ptr<Connector>>& connectors() const { return connectors_; }
  Connector* connector(std::string_view kind) const;
  Links& links() { return links_; }

  // Tries the keys first: what cannot be read is not linked.
  base::Result<base::Id, Fault> link(NewLink link);
  // One click: what was derived goes, the token is revoked, the keys' key is destroyed. Busy or
  // Unreachable: the provider did not answer; all else is gone, and it is asked again until it
  // does.
  std::optional<Fault> unlink(std::int64_t account_id, const base::Id& id);
  // Reads it now. Nothing: no such link.
  std::optional<Synced> sync(std::int64_t account_id, const base::Id& id);
  // Claims one that is due and reads it, or ends what is being unlinked; false: none was.
  bool work_once();
  // Unlinks what its person left behind. How many.
  int tidy();

 private:
  Synced read(const Link& link);
  Fault finish(const Link& link);

  Links& links_;
  const Extractor& extractor_;
  const base::Clock& clock_;
  personal::Ledger& ledger_;
  const std::vector<std::unique_ptr<Connector>> connectors_;
  const Open open_;
  const Options options_;
  const std::string owner_;
};

// Reads what is due, on a thread of its own, until it is destroyed.
class Worker {
 public:
  Worker(Desk& desk, std::atomic<bool>& stop);
  ~Worker();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mailbox
