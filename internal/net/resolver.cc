#include "internal/net/resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <memory>

#include "internal/net/host_port.h"

namespace bao::net {
namespace {

constexpr int kAnswerTimeMs = 2500;  // of one server, before it is asked again
constexpr int kAsked = 3;

bool library_is_ready() {
  static const bool ready = ::ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

struct ChannelEnd {
  void operator()(ares_channel channel) const { ::ares_destroy(channel); }
};
using Channel = std::unique_ptr<std::remove_pointer_t<ares_channel>, ChannelEnd>;

base::Error unanswered(const std::string& name, const std::string& why) {
  return {base::Code::unavailable, "looking up " + name + ": " + why};
}

base::Error failed(const std::string& name, int status) {
  switch (status) {
    case ARES_ENOTFOUND: return {base::Code::absent, "looking up " + name + ": no such name"};
    case ARES_ENODATA: return {base::Code::absent, "looking up " + name + ": no such record"};
    case ARES_ETIMEOUT: return unanswered(name, "no answer in time");
    default: return unanswered(name, ::ares_strerror(status));
  }
}

timeval time_left(SteadyTime until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
  const int64_t ms = std::clamp<int64_t>(left, 0, 3'600'000);
  return {ms / 1000, (ms % 1000) * 1000};
}

// Waits for sockets, the bell or the next time at which c-ares has to do something, and lets it. Whether the bell rang.
bool step(ares_channel channel, const Patience& patience) {
  ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
  const int events = ::ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
  std::vector<pollfd> wanted = {{patience.bell.descriptor(), POLLIN, 0}};
  for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    const int reads = ARES_GETSOCK_READABLE(events, i) ? POLLIN : 0, writes = ARES_GETSOCK_WRITABLE(events, i) ? POLLOUT : 0;
    if (reads | writes) wanted.push_back({sockets[i], static_cast<short>(reads | writes), 0});
  }
  timeval longest = time_left(patience.until), chosen{};
  const timeval* time = ::ares_timeout(channel, &longest, &chosen);
  (void)::poll(wanted.data(), wanted.size(), static_cast<int>(time->tv_sec * 1000 + (time->tv_usec + 999) / 1000));
  for (size_t i = 1; i < wanted.size(); ++i) {
    const bool broken = (wanted[i].revents & (POLLERR | POLLHUP)) != 0;
    const bool readable = broken || (wanted[i].revents & POLLIN) != 0, writable = broken || (wanted[i].revents & POLLOUT) != 0;
    ::ares_process_fd(channel, readable ? wanted[i].fd : ARES_SOCKET_BAD, writable ? wanted[i].fd : ARES_SOCKET_BAD);
  }
  ::ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what has waited too long
  return wanted[0].revents != 0;
}

// Until the callback has set `done`, which cancelling makes it do.
base::Status run(ares_channel channel, const std::string& name, const Patience& patience, const bool& done) {
  while (!done) {
    const bool rang = step(channel, patience);
    if (rang) patience.bell.silence();
    const bool unwanted = rang && !patience.goes_on(), late = std::chrono::steady_clock::now() >= patience.until;
    if (done || !(unwanted || late)) continue;
    ::ares_cancel(channel);
    return unanswered(name, unwanted ? "it is not wanted any more" : "no answer in time");
  }
  return {};
}

base::Result<Channel> open_channel(bool of_the_machine, const std::string& name) {
  if (!library_is_ready()) return unanswered(name, "c-ares cannot be used");
  ares_options options{};
  char dns_alone[] = "b";
  options.flags = ARES_FLAG_NOSEARCH;
  options.timeout = kAnswerTimeMs;
  options.tries = kAsked;
  options.lookups = dns_alone;
  ares_channel channel = nullptr;
  const int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | (of_the_machine ? 0 : ARES_OPT_LOOKUPS);
  if (const int status = ::ares_init_options(&channel, &options, given); status != ARES_SUCCESS) return failed(name, status);
  return Channel(channel);
}

struct Addresses {
  bool done = false;
  int status = ARES_SUCCESS;
  std::vector<sockaddr_storage> found;
};

void on_addresses(void* to, int status, int, ares_addrinfo* result) {
  auto& answer = *static_cast<Addresses*>(to);
  answer.done = true;
  answer.status = status;
  for (const ares_addrinfo_node* node = result ? result->nodes : nullptr; node; node = node->ai_next) {
    sockaddr_storage address{};
    if (node->ai_addrlen > sizeof address) continue;
    std::memcpy(&address, node->ai_addr, node->ai_addrlen);
    answer.found.push_back(address);
  }
  if (result) ::ares_freeaddrinfo(result);
}

base::Result<std::vector<sockaddr_storage>> addresses_by(ares_channel channel, const std::string& name, const Patience& patience) {
  Addresses answer;
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_flags = ARES_AI_NOSORT;
  ::ares_getaddrinfo(channel, name.c_str(), nullptr, &hints, on_addresses, &answer);
  TRY(run(channel, name, patience, answer.done));
  if (answer.status != ARES_SUCCESS) return failed(name, answer.status);
  if (answer.found.empty()) return failed(name, ARES_ENODATA);
  std::stable_partition(answer.found.begin(), answer.found.end(), [](const auto& address) { return address.ss_family == AF_INET6; });
  return std::move(answer.found);
}

struct Texts {
  bool done = false;
  int status = ARES_SUCCESS;
  std::vector<std::string> found;
};

void on_texts(void* to, int status, int, unsigned char* bytes, int size) {
  auto& answer = *static_cast<Texts*>(to);
  answer.done = true;
  answer.status = status;
  if (status != ARES_SUCCESS) return;
  ares_txt_ext* strings = nullptr;
  answer.status = ::ares_parse_txt_reply_ext(bytes, size, &strings);
  for (const ares_txt_ext* at = strings; at; at = at->next) {
    if (at->record_start || answer.found.empty()) answer.found.emplace_back();
    answer.found.back().append(reinterpret_cast<const char*>(at->txt), at->length);
  }
  if (strings) ::ares_free_data(strings);
}

// The server's own name is looked up by the machine.
base::Status ask_only(ares_channel channel, const std::string& server, const Patience& patience) {
  const auto parts = split_host_port(server);
  int port = 0;
  if (!parts) return unanswered(server, "missing port in address");
  const char* end = parts->port.data() + parts->port.size();
  const auto read = std::from_chars(parts->port.data(), end, port);
  if (read.ec != std::errc() || read.ptr != end || port < 1 || port > 65535) return unanswered(server, "invalid port");
  ASSIGN_OR_RETURN(const std::vector<sockaddr_storage> addresses, look_up_addresses(parts->host, "", patience));
  ares_addr_port_node node{};
  node.family = addresses.front().ss_family;
  node.udp_port = node.tcp_port = port;
  if (node.family == AF_INET) node.addr.addr4 = reinterpret_cast<const sockaddr_in&>(addresses.front()).sin_addr;
  else std::memcpy(&node.addr.addr6, &reinterpret_cast<const sockaddr_in6&>(addresses.front()).sin6_addr, sizeof node.addr.addr6);
  if (const int status = ::ares_set_servers_ports(channel, &node); status != ARES_SUCCESS) return failed(server, status);
  return {};
}

base::Result<Channel> channel_to(const std::string& name, const std::string& server, const Patience& patience) {
  ASSIGN_OR_RETURN(Channel channel, open_channel(server.empty(), name));
  if (!server.empty()) TRY(ask_only(channel.get(), server, patience));
  return channel;
}

}  // namespace

std::optional<sockaddr_storage> address_in_text(const std::string& text) {
  sockaddr_storage out{};
  if (inet_pton(AF_INET, text.c_str(), &reinterpret_cast<sockaddr_in&>(out).sin_addr) == 1) out.ss_family = AF_INET;
  else if (inet_pton(AF_INET6, text.c_str(), &reinterpret_cast<sockaddr_in6&>(out).sin6_addr) == 1) out.ss_family = AF_INET6;
  else return std::nullopt;
  return out;
}

std::string address_text(const sockaddr_storage& address, uint16_t port) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(port);
  }
  inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text, sizeof text);
  return "[" + std::string(text) + "]:" + std::to_string(port);
}

base::Result<std::vector<sockaddr_storage>> look_up_addresses(const std::string& name, const std::string& server, const Patience& patience) {
  if (const auto address = address_in_text(name)) return std::vector{*address};
  ASSIGN_OR_RETURN(const Channel channel, channel_to(name, server, patience));
  return addresses_by(channel.get(), name, patience);
}

base::Result<std::vector<std::string>> look_up_texts(const std::string& name, const std::string& server, const Patience& patience) {
  ASSIGN_OR_RETURN(const Channel channel, channel_to(name, server, patience));
  Texts answer;
  ::ares_query(channel.get(), name.c_str(), ns_c_in, ns_t_txt, on_texts, &answer);
  TRY(run(channel.get(), name, patience, answer.done));
  if (answer.status != ARES_SUCCESS) return failed(name, answer.status);
  return std::move(answer.found);
}

}  // namespace bao::net
