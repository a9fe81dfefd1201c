#include "http/mail_session.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <system_error>

#include "base/text.h"
#include "http/address.h"

namespace http {
namespace {

using Stage = MailResult::Stage;
using Trouble = MailResult::Trouble;

// A server that greets, encrypts and lets us in more slowly than this is not working.
constexpr long kConnectMs = 20'000;
constexpr long kReplySeconds = 60;
constexpr std::size_t kLongestWords = 500;

constexpr std::array<std::string_view, 9> kStages = {
    "connect", "tls", "hello", "auth", "sender", "recipient", "data", "unanswered", "done"};
constexpr std::array<std::string_view, 8> kTroubles = {"none",   "resolve", "refused", "timeout",
                                                       "closed", "stopped", "no_utf8", "other"};

void initialise_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK)
    throw std::system_error(std::make_error_code(std::errc::not_supported), "libcurl");
}

// "5.1.1" at the front of a reply's words; empty when there is none.
std::string_view enhanced_code(std::string_view words) {
  std::size_t at = 0, dots = 0;
  while (at < words.size() && (base::is_digit(words[at]) || words[at] == '.')) {
    if (words[at] == '.') ++dots;
    ++at;
  }
  const bool is_class = !words.empty() && (words[0] == '2' || words[0] == '4' || words[0] == '5');
  const bool is_code = is_class && dots == 2 && at >= 5 && at <= 9 && words[1] == '.' &&
                       words[at - 1] != '.' && (at == words.size() || words[at] == ' ');
  return is_code ? words.substr(0, at) : std::string_view();
}

Stage stage_of(std::string_view command, Stage now) {
  if (command.starts_with("EHLO") || command.starts_with("HELO")) return Stage::Hello;
  if (command.starts_with("STARTTLS")) return Stage::Tls;
  if (command.starts_with("AUTH")) return Stage::Auth;
  if (command.starts_with("MAIL")) return Stage::Sender;
  if (command.starts_with("RCPT")) return Stage::Recipient;
  if (command.starts_with("DATA")) return Stage::Data;
  return now;
}

Trouble trouble_of(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return Trouble::Resolve;
    case CURLE_COULDNT_CONNECT:
      return Trouble::Refused;
    case CURLE_OPERATION_TIMEDOUT:
      return Trouble::Timeout;
    case CURLE_ABORTED_BY_CALLBACK:
      return Trouble::Stopped;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_WEIRD_SERVER_REPLY:
      return Trouble::Closed;
    default:
      return Trouble::Other;
  }
}

bool is_about_tls(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
         code == CURLE_USE_SSL_FAILED || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_CIPHER;
}

}  // namespace

std::string_view name(MailResult::Stage stage) { return kStages[static_cast<std::size_t>(stage)]; }
std::string_view name(MailResult::Trouble trouble) {
  return kTroubles[static_cast<std::size_t>(trouble)];
}

