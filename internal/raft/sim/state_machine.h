// The model state machine: numbers under keys, put and compare-and-set, each client's last command remembered so that a
// repeated one counts once. A value: copying it is a snapshot.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "internal/raft/core/message.h"
#include "internal/raft/core/types.h"

namespace bao::raft::sim {

struct Command {
  enum class Kind : uint8_t { put, cas };
  uint64_t client, sequence;
  uint64_t attempt;  // of the client's tries, unique in the world: two entries are never alike
  Kind kind;
  uint64_t key, value, expected;  // expected: of cas
};
std::string encode(const Command& command);
std::optional<Command> decode_command(std::string_view payload);

class StateMachine {
 public:
  struct Session {
    uint64_t sequence = 0;
    uint64_t previous = 0;  // the result: the key's value before the command
    Index index;            // where it took effect
  };

  StateMachine() = default;
  // What a member of the first configuration starts with.
  StateMachine(Position at, Chain chain, std::shared_ptr<const Configuration> configuration);

  void apply(const Entry& entry);
  Position applied() const { return applied_; }
  uint64_t hash() const { return hash_; }
  uint64_t value(uint64_t key) const;
  // Empty when this client's last command is another one.
  const Session* session(uint64_t client, uint64_t sequence) const;
  // Of a snapshot made now.
  SnapshotMeta meta() const;
  const std::shared_ptr<const Configuration>& configuration() const { return configuration_; }
  Index configuration_index() const { return configuration_index_; }
  Chain chain() const { return chain_; }

 private:
  void run(const Command& command, Index index);

  Position applied_;
  Chain chain_{};
  std::shared_ptr<const Configuration> configuration_ = std::make_shared<Configuration>();
  Index configuration_index_;
  uint64_t hash_ = 0;
  std::map<uint64_t, uint64_t> values_;
  std::map<uint64_t, Session> sessions_;
};

// The chain of a world: cheap, and as good at telling two logs apart.
Chain cheap_chain(const Chain& previous, const Entry& entry);

}  // namespace bao::raft::sim
