// The mouth over HTTP:
//
//   POST /inbound/{account}/{connector}            the secret in a header, or the body signed
//   POST /inbound/{account}/{connector}/{secret}   for carriers that can do nothing else
//
// Answers JSON: 200 taken (or taken before), 400 rejected with what and where, 401 no door opens
// (for whatever reason: told alike), 413 too large, 500 offer it again. The same is answered to
// PUT, which some carriers' file senders use.
#pragma once
#include <functional>
#include <string_view>

#include "http/router.h"
#include "inbound/doors.h"
#include "inbound/mouth.h"

namespace inbound {

struct Entrance {
  Doors& doors;
  Mouth& mouth;
  // How a connector's carrier signs or where it puts the secret; the default for one unknown.
  std::function<SignatureForm(std::string_view connector)> form;
};

// `entrance` must outlive the router.
void add_routes(http::Router& router, Entrance& entrance);

}  // namespace inbound