bool MailServer::is_loopback() const {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

struct MailSession::State {
  State(MailServer s, const std::atomic<bool>* stop_flag) : server(std::move(s)), stop(stop_flag) {
    initialise_once();
    easy = curl_easy_init();
    if (easy == nullptr) throw std::bad_alloc();
  }
  ~State() {
    // libcurl says QUIT and would wait for the answer, for two minutes.
    if (socket >= 0) ::shutdown(socket, SHUT_RD);
    curl_easy_reset(easy);  // so that it tells us nothing of it
    curl_easy_cleanup(easy);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  MailResult attempt(const MailDelivery& what, bool is_fresh);
  void begin(const MailDelivery& what);
  void set_server();
  void set_message(const MailDelivery& what, curl_slist* recipient);
  void set_hooks();
  void on_command(std::string_view line);
  bool on_reply(std::string_view line);
  MailResult conclude(CURLcode code) const;

  static std::size_t read(char* to, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t header(char* from, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t ignore(char*, std::size_t size, std::size_t count, void*) noexcept {
    return size * count;
  }
  static int debug(CURL*, curl_infotype kind, char* bytes, std::size_t size, void* self) noexcept;
  static int progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept;
  static curl_socket_t open(void* self, curlsocktype, curl_sockaddr* address) noexcept;
  static int close(void* self, curl_socket_t socket) noexcept;

  MailServer server;
  const std::atomic<bool>* stop;
  CURL* easy = nullptr;
  int socket = -1;
  bool is_encrypted = false;

  // Of the send under way.
  const MailDelivery* delivery = nullptr;
  std::size_t offset = 0;
  MailResult result;
  bool is_answer_due = true;  // the greeting is
  bool is_leaving = false;    // QUIT was said: what follows changes nothing
  bool offers_utf8 = false;
  bool offers_tls = false;
  bool is_utf8_missing = false;
};

// ---- libcurl calls

std::size_t MailSession::State::read(char* to, std::size_t size, std::size_t count,
                                     void* self) noexcept {
  auto& state = *static_cast<State*>(self);
  const auto piece = state.delivery->bytes.substr(state.offset, size * count);
  std::memcpy(to, piece.data(), piece.size());
  state.offset += piece.size();
  if (state.offset == state.delivery->bytes.size()) state.is_answer_due = true;
  return piece.size();
}

std::size_t MailSession::State::header(char* from, std::size_t size, std::size_t count,
                                       void* self) noexcept {
  const auto length = size * count;
  return static_cast<State*>(self)->on_reply({from, length}) ? length : 0;
}

int MailSession::State::debug(CURL*, curl_infotype kind, char* bytes, std::size_t size,
                              void* self) noexcept {
  if (kind == CURLINFO_HEADER_OUT)
    static_cast<State*>(self)->on_command(base::trim(std::string_view(bytes, size)));
  return 0;
}

int MailSession::State::progress(void* self, curl_off_t, curl_off_t, curl_off_t,
                                 curl_off_t) noexcept {
  const auto* stop = static_cast<State*>(self)->stop;
  return stop != nullptr && *stop ? 1 : 0;
}

curl_socket_t MailSession::State::open(void* self, curlsocktype, curl_sockaddr* address) noexcept {
  auto& state = *static_cast<State*>(self);
  state.socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  state.is_encrypted = state.server.tls == MailServer::Tls::Implicit;
  return state.socket;
}

int MailSession::State::close(void* self, curl_socket_t socket) noexcept {
  auto& state = *static_cast<State*>(self);
  if (state.socket == socket) state.socket = -1;
  return ::close(socket);
}

// ---- the conversation

void MailSession::State::on_command(std::string_view line) {
  is_leaving |= line.starts_with("QUIT");
  if (is_leaving) {
    if (delivery->listen) delivery->listen('>', line);
    return;
  }
  const bool was_encrypting = result.stage == Stage::Tls && result.code == 220;
  // What follows an AUTH is part of it, and secret.
  const bool is_secret =
      result.stage == Stage::Auth && is_answer_due == false && result.code == 334;
  if (!is_secret) result.stage = stage_of(line, result.stage);
  if (was_encrypting && result.stage == Stage::Hello) is_encrypted = true;
  is_answer_due = true;
  if (result.stage == Stage::Hello) offers_utf8 = offers_tls = false;
  if (!delivery->listen) return;
  if (is_secret) {
    delivery->listen('>', "(secret)");
  } else if (result.stage == Stage::Auth) {
    const auto mechanism = line.substr(0, line.find(' ', 5));
    delivery->listen('>', std::string(mechanism) + (mechanism == line ? "" : " (secret)"));
  } else {
    delivery->listen('>', line);
  }
}

// False to break off.
bool MailSession::State::on_reply(std::string_view line) {
  line = base::trim(line);
  if (delivery->listen) delivery->listen('<', line);
  if (is_leaving) return true;
  if (line.size() < 3 || !std::ranges::all_of(line.substr(0, 3), base::is_digit)) return true;
  const auto words = line.substr(std::min<std::size_t>(4, line.size()));
  if (is_answer_due) {
    is_answer_due = false;
    result.words.clear();
  }
  result.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  result.enhanced = enhanced_code(words);
  if (result.words.size() + words.size() < kLongestWords) {
    if (!result.words.empty()) result.words += ' ';
    result.words += words;
  }
  if (result.stage == Stage::Connect) result.stage = Stage::Hello;  // it greets
  if (result.stage != Stage::Hello || result.code != 250) return true;
  offers_utf8 |= base::equals_ignoring_case(words, "SMTPUTF8");
  offers_tls |= base::equals_ignoring_case(words, "STARTTLS");
  const bool is_last = line.size() == 3 || line[3] == ' ';
  const bool tls_follows = offers_tls && !is_encrypted && server.tls != MailServer::Tls::None;
  is_utf8_missing = is_last && delivery->needs_utf8 && !offers_utf8 && !tls_follows;
  return !is_utf8_missing;
}

void MailSession::State::set_server() {
  const bool is_six = server.host.find(':') != std::string::npos;
  const auto url = (server.tls == MailServer::Tls::Implicit ? "smtps://" : "smtp://") +
                   (is_six ? "[" + server.host + "]" : server.host) + ":" +
                   std::to_string(server.port) + "/" + server.hello;
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // the environment is not read
  const bool is_required = server.tls == MailServer::Tls::Required;
  const bool is_tried = server.tls == MailServer::Tls::Opportunistic;
  curl_easy_setopt(easy, CURLOPT_USE_SSL,
                   long{is_required ? CURLUSESSL_ALL
                        : is_tried  ? CURLUSESSL_TRY
                                    : CURLUSESSL_NONE});
  // Whoever could forge the certificate could as well hide the offer: then some encryption is
  // better than none (RFC 7435).
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, is_tried ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, is_tried ? 0L : 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!server.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, server.ca_file.c_str());
  if (server.user.empty()) return;
  curl_easy_setopt(easy, CURLOPT_USERNAME, server.user.c_str());
  curl_easy_setopt(easy, server.is_token ? CURLOPT_XOAUTH2_BEARER : CURLOPT_PASSWORD,
                   server.secret.c_str());
  curl_easy_setopt(easy, CURLOPT_SASL_IR, 1L);
}

void MailSession::State::set_message(const MailDelivery& what, curl_slist* recipient) {
  curl_easy_setopt(easy, CURLOPT_MAIL_FROM, std::string(what.from).c_str());
  curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipient);
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(what.bytes.size()));
  const auto time = static_cast<long>(std::max<std::int64_t>(what.deadline.count(), 1));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, time);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, std::min(time, kConnectMs));
  curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, kReplySeconds);
}

