// For the tests of this API: everything it stands on, over a fresh database of either engine, and a
// shop with a key. Calls go through the router, as the server's do, without a socket.
#pragma once
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "accounts/accounts.h"
#include "api/v4/endpoints.h"
#include "api/v4/envelope.h"
#include "base/text.h"
#include "http/router.h"
#include "store/testing.h"

namespace api::v4::testing {

struct Answered {
  int status = 0;
  std::string body;

  simdjson::dom::element json() const {
    thread_local std::vector<std::unique_ptr<simdjson::dom::parser>> parsers;
    parsers.push_back(std::make_unique<simdjson::dom::parser>());
    return parsers.back()->parse(body);
  }
  int code() const { return static_cast<int>(json()["meta"]["code"].get_int64().value()); }
  simdjson::dom::element data() const { return json()["data"]; }
  std::string text(std::string_view key) const {
    std::string_view found;
    if (data()[key].get_string().get(found) != simdjson::SUCCESS) return "(null)";
    return std::string(found);
  }
};

class World {
 public:
  explicit World(store::testing::Engine engine)
      : main_(engine, store::Schema::Main), keys_(engine, store::Schema::Keys) {
    account = accounts.create("shop@example.com", "unlimited").value();
    key = accounts.create_key(account, "test", accounts::kAllScopes, std::nullopt).value().text;
    add_routes(router, context);
  }

  Answered call(std::string_view method, std::string_view target, std::string body = {}) {
    return call_as(key, method, target, std::move(body));
  }
  Answered call_as(const std::string& with_key, std::string_view method, std::string_view target,
                   std::string body = {}) {
    auto request =
        http::make_request(method, target, std::move(body), {{"Tracking-Api-Key", with_key}});
    const auto match = router.match(request);
    const auto response = match.handler != nullptr
                              ? base::sync_wait((*match.handler)(std::move(request)))
                              : router.error_page(target)(match.status, &request);
    return {response.status, response.body};
  }
  Answered create(std::string_view number, std::string_view courier = "usps",
                  std::string_view more = "") {
    return call(
        "POST", "/v4/trackings/create",
        fmt::format(R"({{"tracking_number":"{}","courier_code":"{}"{}}})", number, courier, more));
  }

  // The bytes of every file of either database (SQLite), for canaries.
  std::string all_bytes() const {
    std::string all;
    for (const auto& folder : {main_.folder(), keys_.folder()}) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        std::ifstream in(entry.path(), std::ios::binary);
        all.append(std::istreambuf_iterator<char>(in), {});
      }
    }
    return all;
  }

  store::Database& database() { return *main_; }
  store::Database& key_store() { return *keys_; }
  std::string main_folder() const { return main_.folder(); }

  base::ManualClock clock;

 private:
  store::testing::FreshDatabase main_, keys_;

 public:
  personal::Vault vault{*keys_, personal::MasterKey::ephemeral(), clock};
  personal::Ledger ledger{*main_, clock};
  shipments::Repository shipments{vault};
  accounts::Accounts accounts{*main_, vault, ledger, clock};
  accounts::RateLimiter limiter{clock};
  couriers::Catalogue catalogue;
  couriers::Detector detector{catalogue};
  Context context{*main_, shipments, accounts, limiter, ledger, catalogue, detector, clock, {}};
  http::Router router;
  std::int64_t account = 0;
  std::string key;
};

}  // namespace api::v4::testing
