// Accounts that nobody uses (clause 44). Active is whoever was there (the last authenticated use,
// to the hour) or owns an account whose API keys are in use. After so long without, a letter says
// on which day everything goes; a sign-in takes it back; then it goes.
#pragma once
#include <cstdint>
#include <functional>

#include "accounts/people.h"

namespace accounts {

struct InactivityRules {
  std::chrono::days silent{730};  // then the letter
  std::chrono::days notice{30};   // between letter and erasure
};

class Inactivity {
 public:
  Inactivity(const Context& context, People& people, InactivityRules rules = {})
      : context_(context), people_(people), rules_(rules) {}

  struct Walk {
    int warned = 0;
    int erased = 0;
    std::vector<std::int64_t> closed_accounts;
  };
  // To be run once a day, or more often. Blocks.
  Walk walk();

 private:
  Context context_;
  People& people_;
  InactivityRules rules_;
};

}  // namespace accounts
