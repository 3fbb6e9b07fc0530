// The nodes of the cluster that a session's server belongs to, each asked by itself. Owned by the main thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/api/client.h"
#include "internal/cli/session.h"

namespace bao::cli {

class ClusterNodes {
 public:
  struct Node {
    std::string id, address;
    std::string error;  // why it did not answer last; "" when it did
    std::unique_ptr<api::Client> client;
  };

  // As the leader lists them (sys/ha-status). A server that cannot tell is the only node, and why stands in `trouble`.
  static ClusterNodes find(Session& session);
  std::vector<Node>& nodes() { return nodes_; }
  const std::string& trouble() const { return trouble_; }

  // The data of an answer of that very node; null, with node.error, where there is none within a few seconds.
  static codec::Json ask(Node& node, const std::string& path);

 private:
  void add(const Session& session, std::string id, std::string address);

  std::vector<Node> nodes_;
  std::string trouble_;
};

}  // namespace bao::cli
