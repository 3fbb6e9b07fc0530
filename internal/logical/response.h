// What is answered (openbao-api.md 1.5). Plain values; rendered by render.h, given a status code by http/.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/spool_file.h"
#include "internal/codec/json.h"
#include "internal/logical/body_stream.h"

namespace bao::logical {

// A secret that ends: the request handler files it as a lease, in the transaction of the request.
struct SecretLease {
  base::Duration ttl{0};      // 0: the mount's default
  base::Duration max_ttl{0};  // 0: the mount's maximum
  bool renewable = false;
  codec::Json internal_data = codec::Json::object();  // secret_type selects the renew and revoke handlers
};

// A login, or a token that was made. With `client_token` empty the request handler makes the token.
struct Auth {
  std::string client_token;  // a secret
  std::string accessor;
  std::vector<std::string> policies, token_policies, identity_policies;
  std::optional<std::map<std::string, std::string>> metadata;  // absent: null in the answer
  codec::Json internal_data = codec::Json::object();
  std::string display_name;
  std::string entity_id;
  std::string token_type = "service";
  std::string alias_name;         // for identity, later
  base::Duration ttl{0}, max_ttl{0}, explicit_max_ttl{0}, period{0};
  bool renewable = false;
  bool orphan = false;
  bool no_default_policy = false;
  int64_t num_uses = 0;
  std::vector<std::string> bound_cidrs;
  std::string creation_path;
  std::optional<codec::Json> mfa_requirement;  // in place of a token: the login waits for a second factor
};

struct WrapInfo {
  std::string token;  // a secret
  std::string accessor;
  base::Duration ttl{0};
  base::Time creation_time{};
  std::string creation_path;
  std::string wrapped_accessor;
};

// Bytes that go out as they are: CRLs, snapshots, bare JSON documents.
struct RawBody {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::shared_ptr<const base::SpoolFile> spooled{};  // in place of `body`, for what is too large for memory; else nullptr
  std::shared_ptr<BodyStream> stream{};  // in place of `body`, for what goes on until somebody ends it; else nullptr
  std::string_view fault{};  // of a 5xx: why, in words that stand in the source, for the log
};

struct Response {
  std::optional<codec::Json> data;      // absent: null; a whole Response without anything: 204
  std::vector<std::string> warnings;
  bool lists_warnings = false;          // an empty list of warnings is shown as [], not null (sys/loggers)
  std::optional<SecretLease> lease;     // asked for by an engine
  std::string lease_id;                 // given by the request handler
  base::Duration lease_duration{0};     // shown; of a filed lease, or what KV v1 hints at
  bool renewable = false;
  std::optional<Auth> auth;
  std::optional<WrapInfo> wrap;
  std::optional<RawBody> raw;
  int status = 0;                       // 0: by content; else forced (404 with a body, 202)
  bool spread_data = false;             // data also at top level (openbao-api.md 1.5)
  std::vector<std::pair<std::string, std::string>> headers;
  bool empty() const {
    return !data && warnings.empty() && !lease && lease_id.empty() && !auth && !wrap && !raw && status == 0;
  }

  static Response none() { return {}; }
  static Response of(codec::Json data) { Response r; r.data = std::move(data); return r; }
  // LIST: {"keys":[…]}, with key_info when it is not empty.
  static Response keys(const std::vector<std::string>& names, codec::Json key_info = nullptr);
  // A LIST that found nothing and says nothing: 404 with empty errors.
  bool lists_nothing() const;
};

using Reply = base::Result<Response>;

// Errors as the reference words them. An engine's refusal is plain text with 400; what a backend or the core returns
// as an error reads "1 error occurred:\n\t* text\n\n".
base::Words multierror(const base::Words& words);
base::Error unsupported_operation();  // 405, wrapped
base::Error unsupported_path();       // 404, wrapped
base::Error nothing();                // 404 {"errors":[]}

}  // namespace bao::logical
