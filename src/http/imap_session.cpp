#include "http/imap_session.h"

#include <curl/curl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <new>
#include <system_error>

#include "base/text.h"
#include "http/address.h"
#include "http/imap_wire.h"
#include "http/own_addresses.h"

namespace http {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kLook = std::chrono::milliseconds(500);  // how often `stop` is looked at
constexpr std::size_t kPiece = 16 << 10;

constexpr std::array<std::string_view, 11> kErrors = {"bad_call",  "resolve", "refused", "connect",
                                                      "tls",       "denied",  "no",      "timeout",
                                                      "too_large", "broken",  "stopped"};

void initialise_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK)
    throw std::system_error(std::make_error_code(std::errc::not_supported), "libcurl");
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// A line break in it would begin a command of its own.
bool is_harmless(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '.' || c == '-' || c == ':';
  });
}

ImapError error_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return ImapError::Resolve;
    case CURLE_COULDNT_CONNECT:
      return ImapError::Connect;
    case CURLE_OPERATION_TIMEDOUT:
      return ImapError::Timeout;
    case CURLE_ABORTED_BY_CALLBACK:
      return ImapError::Stopped;
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
      return ImapError::Denied;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return ImapError::Tls;
    default:
      return ImapError::Broken;
  }
}

class Session final : public ImapSession {
 public:
  Session(const ImapServer& server, std::chrono::milliseconds deadline,
          const std::atomic<bool>* stop)
      : server_(server), deadline_(deadline), stop_(stop) {
    initialise_once();
    easy_ = curl_easy_init();
    if (easy_ == nullptr) throw std::bad_alloc();
  }
  ~Session() override {
    if (is_open_) send("ZZ LOGOUT\r\n", Clock::now() + kLook);
    // libcurl says it once more and would wait for the answer.
    if (socket_ >= 0) ::shutdown(socket_, SHUT_RD);
    curl_easy_cleanup(easy_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  base::Result<std::monostate, ImapError> connect() {
    set_server();
    set_hooks();
    const auto code = curl_easy_perform(easy_);
    if (was_refused_) return base::Failure{ImapError::Refused};
    if (code != CURLE_OK) return base::Failure{error_of(code)};
    is_open_ = true;
    return std::monostate();
  }

  base::Result<std::vector<ImapAnswer>, ImapError> ask(std::string_view command,
                                                       std::size_t most_bytes) override {
    if (!is_open_) return base::Failure{ImapError::Broken};
    if (!is_harmless(command)) return base::Failure{ImapError::BadCall};
    const auto tag = "M" + std::to_string(++commands_);
    auto answers = converse(tag, tag + " " + std::string(command) + "\r\n", most_bytes);
    if (!answers && answers.error() != ImapError::No) is_open_ = false;
    return answers;
  }

 private:
  base::Result<std::vector<ImapAnswer>, ImapError> converse(const std::string& tag,
                                                            const std::string& line,
                                                            std::size_t most_bytes) {
    const auto until = Clock::now() + deadline_;
    if (!send(line, until)) return base::Failure{ImapError::Broken};
    ImapWire wire(most_bytes);
    std::vector<ImapAnswer> answers;
    for (;;) {
      while (auto answer = wire.next()) {
        if (answer->line.starts_with(tag + " ")) {
          const auto word = std::string_view(answer->line).substr(tag.size() + 1, 3);
          if (base::equals_ignoring_case(word, "OK ") || base::equals_ignoring_case(word, "OK"))
            return answers;
          return base::Failure{ImapError::No};
        }
        // It closes by itself: what was asked will not come.
        if (base::equals_ignoring_case(std::string_view(answer->line).substr(0, 5), "* BYE"))
          return base::Failure{ImapError::Broken};
        answers.push_back(std::move(*answer));
      }
      if (wire.is_too_large()) return base::Failure{ImapError::TooLarge};
      if (const auto trouble = receive(wire, until)) return base::Failure{*trouble};
    }
  }

  std::optional<ImapError> receive(ImapWire& wire, Clock::time_point until) {
    char piece[kPiece];
    std::size_t got = 0;
    for (;;) {
      const auto code = curl_easy_recv(easy_, piece, sizeof piece, &got);
      if (code == CURLE_OK && got > 0) break;
      if (code != CURLE_AGAIN) return ImapError::Broken;
      if (stop_ != nullptr && *stop_) return ImapError::Stopped;
      if (Clock::now() >= until) return ImapError::Timeout;
      wait(POLLIN);
    }
    wire.feed({piece, got});
    volatile char* bytes = piece;
    for (std::size_t i = 0; i < got; ++i) bytes[i] = 0;
    return std::nullopt;
  }

  bool send(std::string_view bytes, Clock::time_point until) {
    while (!bytes.empty()) {
      std::size_t sent = 0;
      const auto code = curl_easy_send(easy_, bytes.data(), bytes.size(), &sent);
      if (code == CURLE_AGAIN && Clock::now() < until && (stop_ == nullptr || !*stop_)) {
        wait(POLLOUT);
        continue;
      }
      if (code != CURLE_OK) return false;
      bytes.remove_prefix(sent);
    }
    return true;
  }

  void wait(short events) const {
    pollfd one{socket_, events, 0};
    ::poll(&one, 1, static_cast<int>(kLook.count()));
  }

  void set_server() {
    const bool is_six = server_.host.find(':') != std::string::npos;
    const auto url =
        std::string(server_.tls == ImapServer::Tls::Implicit ? "imaps://" : "imap://") +
        (is_six ? "[" + server_.host + "]" : server_.host) + ":" + std::to_string(server_.port) +
        "/";
    curl_easy_setopt(easy_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, "imap,imaps");
    curl_easy_setopt(easy_, CURLOPT_PROXY, "");         // the environment is not read
    curl_easy_setopt(easy_, CURLOPT_CONNECT_ONLY, 1L);  // as far as being signed in
    curl_easy_setopt(easy_, CURLOPT_USE_SSL,
                     long{server_.tls == ImapServer::Tls::None ? CURLUSESSL_NONE : CURLUSESSL_ALL});
    curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy_, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy_, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    if (!server_.ca_file.empty()) curl_easy_setopt(easy_, CURLOPT_CAINFO, server_.ca_file.c_str());
    curl_easy_setopt(easy_, CURLOPT_USERNAME, server_.user.c_str());
    curl_easy_setopt(easy_, server_.is_token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD,
                     server_.secret.c_str());
    curl_easy_setopt(easy_, CURLOPT_SASL_IR, 1L);
    const auto time = static_cast<long>(std::max<std::int64_t>(deadline_.count(), 1));
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, time);
    curl_easy_setopt(easy_, CURLOPT_CONNECTTIMEOUT_MS, time);
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_TCP_KEEPALIVE, 1L);
  }

