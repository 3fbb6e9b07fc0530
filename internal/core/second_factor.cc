#include "internal/core/second_factor.h"

#include "internal/core/lease_filing.h"
#include "internal/core/mfa/attempts.h"
#include "internal/core/mfa/credentials.h"
#include "internal/core/mfa/pending_logins.h"
#include "internal/core/mfa/rules.h"
#include "internal/core/mfa/validation.h"
#include "internal/core/routing.h"
#include "internal/core/settings/kept_setting.h"
#include "internal/crypto/hash.h"

namespace bao::core {

using base::Code;
using base::Result;
using base::Status;
using codec::Json;
using logical::Reply;
using mfa::Enforcement;

namespace {

// What is asked for by an enforcement, any of whose methods is enough.
Json constraint_of(const mfa::RuleSet& rules, const Enforcement& enforcement) {
  Json any = Json::array();
  for (const std::string& id : enforcement.method_ids) {
    const mfa::Method* method = rules.method(id);
    if (method == nullptr) continue;
    any.push_back(Json::record({{"type", method->type}, {"id", id}, {"uses_passcode", method->totp.has_value()}, {"name", method->name}}));
  }
  return Json::record({{"any", std::move(any)}});
}

// The core's own, whichever headers the mount lets through.
std::vector<std::string> factor_headers(const RequestWork& work) {
  std::vector<std::string> values;
  for (const auto* headers : {&work.withheld_headers, &work.request.headers}) {
    for (const auto& [name, value] : *headers) {
      if (name == "X-Vault-Mfa") values.push_back(value);
    }
  }
  return values;
}

logical::Request without_credentials(const logical::Request& request) {
  logical::Request kept = request;
  kept.data = Json::object();
  kept.raw_body.clear();
  kept.client_token.clear();
  kept.headers.clear();
  return kept;
}

class Factor final : public SecondFactor {
 public:
  explicit Factor(const Core::Parts& parts) : parts_(parts), rules_(parts.barrier, "second factors", load) {}

  Result<bool> is_asked(const RequestWork& work, const logical::Auth& auth) const override;
  Status check(const RequestWork& work, storage::WriteView& all, logical::Response& response) override;
  Reply validate(const logical::Call& call, storage::WriteView& all) override;
  void rules_changed() override { rules_.mark_stale(); }
  void data_replaced() override {
    rules_.mark_stale();
    waiting_.clear();
  }

 private:
  // Judged, but without a token yet.
  struct Login {
    logical::Request request;  // without what it was judged by
    logical::Auth auth;
    RecordingView::Seen seen;
  };
  using Enforcements = std::vector<const Enforcement*>;
  static Result<std::shared_ptr<const mfa::RuleSet>> load(const storage::ReadView& all) {
    ASSIGN_OR_RETURN(mfa::RuleSet rules, mfa::read_rules(all));
    return std::make_shared<const mfa::RuleSet>(std::move(rules));
  }
  Result<Enforcements> asked(const mfa::RuleSet& rules, const RequestWork& work, const logical::Auth& auth) const;
  // All of them. Errors: denied, which one is not and why.
  Status satisfy(const mfa::RuleSet& rules, const Enforcements& enforcements, const RequestWork& work, storage::WriteView& all,
                 const std::string& entity_id, const mfa::Credentials& supplied);
  void wait(const mfa::RuleSet& rules, const Enforcements& enforcements, const RequestWork& work, logical::Response& response);
  Reply resume(const Login& login, const mfa::Credentials& supplied, base::Time now, storage::WriteView& all);

