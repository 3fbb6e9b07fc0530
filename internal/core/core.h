// A node's core: the seal life cycle, and the one entry for requests. Owns the barrier, mounts, policies, tokens, leases.
// Thread-safe. HTTP, the server and tests use this header only.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/barrier/barrier.h"
#include "internal/barrier/seal/seal.h"
#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/codec/json.h"
#include "internal/core/audit/server_options.h"
#include "internal/core/lockout_rules.h"
#include "internal/core/mounts/mount_table.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"
#include "internal/net/address_rule.h"
#include "internal/storage/backend.h"

namespace bao::core {

class Cluster;  // ha/cluster.h
class Joining;  // ha/joining.h
class CrossOrigin;  // settings/cross_origin.h
class RateLimits;   // quota/rate_limits.h
class UnderWay;     // under_way.h
struct TokenEntry;  // token/token_entry.h

struct CoreOptions {
  Cluster* cluster = nullptr;                 // outlives the core; nullptr: this node is no cluster's and always active
  Joining* joining = nullptr;                 // likewise; takes the shares that a node gives to join with
  std::unique_ptr<seal::Wrapper> auto_seal;   // nullptr: Shamir
  std::unique_ptr<seal::Wrapper> former_seal; // what the storage may be sealed by still; nullptr: by Shamir, or as it shall be
  std::string cluster_name;                   // "": vault-cluster-<8 hex>
  std::string api_address, cluster_address;   // may be ""
  std::string version;                        // "2.6.2"-compatible, shown by status and health
  std::string commit_date;
  bool ha_enabled = false;                    // storage raft
  std::string node_id;                        // of the node among its peers; may be ""
  bool raw_storage_endpoint = false;
  bool introspection_endpoint = false;
  bool development = false;
  bool strict = false;                        // tests: a write that no owner knows of ends the process (D12)
  MountTable::Factories more_secret_types;    // tests: engines beside those that are built in
  MountDefaults defaults;
  net::AddressRule outbound;                  // where engines connect to for clients
  audit::ServerOptions audit;
  LockoutSettings lockout;
  codec::Json sanitized_configuration;        // sys/config/state/sanitized
  base::Duration request_timeout = std::chrono::seconds(90);
};

// How a request came to this node, as audit devices tell of it.
struct Origin {
  std::string_view forwarded_from{};             // the node that passed it on; "": the client asked this node
  std::string_view certificate_serial_number{};  // decimal, of the client's certificate, where the listener requires and verifies them
};

struct SealStatus {  // openbao-api.md 2.1; progress of the unsealing under way
  std::string type;
  bool initialized = false, sealed = true;
  int threshold = 0, shares = 0, progress = 0;
  std::string nonce;
  bool recovery_seal = false;
  std::string recovery_seal_type;  // auto-unseal only
  bool migration = false;
  std::string version, commit_date, storage_type;
  std::string cluster_name, cluster_id;  // only unsealed
  std::vector<std::string> warnings;
};

struct InitRequest {
  // Present as given by the caller, so that what doesn't fit the seal is refused.
  std::optional<int64_t> secret_shares, secret_threshold, recovery_shares, recovery_threshold;
  // Base64 of the holders' PGP public keys, as many as shares: each share is encrypted for one. Empty: shares in clear text.
  std::vector<std::string> pgp_keys, recovery_pgp_keys;
  std::string root_token_pgp_key;  // "": the root token in clear text
  std::optional<std::string> root_token_id;  // development mode
  // More follows before the node is of use: no process unseals it before finish_initialization(), but the one that initialises it.
  bool unfinished = false;
};
struct InitResult {
  std::vector<base::SecretBytes> shares, recovery_shares;  // or the PGP messages that hold their hex
  std::string root_token;  // a secret; or base64 of the PGP message that holds it
};

struct Leader {
  bool ha_enabled = false, is_self = false;
  base::Time active_since{};
  std::string leader_address, leader_cluster_address;
  uint64_t committed_index = 0, applied_index = 0;
};

struct Health {
  bool initialized = false, sealed = true, standby = true;
  std::string performance_mode, disaster_mode;  // observed.md, sys
  std::string version, cluster_name, cluster_id;
};

class Core {
 public:
  // The backend outlives the core. Nothing is read or written before start().
  Core(storage::Backend& backend, CoreOptions options, const base::Clock& clock);
  ~Core();
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  // Reads what is known while sealed; with an auto seal and initialised storage, unseals. Errors name what is wrong with
  // the data (a seal that is not configured, an unfinished copy of a storage).
  base::Status start();
  // Before stop(), while requests are still answered: another node is active when this returns, if one can be, bounded.
  void step_aside();
  // Ends background work and seals. Requests under way finish first, bounded.
  void stop();

  base::Result<bool> initialized() const;
  base::Result<InitResult> initialize(const InitRequest& request);
  base::Status finish_initialization();
  base::Result<SealStatus> seal_status() const;
  // One share (hex or base64). The status after it. A wrong combination: invalid, and the progress starts over.
  // `yes` while the storage is sealed otherwise than configured: then the shares are those of the former seal (seal_migration.h).
  enum class Migrate : uint8_t { no, yes };
  base::Result<SealStatus> unseal(std::string_view share_text, Migrate migrate = Migrate::no);
  base::Result<SealStatus> reset_unseal();
  base::Status seal();
  base::Result<Leader> leader() const;
  base::Result<Health> health() const;

  // Whether this node may write now.
  bool active() const;
  // Everything up to here is applied on this node.
  base::Index applied() const;
  // Everything else: token, ACL, routing, intent, the engine, leases, wrapping. Errors as they go to the client (the code
  // decides the status); needs_active: nothing ran, the active node must do it. The request's id is set by the caller.
  // `caller`: from log_in, in place of a token of the request's own.
  using InlineCaller = std::shared_ptr<const TokenEntry>;
  logical::Reply handle(logical::Request request, const Origin& origin = {}, InlineCaller caller = nullptr);
  // Inline authentication (openbao-api.md 1.2): the login that another request brings along, whose token nobody is told and nobody
  // keeps. `caller`: whom it makes of the client; nullptr: it is no login, and its answer is as it would be without this.
  struct InlineLogin {
    logical::Reply reply;
    InlineCaller caller;
  };
  InlineLogin log_in(logical::Request request, const Origin& origin = {});
  // What http asks before it looks at what is requested, and where it says what it is at.
  const CrossOrigin& cross_origin() const;
  RateLimits& rate_limits() const;
  UnderWay& under_way() const;
  // For audit devices: a request that was refused before it got to handle().
  void audit_refused(const logical::Request& request, const base::Error& why);
  // SIGHUP: audit devices open their files anew; those that the configuration declares are added and removed.
  void reload_audit(audit::ServerOptions options);

  struct Parts;  // what core/system and core/handler see; core/parts.h

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace bao::core
