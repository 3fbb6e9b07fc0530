// A server for tests of clients: answers what it was told to, whatever is asked.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace bao::api {

// Answers each connection of a loopback port once with the texts given, in order, and keeps what was asked. Ends once all were given.
class TestServer {
 public:
  enum class After { whole_request, first_bytes };
  explicit TestServer(std::vector<std::string> answers, After after = After::whole_request) : after_(after) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_, reinterpret_cast<sockaddr*>(&name), sizeof(name));
    socklen_t size = sizeof(name);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &size);
    port_ = ntohs(name.sin_port);
    listen(listener_, 4);
    thread_ = std::thread([this, answers = std::move(answers)] { serve(answers); });
  }
  ~TestServer() {
    shutdown(listener_, SHUT_RDWR);  // nobody waits for a client that doesn't come
    if (thread_.joinable()) thread_.join();
    close(listener_);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // Each request as it came, once every answer was given.
  const std::vector<std::string>& asked() {
    if (thread_.joinable()) thread_.join();
    return asked_;
  }

 private:
  // How long the request is, once its header is there; more than there can be until then.
  static size_t length_of(const std::string& request) {
    const size_t header = request.find("\r\n\r\n");
    if (header == std::string::npos) return request.max_size();
    constexpr std::string_view kLength = "Content-Length: ";
    const size_t named = request.find(kLength);
    size_t body = 0;
    if (named < header) std::from_chars(request.data() + named + kLength.size(), request.data() + header, body);
    return header + 4 + body;
  }

  std::string read_request(int connection) const {
    std::string request;
    char buffer[4096];
    while (request.size() < length_of(request)) {
      const ssize_t count = read(connection, buffer, sizeof(buffer));
      if (count <= 0) break;
      request.append(buffer, static_cast<size_t>(count));
      if (after_ == After::first_bytes) break;
    }
    return request;
  }

  void serve(const std::vector<std::string>& answers) {
    for (const std::string& answer : answers) {
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      asked_.push_back(read_request(connection));
      for (size_t sent = 0; sent < answer.size();) {
        const ssize_t count = write(connection, answer.data() + sent, answer.size() - sent);
        if (count <= 0) break;
        sent += static_cast<size_t>(count);
      }
      close(connection);
    }
  }

  After after_;
  int listener_ = -1;
  int port_ = 0;
  std::vector<std::string> asked_;
  std::thread thread_;
};

inline std::string answer(const std::string& status, const std::string& body, const std::string& header = "") {
  return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + header + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

}  // namespace bao::api
