// A node as a member of its cluster: its storage, its driver, its ways to the other members (core/ha/cluster.h says what the core may
// ask). Thread-safe.
//
//   Raft's role, configuration ─▶ cluster thread: peers of the transport, promotions, the core's listener
//   carrier ─▶ transport ─▶ other members;   their envelopes ─▶ driver;   their calls ─▶ pool ─▶ on_ask
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/core/ha/cluster.h"
#include "internal/storage/backend.h"

namespace bao::cluster {

struct NodeOptions {
  std::string folder;           // of the data
  std::string listen_address;   // host:port of the cluster port
  std::string name;             // "": kept in the folder's file node-id, made when absent
  std::string cluster_address;  // host:port as others reach it
  std::string api_address;      // URL
  std::string host_name, version;  // as the others are told
  std::string vfs = "unix-excl";
  base::Duration key_life{std::chrono::hours(24)};       // of the member's own key, then it is exchanged
  base::Duration key_overlap{std::chrono::seconds(10)};  // how long connections with the old one go on
};

class Node : public core::Cluster {
 public:
  // Opens the data. Errors as storage::raft::open.
  static base::Result<std::unique_ptr<Node>> open(NodeOptions options);
  virtual storage::Backend& storage() = 0;
  virtual const std::string& name() const = 0;
};

}  // namespace bao::cluster
