#include "api/v4/body.h"
#include "api/v4/calls.h"
#include "api/v4/fields.h"
#include "api/v4/tracking_json.h"
#include "store/look_up.h"

namespace api::v4 {
namespace {

using shipments::Shipment;

// Of a shipment's answer with some ten events.
constexpr std::size_t kUsualBytes = 5120;
// Looked up on the I/O thread; more is a list.
constexpr std::size_t kFewNumbers = 4;

std::optional<base::Id> id_of(const http::Request& request) {
  return base::Id::parse(request.parameter("id"));
}

std::string reference_json(const shipments::Head& head) {
  base::JsonWriter json;
  write_reference(json, head);
  return std::move(json).text();
}

// What an update gave back: the shipment as it is now, or why not.
struct Updated {
  std::optional<Failing> failing;
  std::string answer;
  bool used_new_subject = false;
};

Updated update_in(store::Tx& tx, Context& context, const accounts::Caller& caller,
                  const base::Id& id, const Changes& changes, personal::SubjectId new_subject) {
  auto shipment =
      context.shipments.find(tx, caller.account_id, id, shipments::Repository::For::Rewriting);
  if (!shipment) return {Failing{Error::IdInvalid}, {}};
  const auto courier_before = shipment->head.courier_code;
  apply(changes, *shipment);
  auto& head = shipment->head;
  if (head.courier_code != courier_before &&
      context.shipments.find_id(tx, caller.account_id, head.tracking_number, head.courier_code)) {
    return {Failing{Error::AlreadyExists}, {}};
  }
  Updated updated;
  if (head.subject == 0 && changes.touches_body) {
    head.subject = new_subject;
    updated.used_new_subject = true;
  }
  head.updated_at = context.clock.now();
  const auto envelope = shipment->body.envelope();
  head.reach = shipment->body.reach();
  context.shipments.note_addresses(head, envelope);
  context.shipments.update(tx, head, context.shipments.seal(head, envelope));
  if (head.courier_code != courier_before && context.follow.begin) context.follow.begin(head)(tx);

  ControllerAccess access(context.ledger, caller.actor(), caller.account_id, "v4.trackings.update");
  base::JsonWriter json(1024);
  write_update_result(json, *shipment, courier_before, access);
  access.record(tx);
  updated.answer = std::move(json).text();
  return updated;
}

}  // namespace

Answer list_trackings(Context& context, accounts::Caller caller, http::Request request) {
  const auto query = read_list_query(request.query());
  if (!query) co_return failure(query.error());
  // Rendered where it was read. A few shipments by their numbers are a matter of microseconds; a
  // list has the reader's time, not the I/O thread's.
  auto work = [&](store::Tx& tx) {
    const auto found = context.shipments.list(tx, caller.account_id, query->filter, query->page);
    ControllerAccess access(context.ledger, caller.actor(), caller.account_id, "v4.trackings.get");
    auto json = begin_success(found.size() * kUsualBytes);
    json.begin_array();
    for (const auto& shipment : found) write_tracking(json, shipment, context.catalogue, access);
    json.end_array();
    return finish_success(std::move(json));
  };
  if (query->filter.is_only_numbers() && query->filter.tracking_numbers.size() <= kFewNumbers) {
    co_return co_await store::look_up(context.database, work);
  }
  co_return co_await context.database.read(work);
}

Answer update_tracking(Context& context, accounts::Caller caller, http::Request request) {
  const auto id = id_of(request);
  if (!id) co_return failure({Error::IdInvalid});
  auto fields = parse_object(request.body());
  if (!fields) co_return failure(fields.error());
  const auto changes = read_update(std::move(*fields), context.catalogue);
  if (!changes) co_return failure(changes.error());

  // A shipment that had nothing to seal may get something now; the key is ready before the
  // transaction.
  personal::SubjectId spare = 0;
  if (changes->touches_body)
    spare = co_await context.shipments.vault().new_subject(caller.account_id);
  auto work = [&](store::Tx& tx) { return update_in(tx, context, caller, *id, *changes, spare); };
  Updated updated;
  try {
    updated = co_await context.database.write(work);
  } catch (const store::UniqueViolation&) {
    updated.failing = Failing{Error::AlreadyExists};
  }
  if (spare != 0 && !updated.used_new_subject)
    context.shipments.vault().give_back(caller.account_id, spare);
  if (updated.failing) co_return failure(*updated.failing);
  if (context.follow.hurry) context.follow.hurry();
  co_return success(updated.answer);
}

Answer delete_tracking(Context& context, accounts::Caller caller, http::Request request) {
  const auto id = id_of(request);
  if (!id) co_return failure({Error::IdInvalid});
  // The key goes first: whatever is interrupted after it leaves a row that nobody can read. The
  // vault's work blocks, so it is done on a reader's thread.
  auto forget = [&](store::Tx& tx) -> std::optional<shipments::Head> {
    auto shipment = context.shipments.find(tx, caller.account_id, *id);
    if (!shipment) return std::nullopt;
    const auto subject = shipment->head.subject;
    if (subject != 0) context.shipments.vault().forget(caller.account_id, std::span(&subject, 1));
    return shipment->head;
  };
  const auto head = co_await context.database.read(forget);
  if (!head) co_return failure({Error::IdInvalid});
  auto remove = [&](store::Tx& tx) { return context.shipments.remove(tx, caller.account_id, *id); };
  const bool is_removed = co_await context.database.write(remove);
  if (!is_removed) co_return failure({Error::IdInvalid});
  co_return success(reference_json(*head));
}

Answer retrack(Context& context, accounts::Caller caller, http::Request request) {
  const auto id = id_of(request);
  if (!id) co_return failure({Error::IdInvalid});
  using Retracked = base::Result<shipments::Head, Failing>;
  auto work = [&](store::Tx& tx) -> Retracked {
    auto shipment = context.shipments.find(tx, caller.account_id, *id);
    if (!shipment) return base::Failure{Failing{Error::IdInvalid}};
    if (shipment->head.status != journey::Status::Expired)
      return base::Failure{Failing{Error::RetrackNotAllowed}};
    return shipment->head;
  };
  const auto head = co_await context.database.read(work);
  if (!head) co_return failure(head.error());
  if (context.follow.again) co_await context.follow.again(*head);
  co_return success(reference_json(*head));
}

}  // namespace api::v4
