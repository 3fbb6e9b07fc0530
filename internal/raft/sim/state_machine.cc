#include "internal/raft/sim/state_machine.h"

#include <array>
#include <cstring>

#include "internal/base/ensure.h"
#include "internal/raft/core/planted_bug.h"
#include "internal/raft/sim/random.h"

namespace bao::raft::sim {
namespace {

using Words = std::array<uint64_t, 7>;

uint64_t hash_bytes(std::string_view bytes) {
  uint64_t hash = bytes.size();
  for (size_t at = 0; at < bytes.size(); at += 8) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min<size_t>(8, bytes.size() - at));
    hash = mix(hash, word);
  }
  return hash;
}

#ifdef BAO_PLANTED_BUGS
// Bug 25: an order that differs from process to process, as that of a hash map keyed by addresses, reaches a result.
uint64_t unstable_order(const void* process) { return reinterpret_cast<uintptr_t>(process) >> 4 & 1; }
#else
uint64_t unstable_order(const void*) { return 0; }
#endif

}  // namespace

std::string encode(const Command& c) {
  const Words words = {c.client, c.sequence, c.attempt, static_cast<uint64_t>(c.kind), c.key, c.value, c.expected};
  return std::string(reinterpret_cast<const char*>(words.data()), sizeof words);
}

std::optional<Command> decode_command(std::string_view payload) {
  Words w;
  if (payload.size() != sizeof w) return std::nullopt;
  std::memcpy(w.data(), payload.data(), sizeof w);
  return Command{w[0], w[1], w[2], static_cast<Command::Kind>(w[3]), w[4], w[5], w[6]};
}

StateMachine::StateMachine(Position at, Chain chain, std::shared_ptr<const Configuration> configuration)
    : applied_(at), chain_(chain), configuration_(std::move(configuration)), configuration_index_(at.index) {}

void StateMachine::apply(const Entry& entry) {
  ENSURE(entry.index.value == applied_.index.value + 1, "a gap in what is applied");
  uint64_t digest = hash_bytes(entry.payload);
  if (entry.kind == EntryKind::data) {
    const auto command = decode_command(entry.payload);
    ENSURE(command.has_value(), "a payload that no client made");
    run(*command, entry.index);
    digest = mix(digest, sessions_[command->client].previous);
  } else if (entry.kind == EntryKind::configuration) {
    auto decoded = decode_configuration(entry.payload);
    ENSURE(decoded.ok(), "a configuration that cannot be read");
    configuration_ = std::make_shared<Configuration>(std::move(decoded).value());
    configuration_index_ = entry.index;
  }
  applied_ = {entry.index, entry.term};
  chain_ = entry.chain;
  hash_ = mix(mix(hash_, digest), entry.index.value << 2 | static_cast<uint64_t>(entry.kind));
}

void StateMachine::run(const Command& command, Index index) {
  Session& session = sessions_[command.client];
  if (command.sequence <= session.sequence) return;  // a repetition, or older than one that counted
  uint64_t& value = values_[command.key];
  session = {command.sequence, value, index};
  if (PLANTED(25)) session.previous += unstable_order(this);
  if (command.kind == Command::Kind::put || value == command.expected) value = command.value;
}

uint64_t StateMachine::value(uint64_t key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? 0 : found->second;
}

const StateMachine::Session* StateMachine::session(uint64_t client, uint64_t sequence) const {
  const auto found = sessions_.find(client);
  return found != sessions_.end() && found->second.sequence == sequence ? &found->second : nullptr;
}

SnapshotMeta StateMachine::meta() const { return {applied_, chain_, *configuration_, configuration_index_}; }

Chain cheap_chain(const Chain& previous, const Entry& entry) {
  std::array<uint64_t, 2> words;
  std::memcpy(words.data(), previous.data(), sizeof words);
  const uint64_t own = mix(mix(entry.index.value, entry.term.value), hash_bytes(entry.payload));
  words = {mix(words[0], own), mix(words[1], own ^ static_cast<uint64_t>(entry.kind) ^ words[0])};
  Chain chain;
  std::memcpy(chain.data(), words.data(), sizeof words);
  return chain;
}

}  // namespace bao::raft::sim
