// A DNS server on loopback for tests: UDP and TCP at one port, a thread of its own. Names are compared in lower case.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "internal/net/bell.h"
#include "internal/net/listening_socket.h"

namespace bao::net {

class TestDnsServer {
 public:
  TestDnsServer() : tcp_(std::move(ListeningSocket::open("127.0.0.1:0")).value()), udp_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_port = htons(static_cast<uint16_t>(std::stoi(address().substr(address().find(':') + 1))));
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(udp_, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0) std::abort();
    over_udp_ = std::thread([this] { serve_udp(); });
    over_tcp_ = std::thread([this] { serve_tcp(); });
  }
  ~TestDnsServer() {
    bell_.ring();
    tcp_->wake();
    over_udp_.join();
    over_tcp_.join();
    ::close(udp_);
  }
  TestDnsServer(const TestDnsServer&) = delete;
  TestDnsServer& operator=(const TestDnsServer&) = delete;
  const std::string& address() const { return tcp_->address(); }

  void add_address(const std::string& name, const char* text) {
    char bytes[16];
    const bool v4 = ::inet_pton(AF_INET, text, bytes) == 1;
    if (!v4 && ::inet_pton(AF_INET6, text, bytes) != 1) std::abort();
    add(name, v4 ? kA : kAaaa, std::string(bytes, v4 ? 4 : 16));
  }
  // One record of these strings, each of at most 255 bytes.
  void add_text(const std::string& name, const std::vector<std::string>& strings) {
    std::string data;
    for (const std::string& text : strings) data += static_cast<char>(text.size()) + text;
    add(name, kTxt, data);
  }
  void add_alias(const std::string& name, const std::string& target) { add(name, kCname, encoded(target)); }
  // Asked for, it says nothing; `bell` rings then.
  void be_silent_about(const std::string& name, Bell& bell) {
    const std::lock_guard lock(mutex_);
    silent_[name] = &bell;
  }
  int asked_over_tcp() {
    const std::lock_guard lock(mutex_);
    return asked_over_tcp_;
  }

 private:
  static constexpr uint16_t kA = 1, kCname = 5, kTxt = 16, kAaaa = 28;
  static constexpr size_t kHeader = 12, kUdpMax = 512;
  struct Record {
    uint16_t type;
    std::string data;
  };

  static std::string u16(size_t n) { return {static_cast<char>(n >> 8), static_cast<char>(n & 255)}; }
  static std::string encoded(const std::string& name) {
    std::string out;
    for (size_t at = 0; at < name.size();) {
      const size_t end = std::min(name.find('.', at), name.size());
      out += static_cast<char>(end - at) + name.substr(at, end - at);
      at = end + 1;
    }
    return out + '\0';
  }
  static std::string decoded(const std::string& bytes) {
    std::string out;
    for (size_t at = 0; at < bytes.size() && bytes[at] != 0; at += 1 + static_cast<size_t>(bytes[at]))
      out += (out.empty() ? "" : ".") + bytes.substr(at + 1, static_cast<size_t>(bytes[at]));
    return out;
  }
  void add(const std::string& name, uint16_t type, const std::string& data) {
    const std::lock_guard lock(mutex_);
    records_[name].push_back({type, data});
  }

  // "": it says nothing.
  std::string answer(const std::string& query, bool over_udp) {
    const std::lock_guard lock(mutex_);
    if (!over_udp) ++asked_over_tcp_;
    const std::string name_bytes = query.substr(kHeader, query.find('\0', kHeader) + 1 - kHeader);
    const size_t question_end = kHeader + name_bytes.size() + 4;
    const auto type = static_cast<uint16_t>(query[question_end - 3]);
    std::string name = decoded(name_bytes);
    if (const auto silent = silent_.find(name); silent != silent_.end()) {
      silent->second->ring();
      return "";
    }
    std::string records;
    size_t count = 0;
    const bool known = records_.contains(name);
    for (bool follows = true; follows;) {
      follows = false;
      const std::string owner = name;
      const auto found = records_.find(owner);
      if (found == records_.end()) break;
      for (const Record& record : found->second) {
        if (record.type != type && record.type != kCname) continue;
        records += encoded(owner) + u16(record.type) + u16(1) + u16(0) + u16(60) + u16(record.data.size()) + record.data;
        ++count;
        follows = record.type == kCname;
        if (follows) name = decoded(record.data);
      }
    }
    const bool cut = over_udp && question_end + records.size() > kUdpMax;
    const size_t flags = 0x8180u | (cut ? 0x0200u : 0u) | (known ? 0u : 3u);
    return query.substr(0, 2) + u16(flags) + u16(1) + u16(cut ? 0 : count) + u16(0) + u16(0) +
           query.substr(kHeader, question_end - kHeader) + (cut ? "" : records);
  }

  void serve_udp() {
    while (true) {
      pollfd wanted[2] = {{bell_.descriptor(), POLLIN, 0}, {udp_, POLLIN, 0}};
      (void)::poll(wanted, 2, -1);
      if (wanted[0].revents != 0) return;
      char bytes[kUdpMax];
      sockaddr_in from{};
      socklen_t size = sizeof from;
      const ssize_t got = ::recvfrom(udp_, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &size);
      if (got <= 0) continue;
      const std::string out = answer({bytes, static_cast<size_t>(got)}, true);
      if (!out.empty()) (void)::sendto(udp_, out.data(), out.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  void serve_tcp() {
    for (auto accepted = tcp_->accept(); accepted.ok(); accepted = tcp_->accept()) {
      unsigned char size[2] = {};
      if (::recv(accepted->descriptor, size, 2, MSG_WAITALL) == 2) {
        std::string query(static_cast<size_t>(size[0]) << 8 | size[1], '\0');
        (void)::recv(accepted->descriptor, query.data(), query.size(), MSG_WAITALL);
        std::string out = answer(query, false);
        out.insert(0, u16(out.size()));
        (void)::send(accepted->descriptor, out.data(), out.size(), MSG_NOSIGNAL);
      }
      ::close(accepted->descriptor);
    }
  }

  const std::unique_ptr<ListeningSocket> tcp_;
  const int udp_;
  Bell bell_;
  std::mutex mutex_;  // over what follows
  std::map<std::string, std::vector<Record>> records_;
  std::map<std::string, Bell*> silent_;
  int asked_over_tcp_ = 0;
  std::thread over_udp_, over_tcp_;
};

}  // namespace bao::net
