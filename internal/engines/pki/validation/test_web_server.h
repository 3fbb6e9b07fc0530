// A web server on loopback for tests that answers what it is told to, true or not. Threads of its own.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "internal/net/listening_socket.h"

namespace bao::engines::pki::acme {

class TestWebServer {
 public:
  // Sends what it likes over a connected, blocking descriptor; false: nobody reads any more.
  using Send = std::function<bool(const std::string&)>;
  using Answer = std::function<void(const std::string& request, const Send& send)>;

  TestWebServer(const std::string& address, Answer answer)
      : listening_(std::move(net::ListeningSocket::open(address)).value()), answer_(std::move(answer)), thread_([this] { serve(); }) {}
  ~TestWebServer() {
    listening_->wake();
    thread_.join();
    for (std::thread& connection : connections_) connection.join();
  }
  TestWebServer(const TestWebServer&) = delete;
  TestWebServer& operator=(const TestWebServer&) = delete;
  uint16_t port() const { return static_cast<uint16_t>(std::stoi(listening_->address().substr(listening_->address().rfind(':') + 1))); }
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    for (auto accepted = listening_->accept(); accepted.ok(); accepted = listening_->accept())
      connections_.emplace_back([this, descriptor = accepted->descriptor] { talk(descriptor); });
  }
  void talk(int descriptor) {
    std::string request;
    char byte = 0;
    while (!request.ends_with("\r\n\r\n") && ::recv(descriptor, &byte, 1, 0) == 1) request += byte;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    answer_(request, [descriptor](const std::string& bytes) {
      for (size_t at = 0; at < bytes.size();) {
        const ssize_t sent = ::send(descriptor, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        at += static_cast<size_t>(sent);
      }
      return true;
    });
    ::close(descriptor);
  }

  const std::unique_ptr<net::ListeningSocket> listening_;
  const Answer answer_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<std::thread> connections_;
  std::thread thread_;
};

// An answer of that status, with the headers, each ended by "\r\n", and the body.
inline std::string web_answer(int status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace bao::engines::pki::acme
