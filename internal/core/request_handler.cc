// The order of things in a request's way (README). Every step has a file of its own.
#include "internal/core/request_handler.h"

#include <chrono>

#include "internal/barrier/reading_only.h"
#include "internal/base/deadline.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/core/auditing.h"
#include "internal/core/authorization.h"
#include "internal/core/execution.h"
#include "internal/core/faults.h"
#include "internal/core/intent.h"
#include "internal/core/lease_filing.h"
#include "internal/core/life_cycle.h"
#include "internal/core/list_filter.h"
#include "internal/core/login.h"
#include "internal/core/request_gate.h"
#include "internal/core/routing.h"
#include "internal/core/second_factor.h"

namespace bao::core {
namespace {

using base::Code;
using base::Result;
using base::Status;
using logical::Reply;

using Steady = std::chrono::steady_clock;

constexpr int kTriesMax = 4;  // of a request on whose way the data is replaced

// Who meets the sealing on his way reads what everybody reads who comes later.
Reply in_clients_words(Reply reply) {
  if (reply.ok() || reply.error().code() != Code::sealed) return reply;
  return base::Error(Code::sealed, "Vault is sealed");
}

// A handler says that it would write, or its answer brings something into being: a lease, or the token of a login.
bool asks_to_write(const Reply& reply) {
  if (!reply.ok()) return reply.error().code() == Code::needs_active;
  return reply->lease || (reply->auth && reply->auth->client_token.empty());
}

// Somebody may have brought into being what this node does not know yet: a right, a mount, a wrapping token, an accessor, a lease.
bool refuses(const RequestWork& work, const Reply& reply) {
  if (reply.ok()) return false;
  const Code code = reply.error().code();
  if (code == Code::invalid && login_method(work) != nullptr) return true;
  if (work.mount == nullptr) return code == Code::denied || code == Code::absent;
  return code == Code::denied || (code == Code::invalid && work.mount->core_backend);
}

// It begins anew, as it was asked.
void start_over(std::optional<RequestWork>& work, uint64_t data) {
  logical::Request request = std::move(work->request);
  request.operation = work->asked;
  std::move(work->withheld_headers.begin(), work->withheld_headers.end(), std::back_inserter(request.headers));
  const Origin origin = work->origin;
  const bool audited = work->audited;
  Core::InlineCaller inline_caller = std::move(work->inline_caller);
  Core::InlineCaller* inline_login = work->inline_login;
  if (inline_login != nullptr) inline_login->reset();  // it was whom a login of the past made of the client
  work.emplace(std::move(request));
  work->inline_caller = std::move(inline_caller);
  work->inline_login = inline_login;
  work->origin = origin;
  work->audited = audited;
  work->data = data;
}

class RequestPipeline final : public RequestHandler {
 public:
  explicit RequestPipeline(Core::Parts& parts) : parts_(parts), logins_(parts) {}

  Reply handle(logical::Request&& request, const Origin& origin, Core::InlineCaller caller) override {
    std::optional<RequestWork> work(std::in_place, std::move(request));
    work->inline_caller = std::move(caller);
    return answer(work, origin);
  }
  Core::InlineLogin log_in(logical::Request&& request, const Origin& origin) override {
    std::optional<RequestWork> work(std::in_place, std::move(request));
    Core::InlineCaller caller;
    work->inline_login = &caller;
    Reply reply = answer(work, origin);
    if (!reply.ok()) caller = nullptr;
    return {std::move(reply), std::move(caller)};
  }
  Result<std::shared_ptr<const Acl>> acl_of(const storage::ReadView& all, const TokenEntry& entry) const override {
    return acl_of_token(parts_, all, entry, parts_.clock.now());
  }
  bool drain(base::Duration at_most) override { return gate_.drain(at_most); }
  FailedLogins& failed_logins() override { return logins_.failed(); }

 private:
  // What one run in a transaction ended with.
  struct Outcome {
    Reply reply = base::internal("the request was not run");
    bool spent = false;     // the token's last use was taken
    bool proposed = false;  // something was changed: the log has judged what it stands on
  };

