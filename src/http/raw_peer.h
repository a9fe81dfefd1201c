// For tests: a peer on loopback that answers exactly what it is told, one connection after the
// other.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace http {

class RawPeer {
 public:
  class Connection {
   public:
    explicit Connection(int socket) : socket_(socket) {}
    // To the end of the next head; empty when the other side has closed.
    std::string read_head() {
      for (;;) {
        if (const auto end = buffer_.find("\r\n\r\n"); end != std::string::npos) {
          auto head = buffer_.substr(0, end + 4);
          buffer_.erase(0, end + 4);
          return head;
        }
        char piece[4096];
        const auto got = ::recv(socket_, piece, sizeof piece, 0);
        if (got <= 0) return {};
        buffer_.append(piece, static_cast<std::size_t>(got));
      }
    }
    // So many bytes; empty when the other side closes before.
    std::string read(std::size_t bytes) {
      while (buffer_.size() < bytes) {
        char piece[4096];
        const auto got = ::recv(socket_, piece, sizeof piece, 0);
        if (got <= 0) return {};
        buffer_.append(piece, static_cast<std::size_t>(got));
      }
      auto out = buffer_.substr(0, bytes);
      buffer_.erase(0, bytes);
      return out;
    }
    // False when the other side has closed.
    bool send(std::string_view bytes) {
      while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      return true;
    }
    // Until the other side closes.
    void linger() {
      char piece[4096];
      while (::recv(socket_, piece, sizeof piece, 0) > 0) {
      }
    }

   private:
    int socket_;
    std::string buffer_;
  };
  using Behaviour = std::function<void(Connection&)>;

  explicit RawPeer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_, 64);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~RawPeer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }

 private:
  void serve() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      ++connections_;
      Connection connection(socket);
      behaviour_(connection);
      ::shutdown(socket, SHUT_RDWR);
      ::close(socket);
    }
  }

  Behaviour behaviour_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::thread thread_;
};

}  // namespace http
