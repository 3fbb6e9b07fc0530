#include "internal/cli/debug_nodes.h"

#include <utility>

namespace bao::cli {
namespace {

using codec::Json;

constexpr std::chrono::seconds kPatience{3};

// Of an answer that is no success: its errors in one line.
std::string why(const api::HttpResponse& response) {
  std::string text = "status " + std::to_string(response.status);
  const auto body = codec::parse_json(response.body);
  if (!body.ok()) return text;
  for (const Json& error : (*body)["errors"].items()) text += ": " + error.as_string();
  return text;
}

}  // namespace

void ClusterNodes::add(const Session& session, std::string id, std::string address) {
  api::ClientOptions options = session.options();
  options.address = address;
  options.timeout = kPatience;
  options.retries_max = 0;
  options.no_redirect = true;  // of another node it tells nothing
  options.wrap_ttl.clear();
  options.namespace_path.clear();
  nodes_.push_back({std::move(id), std::move(address), "", std::make_unique<api::Client>(std::move(options))});
}

ClusterNodes ClusterNodes::find(Session& session) {
  ClusterNodes found;
  const auto status = session.read("sys/ha-status", {{"detailed", "true"}});
  if (status.ok() && *status) {
    for (const Json& node : (*status)->data["nodes"].items()) {
      const std::string& address = node["api_address"].as_string();
      const std::string& id = node["node_id"].as_string();
      found.add(session, id.empty() ? address : id, address.empty() ? session.address() : address);
    }
  }
  if (!status.ok()) found.trouble_ = "the nodes of the cluster are not known: " + status.error().message();
  if (found.nodes_.empty()) found.add(session, session.address(), session.address());
  return found;
}

Json ClusterNodes::ask(Node& node, const std::string& path) {
  const auto response = node.client->send({"GET", "/v1/" + path, {}, {}, ""});
  if (!response.ok()) {
    node.error = response.error().message();
    return {};
  }
  const auto secret = parse_secret(response->body);
  if (response->status != 200 || !secret.ok() || !*secret) {
    node.error = why(*response);
    return {};
  }
  node.error.clear();
  return (*secret)->data;
}

}  // namespace bao::cli