  void set_hooks() {
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(easy_, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(easy_, CURLOPT_CLOSESOCKETDATA, this);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(easy_, CURLOPT_HEADERFUNCTION, ignore);
    curl_easy_setopt(easy_, CURLOPT_XFERINFOFUNCTION, progress);
    curl_easy_setopt(easy_, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(easy_, CURLOPT_NOPROGRESS, 0L);
  }

  bool may_call(const sockaddr& address) const {
    if (server_.own != nullptr && !server_.may_be_private && server_.own->contains(address))
      return false;
    return server_.may_be_private || is_public(address);
  }

  // ---- libcurl's calls

  static std::size_t ignore(char*, std::size_t size, std::size_t count, void*) noexcept {
    return size * count;
  }
  static int progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
    const auto* stop = static_cast<Session*>(self)->stop_;
    return stop != nullptr && *stop ? 1 : 0;
  }
  static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
    auto& session = *static_cast<Session*>(self);
    if (!session.may_call(address->addr)) {
      session.was_refused_ = true;
      return CURL_SOCKET_BAD;
    }
    session.socket_ =
        ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    return session.socket_;
  }
  static int close_socket(void* self, curl_socket_t socket) noexcept {
    auto& session = *static_cast<Session*>(self);
    if (session.socket_ == socket) session.socket_ = -1;
    return ::close(socket);
  }

  const ImapServer server_;
  const std::chrono::milliseconds deadline_;
  const std::atomic<bool>* stop_;
  CURL* easy_ = nullptr;
  int socket_ = -1;
  int commands_ = 0;
  bool was_refused_ = false;
  bool is_open_ = false;
};

}  // namespace

std::string_view name(ImapError error) { return kErrors[static_cast<std::size_t>(error)]; }

base::Result<std::unique_ptr<ImapSession>, ImapError> ImapSession::open(
    const ImapServer& server, std::chrono::milliseconds deadline, const std::atomic<bool>* stop) {
  const bool is_plain = server.tls == ImapServer::Tls::None;
  if (!is_host(server.host) || !is_harmless(server.user) || !is_harmless(server.secret) ||
      (is_plain && !is_loopback(server.host)))
    return base::Failure{ImapError::BadCall};
  if (!server.may_be_private &&
      (is_private_name(server.host) || (is_address(server.host) && !is_public(server.host))))
    return base::Failure{ImapError::Refused};
  auto session = std::make_unique<Session>(server, deadline, stop);
  const auto connected = session->connect();
  if (!connected) return base::Failure{connected.error()};
  return std::unique_ptr<ImapSession>(std::move(session));
}

}  // namespace http
