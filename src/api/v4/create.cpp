#include <span>

#include "accounts/quota.h"
#include "api/v4/body.h"
#include "api/v4/calls.h"
#include "api/v4/fields.h"
#include "api/v4/tracking_json.h"

namespace api::v4 {
namespace {

using shipments::Shipment;

constexpr std::size_t kMostItems = 40;
// The clients give up after ten seconds; a carrier's answer may take half of that.
constexpr std::chrono::milliseconds kLiveDeadline{5000};

// One shipment on its way into the store.
struct Draft {
  Shipment shipment;
  std::string sealed;
  InTransaction follow;  // may be empty
  std::optional<Failing> failing;
  base::Id existing;  // for AlreadyExists
};

// Gives the shipment what the store needs: id, times, and a sealed body under a fresh key when
// there is something to seal.
base::Task<> prepare(Context& context, const accounts::Caller& caller, Draft& draft) {
  auto& head = draft.shipment.head;
  const auto now = context.clock.now();
  head.account_id = caller.account_id;
  head.id = base::Id::make(now);
  head.source = shipments::Source::Api;
  head.created_at = head.updated_at = now;
  head.reach = draft.shipment.body.reach();
  if (context.follow.begin) draft.follow = context.follow.begin(head);
  const auto envelope = draft.shipment.body.envelope();
  if (envelope.is_empty()) co_return;
  context.shipments.note_addresses(head, envelope);
  head.subject = co_await context.shipments.vault().new_subject(caller.account_id);
  draft.sealed = context.shipments.seal(head, envelope);
}

void give_back(Context& context, const Draft& draft) {
  const auto& head = draft.shipment.head;
  if (head.subject != 0) context.shipments.vault().give_back(head.account_id, head.subject);
}

// Inside a transaction: stores the drafts that nothing is wrong with, as many as the account's
// quota allows, and says of the others why not; these leave nothing behind.
void store_drafts(Context& context, const accounts::Caller& caller, store::Tx& tx,
                  std::span<Draft> drafts) {
  const shipments::Erasures erasures(tx, context.shipments.vault(), caller.account_id);
  std::vector<Draft*> stored;
  for (auto& draft : drafts) {
    const auto& head = draft.shipment.head;
    if (head.account_id == 0) continue;  // refused before it was prepared
    draft.failing.reset();
    const auto inserted =
        context.shipments.insert(tx, erasures, head, draft.sealed, head.created_at);
    if (inserted == shipments::Repository::Inserted::Yes) {
      stored.push_back(&draft);
      continue;
    }
    draft.failing = Failing{Error::AlreadyExists};
    const auto id =
        context.shipments.find_id(tx, head.account_id, head.tracking_number, head.courier_code);
    if (id) draft.existing = *id;
  }
  const auto paid = static_cast<std::size_t>(
      accounts::take_quota_up_to(tx, caller.account_id, *caller.plan, context.clock.now(),
                                 static_cast<std::int64_t>(stored.size())));
  for (std::size_t i = 0; i < stored.size(); ++i) {
    auto& draft = *stored[i];
    if (i < paid) {
      if (draft.follow) draft.follow(tx);
      continue;
    }
    context.shipments.remove(tx, draft.shipment.head.account_id, draft.shipment.head.id);
    draft.failing = Failing{Error::QuotaSpent};
  }
}

std::string tracking_json(Context& context, const Shipment& shipment, ControllerAccess& access) {
  base::JsonWriter json(2048);
  write_tracking(json, shipment, context.catalogue, access);
  return std::move(json).text();
}

void write_batch_error(base::JsonWriter& json, const Item& item, const Draft& draft) {
  json.begin_object();
  json.key("id").value(draft.existing.is_none() ? std::string() : draft.existing.hex());
  json.key("tracking_number").value(item.fields[Field::TrackingNumber]);
  json.key("courier_code").value(item.fields[Field::CourierCode]);
  json.key("errorCode").value(static_cast<int>(draft.failing->error));
  json.key("errorMessage").value(message(*draft.failing));
  json.end_object();
}

std::string batch_json(const std::vector<Item>& items, const std::vector<Draft>& drafts) {
  base::JsonWriter json(items.size() * 128);
  json.begin_object().key("success").begin_array();
  for (const auto& draft : drafts) {
    if (!draft.failing) write_reference(json, draft.shipment.head);
  }
  json.end_array().key("error").begin_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (drafts[i].failing) write_batch_error(json, items[i], drafts[i]);
  }
  json.end_array().end_object();
  return std::move(json).text();
}

}  // namespace

Answer create_tracking(Context& context, accounts::Caller caller, http::Request request) {
  auto fields = parse_object(request.body());
  if (!fields) co_return failure(fields.error());
  auto read = read_create(std::move(*fields), context.catalogue);
  if (!read) co_return failure(read.error());

  Draft draft{std::move(*read), {}, {}, {}, {}};
  co_await prepare(context, caller, draft);
  // The answer echoes what was given: opened once, before the transaction that ledgers it.
  ControllerAccess access(context.ledger, caller.actor(), caller.account_id, "v4.trackings.create");
  auto answer = tracking_json(context, draft.shipment, access);
  auto work = [&](store::Tx& tx) {
    store_drafts(context, caller, tx, std::span(&draft, 1));
    access.record(tx);
  };
  try {
    co_await context.database.write(work);
  } catch (const store::UniqueViolation&) {
    draft.failing = Failing{Error::AlreadyExists};  // another process was faster
  }
  if (draft.failing) {
    give_back(context, draft);
    co_return failure(*draft.failing);
  }
  if (context.look_up_live) {
    const auto live = co_await context.look_up_live(draft.shipment, kLiveDeadline);
    if (live) answer = tracking_json(context, *live, access);
  }
  co_return success(answer);
}

Answer create_batch(Context& context, accounts::Caller caller, http::Request request) {
  const auto items = parse_array(request.body(), kMostItems);
  if (!items) co_return failure(items.error());
  std::vector<Draft> drafts(items->size());
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    drafts[i].failing = (*items)[i].failing;
    if (drafts[i].failing) continue;
    auto read = read_create((*items)[i].fields, context.catalogue);
    if (!read) {
      drafts[i].failing = read.error();
      continue;
    }
    drafts[i].shipment = std::move(*read);
    co_await prepare(context, caller, drafts[i]);
  }
  auto work = [&](store::Tx& tx) { store_drafts(context, caller, tx, drafts); };
  co_await context.database.write(work);
  if (context.follow.hurry) context.follow.hurry();
  for (const auto& draft : drafts) {
    if (draft.failing && draft.shipment.head.account_id != 0) give_back(context, draft);
  }
  co_return success(batch_json(*items, drafts));
}

}  // namespace api::v4
