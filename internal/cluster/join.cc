#include "internal/cluster/join.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "internal/api/client.h"
#include "internal/base/limits.h"
#include "internal/base/log.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"

namespace bao::cluster {

using base::MutexLock;
using codec::Json;
using core::JoinTarget;

namespace {

constexpr base::Duration kQuestionAtMost = std::chrono::seconds(5);  // to connect, and again to read
constexpr size_t kUnsealKeyBytes = 32;
constexpr std::string_view kBootstrap = "sys/storage/raft/bootstrap/";

std::string without_slash(std::string address) {
  while (address.ends_with('/')) address.pop_back();
  return address;
}

// So that nodes that were started together don't ask together for ever.
base::Duration about(base::Duration pause) {
  const auto eighths = static_cast<unsigned char>(crypto::random_bytes(1)[0]) % 5;  // 6/8 to 10/8
  return pause * (6 + eighths) / 8;
}

}  // namespace

base::Result<Json> ask_over_http(const JoinTarget& target, const std::string& path, const Json& body) {
  api::ClientOptions options;
  options.address = target.address;
  options.tls = target.tls;
  options.timeout = kQuestionAtMost;
  options.retries_max = 0;
  api::Client client(std::move(options));
  ASSIGN_OR_RETURN(const api::HttpResponse response, client.send({"POST", "/v1/" + path, {}, codec::write_json(body), ""}));
  if (!api::succeeded(response)) return base::invalid(api::error_text(response));
  ASSIGN_OR_RETURN(const Json envelope, codec::parse_json(response.body));
  return envelope["data"];
}

Joiner::Joiner(core::Cluster& cluster, JoinerOptions options) : cluster_(cluster), options_(std::move(options)) {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "join");
    loop();
  });
}

Joiner::~Joiner() { stop(); }

void Joiner::start(std::vector<JoinTarget> targets, bool non_voter) {
  {
    const MutexLock lock(mutex_);
    named_ = targets;
  }
  set_plan({std::move(targets), non_voter});
}

void Joiner::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// ---- what others ask of it

base::Result<bool> Joiner::join(JoinTarget target, Retry retry, bool non_voter) {
  TRY(api::check_tls(target.tls));
  if (cluster_.formed()) return leaderless() && look_for_members(target).ok() ? base::Result<bool>(true) : belongs_to(target);
  if (retry == Retry::until_joined) {
    set_plan({{std::move(target)}, non_voter});
    return false;
  }
  const auto progress = attempt(target, non_voter);
  if (!progress.ok()) return base::internal("failed to join raft cluster: " + progress.error().message());
  if (*progress == Progress::member) finish();
  else set_plan({{std::move(target)}, non_voter});  // once the key is there
  return true;
}

base::Result<bool> Joiner::belongs_to(const JoinTarget& target) const {
  ASSIGN_OR_RETURN(const std::vector<core::ClusterMember> members, cluster_.members());
  const std::string address = without_slash(target.address);
  for (const core::ClusterMember& member : members) {
    if (without_slash(member.record.api_address) == address) return true;
  }
  return base::invalid("this node is a member of a cluster already, and nobody in it has the address " + target.address);
}

std::optional<seal::SealConfig> Joiner::awaits_key() const {
  if (cluster_.formed()) return std::nullopt;
  const MutexLock lock(mutex_);
  return question_ ? std::optional(question_->seal) : std::nullopt;
}

base::Status Joiner::complete(base::SecretBytes unseal_key) {
  if (unseal_key.size() != kUnsealKeyBytes) return base::invalid("unseal failed, invalid key");
  const std::shared_ptr<const seal::Wrapper> shamir = seal::shamir_wrapper(std::move(unseal_key));
  {
    const MutexLock lock(mutex_);
    if (!question_) return base::Error(base::Code::conflict, "no cluster waits for this node's unseal key");
    if (!shamir->unwrap(question_->closed).ok()) return base::invalid("unseal failed, invalid key");
    shamir_ = shamir;
    question_.reset();  // too old by now, perhaps: it is asked anew
    ++news_;
  }
  wake_.notify_all();
  return {};
}

// ---- one node

base::Result<Joiner::Progress> Joiner::attempt(const JoinTarget& target, bool non_voter) {
  core::Applicant applicant;
  ASSIGN_OR_RETURN(applicant.record, cluster_.self());
  applicant.non_voter = non_voter;
  ASSIGN_OR_RETURN(Question question, ask_for_challenge(target, applicant.record.name));
  const std::shared_ptr<const seal::Wrapper> opens = wrapper();
  auto opened = opens == nullptr ? base::Result<base::SecretBytes>(base::invalid("no key yet")) : opens->unwrap(question.closed);
  if (opened.ok()) {
    TRY(give_answer(target, std::move(opened).value(), applicant));
    return Progress::member;
  }
  if (options_.auto_seal != nullptr) return opened.error().within("the challenge does not open with this node's seal");
  const MutexLock lock(mutex_);
  shamir_.reset();  // of another cluster, or from before a change of shares
  question_ = std::move(question);
  return Progress::awaits_key;
}

