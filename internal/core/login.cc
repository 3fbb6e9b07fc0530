#include "internal/core/login.h"

#include <algorithm>

#include "internal/base/log.h"
#include "internal/core/auditing.h"
#include "internal/core/execution.h"
#include "internal/core/intent.h"
#include "internal/core/lease_filing.h"
#include "internal/core/life_cycle.h"
#include "internal/core/second_factor.h"

namespace bao::core {

using base::Status;
using logical::Reply;

const logical::AuthMethod* login_method(const RequestWork& work) {
  if (work.mount == nullptr || !work.match) return nullptr;
  const auto& handlers = work.match->path->handlers;
  const bool logs_in = std::any_of(handlers.begin(), handlers.end(), [](const logical::Handler& h) { return h.is_login; });
  return logs_in ? dynamic_cast<const logical::AuthMethod*>(work.mount->backend.get()) : nullptr;
}

namespace {

// A password is hashed once, by the node that makes the token. A user may have a kind of token of his own, but to look for it first
// would tell by the time that it takes who exists: the mount alone decides.
bool is_judged_where_it_is_filed(const RequestWork& work) {
  const logical::AuthMethod* method = login_method(work);
  if (work.inline_login != nullptr || method == nullptr || !method->hashes_passwords()) return false;
  logical::Auth anybody;
  anybody.token_type = logical::name_of(logical::TokenKind::standard);
  return login_token_kind(work, anybody) != logical::TokenKind::batch || may_be_wrapped(work.request);
}

}  // namespace

Status Logins::check_lockout(RequestWork& work, const storage::ReadView& all) const {
  const logical::AuthMethod* method = login_method(work);
  if (method == nullptr || !work.fields.ok()) return {};
  const LockoutRules rules = lockout_rules(parts_.options.lockout, work.mount->entry);
  if (rules.disabled) return {};
  ASSIGN_OR_RETURN(work.alias, method->alias_of({work.request, *work.fields, work.now}));
  ASSIGN_OR_RETURN(const Lock lock, find_lock(all, rules, work.mount->entry.accessor, work.alias, work.now));
  work.lock_is_over = lock == Lock::over;
  return lock == Lock::locked ? Status(base::denied()) : Status();
}

Reply Logins::judge(RequestWork& work, const storage::ReadView& all, bool& needs_transaction) const {
  const auto in_transaction = [&](const char* why) {
    needs_transaction = true;
    return base::internal(why);
  };
  work.login.reset();
  const bool active = parts_.life_cycle->active();
  if (!active && is_judged_where_it_is_filed(work)) return in_transaction("the active node judges this login");
  // Of what this node passes on the active one tells.
  if (active) TRY(audit_request(parts_, work));
  RecordingView seen(all);
  Reply reply = run_local(work, seen);
  const bool is_for_active = !reply.ok() && (!active || reply.error().code() == base::Code::needs_active);
  if (is_for_active) return in_transaction("a login that writes, or is refused, is for the active node to judge");
  if (!reply.ok() || !reply->auth) return reply;
  ASSIGN_OR_RETURN(const bool identified, identify_login(parts_, work, *reply->auth));
  ASSIGN_OR_RETURN(const bool asked, parts_.second_factor->is_asked(work, *reply->auth));
  const bool files = work.inline_login == nullptr && login_token_kind(work, *reply->auth) != logical::TokenKind::batch;
  if (!identified || asked || files || may_be_wrapped(work.request)) {
    work.login = JudgedLogin{std::move(*reply), seen.take()};
    return in_transaction("the token of a login needs a transaction");
  }
  TRY(audit_request(parts_, work));
  barrier::Transaction nothing(parts_.barrier);
  TRY(create_login_token(parts_, work, nothing, *reply));
  return reply;
}

Reply Logins::grant(RequestWork& work, storage::WriteView& all) const {
  ASSIGN_OR_RETURN(const bool same, work.login->seen.reads_the_same(all));
  work.login_is_stale = !same;
  if (!same) return base::Error(base::Code::conflict, "what the login was judged by has changed");
  if (work.lock_is_over) TRY(all.remove(locked_user_key(work.mount->entry.accessor, work.alias)));
  return work.login->response;
}

void Logins::count(const RequestWork& work, const Reply& reply) {
  const logical::AuthMethod* method = work.alias.empty() ? nullptr : login_method(work);
  if (method == nullptr || !parts_.life_cycle->active()) return;
  const std::string& accessor = work.mount->entry.accessor;
  if (reply.ok()) return failed_.forget(accessor, work.alias);
  if (reply.error().code() != base::Code::invalid || reply.error().message() != method->refusal()) return;
  {
    const barrier::Reader all(parts_.barrier);
    const auto known = method->knows(work.alias, storage::PrefixReadView(all, work.mount->view_prefix));
    if (!known.ok() || !*known) return;
  }
  if (!failed_.count(lockout_rules(parts_.options.lockout, work.mount->entry), accessor, work.alias, work.now)) return;
  const auto locked = parts_.barrier.transact([&](barrier::Transaction& all) {
    return all.put(locked_user_key(accessor, work.alias), lock_entry(work.now));
  });
  if (!locked.ok()) base::log_warn("core", "a user could not be locked out", {{"error", locked.error().message()}});
}

}  // namespace bao::core
