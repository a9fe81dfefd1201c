#include "channels/email/catcher.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <system_error>

namespace channels::email {
namespace {

constexpr std::size_t kMostPeers = 64;
constexpr std::size_t kMostBytes = 64 << 20;

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

}  // namespace

struct Catcher::Peer {
  Peer(int s, const SinkSession::Options& options, SinkSession::Take take)
      : socket(s), session(options, std::move(take)), out(session.begin()) {}
  ~Peer() { ::close(socket); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  int socket;
  SinkSession session;
  std::string out;
};

Catcher::Catcher(Options options) : options_(std::move(options)) {
  if (options_.clock == nullptr) options_.clock = &system_clock_;
  listener_ = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(options_.port);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  checked(::bind(listener_, generic, sizeof address), "mail catcher");
  checked(::listen(listener_, 64), "mail catcher");
  socklen_t size = sizeof address;
  ::getsockname(listener_, generic, &size);
  port_ = ntohs(address.sin_port);
  wake_ = checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
  thread_ = std::thread([this] { run(); });
}

Catcher::~Catcher() {
  stop();
  ::close(listener_);
  ::close(wake_);
}

void Catcher::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  ::eventfd_write(wake_, 1);
  if (thread_.joinable()) thread_.join();
}

std::string Catcher::url() const { return "smtp://127.0.0.1:" + std::to_string(port_); }

void Catcher::run() {
  for (;;) {
    std::vector<pollfd> polled = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    if (peers_.size() >= kMostPeers) polled[1].events = 0;
    for (const auto& peer : peers_) {
      const int wanted = peer->out.empty() ? POLLIN : POLLIN | POLLOUT;
      polled.push_back({peer->socket, static_cast<short>(wanted), 0});
    }
    if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) return;
    if (polled[0].revents != 0) break;
    for (std::size_t i = 2; i < polled.size(); ++i) {
      auto& peer = peers_[i - 2];
      if (polled[i].revents != 0 && !serve(*peer, polled[i].revents)) peer.reset();
    }
    std::erase(peers_, nullptr);
    if (polled[1].revents != 0) accept();
  }
  peers_.clear();
}

void Catcher::accept() {
  const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (socket < 0) return;
  {
    const std::lock_guard lock(mutex_);
    ++connections_;
  }
  peers_.push_back(std::make_unique<Peer>(
      socket, options_.session, [this](SunkMessage message) { keep(std::move(message)); }));
}

bool Catcher::serve(Peer& peer, short events) {
  if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) {
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

void Catcher::keep(SunkMessage message) {
  auto caught = std::make_shared<Caught>();
  caught->at = options_.clock->now();
  caught->from = std::move(message.from);
  caught->to = std::move(message.to);
  caught->bytes = std::move(message.bytes);
  const std::lock_guard lock(mutex_);
  caught->number = ++last_;
  bytes_ += caught->bytes.size();
  caught_.push_front(std::move(caught));
  while (caught_.size() > options_.keep || (bytes_ > kMostBytes && caught_.size() > 1)) {
    bytes_ -= caught_.back()->bytes.size();
    caught_.pop_back();
  }
}

std::vector<std::shared_ptr<const Caught>> Catcher::messages() const {
  const std::lock_guard lock(mutex_);
  return {caught_.begin(), caught_.end()};
}

std::shared_ptr<const Caught> Catcher::message(std::uint64_t number) const {
  const std::lock_guard lock(mutex_);
  for (const auto& caught : caught_) {
    if (caught->number == number) return caught;
  }
  return nullptr;
}

int Catcher::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

}  // namespace channels::email
