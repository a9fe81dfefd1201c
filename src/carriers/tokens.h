// The tokens that carriers give for a while (OAuth2, or a login service of their own). In memory
// only: a token is a key, and a new one is a call away.
//
// One refresh at a time for each connector: whoever needs the token meanwhile waits for it, and
// shares its failure too. A token is given up a little before its end (a tenth of its life, at most
// a minute), and when the carrier refuses it.
#pragma once
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "carriers/connector.h"
#include "carriers/settings.h"
#include "http/client.h"

namespace carriers {

// Safe from any thread; outlives what it was asked for.
class Tokens {
 public:
  Tokens(http::Client& client, const base::Clock& clock);
  ~Tokens();

  // What came of it; `calls`: how many it took (0: it was there, or somebody else got it).
  struct Got {
    base::Result<std::string, CarrierError> token;
    int calls = 0;
    std::optional<base::Instant> retry_after;
  };
  // `definition.access.token` is there. `deadline`: of the call, should there be one.
  base::Task<Got> get(const Definition& definition, const Settings& settings,
                      std::chrono::milliseconds deadline);
  // The carrier has refused this token. Does nothing when another one is there already.
  void forget(std::string_view connector, std::string_view token);

 private:
  struct Slot;
  struct Waiting;
  Slot& slot(std::string_view connector);
  base::Task<Got> fetch(const Definition& definition, const Settings& settings,
                        std::chrono::milliseconds deadline, base::Instant& good_until);

  http::Client& client_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Slot>, std::less<>> slots_;
};

}  // namespace carriers
