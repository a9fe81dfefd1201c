#include "api/own/transfer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>

#include "base/json_writer.h"

namespace api::own {
namespace {

using Answer = base::Task<http::Response>;
using base::Failure;

http::Response error(int status, std::string_view message) {
  base::JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.key("status").value(status).key("message").value(message);
  json.end_object().end_object();
  return http::json(status, std::move(json).text());
}

int status_of(rights::TransferError error) {
  switch (error) {
    case rights::TransferError::Gone:
      return 410;
    case rights::TransferError::OutOfOrder:
      return 409;
    case rights::TransferError::Unreadable:
      return 422;
    default:
      return 403;
  }
}

Answer welcome(TransferContext& context, http::Request request) {
  const std::string token(request.parameter("token"));
  auto work = [&](store::Tx& tx) { return context.transfers.welcome(tx, token); };
  const auto json = co_await context.database.read(work);
  co_return json ? http::json(200, *json) : error(410, describe(rights::TransferError::Gone));
}

Answer take(TransferContext& context, http::Request request) {
  const auto number = request.parameter("part");
  rights::Transfers::Came came;
  const auto [end, wrong] =
      std::from_chars(number.data(), number.data() + number.size(), came.number);
  if (wrong != std::errc() || end != number.data() + number.size())
    co_return error(404, "a part has a number");
  came.token = request.parameter("token");
  came.key = request.header("Milepost-Key");
  came.signature = request.header("Milepost-Signature");
  came.body = request.body();
  auto work = [&] { return context.transfers.take(came); };
  const auto taken = co_await context.aside.run(work);
  if (!taken) co_return error(status_of(taken.error()), describe(taken.error()));
  base::JsonWriter json;
  json.begin_object().key("expects").value(taken->expects);
  json.key("receipt").value_or_null(taken->receipt).end_object();
  co_return http::json(200, std::move(json).text());
}

struct Answered {
  std::int64_t expects = -1;
  std::string receipt;
};
Answered read_answer(std::string_view body) {
  Answered answered;
  simdjson::dom::parser parser;
  simdjson::dom::object from;
  if (parser.parse(body.data(), body.size()).get_object().get(from) != simdjson::SUCCESS)
    return answered;
  std::string_view receipt;
  if (from.at_key("expects").get_int64().get(answered.expects) != simdjson::SUCCESS)
    answered.expects = -1;
  if (from.at_key("receipt").get_string().get(receipt) == simdjson::SUCCESS)
    answered.receipt = receipt;
  return answered;
}

http::Call call_to(const SendingTo& to, std::string_view method, std::string path) {
  http::Call call;
  call.method = method;
  call.url = to.invitation.url + std::move(path);
  call.most_bytes = 256 << 10;
  call.may_be_private = to.may_be_private;
  return call;
}

std::string no_answer(http::CallError why) {
  return fmt::format("the other service cannot be reached: {}", http::describe(why));
}

}  // namespace

void add_transfer_routes(http::Router& router, TransferContext& context) {
  router.add("GET", "/rights/transfer/{token}",
             [&context](http::Request r) { return welcome(context, std::move(r)); });
  router.add("POST", "/rights/transfer/{token}/{part}",
             [&context](http::Request r) { return take(context, std::move(r)); });
  router.errors_below("/rights/transfer", [](int status, const http::Request*) {
    return error(status, "an invitation's address takes GET, and its parts POST");
  });
}

base::Task<base::Result<rights::Receipt, std::string>> send_transfer(http::Client& client,
                                                                     const rights::Transfers& own,
                                                                     const base::Clock& clock,
                                                                     rights::Portable portable,
                                                                     SendingTo to) {
  auto hello = co_await client.call(call_to(to, "GET", {}));
  if (!hello) co_return Failure{no_answer(hello.error())};
  if (hello->status == 410) co_return Failure{std::string(describe(rights::TransferError::Gone))};
  const auto welcome = rights::read_welcome(hello->body, to.invitation);
  if (!welcome) co_return Failure{welcome.error()};
  const rights::Parcelled parcelled(portable, own.key(), std::move(to.from));
  // When the receiver has everything, its receipt got lost: the last part asks for it again.
  auto next = std::min(static_cast<std::size_t>(welcome->expects), parcelled.parts() - 1);
  for (;;) {
    auto call = call_to(to, "POST", fmt::format("/{}", next));
    call.headers = {{"Content-Type", "application/json"},
                    {"Milepost-Key", parcelled.key()},
                    {"Milepost-Signature", parcelled.signature(next, to.invitation, clock.now())}};
    call.body = parcelled.part(next);
    const auto reply = co_await client.call(std::move(call));
    if (!reply) co_return Failure{no_answer(reply.error())};
    if (reply->status != 200)
      co_return Failure{
          fmt::format("the other service refused part {} (status {})", next + 1, reply->status)};
    const auto answered = read_answer(reply->body);
    if (!answered.receipt.empty()) co_return parcelled.check(answered.receipt, *welcome);
    if (answered.expects != static_cast<std::int64_t>(next) + 1 ||
        answered.expects >= static_cast<std::int64_t>(parcelled.parts()))
      co_return Failure{std::string("the other service lost count")};
    ++next;
  }
}

}  // namespace api::own
