// The joiner's side of joining (openbao-ha.md 5.6; core/ha/join_protocol.h): asks the nodes that the operator named, in turn,
// until one takes this node in. Thread-safe; owns one thread, "join", which does everything but a join that somebody waits
// for, and waits when there is nothing to do. Order of ending: stop() before the cluster and the seal end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/mutex.h"
#include "internal/codec/json.h"
#include "internal/core/ha/cluster.h"
#include "internal/core/ha/join_protocol.h"
#include "internal/core/ha/joining.h"

namespace bao::cluster {

// POSTs `body` to /v1/<path> of the node; the data of its answer. Errors say what went wrong, for the log.
using Ask = std::function<base::Result<codec::Json>(const core::JoinTarget&, const std::string& path, const codec::Json& body)>;
base::Result<codec::Json> ask_over_http(const core::JoinTarget& target, const std::string& path, const codec::Json& body);

struct JoinerOptions {
  const seal::Wrapper* auto_seal = nullptr;  // outlives the joiner; nullptr: Shamir
  Ask ask = ask_over_http;
  base::Duration pause = std::chrono::milliseconds(500);  // between rounds, more or less: a cluster forms soon after it was initialised
};

class Joiner final : public core::Joining {
 public:
  // The cluster outlives the joiner.
  Joiner(core::Cluster& cluster, JoinerOptions options);
  ~Joiner() override;

  // What the configuration says: asks these in turn until one takes the node in. A node that belongs to a cluster, and hears of
  // nobody who leads it, asks them where its members are: all may have moved. At most once.
  void start(std::vector<core::JoinTarget> targets, bool non_voter) EXCLUDES(mutex_);
  // Returns when the thread has ended; a question that is under way ends first (a few seconds at most).
  void stop() EXCLUDES(mutex_);

  base::Result<bool> join(core::JoinTarget target, Retry retry, bool non_voter) override EXCLUDES(mutex_);
  std::optional<seal::SealConfig> awaits_key() const override EXCLUDES(mutex_);
  base::Status complete(base::SecretBytes unseal_key) override EXCLUDES(mutex_);

 private:
  enum class Progress : uint8_t { member, awaits_key };
  struct Plan {  // whom to ask, and how; replaced as a whole
    std::vector<core::JoinTarget> targets;
    bool non_voter = false;
  };
  struct Question {  // a challenge that waits for the key
    std::string closed;
    seal::SealConfig seal;
  };

  base::Result<bool> belongs_to(const core::JoinTarget& target) const;
  // The challenge and the answer, with one node.
  base::Result<Progress> attempt(const core::JoinTarget& target, bool non_voter) EXCLUDES(mutex_);
  base::Result<Question> ask_for_challenge(const core::JoinTarget& target, const std::string& name) const;
  base::Status give_answer(const core::JoinTarget& target, base::SecretBytes opened, const core::Applicant& applicant) const;
  // What opens challenges: the auto seal, or Shamir's once the key is there; nullptr before.
  std::shared_ptr<const seal::Wrapper> wrapper() const EXCLUDES(mutex_);
  // It belongs to a cluster, and nobody is known to lead that.
  bool leaderless() const;
  // Asks a node where its cluster port is. Errors: invalid (of another cluster), and those of asking.
  base::Status look_for_members(const core::JoinTarget& target) const;
  void look_for_leader(const std::vector<core::JoinTarget>& targets) EXCLUDES(mutex_);
  void set_plan(Plan plan) EXCLUDES(mutex_);
  void finish() EXCLUDES(mutex_);
  bool has_work() const REQUIRES(mutex_);
  void loop() EXCLUDES(mutex_);
  void round(const Plan& plan) EXCLUDES(mutex_);
  void report(const core::JoinTarget& target, const base::Error& error);

  core::Cluster& cluster_;
  const JoinerOptions options_;
  mutable base::Mutex mutex_{base::Rank::joining};
  base::Condition wake_;
  Plan plan_ GUARDED_BY(mutex_);
  std::vector<core::JoinTarget> named_ GUARDED_BY(mutex_);  // by the configuration
  uint64_t news_ GUARDED_BY(mutex_) = 0;  // grows with the plan and the key: no pause before those are tried
  std::optional<Question> question_ GUARDED_BY(mutex_);
  std::shared_ptr<const seal::Wrapper> shamir_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::set<std::string> reported_;  // the thread's alone
  std::thread thread_;
};

}  // namespace bao::cluster
