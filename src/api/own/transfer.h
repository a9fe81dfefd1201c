// A person's data from one Milepost to another: the calls of both sides (rights/transfer.h says
// what goes over them).
//
//   GET  /rights/transfer/{token}           who answers here, and which part is expected
//   POST /rights/transfer/{token}/{part}    a part; headers Milepost-Key, Milepost-Signature
//
// The token is the whole authority: whoever was given it may send data into the account that made
// it, once, for a day. Nothing is told to anybody else.
#pragma once
#include "base/aside.h"
#include "http/client.h"
#include "http/router.h"
#include "rights/transfer.h"

namespace api::own {

// All of it outlives the server.
struct TransferContext {
  store::Database& database;
  rights::Transfers& transfers;
  base::Aside& aside;
};
void add_transfer_routes(http::Router& router, TransferContext& context);

struct SendingTo {
  rights::Invitation invitation;
  std::string from;  // our own address, for people
  bool may_be_private = false;
};
// Sends all parts that the receiver does not have yet; its receipt, checked, or a sentence why it
// stopped. To be begun again with the same invitation: it goes on where it stopped.
base::Task<base::Result<rights::Receipt, std::string>> send_transfer(http::Client& client,
                                                                     const rights::Transfers& own,
                                                                     const base::Clock& clock,
                                                                     rights::Portable portable,
                                                                     SendingTo to);

}  // namespace api::own
