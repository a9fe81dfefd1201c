// What it takes to ask carriers from the command line, without a server: their definitions, the
// operator's access to them, a client that asks the register of processors before each call. Calls
// count against no budget but this process's own.
#pragma once
#include "app/config.h"
#include "app/egress.h"
#include "base/clock.h"
#include "carriers/ask.h"
#include "http/client.h"

namespace app {

class Asking {
 public:
  // Complains of mistakes in the carriers' settings and goes on without them. `folder`: the
  // operator's own connectors; empty: the configuration's.
  explicit Asking(const Config& config, const std::string& folder = "");

  carriers::ConnectorShelf shelf;
  base::SystemClock clock;
  const carriers::AllSettings settings;

 private:
  Egress egress_;
  http::Client client_;
  carriers::Budgets budgets_{clock};

 public:
  carriers::Asker asker;
};

}  // namespace app
