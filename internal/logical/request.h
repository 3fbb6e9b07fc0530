// What is asked: a plain value, complete enough to be run here or sent whole to the active node (ARCHITECTURE 2, D11).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/ids.h"
#include "internal/base/spool_file.h"
#include "internal/codec/json.h"

namespace bao::logical {

enum class Operation : uint8_t { create, read, update, patch, remove, list, scan, header, help, renew, revoke };
// "create", "read", "update", "patch", "delete", "list", "scan", "header", "help", "renew", "revoke".
std::string_view operation_name(Operation operation);

// A namespace as requests carry it. Only the root exists yet (id "root", path "").
struct Namespace {
  base::NamespaceId id = base::kRootNamespace;
  std::string uuid = "00000000-0000-0000-0000-000000000000";
  std::string path;            // absolute, with trailing slash; "" for the root
  std::string storage_prefix;  // "" or "namespaces/<uuid>/"
};
const Namespace& root_namespace();

// Where the request came from.
struct Connection {
  std::string remote_address;  // "127.0.0.1"
  int remote_port = 0;
  std::vector<std::string> client_certificates;  // DER, leaf first; verified by the listener's rules
};

// Whom the token makes the caller. Filled by the request handler before a backend sees the request; empty on
// unauthenticated paths.
struct Caller {
  std::string accessor;
  std::string display_name;
  std::string entity_id;
  std::string cubbyhole_id;            // storage folder of the caller's cubbyhole
  std::vector<std::string> policies;   // the token's and the identity's
  std::string token_type;              // "service", "batch"
  bool root = false;                   // holds the policy "root"
};

struct Request {
  std::string id;                     // UUID, shown as request_id
  Operation operation = Operation::read;
  const Namespace* ns = &root_namespace();
  std::string path;                   // canonical, no leading slash, relative to the namespace: "secret/data/a"
  codec::Json data = codec::Json::object();  // body members, or query parameters where there is no body
  std::string raw_body;               // bodies that bypass JSON (OCSP); else empty
  std::shared_ptr<const base::SpoolFile> spooled_body;  // those that are too large for memory (snapshots); else nullptr
  std::string content_type;
  std::string client_token;           // a secret; "" when none was sent
  std::optional<base::Duration> wrap_ttl;  // X-Vault-Wrap-TTL, > 0
  std::string wrap_format;                 // "" or "jwt"
  std::vector<std::pair<std::string, std::string>> headers;  // names in canonical form (X-Vault-Mfa)
  Connection connection;
  Caller caller;
  // The request handler's view of the mount that serves it, for texts and defaults.
  std::string mount_point;            // "secret/", "auth/token/"
  std::string_view relative_path() const { return std::string_view(path).substr(mount_point.size()); }
};

}  // namespace bao::logical
