#include "internal/engines/pki/acme/validation_queue.h"

#include "internal/base/time_format.h"
#include "internal/engines/pki/acme/authorization.h"
#include "internal/engines/pki/acme/config.h"
#include "internal/engines/pki/acme/layout.h"

namespace bao::engines::pki::acme {
namespace {

using codec::Json;
using logical::Backend;
using storage::ReadView;
using storage::WriteView;

constexpr int64_t kRetriesMax = 5;
constexpr std::chrono::seconds kBackOff{5};                      // times the number of attempts
constexpr std::chrono::seconds kBusyPause{1};                    // when nobody takes more
constexpr std::chrono::hours kAuthorizationLifetime{15 * 24};
constexpr char kAdvice[] = "this may occur if the validation target was misconfigured: check that challenge responses are available at the required locations and retry.";

std::optional<ChallengeType> type_of(const std::string& name) {
  if (name == "http-01") return ChallengeType::http_01;
  if (name == "dns-01") return ChallengeType::dns_01;
  if (name == "tls-alpn-01") return ChallengeType::tls_alpn_01;
  return std::nullopt;
}

ProblemType type_of(Problem problem) {
  switch (problem) {
    case Problem::none: break;
    case Problem::connection: return ProblemType::connection;
    case Problem::dns: return ProblemType::dns;
    case Problem::tls: return ProblemType::tls;
    case Problem::incorrect_response: return ProblemType::incorrect_response;
    case Problem::unauthorized: return ProblemType::unauthorized;
  }
  return ProblemType::server_internal;
}

// A queued challenge with what it decides about.
struct Case {
  PendingValidation pending;
  Authorization authorization;
};

// Nothing where it is decided already, or can't be: its entry is of no more use.
base::Result<std::optional<Case>> open_case(const ReadView& view, const std::string& id) {
  ASSIGN_OR_RETURN(auto pending, read_validation(view, id));
  if (!pending) return std::optional<Case>();
  ASSIGN_OR_RETURN(auto authorization, read_authorization(view, pending->account_id, pending->authorization_id));
  if (!authorization || authorization->status != "pending" || !type_of(pending->challenge_type)) return std::optional<Case>();
  const Challenge* challenge = authorization->challenge(pending->challenge_type);
  if (challenge == nullptr || (challenge->status != "pending" && challenge->status != "processing")) return std::optional<Case>();
  return std::optional<Case>(Case{std::move(*pending), std::move(*authorization)});
}

ValidationTask task_of(const Case& open, const Config& config) {
  ValidationTask task;
  task.id = open.pending.id();
  task.type = *type_of(open.pending.challenge_type);
  task.identifier_type = open.authorization.identifier.is_address() ? IdentifierType::ip : IdentifierType::dns;
  task.identifier = open.authorization.identifier.value;
  task.token = open.pending.token;
  task.key_authorization = open.pending.token + "." + open.pending.thumbprint;
  task.dns_resolver = config.dns_resolver;
  return task;
}

void succeed(Case& open, base::Time now) {
  Challenge& challenge = *open.authorization.challenge(open.pending.challenge_type);
  challenge.status = open.authorization.status = "valid";
  challenge.validated = base::format_rfc3339_seconds(now);
  challenge.error = Json();
  open.authorization.expires = base::format_rfc3339_seconds(now + kAuthorizationLifetime);
}

void fail(Case& open, const ValidationOutcome& outcome, base::Time now) {
  Challenge& challenge = *open.authorization.challenge(open.pending.challenge_type);
  const ProblemType type = type_of(outcome.problem);
  const std::string detail = Failure::namely(type, "error validating " + challenge.type + " challenge: " + outcome.detail + "; " + kAdvice).detail();
  challenge.error = Json::object({{"type", problem_urn(type)}, {"detail", detail}, {"status", problem_status(type)}, {"subproblems", Json::array()}});
  PendingValidation& pending = open.pending;
  if (pending.attempts > kRetriesMax) {
    challenge.status = open.authorization.status = "invalid";
    return;
  }
  if (pending.first == base::kZeroTime) pending.first = now;
  pending.last = now;
  pending.retry_after = now + kBackOff * ++pending.attempts;
}

}  // namespace

base::Status ValidationQueue::work(base::Time now, const Backend::Transact& transact) {
  if (!validations_) return {};
  if (new_reign_.exchange(false)) {
    validations_->clear();
    known_.clear();
    mark();
  }
  for (const ValidationOutcome& outcome : validations_->collect()) {
    const base::Status settled = settle(outcome, now, transact);
    known_.erase(outcome.id);  // looked at again where it has to be, and where the outcome couldn't be written
    mark();
    if (!settled.ok()) return settled;
  }
  TRY(look(now, transact));
  return hand_out(now, transact);
}

base::Status ValidationQueue::look(base::Time now, const Backend::Transact& transact) {
  if (!changed_.exchange(false)) return {};
  std::map<std::string, Known> found;
  const base::Status looked = transact([&](WriteView& view) -> base::Status {
    found.clear();
    ASSIGN_OR_RETURN(const auto ids, view.list(layout::kValidations));
    for (const std::string& id : ids) {
      const auto known = known_.find(id);
      if (known != known_.end()) {
        found.insert(*known);
        continue;
      }
      ASSIGN_OR_RETURN(const auto pending, read_validation(view, id));
      found[id] = Known{State::waiting, pending && pending->retry_after != base::kZeroTime ? pending->retry_after : now};
    }
    return {};
  });
  if (!looked.ok()) mark();
  else known_ = std::move(found);
  return looked;
}

base::Status ValidationQueue::hand_out(base::Time now, const Backend::Transact& transact) {
  for (auto& [id, known] : known_) {
    if (known.state != State::waiting || known.due > now) continue;
    std::optional<ValidationTask> task;
    TRY(transact([&, &entry = id](WriteView& view) -> base::Status {
      task.reset();
      ASSIGN_OR_RETURN(const auto open, open_case(view, entry));
      if (!open) return view.remove(layout::validation(entry));
      ASSIGN_OR_RETURN(const Config config, read_config(view));
      task = task_of(*open, config);
      return {};
    }));
    if (!task) {
      known.due = base::Time::max();  // its entry is gone with the next look
    } else if (validations_->submit(std::move(*task))) {
      known.state = State::under_way;
    } else {
      known.due = now + kBusyPause;
      break;
    }
  }
  return {};
}

base::Status ValidationQueue::settle(const ValidationOutcome& outcome, base::Time now, const Backend::Transact& transact) {
  return transact([&](WriteView& view) -> base::Status {
    ASSIGN_OR_RETURN(auto open, open_case(view, outcome.id));
    if (!open) return view.remove(layout::validation(outcome.id));
    if (outcome.problem == Problem::none) succeed(*open, now);
    else fail(*open, outcome, now);
    TRY(put_authorization(view, open->authorization));
    return open->authorization.status == "pending" ? put_validation(view, open->pending) : view.remove(layout::validation(outcome.id));
  });
}

}  // namespace bao::engines::pki::acme
