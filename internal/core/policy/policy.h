// ACL policies: parsed from HCL or JSON, stored as openbao-storage.md 2.6 says, compiled into an Acl that decides.
// Policy and Acl are immutable once made; thread-safe.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/logical/identity.h"
#include "internal/logical/request.h"

namespace bao::core {

using Capabilities = uint32_t;
inline constexpr Capabilities kDeny = 1, kCreate = 2, kRead = 4, kUpdate = 8, kDelete = 16, kList = 32, kSudo = 64,
                              kPatch = 128, kScan = 256;
// Sorted, as sys/capabilities answers ("create", "delete", "list", …); {"deny"} for kDeny and for nothing. For a root
// ACL that path answers {"root"} instead.
std::vector<std::string> capability_names(Capabilities capabilities);

// Lower-case parameter names with the values that are meant; a list that is empty means every value.
using ParameterValues = std::map<std::string, std::vector<codec::Json>, std::less<>>;

// One `path "…" { }` block.
struct PathRule {
  std::string written;  // the path as written, with its templates
  std::string path;     // without leading '/' and trailing '*'
  bool prefix = false;  // ended in '*'
  bool has_segment_wildcards = false;  // '+'
  bool templated = false;              // {{…}}: path, prefix and wildcards are known only when it is filled
  Capabilities capabilities = 0;
  // Absent: no constraint.
  std::optional<ParameterValues> allowed_parameters, denied_parameters;
  std::vector<std::string> required_parameters;
  base::Duration min_wrapping_ttl{0}, max_wrapping_ttl{0};
  int64_t pagination_limit = 0;
  std::string response_keys_filter_path;  // list_scan_response_keys_filter_path
  std::optional<base::Time> expiration;
};

struct Policy {
  std::string name;
  std::string raw;  // as written
  int64_t version = 0;
  bool cas_required = false;
  bool templated = false;
  std::optional<base::Time> expiration, modified;
  bool allow_wildcards_in_identity_templates = false, allow_slashes_in_identity_templates = false;
  std::vector<PathRule> rules;
  codec::Json unknown = codec::Json::object();  // members of newer releases
};

// The rules of a text. Errors: invalid, with line and column ("failed to parse policy: At 3:7: …"); too_large past
// kPolicyTextBytesMax.
base::Result<std::vector<PathRule>> parse_policy_rules(std::string_view text);
bool has_templates(const std::vector<PathRule>& rules);
// A policy that is made now: rules and the templated flag follow from the text. Errors as parse_policy_rules.
base::Result<Policy> make_policy(std::string_view name, std::string_view text);
// As stored (openbao-storage.md 2.6). Errors: corrupt.
base::Result<Policy> parse_policy_entry(std::string_view name, std::string_view stored);
std::string serialize_policy_entry(const Policy& policy);

// The rules of one path, as an Acl merged them.
struct MergedRules {
  struct Rule {
    std::string policy;
    std::string written;  // the path as that policy has it
    Capabilities capabilities = 0;
  };
  std::string path;         // templates filled, with its '+' and '*'
  std::vector<Rule> rules;  // in the order of the policies
};

// Why not.
enum class Refusal : uint8_t { none, no_rule, expired, denied, capability, wrapping_ttl, parameters, pagination_limit };
// As it is spelled here.
std::string_view refusal_name(Refusal refusal);

struct Decision {
  bool allowed = false;
  bool root = false;                 // by the policy "root"
  bool sudo = false;                 // the rule grants sudo
  Refusal refusal = Refusal::no_rule;
  Capabilities capabilities = 0;
  Capabilities needed = 0;            // by the operation
  const MergedRules* rules = nullptr;  // that decided; lives as long as the Acl
  std::optional<int64_t> limit;      // lists: the request's member `limit` becomes this (pagination_limit, "max")
  std::string_view response_keys_filter_path;  // lists: see keys_filter.h; lives as long as the Acl

  // The policies that grant the capability; live as long as the Acl.
  std::vector<std::string_view> granting_policies() const;
};

// The compiled union of some policies.
class Acl {
 public:
  // A policy named "root" allows all. `identity`: what templates are filled from; nullptr: no entity, and what they would allow
  // is left out. Errors: invalid, naming the policy.
  static base::Result<std::shared_ptr<const Acl>> compile(const std::vector<std::shared_ptr<const Policy>>& policies,
                                                          const logical::Identity* identity, base::Time now);
  ~Acl();
  bool is_root() const;
  // `data` are the request's members (parameter constraints); `wrap_ttl` as asked for. The request's operation decides
  // which capability is needed; `header` and `help` are decided like read.
  Decision allow(const logical::Request& request, logical::Operation operation, base::Time now) const;
  // What sys/capabilities shows for a path. A rule past its expiration denies: ask the policy store for a new Acl.
  Capabilities capabilities(std::string_view path, base::Time now) const;
  // Whether any rule below this prefix grants something: sys/internal/ui/mounts.
  bool touches_mount(std::string_view mount_point) const;
  // exact_paths and glob_paths for sys/internal/ui/resultant-acl.
  codec::Json resultant() const;
  // The earliest expiration among the rules, for caches.
  std::optional<base::Time> expires() const;

 private:
  Acl();
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

}  // namespace bao::core
