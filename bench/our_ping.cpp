// The same ping through our server: limits, deadlines, request id, date and metrics included.
//
//   bench_our_ping --port 9102 [--access-log FILE]
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/log.h"
#include "http/server.h"

namespace {

base::Task<http::Response> ping(http::Request) { co_return http::json(200, R"({"ok":true})"); }

}  // namespace

int main(int argc, char** argv) {
  base::Metrics metrics;
  http::ServerOptions options;
  options.threads = 1;
  options.access_log = false;
  options.metrics = &metrics;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--port") options.port = static_cast<std::uint16_t>(std::atoi(argv[i + 1]));
    if (name == "--access-log") {
      options.access_log = true;
      base::open_log(argv[i + 1], base::LogForm::Json, base::Level::Info);
    }
  }
  http::Router router;
  router.add("GET", "/ping", ping);
  http::Server server(options, std::move(router));
  server.start();
  std::printf("http://127.0.0.1:%u/ping\n", unsigned(server.port()));
  std::fflush(stdout);
  for (;;) ::pause();
}
