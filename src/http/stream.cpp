#include "http/stream.h"

#include <curl/curl.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <new>
#include <system_error>

namespace http {
namespace {

using base::Failure;

CallError error_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return CallError::Resolve;
    case CURLE_OPERATION_TIMEDOUT:
      return CallError::Timeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return CallError::Tls;
    default:
      return CallError::Connect;
  }
}

// False when the time is over first.
bool wait_for(curl_socket_t socket, short event, Stream::Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) return false;
  pollfd one{socket, event, 0};
  // A signal ends the waiting early; the caller tries and comes back.
  return ::poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left.count() + 1, 60'000))) != 0 ||
         std::chrono::steady_clock::now() < deadline;
}

}  // namespace

struct Stream::State {
  State() : easy(curl_easy_init()) {
    if (easy == nullptr) throw std::bad_alloc();
  }
  ~State() { curl_easy_cleanup(easy); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  CURL* easy;
  curl_socket_t socket = CURL_SOCKET_BAD;
};

Stream::Stream(std::unique_ptr<State> state) : state_(std::move(state)) {}
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;
Stream::~Stream() = default;

base::Result<Stream, CallError> Stream::open(const Options& options) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (initialised != CURLE_OK)
    throw std::system_error(std::make_error_code(std::errc::not_supported), "libcurl");
  auto state = std::make_unique<State>();
  CURL* easy = state->easy;
  const bool is_v6 = options.host.find(':') != std::string::npos && !options.host.starts_with('[');
  const auto host = is_v6 ? "[" + options.host + "]" : options.host;
  // The scheme says whether there is TLS, no more: nothing of HTTP is spoken.
  const auto url =
      (options.tls ? "https://" : "http://") + host + ":" + std::to_string(options.port) + "/";
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect.count()));
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  const CURLcode code = curl_easy_perform(easy);
  if (code != CURLE_OK) return Failure{error_of(code)};
  if (curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &state->socket) != CURLE_OK ||
      state->socket == CURL_SOCKET_BAD)
    return Failure{CallError::Connect};
  return Stream(std::move(state));
}

base::Outcome<CallError> Stream::write(std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    const CURLcode code = curl_easy_send(state_->easy, bytes.data(), bytes.size(), &sent);
    if (code == CURLE_AGAIN) {
      if (!wait_for(state_->socket, POLLOUT, deadline)) return Failure{CallError::Timeout};
      continue;
    }
    if (code != CURLE_OK) return Failure{CallError::Broken};
    bytes.remove_prefix(sent);
  }
  return base::kDone;
}

base::Result<std::string, CallError> Stream::read(Deadline deadline) {
  std::array<char, 4096> piece{};
  while (true) {
    std::size_t got = 0;
    const CURLcode code = curl_easy_recv(state_->easy, piece.data(), piece.size(), &got);
    if (code == CURLE_AGAIN) {
      if (!wait_for(state_->socket, POLLIN, deadline)) return Failure{CallError::Timeout};
      continue;
    }
    if (code != CURLE_OK || got == 0) return Failure{CallError::Broken};
    return std::string(piece.data(), got);
  }
}

}  // namespace http
