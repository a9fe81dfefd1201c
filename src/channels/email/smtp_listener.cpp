#include "channels/email/smtp_listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <system_error>

namespace channels::email {
namespace {

using std::chrono::steady_clock;

constexpr int kLookForIdleMs = 1000;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

// Bound and listening; `port` becomes the one it has.
int listen_on(const std::string& host, std::uint16_t& port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    throw std::system_error(std::make_error_code(std::errc::invalid_argument), "mail: " + host);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  const int listener =
      checked(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::bind(listener, found->ai_addr, found->ai_addrlen) != 0 || ::listen(listener, 64) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    const auto error = errno;
    ::close(listener);
    throw std::system_error(error, std::generic_category(),
                            "mail: " + host + ":" + std::to_string(port));
  }
  port =
      ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                          : reinterpret_cast<const sockaddr_in&>(address).sin_port);
  return listener;
}

}  // namespace

struct SmtpListener::Peer {
  Peer(int s, const SinkSession::Options& options, const SinkSession::Take& take)
      : socket(s), session(options, take), out(session.begin()) {}
  ~Peer() { ::close(socket); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  int socket;
  SinkSession session;
  std::string out;
  steady_clock::time_point heard = steady_clock::now();
};

SmtpListener::SmtpListener(Options options, SinkSession::Take take)
    : options_(std::move(options)), take_(std::move(take)), port_(options_.port) {
  listener_ = listen_on(options_.host, port_);
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_ < 0) {
    ::close(listener_);
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  thread_ = std::thread([this] { run(); });
}

SmtpListener::~SmtpListener() {
  stop();
  ::close(listener_);
  ::close(wake_);
}

void SmtpListener::stop() {
  ::eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
}

int SmtpListener::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void SmtpListener::run() {
  for (;;) {
    std::vector<pollfd> polled = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    if (peers_.size() >= options_.peers) polled[1].events = 0;
    for (const auto& peer : peers_) {
      const int wanted = peer->out.empty() ? POLLIN : POLLOUT;
      polled.push_back({peer->socket, static_cast<short>(wanted), 0});
    }
    const int timeout = peers_.empty() ? -1 : kLookForIdleMs;
    if (::poll(polled.data(), polled.size(), timeout) < 0 && errno != EINTR) break;
    if (polled[0].revents != 0) break;
    const auto now = steady_clock::now();
    for (std::size_t i = 2; i < polled.size(); ++i) {
      auto& peer = peers_[i - 2];
      if (polled[i].revents != 0 ? !serve(*peer, polled[i].revents)
                                 : now - peer->heard > options_.idle)
        peer.reset();
    }
    std::erase(peers_, nullptr);
    if (polled[1].revents != 0) accept();
  }
  peers_.clear();
}

void SmtpListener::accept() {
  const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket < 0) return;
  {
    const std::lock_guard lock(mutex_);
    ++connections_;
  }
  peers_.push_back(std::make_unique<Peer>(socket, options_.session, take_));
}

bool SmtpListener::serve(Peer& peer, short events) {
  peer.heard = steady_clock::now();
  // Nothing more is read from whoever does not read what we answer.
  if (peer.out.empty() && (events & (POLLIN | POLLHUP | POLLERR)) != 0) {
    char piece[16384];
    const auto got = ::recv(peer.socket, piece, sizeof piece, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return false;
    if (got > 0) peer.out += peer.session.feed({piece, static_cast<std::size_t>(got)});
  }
  while (!peer.out.empty()) {
    const auto sent = ::send(peer.socket, peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    peer.out.erase(0, static_cast<std::size_t>(sent));
  }
  return !peer.session.is_over();
}

}  // namespace channels::email
