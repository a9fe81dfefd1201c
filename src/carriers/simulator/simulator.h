// The carriers, on this machine: an HTTP server that answers as the simulated carriers would, each
// below its own connector's id (http://127.0.0.1:PORT/ups/api/track/v1/details/1Z...), in their
// real formats, with their token services, and with faults on demand. A test peer for everything
// that asks carriers, and the demo.
//
// Whatever tracking number of a carrier's world stands in a request's path, query or body is
// answered for; any other is answered with the carrier's own "not found".
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "carriers/connector.h"
#include "carriers/simulator/parcels.h"

namespace carriers::simulator {

// Odds of each fault, 0 to 1, per request.
struct Faults {
  double slow = 0;       // answers after three seconds
  double too_many = 0;   // 429 with Retry-After: 2
  double broken = 0;     // 500
  double malformed = 0;  // the answer cut in the middle
  double drift = 0;      // the answer's names changed: it parses and maps to nothing
  double expired = 0;    // 401, as if the token had run out

  // "slow=0.1,429=0.05,500=0.02,malformed=0.01,drift=0.01,token=0.05"; the error names what is
  // wrong.
  static base::Result<Faults, std::string> parse(std::string_view text);
};

class Simulator {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    int threads = 1;
    Faults faults;
    // A folder of recorded answers, <carrier>/<case>.{json,xml,txt} with <case>.expected.json
    // beside it: served for the tracking number the case names, or for the number "CASE-<case>"
    // when it names none. Empty: none.
    std::string samples;
  };
  // `parcels` and `clock` outlive it. Throws std::system_error when the port is taken.
  Simulator(const Parcels& parcels, const base::Clock& clock, const Options& options);
  ~Simulator();

  std::uint16_t port() const;
  // What stands in place of the carrier's own base address: "http://127.0.0.1:4711/ups".
  std::string base_of(std::string_view carrier) const;
  void stop();

  // Requests answered so far, by carrier.
  std::map<std::string, std::int64_t, std::less<>> answered() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace carriers::simulator
