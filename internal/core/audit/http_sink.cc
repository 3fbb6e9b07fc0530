// A server that every line is posted to (type "http"), over a connection that is kept. Any status of 200 to 299 takes the line; redirects are
// not followed. A connection that turns out to be gone is made anew, once a line: the other side may then see a line twice.
#include <poll.h>
#include <strings.h>

#include <algorithm>

#include "internal/core/audit/http_answer.h"
#include "internal/core/audit/http_target.h"
#include "internal/core/audit/sink.h"
#include "internal/crypto/verifying_tls.h"
#include "internal/net/address_rule.h"
#include "internal/net/resolver.h"

namespace bao::core::audit {
namespace {

using base::Code;
using base::Error;
using base::Result;
using base::Status;

bool sends(const HttpTarget& target, const char* name) {
  return std::any_of(target.headers.begin(), target.headers.end(), [name](const auto& header) { return ::strcasecmp(header.first.c_str(), name) == 0; });
}

std::string head_of(const HttpTarget& target) {
  std::string head = "POST " + target.path + " HTTP/1.1\r\nHost: " + target.authority + "\r\n";
  if (!sends(target, "User-Agent")) head += "User-Agent: OpenBaoAuditor\r\n";
  for (const auto& [name, value] : target.headers) head += name + ": " + value + "\r\n";
  return head + "Content-Length: ";
}

class HttpSink final : public Sink {
 public:
  // `rule`: which addresses may be connected to; nullopt: any.
  HttpSink(HttpTarget target, std::string ca_file, std::optional<net::AddressRule> rule)
      : target_(std::move(target)), head_(head_of(target_)), ca_file_(std::move(ca_file)), rule_(std::move(rule)) {}

  Status write(std::string_view line, SteadyTime until) override {
    const std::string request = head_ + std::to_string(line.size()) + "\r\n\r\n" + std::string(line);
    const bool fresh = !connected_;
    auto status = exchange(request, until);
    if (!status.ok() && !fresh) status = exchange(request, until);
    if (!status.ok()) return status.error();
    if (*status >= 200 && *status < 300) return {};
    return Error(Code::unavailable, "failed to perform request: status code not 2xx: " + std::to_string(*status));
  }
  void reopen() override { disconnect(); }

 private:
  void disconnect() {
    tls_.reset();
    socket_ = net::Socket();
    connected_ = false;
  }

  Result<int> exchange(std::string_view request, SteadyTime until) {
    auto status = try_exchange(request, until);
    if (!status.ok()) disconnect();
    return status;
  }

  Result<int> try_exchange(std::string_view request, SteadyTime until) {
    if (!connected_) TRY(connect(until));
    while (!request.empty()) {
      ASSIGN_OR_RETURN(const auto sent, write_now(request));
      if (sent) request.remove_prefix(*sent);
      else TRY(wait(POLLOUT, until));
    }
    HttpAnswer answer;
    char bytes[4096];
    while (true) {
      ASSIGN_OR_RETURN(const auto got, read_now(bytes, sizeof bytes));
      if (!got) {
        TRY(wait(POLLIN, until));
        continue;
      }
      if (*got == 0) return Error(Code::unavailable, "the connection ended before the answer");
      ASSIGN_OR_RETURN(const bool complete, answer.take({bytes, *got}));
      if (complete) break;
    }
    if (!answer.keeps_connection()) disconnect();
    return answer.status();
  }

  Status connect(SteadyTime until) {
    const net::Patience patience{bell_, until, [] { return true; }};
    ASSIGN_OR_RETURN(const auto addresses, net::look_up_addresses(target_.host, "", patience));
    Status status = net::AddressRule::nothing_allowed(target_.host);
    for (const sockaddr_storage& address : addresses) {
      if (rule_ && !rule_->allows(address)) continue;
      auto socket = net::dial(net::address_text(address, target_.port), bell_, until, patience.goes_on);
      status = socket.ok() ? Status() : Status(socket.error());
      if (!socket.ok()) continue;
      socket_ = std::move(*socket);
      if (target_.https) TRY(start_tls(until));
      connected_ = true;
      return {};
    }
    return status;
  }

  Status start_tls(SteadyTime until) {
    ASSIGN_OR_RETURN(tls_, crypto::VerifyingTls::make(socket_.descriptor(), target_.host, ca_file_));
    while (true) {
      ASSIGN_OR_RETURN(const crypto::TlsWants wants, tls_->shake_hands());
      if (wants == crypto::TlsWants::nothing) return {};
      TRY(wait(wants == crypto::TlsWants::to_read ? POLLIN : POLLOUT, until));
    }
  }

  Status wait(short events, SteadyTime until) const {
    if (net::wait_for(socket_, events, bell_, until).socket) return {};
    return Error(Code::unavailable, "no answer in time");
  }

  Result<std::optional<size_t>> read_now(char* to, size_t size) { return tls_ ? tls_->read(to, size) : socket_.read(to, size); }
  Result<std::optional<size_t>> write_now(std::string_view bytes) {
    return tls_ ? tls_->write(bytes.data(), bytes.size()) : socket_.write(bytes);
  }

  const HttpTarget target_;
  const std::string head_, ca_file_;
  const std::optional<net::AddressRule> rule_;
  net::Bell bell_;  // never rung: the deadline ends a wait
  net::Socket socket_;
  std::unique_ptr<crypto::VerifyingTls> tls_;  // goes before the socket
  bool connected_ = false;
};

}  // namespace

Result<std::unique_ptr<Sink>> make_http_sink(const Options& options, const SinkRules& rules) {
  ASSIGN_OR_RETURN(HttpTarget target, http_target(options, rules.maker));
  const std::string ca_file = option(options, "tls_ca_file", "");
  if (rules.maker == Maker::configuration) return std::unique_ptr<Sink>(std::make_unique<HttpSink>(std::move(target), ca_file, std::nullopt));
  if (!ca_file.empty()) return base::invalid("tls_ca_file is for devices of the server's configuration only");
  ASSIGN_OR_RETURN(net::AddressRule rule, net::AddressRule::allowing(rules.allowed.outbound));
  return std::unique_ptr<Sink>(std::make_unique<HttpSink>(std::move(target), "", std::move(rule)));
}

}  // namespace bao::core::audit
