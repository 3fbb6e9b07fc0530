// What clients saw of a key-value store, recorded around their calls, and what the log applied, if somebody knows.
// Operation and History are plain values. A ClientLog belongs to one thread at a time; the logs of different clients may
// be written at the same time, without a lock that would disturb what is measured.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/ids.h"

namespace bao::testing::linear {

enum class Kind {
  get,        // a linearizable read
  local_get,  // a read that promises its session alone (a standby's default): no part of the search
  put,
  remove,  // "delete" in text
  cas,     // sets `written` when the key holds `expected`
};

enum class Outcome {
  ok,
  mismatch,  // a cas that was told that the key holds something else
  refused,   // certainly without effect
  unknown,   // timeout, lost connection, `uncertain`: may take effect at any later time, or never
};

using Value = std::optional<std::string>;  // nullopt: the key is absent

struct Operation {
  int64_t call_ns = 0, return_ns = 0;  // one monotonic clock; where unknown: when the client gave up
  std::string client;                  // a session: one that carries its index from answer to answer
  std::string node;                    // who was asked; "" = not told
  std::optional<base::Index> index;    // the Raft index of the answer: of the write, or of the state that was read
  Outcome outcome = Outcome::unknown;
  Kind kind = Kind::get;
  std::string key;
  Value expected;  // cas
  Value value;     // what put and cas write, or what a read found
  bool operator==(const Operation&) const = default;
};

struct Applied {
  base::Index index;
  std::string key;
  Value value;
  bool operator==(const Applied&) const = default;
};

struct History {
  std::vector<Operation> operations;
  std::vector<Applied> applied;  // in log order; empty: not known
};

inline bool is_read(const Operation& o) { return o.kind == Kind::get || o.kind == Kind::local_get; }
// Whether it may have changed its key.
inline bool may_write(const Operation& o) {
  return !is_read(o) && (o.outcome == Outcome::ok || o.outcome == Outcome::unknown);
}
inline bool is_complete(const Operation& o) { return o.outcome == Outcome::ok || o.outcome == Outcome::mismatch; }

Operation get(std::string key);
Operation local_get(std::string key);
Operation put(std::string key, std::string value);
Operation remove(std::string key);
Operation cas(std::string key, Value expected, Value written);

class ClientLog {
 public:
  // `now_ns`: a monotonic clock that all logs of a history share.
  ClientLog(std::string client, std::function<int64_t()> now_ns) : client_(std::move(client)), now_ns_(std::move(now_ns)) {}

  // Right before the call; returns the ticket for `finish`. What is never finished counts as unknown.
  size_t begin(Operation operation, std::string_view node = {});
  // Right after the answer. `found`: what a read returned.
  void finish(size_t ticket, Outcome outcome, std::optional<base::Index> index = {}, Value found = {});
  // Unlike any other of this history, so that a read names the write that it saw.
  std::string unique_value() { return client_ + "." + std::to_string(++values_); }

 private:
  friend class Recorder;
  std::string client_;
  std::function<int64_t()> now_ns_;
  std::vector<Operation> operations_;
  uint64_t values_ = 0;
};

class Recorder {
 public:
  // The machine's monotonic clock, or one of a simulated world.
  Recorder();
  explicit Recorder(std::function<int64_t()> now_ns) : now_ns_(std::move(now_ns)) {}

  // Before the clients run. The log lives as long as the recorder; names are not repeated.
  ClientLog& add_client(std::string client);
  // By the one thread that sees entries applied, in log order.
  void applied(base::Index index, std::string key, Value value);
  // When all clients have ended: everything, by time of call.
  History history() const;

 private:
  std::function<int64_t()> now_ns_;
  std::deque<ClientLog> clients_;
  std::vector<Applied> applied_;
};

}  // namespace bao::testing::linear
