// A mailbox behind the Gmail API, with the scope gmail.readonly and no other: messages are listed,
// their heads fetched (format=metadata), and only those that look like a parcel's opened
// (format=raw). Nothing in the API's calls here could change anything.
//
// The position is "history/ID" (users.history.list goes on from there), or while the first walk is
// under way "list/ID/PAGE". An id that Gmail has forgotten (404) begins a new walk.
#pragma once
#include <memory>

#include "http/client.h"
#include "mailbox/connector.h"
#include "mailbox/oauth.h"

namespace mailbox {

// All must outlive it. `provider.reads` is the API's base.
std::unique_ptr<Connector> gmail(Provider provider, const OAuth& oauth, http::Client& client,
                                 int most_heads = 500);

}  // namespace mailbox
