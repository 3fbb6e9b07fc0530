// A token as it lies at rest: JSON under sys/token/id/ (openbao-storage.md 3.4), protobuf inside a batch token (3.6).
// Plain value. JSON members and protobuf fields that we don't know survive a rewrite.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::core {

enum class TokenType : uint8_t { standard = 0, service = 1, batch = 2 };

struct TokenEntry {
  TokenType type = TokenType::service;
  std::string id;        // clear text; a secret
  std::string accessor;
  std::string parent;    // the parent's id, or "" for an orphan
  std::vector<std::string> policies;
  std::string inline_policy;
  std::string path;      // where it was made: auth/token/create, auth/userpass/login/alice
  std::map<std::string, std::string> meta;
  std::map<std::string, std::string> internal_meta;
  std::string display_name;
  int64_t num_uses = 0;  // 0 unlimited, > 0 left, -1 spent and to be revoked
  int64_t creation_time = 0;  // unix seconds
  base::Duration ttl{0};
  base::Duration explicit_max_ttl{0};
  std::string role;
  base::Duration period{0};
  std::string entity_id;
  bool no_identity_policies = false;
  std::vector<std::string> bound_cidrs;
  std::string namespace_id = "root";
  std::string cubbyhole_id;
  codec::Json unknown = codec::Json::object();  // members of newer releases
  std::string unknown_fields;                   // protobuf fields of newer releases

  // Valid without a lease: policies exactly ["root"] and no ttl.
  bool is_root() const { return policies.size() == 1 && policies[0] == "root" && ttl.count() == 0; }
};

base::Result<TokenEntry> parse_token_entry(std::string_view json);
std::string serialize_token_entry(const TokenEntry& entry);

base::Result<TokenEntry> parse_batch_payload(std::string_view protobuf);
std::string serialize_batch_payload(const TokenEntry& entry);

}  // namespace bao::core
