// A shop's lists and news, wired: the desks behind the pages, and the thread that sends.
#pragma once
#include <optional>

#include "app/instance.h"
#include "app/people.h"
#include "outreach/promotion_post.h"
#include "pages/account/desk.h"
#include "pages/list_endpoints.h"

namespace app {

class Outreach {
 public:
  // Both must outlive it.
  Outreach(Instance& instance, People& people);

  pages::ListDesk page_desk() { return {lists_, promotions_}; }
  pages::ListContext& readers() { return readers_; }
  void start() { post_.start(); }
  // After the mailer: what is under way comes back later.
  void stop() { post_.stop(); }
  // Blocks.
  void sweep() { lists_.sweep(*instance_.database); }

 private:
  Instance& instance_;
  consent::Records records_;
  letters::Letters letters_;
  outreach::Lists lists_;
  outreach::Promotions promotions_;
  outreach::Joining joining_;
  outreach::PromotionPost post_;
  pages::ListContext readers_;
};

}  // namespace app
