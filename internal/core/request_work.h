// One request on its way through the core: what was found out about it so far. Owned by the request's thread.
#pragma once

#include <memory>
#include <optional>

#include "internal/core/login.h"
#include "internal/core/mounts/router.h"
#include "internal/core/parts.h"
#include "internal/logical/path.h"

namespace bao::core {

struct RequestWork {
  explicit RequestWork(logical::Request&& r) : request(std::move(r)), asked(request.operation) {}

  logical::Request request;
  const logical::Operation asked;  // request.operation becomes create or update by the existence check
  base::Time now{};

  // By route().
  std::shared_ptr<const Router> router;  // keeps the mount alive
  const Mount* mount = nullptr;          // nullptr: no such route
  std::optional<logical::Match> match;   // empty: no such path in the mount
  base::Result<logical::Fields> fields = logical::Fields();

  std::vector<std::pair<std::string, std::string>> withheld_headers;  // of the request, that the mount may not see

  bool confirmed = false;  // what is found stands on the log or on a question to the leader, not on this node's word alone

  uint64_t data = 0;       // LifeCycle::replacements() when it began
  bool done = false;       // something was done that must not be done again

  Origin origin;
  bool audited = false;             // the audit devices have its line, and are not told of another run
  bool audit_failed = false;        // none of them took it: nothing was done

  // By authenticate() and authorize().
  std::shared_ptr<const TokenEntry> token;  // nullptr where none is needed
  std::shared_ptr<const identity::Standing> standing;  // of the token's entity; nullptr: it has none
  std::shared_ptr<const Acl> acl;           // what the decision points into
  Decision decision;

  // Of a request that brings its login along (Core::log_in).
  Core::InlineCaller inline_caller;            // who acts, after the login
  Core::InlineCaller* inline_login = nullptr;  // this is the login: whom it makes of the client goes there, and no token is filed

  // Of a login.
  std::optional<JudgedLogin> login;   // credentials that were found right outside of the transaction
  bool login_is_stale = false;        // they were judged by what is no more so: to be judged again
  std::string alias;                  // who logs in, where a lockout watches
  bool lock_is_over = false;          // he was locked out, long ago
  bool entity_created = false;        // for him

  bool needs_token() const { return !match || match->path->access != logical::Access::unauthenticated; }
  // Of the operation as it stands; nullptr when the path has none.
  const logical::Handler* handler() const { return match ? match->path->find(request.operation) : nullptr; }
};

}  // namespace bao::core
