#include "pages/front_page.h"

#include <algorithm>

#include "base/text.h"
#include "pages/template.h"
#include "pages/visit.h"

namespace embedded {
std::string_view front_template();
}  // namespace embedded

namespace pages {
namespace {

// The address as the visitor wrote it, when it is an address at all.
std::string base_of(const http::Request& request) {
  const auto host = request.header("Host");
  const bool is_plain = !host.empty() && host.size() < 200 && std::ranges::all_of(host, [](char c) {
    return base::is_letter(c) || base::is_digit(c) ||
           std::string_view(".:-[]").find(c) != std::string_view::npos;
  });
  // A proxy that ends TLS says so; the line to copy is all that depends on it.
  const bool is_tls = request.header("X-Forwarded-Proto") == "https";
  return (is_tls ? "https://" : "http://") + (is_plain ? std::string(host) : "localhost:8080");
}

base::Task<http::Response> front_page(const Front& front, http::Request request) {
  const auto frame = frame_of(request, http::the_register());
  co_return page(200, render_front(front, base_of(request), frame), request);
}

}  // namespace

std::string render_front(const Front& front, const std::string& base, const Frame& frame) {
  Data page;
  put_frame(page, frame);
  page.set("base", base);
  const auto suffix = language_suffix(frame);
  const auto put_link = [&](const char* name, const std::string& path) {
    if (!path.empty()) page.set(name, path + suffix);
  };
  put_link("demo", front.has_demo ? "/demo" : "");
  put_link("carriers", front.has_carriers ? "/carriers" : "");
  put_link("sign_in", front.sign_in);
  put_link("rights", "/rights");
  for (const char* key : {"title", "lead", "buyer", "buyer.text", "buyer.rights", "shop",
                          "shop.text", "shop.in", "shop.demo", "program", "program.detect",
                          "program.store", "program.key", "program.once", "carriers", "machine"}) {
    std::string name = std::string("w_") + key;
    std::ranges::replace(name, '.', '_');
    page.set(name, std::string(frame.words.get(std::string("front.") + key)));
  }
  return render(embedded::front_template(), page);
}

void add_front_route(http::Router& router, Front front, const Counting& views) {
  router.add("GET", "/", counted(views, "front", [front = std::move(front)](http::Request request) {
               return front_page(front, std::move(request));
             }));
}

}  // namespace pages