void MailSession::State::set_hooks() {
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, read);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
  curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, debug);
  curl_easy_setopt(easy, CURLOPT_DEBUGDATA, this);
  curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);  // or else debug is not called
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, close);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXCONNECTS, 1L);
}

MailResult MailSession::State::conclude(CURLcode code) const {
  auto out = result;
  out.is_encrypted = is_encrypted;
  if (code == CURLE_OK) {
    out.stage = Stage::Done;
    return out;
  }
  const bool is_sent = out.stage == Stage::Data && offset == delivery->bytes.size();
  if (is_utf8_missing) {
    out.trouble = Trouble::NoUtf8;
  } else if (is_about_tls(code)) {
    out.stage = Stage::Tls;
    out.trouble = Trouble::Other;
    out.words = curl_easy_strerror(code);
  } else if (is_answer_due || out.code < 400) {
    if (code == CURLE_LOGIN_DENIED) out.stage = Stage::Auth;  // no way in that both know
    if (is_sent) out.stage = Stage::Unanswered;
    out.trouble = trouble_of(code);
    out.code = 0;
    out.enhanced.clear();
    out.words = curl_easy_strerror(code);
  }
  return out;
}

MailResult MailSession::State::attempt(const MailDelivery& what, bool is_fresh) {
  delivery = &what;
  offset = 0;
  result = {};
  is_answer_due = true;
  is_leaving = false;
  is_utf8_missing = false;
  curl_easy_reset(easy);  // keeps connections
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipient(
      curl_slist_append(nullptr, std::string(what.to).c_str()), curl_slist_free_all);
  if (!recipient) throw std::bad_alloc();
  set_server();
  set_message(what, recipient.get());
  set_hooks();
  // What was offered is only said at the beginning of a connection.
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, is_fresh || what.needs_utf8 ? 1L : 0L);
  return conclude(curl_easy_perform(easy));
}

MailSession::MailSession(MailServer server, const std::atomic<bool>* stop)
    : state_(std::make_unique<State>(std::move(server), stop)) {}
MailSession::~MailSession() = default;
MailSession::MailSession(MailSession&&) noexcept = default;

MailResult MailSession::send(const MailDelivery& delivery) {
  auto result = state_->attempt(delivery, false);
  long opened = 0;
  curl_easy_getinfo(state_->easy, CURLINFO_NUM_CONNECTS, &opened);
  const bool is_closed = result.trouble == Trouble::Closed || result.code == 421;
  if (opened > 0 || !is_closed || result.stage > Stage::Sender) return result;
  return state_->attempt(delivery, true);
}

void MailSession::set_secret(std::string secret) { state_->server.secret = std::move(secret); }

}  // namespace http
