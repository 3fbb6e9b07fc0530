#include "internal/engines/pki/validation/connection.h"

#include <poll.h>

#include <algorithm>

#include "internal/engines/pki/validation/limits.h"

namespace bao::engines::pki::acme {
namespace {

using Addresses = std::vector<sockaddr_storage>;

// Of each family the first few that may be reached. The look-up has put IPv6 first.
Addresses reachable(const Addresses& found, const net::AddressRule& rule) {
  Addresses out;
  for (const sockaddr_storage& address : found) {
    const auto of_its_family = std::count_if(out.begin(), out.end(), [&](const auto& other) { return other.ss_family == address.ss_family; });
    if (rule.allows(address) && static_cast<size_t>(of_its_family) < kAddressesTriedMax) out.push_back(address);
  }
  return out;
}

}  // namespace

bool is_address(const std::string& host) { return net::address_in_text(host).has_value(); }

bool is_host(const std::string& host) {
  if (is_address(host)) return true;
  constexpr size_t kNameBytesMax = 253;
  return !host.empty() && host.size() <= kNameBytesMax && host[0] != '.' && host.find("..") == std::string::npos &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

std::optional<Connection> Connection::open(const std::string& host, uint16_t port, const std::string& dns_resolver,
                                           const Attempt& attempt, Verdict& why) {
  if (!is_host(host)) {
    why = {Problem::dns, "no name of a host"};
    return std::nullopt;
  }
  const auto found = net::look_up_addresses(host, dns_resolver, attempt.patience);
  if (!found.ok()) {
    why = {Problem::dns, found.error().message()};
    return std::nullopt;
  }
  const Addresses addresses = reachable(*found, attempt.rule);
  if (addresses.empty()) {
    why = {Problem::connection, net::AddressRule::nothing_allowed(host).message()};
    return std::nullopt;
  }
  const net::Patience& patience = attempt.patience;
  for (const sockaddr_storage& address : addresses) {
    const auto until = std::min(patience.until, std::chrono::steady_clock::now() + kConnectTime);
    auto socket = net::dial(net::address_text(address, port), patience.bell, until, patience.goes_on);
    if (socket.ok()) return Connection(std::move(*socket), attempt);
    why = {Problem::connection, socket.error().message()};
    if (!patience.goes_on()) break;
  }
  return std::nullopt;
}

base::Status Connection::wait(short events) const {
  const net::Patience& patience = attempt_->patience;
  while (std::chrono::steady_clock::now() < patience.until) {
    const net::Ready ready = net::wait_for(socket_, events, patience.bell, patience.until);
    if (ready.bell) patience.bell.silence();
    if (ready.bell && !patience.goes_on()) return base::Error(base::Code::unavailable, "it is not wanted any more");
    if (ready.socket) return {};
  }
  return base::Error(base::Code::unavailable, "timed out");
}

base::Status Connection::start_tls(const std::string& server_name, const std::string& protocol) {
  tls_ = std::make_unique<crypto::ProbingTls>(socket_.descriptor(), server_name, protocol);
  while (true) {
    ASSIGN_OR_RETURN(const crypto::TlsWants wants, tls_->shake_hands());
    if (wants == crypto::TlsWants::nothing) return {};
    TRY(wait(wants == crypto::TlsWants::to_read ? POLLIN : POLLOUT));
  }
}

base::Result<std::optional<size_t>> Connection::read_now(char* to, size_t size) {
  return tls_ ? tls_->read(to, size) : socket_.read(to, size);
}

base::Result<std::optional<size_t>> Connection::write_now(std::string_view bytes) {
  return tls_ ? tls_->write(bytes.data(), bytes.size()) : socket_.write(bytes);
}

base::Status Connection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ASSIGN_OR_RETURN(const std::optional<size_t> sent, write_now(bytes));
    if (sent) bytes.remove_prefix(*sent);
    else TRY(wait(POLLOUT));
  }
  return {};
}

// The time is looked at before each read: bytes that never stop come in without waiting.
base::Result<size_t> Connection::read(char* to, size_t size) {
  while (std::chrono::steady_clock::now() < attempt_->patience.until) {
    ASSIGN_OR_RETURN(const std::optional<size_t> got, read_now(to, size));
    if (got) return *got;
    TRY(wait(POLLIN));
  }
  return base::Error(base::Code::unavailable, "timed out");
}

}  // namespace bao::engines::pki::acme
