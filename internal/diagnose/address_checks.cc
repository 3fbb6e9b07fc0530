#include <unistd.h>

#include <filesystem>

#include "internal/diagnose/checks.h"
#include "internal/net/listening_socket.h"
#include "internal/server/listeners.h"

namespace bao::diagnose {
namespace {

std::string host_of(const std::string& url) {
  const size_t scheme = url.find("://");
  return scheme == std::string::npos ? url : url.substr(scheme + 3);
}

bool has_port(const std::string& url) {
  const std::string host = host_of(url);
  const size_t colon = host.rfind(':');
  return colon != std::string::npos && colon > 0 && colon + 1 < host.size() && host.find(']', colon) == std::string::npos;
}

}  // namespace

void check_listeners(const config::Config& config, Finding& into) {
  if (config.listeners.empty()) into.warn("There is no listener: the server would answer nobody.");
  for (const config::Listener& listener : config.listeners) {
    if (listener.type == "unix") {
      const std::string folder = std::filesystem::path(listener.address).parent_path();
      if (access(folder.c_str(), W_OK | X_OK) != 0) into.fail("listen unix " + listener.address + ": the folder is not there, or this user cannot write to it");
      continue;
    }
    const auto bound = net::ListeningSocket::open(listener.address);
    if (bound.ok()) continue;
    into.fail(bound.error().message());
    into.advise("While a server runs its address is in use: leave this check out with -skip=listener.");
  }
}

void check_addresses(const config::Config& config, Finding& into) {
  const bool clustered = config.storage && config.storage->type == "raft";
  if (config.api_addr.empty() && clustered) {
    into.add("Determine Redirect Address", Grade::warning, "api_addr is not set: clients are sent to the first listener's address.");
  } else {
    into.add("Determine Redirect Address", Grade::ok, config.api_addr);
  }
  const std::string name = "Check Cluster Address";
  const std::string advice = "Please check that the API and Cluster addresses are different and that the API, Cluster and Redirect addresses "
                             "have both a host and port.";
  const std::string& cluster = config.cluster_addr.empty() && config.storage ? config.storage->cluster_addr : config.cluster_addr;
  if (!clustered) {
    into.add(name, Grade::skipped, "This storage knows no cluster.");
  } else if (cluster.empty()) {
    into.add(name, Grade::failure, "Cluster Address could not be determined or was invalid: cluster address must be set when using raft storage.", advice);
  } else if (!has_port(cluster)) {
    into.add(name, Grade::failure, "Cluster Address could not be determined or was invalid: " + cluster + " has no host or no port.", advice);
  } else if (host_of(cluster) == host_of(config.api_addr)) {
    into.add(name, Grade::failure, "Cluster Address could not be determined or was invalid: it is the API's address.", advice);
  } else {
    into.add(name, Grade::ok, "Cluster address is logically valid and can be found.");
  }
}

}  // namespace bao::diagnose