base::Result<Joiner::Question> Joiner::ask_for_challenge(const JoinTarget& target, const std::string& name) const {
  ASSIGN_OR_RETURN(const Json data, options_.ask(target, std::string(kBootstrap) + "challenge", Json::record({{"server_id", name}})));
  Question question;
  ASSIGN_OR_RETURN(question.closed, codec::from_base64(data["challenge"].as_string()));
  ASSIGN_OR_RETURN(question.seal, seal::parse_seal_config(codec::write_json(data["seal_config"])));
  const std::string_view own = options_.auto_seal == nullptr ? "shamir" : options_.auto_seal->type();
  if (question.seal.type == own) return question;
  return base::invalid("mismatching seal types between raft leader (" + question.seal.type + ") and follower (" + std::string(own) + ")");
}

base::Status Joiner::give_answer(const JoinTarget& target, base::SecretBytes opened, const core::Applicant& applicant) const {
  ASSIGN_OR_RETURN(const core::OpenedChallenge challenge, core::OpenedChallenge::parse(std::move(opened)));
  const Json body = core::answer_body(applicant, challenge.answer(applicant));
  ASSIGN_OR_RETURN(const Json data, options_.ask(target, std::string(kBootstrap) + "answer", body));
  ASSIGN_OR_RETURN(const core::Invitation invitation, core::parse_invitation(data, challenge.secret()));
  TRY(cluster_.join(invitation));
  base::log_info("cluster", "joined", {{"through", target.address}, {"cluster_id", invitation.cluster_id}});
  return {};
}

std::shared_ptr<const seal::Wrapper> Joiner::wrapper() const {
  if (options_.auto_seal != nullptr) return {options_.auto_seal, [](const seal::Wrapper*) {}};  // the core's
  const MutexLock lock(mutex_);
  return shamir_;
}

// ---- a member that doesn't find the others

bool Joiner::leaderless() const { return cluster_.formed() && cluster_.role().leader.id == 0; }

base::Status Joiner::look_for_members(const JoinTarget& target) const {
  ASSIGN_OR_RETURN(const Json data, options_.ask(target, std::string(kBootstrap) + "member", Json::object({})));
  ASSIGN_OR_RETURN(const core::MemberAddress found, core::parse_member_address(data));
  ASSIGN_OR_RETURN(const std::vector<core::ClusterMember> members, cluster_.members());
  const bool is_member = std::ranges::any_of(members, [&](const core::ClusterMember& m) { return m.record.id == found.member; });
  if (!is_member) return base::invalid("it is a member of another cluster");
  cluster_.may_be_at(found.member, found.cluster_address);
  return {};
}

// ---- the thread

void Joiner::set_plan(Plan plan) {
  {
    const MutexLock lock(mutex_);
    plan_ = std::move(plan);
    ++news_;
  }
  wake_.notify_all();
}

void Joiner::finish() {
  const MutexLock lock(mutex_);
  plan_ = {};
  question_.reset();
  shamir_.reset();
}

bool Joiner::has_work() const { return (!plan_.targets.empty() && !question_) || !named_.empty(); }

void Joiner::loop() {
  while (true) {
    Plan plan;
    std::vector<JoinTarget> named;
    bool waits = false;
    uint64_t seen = 0;
    {
      const MutexLock lock(mutex_);
      wake_.wait(mutex_, [this]() BAO_TS(no_thread_safety_analysis) { return stopping_ || has_work(); });
      if (stopping_) return;
      plan = plan_;
      named = named_;
      waits = question_.has_value();
      seen = news_;
    }
    if (!cluster_.formed()) {
      if (!waits) round(plan);
    } else {
      finish();
      look_for_leader(named);
    }
    const MutexLock lock(mutex_);
    const auto is_over = [&]() BAO_TS(no_thread_safety_analysis) { return stopping_ || news_ != seen; };
    wake_.wait_for(mutex_, about(options_.pause), is_over);
  }
}

void Joiner::round(const Plan& plan) {
  for (const JoinTarget& target : plan.targets) {
    if (cluster_.formed()) return finish();
    const auto progress = attempt(target, plan.non_voter);
    if (progress.ok()) {
      if (*progress == Progress::member) return finish();
      return base::log_info("cluster", "joining waits for this node to be unsealed with the cluster's keys", {{"through", target.address}});
    }
    report(target, progress.error());
    const MutexLock lock(mutex_);
    if (stopping_) return;
  }
}

void Joiner::look_for_leader(const std::vector<JoinTarget>& targets) {
  for (const JoinTarget& target : targets) {
    if (!leaderless()) return;
    if (const base::Status asked = look_for_members(target); !asked.ok())
      base::log_debug("cluster", "no member is found there", {{"address", target.address}, {"error", asked.error().message()}});
    const MutexLock lock(mutex_);
    if (stopping_) return;
  }
}

// Each reason once: the same one comes with every round.
void Joiner::report(const JoinTarget& target, const base::Error& error) {
  if (reported_.size() >= base::kJoinFailuresReportedMax || !reported_.insert(target.address + " " + error.message()).second) return;
  base::log_warn("cluster", "joining failed and is tried again", {{"through", target.address}, {"error", error.message()}});
}

}  // namespace bao::cluster
