#include "app/inbound.h"

#include "app/entering.h"
#include "base/log.h"
#include "inbound/reader.h"

namespace app {
namespace {

using Named = shipments::Repository::Named;

constexpr std::chrono::seconds kLookEvery{3};

// The connector's courier when the catalogue knows it; else, for documents of a standard, whoever
// the number itself points to without doubt.
std::string courier_for(const InboundParts& parts, std::string_view number, std::string courier) {
  if (parts.catalogue.find(courier) != nullptr) return courier;
  const auto detection = parts.detector.detect(number);
  const bool is_clear = detection.verdict == couriers::Verdict::Certain ||
                        detection.verdict == couriers::Verdict::Likely;
  return is_clear && !detection.candidates.empty()
             ? std::string(detection.candidates.front().courier->code)
             : std::string();
}

// Opens a shipment for a number that came by itself, as far as the account's plan allows.
base::Task<std::optional<Named>> open_shipment(const InboundParts& parts, std::int64_t account_id,
                                               std::string number, std::string courier) {
  shipments::Head head;
  head.account_id = account_id;
  head.tracking_number = std::move(number);
  head.courier_code = courier_for(parts, head.tracking_number, std::move(courier));
  head.source = shipments::Source::Import;
  if (head.courier_code.empty()) co_return std::nullopt;
  head.subject = co_await parts.instance.vault->new_subject(account_id);
  auto work = [&](store::Tx& tx) { return enter_shipment(tx, parts.instance, head); };
  const auto entered = co_await parts.instance.database->write(work);
  if (entered) co_return Named{*entered, head.courier_code};
  parts.instance.vault->give_back(account_id, head.subject);
  co_return std::nullopt;
}

}  // namespace

inbound::Mouth::Parts Inbound::mouth_parts() {
  const auto read = [this](std::string_view connector, std::string_view bytes) {
    return inbound::read_document(*parts_.shelf.current(), connector, bytes,
                                  parts_.instance.clock().now());
  };
  const auto ingest = [this](std::vector<shipments::Update> updates) {
    return parts_.ingest.take_all(std::move(updates));
  };
  const auto open = [this](std::int64_t account_id, std::string number, std::string courier) {
    return open_shipment(parts_, account_id, std::move(number), std::move(courier));
  };
  return {*parts_.instance.database,
          *parts_.instance.shipments,
          seen_,
          parts_.instance.clock(),
          read,
          ingest,
          open,
          &parts_.instance.metrics};
}

Inbound::Inbound(InboundParts parts)
    : parts_(parts),
      seen_(*parts.instance.database, *parts.instance.vault),
      doors_(*parts.instance.database, *parts.instance.vault, parts.instance.clock()),
      mouth_(mouth_parts()),
      entrance_{doors_, mouth_, [this](std::string_view connector) {
                  return inbound::form_of(*parts_.shelf.current(), connector);
                }} {}

void Inbound::add_routes(http::Router& router) { inbound::add_routes(router, entrance_); }

FolderWatch::FolderWatch(const Config& config, Inbound& inbound, const base::Clock& clock) {
  if (config.inbound_folder.empty()) return;
  inbound::FolderOptions options;
  options.folder = config.inbound_folder;
  options.settle = std::chrono::seconds(config.inbound_settle_seconds);
  options.keep = std::chrono::days(config.inbound_keep_days);
  folder_ = std::make_unique<inbound::Folder>(std::move(options), inbound.mouth(), clock);
  thread_ = std::thread([this] { run(); });
}

FolderWatch::~FolderWatch() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void FolderWatch::run() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    lock.unlock();
    try {
      const auto scanned = folder_->scan();
      if (scanned.taken + scanned.rejected + scanned.failed > 0) {
        base::log(
            base::Level::Info, "inbound.scanned",
            {{"taken", scanned.taken}, {"rejected", scanned.rejected}, {"failed", scanned.failed}});
      }
    } catch (const std::exception& e) {
      base::log(base::Level::Error, "inbound.scan_failed", {{"error", e.what()}});
    }
    lock.lock();
    wake_.wait_for(lock, kLookEvery, [this] { return is_stopping_; });
  }
}

}  // namespace app
