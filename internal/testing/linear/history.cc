#include "internal/testing/linear/history.h"

#include <algorithm>
#include <chrono>

#include "internal/base/ensure.h"

namespace bao::testing::linear {
namespace {

int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Operation make(Kind kind, std::string key, Value expected = {}, Value value = {}) {
  Operation made;
  made.kind = kind;
  made.key = std::move(key);
  made.expected = std::move(expected);
  made.value = std::move(value);
  return made;
}

}  // namespace

Operation get(std::string key) { return make(Kind::get, std::move(key)); }
Operation local_get(std::string key) { return make(Kind::local_get, std::move(key)); }
Operation put(std::string key, std::string value) { return make(Kind::put, std::move(key), {}, std::move(value)); }
Operation remove(std::string key) { return make(Kind::remove, std::move(key)); }
Operation cas(std::string key, Value expected, Value written) {
  return make(Kind::cas, std::move(key), std::move(expected), std::move(written));
}

size_t ClientLog::begin(Operation operation, std::string_view node) {
  operation.client = client_;
  operation.node = node;
  operation.outcome = Outcome::unknown;
  operations_.push_back(std::move(operation));
  Operation& kept = operations_.back();
  kept.call_ns = now_ns_();
  kept.return_ns = kept.call_ns;
  return operations_.size() - 1;
}

void ClientLog::finish(size_t ticket, Outcome outcome, std::optional<base::Index> index, Value found) {
  const int64_t now = now_ns_();
  ENSURE(ticket < operations_.size(), "a ticket of this log");
  Operation& operation = operations_[ticket];
  ENSURE(outcome != Outcome::mismatch || operation.kind == Kind::cas, "only a cas can be told of a mismatch");
  operation.return_ns = now;
  operation.outcome = outcome;
  operation.index = index;
  if (is_read(operation) && outcome == Outcome::ok) operation.value = std::move(found);
}

Recorder::Recorder() : now_ns_(monotonic_ns) {}

ClientLog& Recorder::add_client(std::string client) {
  for (const ClientLog& other : clients_) ENSURE(other.client_ != client, "a client is added once");
  return clients_.emplace_back(std::move(client), now_ns_);
}

void Recorder::applied(base::Index index, std::string key, Value value) {
  applied_.push_back({index, std::move(key), std::move(value)});
}

History Recorder::history() const {
  History all;
  for (const ClientLog& client : clients_) {
    all.operations.insert(all.operations.end(), client.operations_.begin(), client.operations_.end());
  }
  std::stable_sort(all.operations.begin(), all.operations.end(),
                   [](const Operation& a, const Operation& b) { return a.call_ns < b.call_ns; });
  all.applied = applied_;
  return all;
}

}  // namespace bao::testing::linear
