// The cluster that a node belongs to, as its core needs it. Implemented by internal/cluster over storage, Raft and transport;
// a node whose storage knows no cluster (inmem, file) has none and is always active. Thread-safe.
//
//   unformed ── form() ──▶ a group of this node alone
//      └────── join() ──▶ a learner of somebody's group; its data arrives by itself
//   and, formed: open() while unsealed ─▶ speaks with the others, may lead; close() ─▶ silent, never leads others
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/ids.h"
#include "internal/base/result.h"
#include "internal/base/secret.h"

namespace bao::core {

struct MemberHealth;
struct AutopilotSettings;

// A member as the others know it: replicated with the configuration. Addresses are hints; id and key are who it is.
struct MemberRecord {
  uint64_t id = 0;              // never used again
  std::string name;             // node_id of the configuration, or made once
  std::string cluster_address;  // host:port of the cluster port
  std::string api_address;      // URL of the API
  std::string certificate;      // PEM, what its connections are known by
  std::string host_name{}, version{};  // as it said when it became a member; empty: it didn't say
  // While its key changes: the one that it will use, once every member knows it; the one that it used before. Both count.
  std::string next_certificate{}, old_certificate{};
  bool operator==(const MemberRecord&) const = default;
};

struct ClusterMember {
  MemberRecord record;
  bool leads = false, votes = false;
  uint64_t match = 0;            // what it holds, as far as the leader knows; 0 elsewhere
  bool reached_lately = false;   // by the leader's reckoning; false elsewhere
  uint64_t applied = 0;          // as it said last; 0 where match is
  std::chrono::milliseconds unheard{0};  // since the leader heard of it
  std::chrono::milliseconds lag{0};      // how long the leader has held what it has not applied; 0: nothing
};

// Of this node, as of now.
struct ClusterRole {
  bool leads = false;
  uint64_t term = 0;
  MemberRecord leader;  // empty while nobody is known to lead
};

// What a node knows of its own place in the log, as of now.
struct ClusterStanding {
  uint64_t term = 0, last = 0, commit = 0, applied = 0, served = 0;  // served: the caches know of it, too
  bool leads = false;
  // Of a standby; nothing while it has heard nobody yet. `unheard`: since the leader spoke. `lag`: what is served here is at most that
  // much older than what the leader had: everything that was committed before is here.
  std::optional<std::chrono::milliseconds> unheard, lag;
  // Entries that are agreed on and not applied yet, and how long the oldest waits.
  uint64_t queued = 0;
  std::chrono::milliseconds queue_age{0};
};

// What a new member is given by the group that takes it in.
struct Invitation {
  std::string cluster_id;
  std::vector<MemberRecord> members;
};

// How a node's private key is kept on its disk: sealed by the barrier (D18, D22).
struct KeySealing {
  std::function<base::Result<std::string>(const std::string& clear)> seal;
  std::function<base::Result<std::string>(const std::string& sealed)> unseal;
};

class Cluster {
 public:
  virtual ~Cluster() = default;

  // ---- belonging
  virtual bool formed() const = 0;
  // What indexes count within: another one after the data was replaced. "" while unformed; never nullptr. Cheap: every answer names it.
  virtual std::shared_ptr<const std::string> epoch() const = 0;
  // A new group of this node alone, which it leads when this returns. Errors: conflict (formed already).
  virtual base::Status form() = 0;
  // This node as it would join, with its certificate.
  virtual base::Result<MemberRecord> self() = 0;
  // Becomes a member of the group that answered with `invitation`, which added self() before. Returns at once: what the group
  // holds arrives afterwards (data_arrived). Errors: conflict (formed already, but for the same group: its members are told anew).
  virtual base::Status join(const Invitation& invitation) = 0;
  // A member may be found at that address of its cluster port: tried while nobody is known to lead. Anybody may have said so.
  virtual void may_be_at(uint64_t member, const std::string& cluster_address) = 0;

