// Calls per second on loopback: our client against bare libcurl, both against our own server in the
// same process and run.
//
// Both keep the same number of calls under way. Bare libcurl is its multi interface as its manual
// shows it (perform and poll) with handles that are set up once and used again: no limits, no
// judgement of addresses, no coroutines, no metrics. Rounds alternate, and the median of their
// ratios counts, because whatever else this machine does hits both.
#include "http/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <latch>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "figure.h"
#include "http/server.h"

namespace {

using std::chrono::duration;
using std::chrono::steady_clock;

constexpr int kRounds = 5;
constexpr int kCalls = 20'000;
const std::string kBody(2'000, 'b');  // about what a carrier says of one parcel

double bare(const std::string& url, int at_once, int calls) {
  CURLM* multi = curl_multi_init();
  const auto drop = +[](char*, std::size_t, std::size_t size, void* to) {
    *static_cast<std::size_t*>(to) += size;
    return size;
  };
  std::size_t bytes = 0;
  std::vector<CURL*> handles;
  const auto begin = steady_clock::now();
  for (int i = 0; i < at_once; ++i) {
    CURL* easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &bytes);
    curl_multi_add_handle(multi, easy);
    handles.push_back(easy);
  }
  int started = at_once;
  int running = at_once;
  while (running > 0) {
    curl_multi_perform(multi, &running);
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi, &left)) {
      CURL* easy = message->easy_handle;
      curl_multi_remove_handle(multi, easy);
      if (started >= calls) continue;
      ++started;
      curl_multi_add_handle(multi, easy);
      running = 1;
    }
    if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  const double seconds = duration<double>(steady_clock::now() - begin).count();
  for (CURL* easy : handles) curl_easy_cleanup(easy);
  curl_multi_cleanup(multi);
  if (bytes != kBody.size() * static_cast<std::size_t>(calls)) std::fprintf(stderr, "bare: lost\n");
  return calls / seconds;
}

struct Run {
  http::Client& client;
  std::string url;
  std::atomic<int> left;
  std::atomic<int> lost{0};
  std::latch done;
};

base::Task<void> keep_asking(Run& run) {
  while (run.left.fetch_sub(1) > 0) {
    http::Call call;
    call.url = run.url;
    call.may_be_private = true;
    const auto outcome = co_await run.client.call(std::move(call));
    if (!outcome || outcome->body.size() != kBody.size()) ++run.lost;
  }
  run.done.count_down();
}

double ours(http::Client& client, const std::string& url, int at_once, int calls) {
  Run run{client, url, calls, 0, std::latch(at_once)};
  const auto begin = steady_clock::now();
  for (int i = 0; i < at_once; ++i) base::spawn(keep_asking(run));
  run.done.wait();
  if (run.lost > 0) std::fprintf(stderr, "ours: %d lost\n", run.lost.load());
  return calls / duration<double>(steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main() {
  base::Metrics metrics;
  http::ServerOptions server_options;
  server_options.threads = 1;
  server_options.access_log = false;
  http::Router router;
  router.add("GET", "/answer",
             [](http::Request) -> base::Task<http::Response> { co_return http::json(200, kBody); });
  http::Server server(server_options, std::move(router));
  server.start();
  const auto url = "http://127.0.0.1:" + std::to_string(server.port()) + "/answer";
  http::Client::Options options;
  options.metrics = &metrics;
  options.per_host = 512;
  http::Client client(options);
  for (const int at_once : {1, 32, 256}) {
    std::vector<double> bare_rates, our_rates, ratios;
    ours(client, url, at_once, kCalls / 10);
    for (int round = 0; round < kRounds; ++round) {
      const int calls = at_once == 1 ? kCalls / 4 : kCalls;
      bare_rates.push_back(bare(url, at_once, calls));
      our_rates.push_back(ours(client, url, at_once, calls));
      ratios.push_back(our_rates.back() / bare_rates.back());
    }
    const auto name = std::to_string(at_once) + " at once";
    bench::print("client calls, " + name, median(our_rates), "1/s");
    bench::print("bare libcurl calls, " + name, median(bare_rates), "1/s");
    bench::print("client / bare libcurl, " + name, median(ratios), "ratio");
  }
  client.stop();
  server.stop(std::chrono::milliseconds(500));
}
