// What all connections of one server share. For this room only.
#pragma once
#include <atomic>
#include <memory>
#include <string>

#include "http/border.h"
#include "http/door.h"
#include "http/figures.h"
#include "http/server.h"
#include "http/tls.h"

namespace http {

struct Service {
  Service(ServerOptions o, Router r)
      : options(std::move(o)),
        router(std::move(r)),
        limits{.header = options.header_limit,
               .target = options.target_limit,
               .body = options.body_limit},
        figures(options.metrics, router),
        door(options.connection_limit, options.connections_per_peer) {
    if (!options.certificate.empty() || !options.key.empty())
      tls = std::make_unique<TlsContext>(options.certificate, options.key);
  }

  const ServerOptions options;
  const Router router;
  const BorderLimits limits;
  Figures figures;
  std::unique_ptr<TlsContext> tls;  // nullptr: plain
  Door door;
  std::atomic<int> in_flight{0};
  std::atomic<bool> is_stopping{false};
};

}  // namespace http
