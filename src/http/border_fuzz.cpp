// Outside bytes against everything that reads them before a handler: the border, whole and in
// pieces, the router, queries and escapes.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/answer.h"
#include "http/border.h"
#include "http/router.h"

namespace {

constexpr http::BorderLimits kLimits{.header = 2'048, .target = 512, .body = 1'024, .fields = 20};

void require(bool condition) {
  if (!condition) std::abort();
}

http::Router make_router() {
  http::Router router;
  for (const char* pattern : {"/", "/a/{x}", "/a/b/{y}", "/{p}/{q}/{r}/c", "/v4/trackings/get"})
    router.add("GET", pattern, nullptr);
  return router;
}

// What was understood, in one string, to compare.
std::string judge(http::Request request) {
  static const http::Router router = make_router();
  require(request.path().size() <= request.target().size() + 1);
  require(request.body().size() <= kLimits.body);
  const auto match = router.match(request);
  std::string all(request.method());
  all += request.path();
  all += match.pattern;
  for (const char* name : {"x", "y", "p", "q", "r"}) all += request.parameter(name);
  all += request.header("Accept-Encoding");
  all += http::accepts_gzip(request.header("Accept-Encoding")) ? '+' : '-';
  for (const auto& [name, value] : http::parse_query(request.query(), http::Plus::IsSpace))
    all += name + "=" + value + ";";
  all += request.body();
  return all;
}

// Feeds in pieces as a connection does: what is not eaten comes again with more behind it.
std::string read(std::string_view bytes, std::size_t step) {
  http::BorderParser parser(kLimits);
  std::string waiting, all;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    waiting += bytes.substr(at, step);
    for (;;) {
      waiting.erase(0, parser.feed(waiting));
      (void)parser.take_expectation();
      if (parser.state() != http::BorderParser::State::Complete) break;
      all += parser.keeps_alive() ? 'k' : 'c';
      all += judge(parser.take());
    }
    if (parser.state() == http::BorderParser::State::Refused) {
      require(parser.refusal() >= 400 && parser.refusal() < 500);
      if (parser.known() != nullptr) (void)parser.known()->path();
      return all;
    }
    // Nothing an outsider sends makes us keep more than the limits.
    require(waiting.size() <= kLimits.header + step);
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // However the network cuts the bytes, the same requests must come out. (What is wrong may be seen
  // sooner in one piece than in many.)
  const auto whole = read(bytes, size + 1);
  require(read(bytes, 1) == whole);
  require(read(bytes, 7) == whole);

  const auto once = http::percent_decode(bytes, http::Plus::IsPlus);
  require(once.size() <= size);
  if (bytes.find('%') == std::string_view::npos) require(once == bytes);
  require(http::parse_query(bytes, http::Plus::IsSpace).size() <= 200);
  (void)http::is_harmless_id(bytes);
  return 0;
}
