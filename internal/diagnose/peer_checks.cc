#include <chrono>

#include "internal/api/client.h"
#include "internal/diagnose/checks.h"

namespace bao::diagnose {
namespace {

constexpr std::chrono::seconds kAnswerWait{3};
constexpr std::chrono::seconds kClockApart{1};  // beyond this, nodes no longer trust their own clocks (ARCHITECTURE D8)

struct Peer {
  bool unsealed = false;
  base::Duration ahead{0};
};

base::Result<Peer> ask(const api::TrustedServer& server) {
  api::ClientOptions options;
  options.address = server.address;
  options.tls = server.tls;
  options.timeout = kAnswerWait;
  options.retries_max = 0;
  api::HttpRequest request;
  request.method = "GET";
  request.path = "/v1/sys/health";
  const auto begun = std::chrono::system_clock::now();
  ASSIGN_OR_RETURN(const api::HttpResponse response, api::Client(options).send(request));
  const auto ended = std::chrono::system_clock::now();
  ASSIGN_OR_RETURN(const codec::Json health, codec::parse_json(response.body));
  Peer peer;
  const codec::Json* sealed = health.find("sealed");
  peer.unsealed = sealed != nullptr && !sealed->as_bool();
  const auto seconds = health["server_time_utc"].as_int();
  if (!seconds.ok()) return peer;
  // Told in whole seconds, while it was asked: what lies within that is no difference.
  const std::chrono::sys_seconds told{std::chrono::seconds(*seconds)};
  if (told > ended) peer.ahead = told - ended;
  if (told + std::chrono::seconds(1) < begun) peer.ahead = told + std::chrono::seconds(1) - begun;
  return peer;
}

}  // namespace

void check_peers(const config::Config& config, Finding& into) {
  if (!config.storage || config.storage->retry_join.empty()) return into.skip("The configuration names no other nodes (retry_join).");
  size_t unsealed = 0;
  for (const api::TrustedServer& server : config.storage->retry_join) {
    const auto peer = ask(server);
    const std::string name = "Check Node " + server.address;
    if (!peer.ok()) {
      into.add(name, Grade::warning, peer.error().message());
      continue;
    }
    if (peer->unsealed) ++unsealed;
    if (std::chrono::abs(peer->ahead) > kClockApart) {
      const auto apart = std::chrono::duration_cast<std::chrono::milliseconds>(peer->ahead).count();
      into.add(name, Grade::warning, "Its clock is " + std::to_string(apart) + " ms ahead of this machine's.", "Let a time service keep both clocks.");
    } else {
      into.add(name, Grade::ok, peer->unsealed ? "It answers, and its clock agrees." : "It answers, and is sealed.");
    }
  }
  const size_t named = config.storage->retry_join.size();
  const std::string of = std::to_string(unsealed) + " of " + std::to_string(named) + " nodes that the configuration names are unsealed";
  if (unsealed * 2 > named) into.add("Check For Raft Quorum", Grade::ok, of + ".");
  else into.add("Check For Raft Quorum", Grade::warning, of + ": with no more than half of the members the cluster takes no writes.");
}

}  // namespace bao::diagnose
