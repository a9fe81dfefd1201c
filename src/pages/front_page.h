// The first page of an instance: what this is, where a parcel's page is found, and how a shop's
// program begins. Everybody sees the same; nothing about anybody.
#pragma once
#include <string>

#include "http/router.h"
#include "pages/counted.h"
#include "pages/layout.h"

namespace pages {

struct Front {
  bool has_demo = false;      // a link to the demonstration's shop
  bool has_carriers = false;  // a link to how the carriers do
  std::string sign_in = {};   // where people of a shop sign in; empty: they cannot
};

// `base`: the address under which the instance was asked for, for the lines to copy.
std::string render_front(const Front& front, const std::string& base, const Frame& frame);

// `views` must outlive the router.
void add_front_route(http::Router& router, Front front, const Counting& views);

}  // namespace pages
