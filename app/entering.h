// Shipments of numbers that came by themselves, out of carriers' documents and of mailboxes: the
// one way in beside the API's own.
#pragma once
#include <optional>

#include "app/instance.h"
#include "shipments/shipment.h"

namespace app {

// As far as the account's plan allows. The head needs account, number, courier, source and subject;
// the rest is set here, for the caller, too. Nothing: there is one of this number, or no more may
// be entered.
std::optional<base::Id> enter_shipment(store::Tx& tx, const Instance& instance,
                                       shipments::Head& head);

}  // namespace app
