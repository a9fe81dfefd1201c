// The push mouths, wired: doors, endpoint and watched folder over the connectors and the one
// ingest.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "app/instance.h"
#include "carriers/connector.h"
#include "inbound/endpoint.h"
#include "inbound/folder.h"
#include "inbound/mouth.h"
#include "shipments/ingest.h"

namespace app {

// What a mouth stands on besides the instance; all of it outlives the Inbound.
struct InboundParts {
  Instance& instance;
  const carriers::ConnectorShelf& shelf;
  shipments::Ingest& ingest;
  const couriers::Catalogue& catalogue;
  const couriers::Detector& detector;
};

class Inbound {
 public:
  explicit Inbound(InboundParts parts);
  void add_routes(http::Router& router);
  inbound::Mouth& mouth() { return mouth_; }
  inbound::Seen& seen() { return seen_; }

 private:
  inbound::Mouth::Parts mouth_parts();

  InboundParts parts_;
  inbound::Seen seen_;
  inbound::Doors doors_;
  inbound::Mouth mouth_;
  inbound::Entrance entrance_;
};

// Looks into the watched folder every few seconds, on a thread of its own, until it is destroyed.
// Does nothing when the configuration names no folder.
class FolderWatch {
 public:
  FolderWatch(const Config& config, Inbound& inbound, const base::Clock& clock);
  ~FolderWatch();

 private:
  void run();

  std::unique_ptr<inbound::Folder> folder_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace app