  const Core::Parts& parts_;
  KeptSetting<mfa::RuleSet> rules_;  // what cannot be read lets nobody log in: better than without a second factor
  mfa::Attempts attempts_;
  mfa::PendingLogins<Login> waiting_;
};

Result<Factor::Enforcements> Factor::asked(const mfa::RuleSet& rules, const RequestWork& work, const logical::Auth& auth) const {
  if (rules.enforcements.empty()) return Enforcements();
  mfa::Subject subject{work.mount->entry.accessor, work.mount->entry.type, auth.entity_id, {}};
  if (!auth.entity_id.empty()) {
    ASSIGN_OR_RETURN(subject.group_ids, groups_of_login(parts_, work, auth));
  }
  return rules.matching(subject);
}

Result<bool> Factor::is_asked(const RequestWork& work, const logical::Auth& auth) const {
  ASSIGN_OR_RETURN(const auto rules, rules_.current());
  ASSIGN_OR_RETURN(const auto enforcements, asked(*rules, work, auth));
  return !enforcements.empty();
}

Status Factor::check(const RequestWork& work, storage::WriteView& all, logical::Response& response) {
  const std::string entity_id = response.auth->entity_id;
  ASSIGN_OR_RETURN(const mfa::Credentials supplied, mfa::credentials_of(factor_headers(work)));
  ASSIGN_OR_RETURN(const auto rules, rules_.current());
  ASSIGN_OR_RETURN(const auto enforcements, asked(*rules, work, *response.auth));
  if (enforcements.empty()) {
    if (!supplied.empty() && !entity_id.empty()) response.warnings.push_back("Found MFA header but failed to find MFA Enforcement Config");
    return {};
  }
  // Whose factor could it be?
  if (entity_id.empty()) return base::denied(logical::multierror("permission denied"));
  if (supplied.empty() && work.inline_login != nullptr) {
    return base::invalid("unable to perform inline authentication with login MFA; use the X-Vault-MFA header to specify MFA information on "
                         "the inline auth request");
  }
  if (supplied.empty()) {
    wait(*rules, enforcements, work, response);
    return {};
  }
  const Status satisfied = satisfy(*rules, enforcements, work, all, entity_id, supplied);
  // Which it was is not for who guesses.
  if (!satisfied.ok() && satisfied.error().code() == Code::denied) return base::denied(logical::multierror("permission denied"));
  return satisfied;
}

Status Factor::satisfy(const mfa::RuleSet& rules, const Enforcements& enforcements, const RequestWork& work, storage::WriteView& all,
                       const std::string& entity_id, const mfa::Credentials& supplied) {
  if (enforcements.empty()) return {};
  ASSIGN_OR_RETURN(const auto secrets, parts_.identities.factor_secrets(all, entity_id, work.now));
  for (const Enforcement* enforcement : enforcements) {
    const Status satisfied = mfa::satisfy(all, rules, *enforcement, {entity_id, secrets}, supplied, attempts_, work.now);
    if (satisfied.ok()) continue;
    if (satisfied.error().code() != Code::invalid) return satisfied;
    return base::denied("failed to satisfy enforcement " + enforcement->name + ". error: " + satisfied.error().message());
  }
  return {};
}

void Factor::wait(const mfa::RuleSet& rules, const Enforcements& enforcements, const RequestWork& work, logical::Response& response) {
  const std::string id = crypto::random_uuid();
  Json constraints = Json::object();
  for (const Enforcement* enforcement : enforcements) constraints.set(enforcement->name, constraint_of(rules, *enforcement));
  waiting_.add(id, {without_credentials(work.request), std::move(*response.auth), work.login ? work.login->seen : RecordingView::Seen()}, work.now);
  response.auth.emplace();
  response.auth->token_type = "default";
  response.auth->mfa_requirement = Json::record({{"mfa_request_id", id}, {"mfa_constraints", std::move(constraints)}});
  response.warnings.push_back("A login request was issued that is subject to MFA validation. Please make sure to validate the login by "
                              "sending another request to mfa/validate endpoint.");
}

Reply Factor::validate(const logical::Call& call, storage::WriteView& all) {
  const std::string id = call.fields.string("mfa_request_id");
  if (id.empty()) return base::invalid("missing request ID");
  ASSIGN_OR_RETURN(const mfa::Credentials supplied, mfa::credentials_of(call.fields.has("mfa_payload") ? call.fields.json("mfa_payload") : Json::object()));
  const auto login = waiting_.claim(id, call.request.id, call.now);
  if (login == nullptr) return base::invalid("invalid request ID");
  Reply reply = resume(*login, supplied, call.now, all);
  if (!reply.ok()) waiting_.release(id, call.request.id);
  return reply;
}

// What the login was judged by, who logs in and what is asked of him are looked at anew: minutes may have passed.
Reply Factor::resume(const Login& login, const mfa::Credentials& supplied, base::Time now, storage::WriteView& all) {
  ASSIGN_OR_RETURN(const bool same, login.seen.reads_the_same(all));
  if (!same) return base::denied("what the login was judged by has changed; log in again");
  RequestWork work{logical::Request(login.request)};
  work.now = now;
  TRY(route(parts_, work));
  if (login_method(work) == nullptr) return base::invalid("invalid request ID");
  logical::Response response;
  response.auth = login.auth;
  response.auth->entity_id.clear();
  TRY(identify_login(parts_, work, all, *response.auth));
  ASSIGN_OR_RETURN(const auto rules, rules_.current());
  ASSIGN_OR_RETURN(const auto enforcements, asked(*rules, work, *response.auth));
  TRY(satisfy(*rules, enforcements, work, all, response.auth->entity_id, supplied));
  TRY(create_login_token(parts_, work, all, response));
  return response;
}

}  // namespace

std::unique_ptr<SecondFactor> make_second_factor(const Core::Parts& parts) { return std::make_unique<Factor>(parts); }

}  // namespace bao::core
