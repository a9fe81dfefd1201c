#include "http/transfer.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "http/address.h"
#include "http/own_addresses.h"

namespace http {
namespace {

// ---- libcurl's callbacks. Nothing may be thrown through it.

std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* to) noexcept {
  auto& transfer = *static_cast<Transfer*>(to);
  if (size > transfer.call.most_bytes - transfer.reply.body.size()) {
    transfer.is_too_large = true;
    return 0;
  }
  try {
    transfer.reply.body.append(bytes, size);
  } catch (const std::bad_alloc&) {
    transfer.is_too_large = true;
    return 0;
  }
  return size;
}

std::size_t on_head(char* bytes, std::size_t, std::size_t size, void* to) noexcept {
  auto& transfer = *static_cast<Transfer*>(to);
  try {
    if (transfer.head.add({bytes, size})) return size;
  } catch (const std::bad_alloc&) {
  }
  transfer.is_too_large = true;
  return 0;
}

std::uint16_t port_of(const sockaddr& address) {
  // The port stands at the same place in both families.
  sockaddr_in four{};
  std::memcpy(&four, &address, sizeof four);
  return ntohs(four.sin_port);
}

// May this address be called? `address`: a sockaddr or a text, whichever libcurl has.
template <class Address>
bool may_call(const Transfer& transfer, const Address& address, int port) {
  if (!transfer.proxy.empty()) return true;
  if (transfer.own != nullptr && (!transfer.call.may_be_private || port == transfer.own->port()) &&
      transfer.own->contains(address))
    return false;
  return transfer.call.may_be_private || is_public(address);
}

// The address that will be connected to, whatever the name said.
curl_socket_t on_open(void* of, curlsocktype, curl_sockaddr* address) noexcept {
  auto& transfer = *static_cast<Transfer*>(of);
  if (!may_call(transfer, address->addr, port_of(address->addr))) {
    transfer.was_refused = true;
    return CURL_SOCKET_BAD;
  }
  transfer.was_tried = true;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Before a request leaves, also on a connection that a call with other rights has opened.
int on_connected(void* of, char* peer, char*, int peer_port, int) noexcept {
  auto& transfer = *static_cast<Transfer*>(of);
  if (may_call(transfer, std::string_view(peer), peer_port)) return CURL_PREREQFUNC_OK;
  transfer.was_refused = true;
  transfer.was_tried = false;
  return CURL_PREREQFUNC_ABORT;
}

// ---- what travels

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return base::is_letter(c) || base::is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// A line break would let a value become a header of its own.
bool is_harmless(std::string_view value) {
  return std::ranges::none_of(value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool add(curl_slist*& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list, line.c_str());
  if (longer == nullptr) return false;
  list = longer;
  return true;
}

bool has(const Headers& headers, std::string_view wanted) {
  return std::ranges::any_of(
      headers, [&](const auto& h) { return base::equals_ignoring_case(h.first, wanted); });
}

bool build_headers(const Call& call, curl_slist*& list) {
  for (const auto& [name, value] : call.headers) {
    if (!is_token(name) || !is_harmless(value)) return false;
    // libcurl's spelling of a header without a value.
    if (!add(list, value.empty() ? name + ";" : name + ": " + value)) return false;
  }
  // libcurl's own additions: a second round trip, and the type of a form.
  if (!has(call.headers, "expect") && !add(list, "Expect:")) return false;
  return has(call.headers, "content-type") || add(list, "Content-Type:");
}

void set_request(const Call& call, CURL* easy) {
  const bool carries =
      !call.body.empty() || call.method == "POST" || call.method == "PUT" || call.method == "PATCH";
  if (carries) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call.body.data());
  } else if (call.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  }
  if (call.method != (carries ? "POST" : call.method == "HEAD" ? "HEAD" : "GET"))
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call.method.c_str());
}

void set_safety(Transfer& transfer, CURL* easy, const Client::Options& options) {
  transfer.own = options.own.get();
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!options.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  // Empty, not unset: the environment is not read.
  curl_easy_setopt(easy, CURLOPT_PROXY, transfer.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &transfer);
}

CallError error_of(const Transfer& transfer, int code) {
  if (transfer.is_too_large) return CallError::TooLarge;
  if (transfer.was_refused && !transfer.was_tried) return CallError::Refused;
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
      return CallError::BadCall;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return CallError::Resolve;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return CallError::Connect;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return CallError::Tls;
    case CURLE_OPERATION_TIMEDOUT:
      return CallError::Timeout;
    default:
      return CallError::Broken;
  }
}

}  // namespace

bool prepare(Transfer& transfer, CURL* easy, const Client::Options& options) {
  const Call& call = transfer.call;
  if (!is_token(call.method) || !build_headers(call, transfer.header_list)) return false;
  transfer.easy = easy;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &transfer);
  curl_easy_setopt(easy, CURLOPT_URL, call.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  set_request(call, easy);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.header_list);
  curl_easy_setopt(easy, CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});  // not to the proxy
  curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Or else a call that ends while its name is being resolved holds everybody up until it is.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  set_safety(transfer, easy, options);
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(transfer.until -
                                                                 std::chrono::steady_clock::now());
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(left.count(), 1L)));
  return true;
}

void settle(Transfer& transfer, int code) {
  if (code != CURLE_OK) {
    transfer.error = error_of(transfer, code);
    return;
  }
  long status = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  transfer.reply.status = static_cast<int>(status);
  transfer.reply.headers = transfer.head.take();
}

void release(Transfer& transfer) {
  curl_slist_free_all(transfer.header_list);
  transfer.header_list = nullptr;
  transfer.easy = nullptr;
}

}  // namespace http
