// The rights desk of an instance, wired: for the server's pages and for the command line.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "app/instance.h"
#include "pages/rights_endpoints.h"
#include "rights/proof.h"

namespace app {

class RightsDesk {
 public:
  RightsDesk(Instance& instance, const Config& config);

  void add_routes(http::Router& router) { pages::add_rights_routes(router, context_); }
  // Deadlines are watched, what is over goes, and the day's proof of retention is written. Blocks.
  void keep_house();

  rights::Desk& desk() { return desk_; }
  rights::Eraser& eraser() { return eraser_; }

 private:
  Instance& instance_;
  letters::Letters letters_;
  rights::Visits visits_;
  rights::Desk desk_;
  rights::Eraser eraser_;
  base::Aside aside_;
  pages::RightsContext context_;
};

// Everything on disk that this instance writes, as far as its configuration tells.
std::vector<rights::Surface> surfaces_of(const Config& config);

}  // namespace app
