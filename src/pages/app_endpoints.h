// What makes a page an app of the reader's device: the manifest by which it is installed (W3C Web
// Application Manifest), its icons, and the worker that opens a kept page without a connection and
// shows what the page was asked to tell (web/pages/worker.js).
//
//   GET /t/{token}/app.webmanifest      a parcel's page
//   GET /account/app.webmanifest        where a shop works
//   GET /worker.js
#pragma once
#include <string>

#include "http/router.h"

namespace pages {

// `service`: who runs it, the name of the shop's app; empty: Milepost.
void add_app_routes(http::Router& router, const std::string& service);

}  // namespace pages