  Reply answer(std::optional<RequestWork>& work, const Origin& origin) {
    Reply reply = process(work, origin);
    tell_of_fault(*work, reply);
    return in_clients_words(std::move(reply));
  }
  Reply process(std::optional<RequestWork>& work, const Origin& origin);
  Reply confirmed(std::optional<RequestWork>& work);
  Reply run(RequestWork& work);
  Reply run_once(RequestWork& work);
  Reply read(RequestWork& work, bool& needs_transaction);
  Reply write(RequestWork& work);
  Status write_once(RequestWork& work, barrier::Transaction& all, Outcome& outcome);
  Reply manage(RequestWork& work);
  Status finish_login(RequestWork& work, storage::WriteView& all, logical::Response& response);
  Reply complete(RequestWork& work, storage::WriteView& all, Reply reply);
  Status use_token(RequestWork& work, storage::WriteView& all, Outcome& outcome);
  Status take_use(RequestWork& work, Outcome& outcome);
  Result<base::Index> transact(const std::function<Status(barrier::Transaction&)>& body);
  Reply after(RequestWork& work, Outcome outcome);
  void report_wrong_declaration(const RequestWork& work);
  base::Error elsewhere() const;
  Status check_use_can_be_taken(const RequestWork& work) const;

  Core::Parts& parts_;
  RequestGate gate_;
  Logins logins_;
};

Reply RequestPipeline::process(std::optional<RequestWork>& work, const Origin& origin) {
  const RequestGate::Pass pass(gate_);
  if (!pass.entered()) return base::Error(Code::unavailable, "the server is stopping");
  const base::RequestDeadline deadline(Steady::now() + parts_.options.request_timeout);
  work->origin = origin;
  for (int tries = 1;; ++tries) {
    const uint64_t data = work->data = parts_.life_cycle->await_data();
    Reply reply = confirmed(work);
    logins_.count(*work, reply);
    // All data was replaced on the way: what was found is of neither the old nor the new.
    if (data == parts_.life_cycle->replacements() || work->done || tries == kTriesMax) return audited(parts_, *work, std::move(reply));
    start_over(work, data);
  }
}

// A node confirms before it says no (D9): a standby, and one that may have been deposed without knowing.
Reply RequestPipeline::confirmed(std::optional<RequestWork>& work) {
  const auto sight = parts_.life_cycle->sight();
  Reply reply = run(*work);
  if (!refuses(*work, reply) || work->confirmed) return reply;
  static base::Counter& confirmed = base::counter("confirm.refusals");
  static base::Counter& withdrawn = base::counter("confirm.changed_mind");
  confirmed.add();
  ASSIGN_OR_RETURN(const bool stands, parts_.life_cycle->confirm_refusal(sight));
  if (stands) return reply;
  start_over(work, work->data);
  reply = run(*work);
  if (!refuses(*work, reply)) withdrawn.add();
  return reply;
}

Reply RequestPipeline::run(RequestWork& work) {
  work.now = parts_.clock.now();
  TRY(route(parts_, work));
  for (int tries = 1;; ++tries) {
    work.login_is_stale = false;
    Reply reply = run_once(work);
    if (!work.login_is_stale || tries == kTriesMax) return reply;
  }
}

Reply RequestPipeline::run_once(RequestWork& work) {
  bool needs_transaction = false;
  Reply reply = read(work, needs_transaction);
  if (!needs_transaction) return reply;
  if (manages(work) == Management::of_node) {
    TRY(check_use_can_be_taken(work));
    return manage(work);
  }
  if (!parts_.life_cycle->active() && !parts_.life_cycle->await_active()) return elsewhere();
  if (manages(work) == Management::none) return write(work);
  // It may find that there is nothing to do, which nobody but a leader can know.
  if (!parts_.life_cycle->confirm({}).ok()) return elsewhere();
  work.confirmed = true;
  return manage(work);
}

// Everything on one moment's view: token, policies, plan, engine.
Reply RequestPipeline::read(RequestWork& work, bool& needs_transaction) {
  const barrier::Reader all(parts_.barrier);
  const barrier::ReadingOnly reading;
  TRY(authenticate(parts_, work, all));
  const Intent intent = request_intent(work.request, work.handler(), work.token.get());
  needs_transaction = intent == Intent::writes;
  if (needs_transaction) return base::internal("a request that writes needs a transaction");
  TRY(authorize(parts_, work, all));
  TRY(logins_.check_lockout(work, all));
  if (auto answer = answer_without_handler(work)) return std::move(*answer);
  if (intent == Intent::logs_in) return logins_.judge(work, all, needs_transaction);
  if (intent == Intent::reads_unless) {
    ASSIGN_OR_RETURN(const logical::Where where, plan(work, all));
    needs_transaction = where == logical::Where::active;
    if (needs_transaction) return base::internal("a plan that writes needs a transaction");
  }
  TRY(audit_request(parts_, work));
  Reply reply = run_local(work, all);
  if (reading.met_write() || asks_to_write(reply)) {
    report_wrong_declaration(work);
    needs_transaction = true;
    return reply;
  }
  return filter_list(work, std::move(reply));
}

// A node that is being sealed or unsealed is no standby yet, or no more.
base::Error RequestPipeline::elsewhere() const {
  if (!parts_.life_cycle->serving()) return {Code::sealed, "Vault is sealed"};
  return {Code::needs_active, "this node is a standby: the active node must do this"};
}

// What is of this node alone is never forwarded: the active node would seal itself.
Status RequestPipeline::check_use_can_be_taken(const RequestWork& work) const {
  if (work.token == nullptr || work.token->num_uses <= 0 || parts_.life_cycle->active()) return {};
  return base::invalid("a standby cannot count the use of this token: ask it with a token of unlimited uses");
}

void RequestPipeline::report_wrong_declaration(const RequestWork& work) {
  static base::Counter& wrong = base::counter("core.wrong_declarations");
  wrong.add();
  base::log_error("core", "an operation is declared as reading but writes",
                  {{"mount_type", work.mount->entry.type}, {"pattern", work.match->path->pattern},
                   {"operation", std::string(logical::operation_name(work.request.operation))}});
}

Result<base::Index> RequestPipeline::transact(const std::function<Status(barrier::Transaction&)>& body) {
  auto done = parts_.barrier.transact([&](barrier::Transaction& all) -> Status {
    TRY(base::check_request_deadline());
    return body(all);
  });
  // Nothing was changed: whoever is active by now can do it.
  if (!done.ok() && done.error().code() == Code::needs_active) return elsewhere();
  if (!done.ok() && done.error().code() == Code::unavailable && !parts_.life_cycle->active()) return elsewhere();
  if (!done.ok() && done.error().code() == Code::conflict) {
    return base::Error(Code::unavailable, "too many requests changed the same data at once; try again");
  }
  return done;
}

Reply RequestPipeline::write(RequestWork& work) {
  Outcome outcome;
  const auto sight = parts_.life_cycle->sight();
  const auto once = [&](barrier::Transaction& all) {
    const Status written = write_once(work, all, outcome);
    outcome.proposed = written.ok() && all.writes();
    return written;
  };
  auto done = transact(once);
  // Nothing to change, a mismatch, a denial: the log wasn't asked, and a leader that was deposed would say so of a state of the past.
  if (!outcome.proposed && (done.ok() || done.error().code() != Code::needs_active)) {
    const auto stands = parts_.life_cycle->confirm(sight);
    if (!stands.ok()) return elsewhere();
    if (!*stands) done = transact(once);
  }
  work.confirmed = true;
  work.done = work.done || outcome.proposed || (!done.ok() && done.error().code() == Code::uncertain);
  if (done.ok()) return after(work, std::move(outcome));
  if (done.error().code() == Code::needs_active || work.audit_failed) return done.error();
  // Nothing was written, but a use of a limited token is a use.
  outcome = {};
  TRY(take_use(work, outcome));
  outcome.reply = done.error();
  return after(work, std::move(outcome));
}

// One attempt. An error leaves nothing behind; a denial is a reply, so that the use of a limited token is kept.
Status RequestPipeline::write_once(RequestWork& work, barrier::Transaction& all, Outcome& outcome) {
  outcome = {};
  // It was routed by what the old data said; looked at once the transaction knows which keyring it uses.
  if (work.data != parts_.life_cycle->replacements()) {
    return base::Error(Code::unavailable, "all data was replaced meanwhile; nothing was changed, try again");
  }
  TRY(authenticate(parts_, work, all));
  TRY(use_token(work, all, outcome));
  if (const Status allowed = authorize(parts_, work, all); !allowed.ok()) {
    outcome.reply = allowed.error();
    return {};
  }
  TRY(audit_request(parts_, work));
  auto answer = answer_without_handler(work);
  ENSURE(answer || manages(work) == Management::none, "existence does not turn a writing operation into a managing one");
  outcome.reply = answer ? std::move(*answer) : work.login ? logins_.grant(work, all) : run_writing(work, all);
  if (outcome.reply.ok()) outcome.reply = filter_list(work, std::move(outcome.reply));
  outcome.reply = complete(work, all, std::move(outcome.reply));
  return outcome.reply.ok() ? Status() : Status(outcome.reply.error());
}

// An accessor without a token is a token that isn't told, by renew-accessor.
Status RequestPipeline::finish_login(RequestWork& work, storage::WriteView& all, logical::Response& response) {
  const bool logs_in = response.auth && response.auth->client_token.empty() && response.auth->accessor.empty();
  if (!logs_in) return {};
  TRY(identify_login(parts_, work, all, *response.auth));
  TRY(parts_.second_factor->check(work, all, response));
  return response.auth->mfa_requirement ? Status() : create_login_token(parts_, work, all, response);
}

// Leases, login tokens, wrapping: what the answer itself brings into being.
Reply RequestPipeline::complete(RequestWork& work, storage::WriteView& all, Reply reply) {
  if (!reply.ok()) return reply;
  logical::Response& response = *reply;
  TRY(file_lease(parts_, work, all, response));
  TRY(finish_login(work, all, response));
  const bool wraps = may_be_wrapped(work.request) && !response.wrap && !response.empty();
  if (!wraps) return reply;
  auto warnings = response.warnings;
  Reply wrapped = parts_.wrapping->wrap(all, work.request, response, *work.request.wrap_ttl);
  if (wrapped.ok()) wrapped->warnings = std::move(warnings);
  return wrapped;
}

Status RequestPipeline::use_token(RequestWork& work, storage::WriteView& all, Outcome& outcome) {
  if (work.token == nullptr || work.token->num_uses <= 0) return {};
  ASSIGN_OR_RETURN(work.token, parts_.tokens.use(all, *work.token));
  if (work.token == nullptr) return base::denied(logical::multierror("permission denied"));
  outcome.spent = work.token->num_uses < 0;
  return {};
}

// In a transaction of its own, for requests whose own transaction came to nothing or that have none.
Status RequestPipeline::take_use(RequestWork& work, Outcome& outcome) {
  if (!work.needs_token()) return {};
  std::shared_ptr<const TokenEntry> token;
  {
    const barrier::Reader all(parts_.barrier);
    ASSIGN_OR_RETURN(token, parts_.tokens.lookup(all, work.request.client_token));
  }
  if (token == nullptr || token->num_uses <= 0) return {};
  const auto done = transact([&](barrier::Transaction& all) {
    outcome.spent = false;
    work.token = token;
    return use_token(work, all, outcome);
  });
  return done.ok() ? Status() : Status(done.error());
}

Reply RequestPipeline::manage(RequestWork& work) {
  Outcome outcome;
  TRY(take_use(work, outcome));
  Status allowed;
  {
    const barrier::Reader all(parts_.barrier);
    allowed = authorize(parts_, work, all);
  }
  if (allowed.ok()) TRY(audit_request(parts_, work));
  auto answer = allowed.ok() ? answer_without_handler(work) : std::optional<Reply>(allowed.error());
  work.done = !answer;
  outcome.reply = answer ? std::move(*answer) : run_managing(work);
  const bool completes = outcome.reply.ok() && may_be_wrapped(work.request) && !outcome.reply->empty();
  if (completes) {
    Reply completed = base::internal("the answer was not wrapped");
    const auto done = transact([&](barrier::Transaction& all) -> Status {
      completed = complete(work, all, outcome.reply);
      return completed.ok() ? Status() : Status(completed.error());
    });
    outcome.reply = done.ok() ? std::move(completed) : Reply(done.error());
  }
  // It has steps of its own, of which some may be done: nobody else may begin it again.
  if (!outcome.reply.ok() && outcome.reply.error().code() == Code::needs_active) {
    outcome.reply = base::Error(Code::uncertain, "this node ceased to be the active one on the way: the request may be carried out in part");
  }
  return after(work, std::move(outcome));
}

// A token whose last use this was ends with the request. The sweeper was reminded of it, should this fail.
Reply RequestPipeline::after(RequestWork& work, Outcome outcome) {
  parts_.mounts->initialize_new_backends();
  if (!outcome.spent) return std::move(outcome.reply);
  if (const Status revoked = parts_.tokens.revoke_tree(parts_.barrier, work.request.client_token); !revoked.ok()) {
    base::log_warn("core", "a spent token is not revoked yet", {{"error", revoked.error().message()}});
  }
  if (outcome.reply.ok() && !outcome.reply->lease_id.empty()) {
    return base::invalid("Secret cannot be returned; token had one use left, so leased credentials were immediately revoked.");
  }
  return std::move(outcome.reply);
}

}  // namespace

std::unique_ptr<RequestHandler> make_request_handler(Core::Parts& parts) { return std::make_unique<RequestPipeline>(parts); }

}  // namespace bao::core
