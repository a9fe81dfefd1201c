// Reviews of deliveries: wired once, for serve.
#pragma once
#include <string>

#include "app/instance.h"
#include "base/later.h"
#include "pages/review_endpoints.h"

namespace app {

class Reviewing {
 public:
  Reviewing(Instance& instance, notify::people::Recipients& recipients);
  Reviewing(const Reviewing&) = delete;
  Reviewing& operator=(const Reviewing&) = delete;

  pages::ReviewContext& context() { return context_; }
  // Reviews and claims whose time is over. Blocks.
  static void sweep(Instance& instance);

 private:
  reviews::Reviews reviews_;
  reviews::Claims claims_;
  base::Later later_;
  pages::ReviewContext context_;
};

}  // namespace app
