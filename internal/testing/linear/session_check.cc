#include <algorithm>
#include <map>

#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/history_text.h"

namespace bao::testing::linear {
namespace {

using Positions = std::vector<size_t>;

// Complete operations of each client by time of call.
std::map<std::string, Positions> by_client(const History& history) {
  std::map<std::string, Positions> clients;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    if (is_complete(history.operations[i])) clients[history.operations[i].client].push_back(i);
  }
  for (auto& [client, own] : clients) {
    std::stable_sort(own.begin(), own.end(),
                     [&](size_t a, size_t b) { return history.operations[a].call_ns < history.operations[b].call_ns; });
  }
  return clients;
}

void check_index(const History& history, const Positions& own, std::vector<Finding>& findings) {
  Positions by_return;
  for (const size_t i : own) {
    if (history.operations[i].index) by_return.push_back(i);
  }
  Positions by_call = by_return;
  std::stable_sort(by_return.begin(), by_return.end(),
                   [&](size_t a, size_t b) { return history.operations[a].return_ns < history.operations[b].return_ns; });
  auto ended = by_return.begin();
  std::optional<size_t> newest;
  for (const size_t i : by_call) {
    const Operation& o = history.operations[i];
    for (; ended != by_return.end() && history.operations[*ended].return_ns < o.call_ns; ++ended) {
      if (!newest || history.operations[*ended].index > history.operations[*newest].index) newest = *ended;
    }
    if (!newest || *history.operations[*newest].index <= *o.index) continue;
    findings.push_back({"sessions", "client " + o.client + " went back from @" +
                                        std::to_string(history.operations[*newest].index->value) + " to @" + std::to_string(o.index->value),
                        {*newest, i}, i});
  }
}

// Writes that may have left a value in a key.
using ByValue = std::map<std::pair<std::string, Value>, Positions>;

ByValue writers_of(const History& history) {
  ByValue writers;
  for (size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& o = history.operations[i];
    if (may_write(o)) writers[{o.key, o.value}].push_back(i);
  }
  return writers;
}

// Whether what was read can be the write that the client knows of or something newer.
bool is_not_older(const History& history, const Operation& read, const Operation& known, const ByValue& writers) {
  if (read.value == known.value) return true;
  const auto found = writers.find({read.key, read.value});
  if (found == writers.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(), [&](size_t i) {
    const Operation& w = history.operations[i];
    return w.call_ns <= read.return_ns && (w.outcome == Outcome::unknown || w.return_ns >= known.call_ns);
  });
}

// What a client knows to be at a node: it was told so by `operation`, which is the write or read what that wrote.
struct Known {
  size_t operation, write;
};

// The write that a read found, where there is but one that it can be.
std::optional<size_t> found_write(const Operation& read, const ByValue& writers) {
  const auto found = writers.find({read.key, read.value});
  if (!read.value || found == writers.end() || found->second.size() != 1) return {};
  return found->second.front();
}

void check_node(const History& history, const Positions& own, const ByValue& writers, std::vector<Finding>& findings) {
  std::map<std::pair<std::string, std::string>, std::vector<Known>> known_at;  // by node and key, by time of call
  for (const size_t i : own) {
    const Operation& o = history.operations[i];
    if (o.node.empty()) continue;
    std::vector<Known>& known = known_at[{o.node, o.key}];
    if (!is_read(o)) {
      if (o.outcome == Outcome::ok) known.push_back({i, i});
      continue;
    }
    const auto last = std::find_if(known.rbegin(), known.rend(),
                                   [&](const Known& k) { return history.operations[k.operation].return_ns < o.call_ns; });
    if (last != known.rend() && !is_not_older(history, o, history.operations[last->write], writers)) {
      const bool wrote = last->operation == last->write;
      findings.push_back({"sessions", "client " + o.client + (wrote ? " didn't read its own write at node " : " read something older than before at node ") + o.node,
                          {last->operation, i}, i});
    }
    if (const auto write = found_write(o, writers)) known.push_back({i, *write});
  }
}

}  // namespace

std::vector<Finding> check_sessions(const History& history) {
  const ByValue writers = writers_of(history);
  std::vector<Finding> findings;
  for (const auto& [client, own] : by_client(history)) {
    check_index(history, own, findings);
    check_node(history, own, writers, findings);
  }
  return findings;
}

}  // namespace bao::testing::linear