  // ---- taking part
  // The node is unsealed: opens the cluster port and speaks with the others. Errors: unavailable (port in use).
  virtual base::Status open(const KeySealing& sealing) = 0;
  // It is sealed, or ends: hands a leadership over if it can within `at_most`, then closes every connection.
  virtual void close(std::chrono::milliseconds at_most) = 0;
  virtual ClusterRole role() const = 0;
  // Whenever role() may say something else; only wakes somebody. One listener; nullptr to unset.
  virtual void on_change(std::function<void()> listener) = 0;
  virtual base::Result<ClusterStanding> standing() = 0;
  // Blocks until everything that was acknowledged anywhere before the call is applied here. Errors: unavailable.
  virtual base::Result<base::Index> confirm() = 0;
  // The same for what many may ask at once without being let in: fewer questions a second to the leader, so it may take longer.
  virtual base::Result<base::Index> confirm_refusal() = 0;
  // Blocks until `index` is applied here; false: not within `at_most`.
  virtual bool await_applied(base::Index index, std::chrono::milliseconds at_most) = 0;
  // To the most advanced voter, or to the one named. Errors: unavailable (not the leader, nobody there).
  virtual base::Status hand_over() = 0;
  // Whether this node acts as the one that leads, for those who wait for their successor.
  virtual void declare_active(bool active) = 0;
  // Blocks until another member leads and has declared itself active; false: not within `at_most`.
  virtual bool await_successor(std::chrono::milliseconds at_most) = 0;

  // ---- all data at once, on the leader only
  // Gives pieces of whole records (internal/archive) to `take`, whose error ends it and is to be returned.
  using TakePiece = std::function<base::Status(std::string_view piece)>;
  using Pieces = std::function<base::Status(const TakePiece& take)>;
  // Puts other data in the place of all that there is, on every member, at one index of the log: this one. Whatever is changed
  // meanwhile is of the old data. Errors, besides those of `pieces`: unavailable, conflict (another one replaced it), both of
  // which changed nothing; uncertain.
  virtual base::Result<base::Index> replace_data(const Pieces& pieces) = 0;
  // Hears that all data is about to be replaced, before anybody can see that, and when nothing came of it; the storage's listener
  // hears of it when something did. From the thread that applies; nullptr to unset.
  enum class Replacing : uint8_t { begins, withdrawn };
  virtual void on_replacing(std::function<void(Replacing)> listener) = 0;
  // This node is about to be sealed, and what sealed its own key on the disk opens nothing any more: the key stays in memory until
  // open() seals it anew.
  virtual void hold_key() = 0;
  // Drops what a replacement that came to no end has left behind; nothing, mostly.
  virtual base::Status drop_unfinished_replacement() = 0;

  // ---- members; changes on the leader only: unavailable elsewhere
  virtual base::Result<std::vector<ClusterMember>> members() = 0;
  virtual base::Result<Invitation> invitation() = 0;
  // A learner, which becomes a voter when it has caught up unless `non_voter`; the record of one that is known (by id) is updated.
  virtual base::Status add_member(const MemberRecord& record, bool non_voter) = 0;
  // By name. Errors: absent.
  virtual base::Status remove_member(const std::string& name) = 0;
  virtual base::Status promote(const std::string& name) = 0;
  virtual base::Status demote(const std::string& name) = 0;
  // How it is with the members (autopilot.h), in the order of members(); on the leader, empty elsewhere.
  virtual std::vector<MemberHealth> health() = 0;
  // What counts as healthy or dead, and what follows from it, while this node leads.
  virtual void set_autopilot(const AutopilotSettings& settings) = 0;

  // ---- forwarding (D11): whole requests as bytes, to whoever leads
  // Waits for somebody to lead and be ready, and for the answer, within `at_most`. What was certainly not begun is given to the
  // next leader. Errors: conflict (this node leads: nothing was sent), unavailable (nobody leads, or nothing was sent),
  // uncertain (sent, and no answer came in time, or not within a second since somebody else leads).
  virtual base::Result<std::string> ask_leader(const std::string& request, std::chrono::milliseconds at_most) = 0;
  // Who answers what others ask of this node, on a pool of bounded size; nullptr to unset, which waits for those under way.
  // Nothing: not now, nothing was done (this node is not active): whoever asks may ask again.
  using Answer = std::function<std::optional<std::string>(std::string request)>;
  virtual void on_ask(Answer answer) = 0;
};

}  // namespace bao::core
