// Histories of a store that works: clients whose calls overlap, each taking effect at one moment between call and return.
// Deterministic for a seed. For tests.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "internal/testing/linear/history.h"

namespace bao::testing::linear {

struct Shape {
  size_t clients = 3, operations = 7;
  int keys = 1;
  int reads = 50, cas = 15, deletes = 10;  // of a hundred; the rest are puts
  int unknown = 0;                         // of a hundred writes: answers that get lost
  int values = 0;                          // how many different ones; 0: each write has its own
};

class World {
 public:
  World(const Shape& shape, uint64_t seed) : shape_(shape), random_(seed), clients_(shape.clients) {}

  History run() {
    while (history_.operations.size() < shape_.operations) step();
    for (Client& client : clients_) {
      while (client.stage != Stage::idle) advance(client);
    }
    return history_;
  }

 private:
  enum class Stage { idle, called, done };
  struct Client {
    Stage stage = Stage::idle;
    size_t operation = 0;
    Value last_read;
  };

  int percent() { return static_cast<int>(random_() % 100); }

  // Somebody goes on; now and then what was given up long ago takes effect.
  void step() {
    if (!late_.empty() && percent() < 5) {
      const size_t at = random_() % late_.size();
      take_effect(history_.operations[late_[at]]);
      late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(at));
    }
    advance(clients_[random_() % clients_.size()]);
  }

  void advance(Client& client) {
    ++now_;
    if (client.stage == Stage::idle) return call(client);
    Operation& o = history_.operations[client.operation];
    if (client.stage == Stage::called) {
      client.stage = Stage::done;
      if (!is_read(o) && percent() < shape_.unknown) return lose(client, o);
      return take_effect(o);
    }
    client.stage = Stage::idle;
    o.return_ns = now_;
    if (is_read(o)) client.last_read = o.value;
  }

  void lose(Client& client, Operation& o) {
    o.outcome = Outcome::unknown;
    if (percent() < 50) late_.push_back(client.operation);
  }

  void call(Client& client) {
    client.stage = Stage::called;
    client.operation = history_.operations.size();
    Operation o = random_operation(client);
    o.client = "c" + std::to_string(&client - clients_.data());
    o.call_ns = o.return_ns = now_;
    o.outcome = Outcome::ok;
    history_.operations.push_back(std::move(o));
  }

  Operation random_operation(const Client& client) {
    const std::string key = "k" + std::to_string(random_() % static_cast<uint64_t>(shape_.keys));
    const int kind = percent();
    if (kind < shape_.reads) return get(key);
    if (kind < shape_.reads + shape_.deletes) return remove(key);
    if (kind < shape_.reads + shape_.deletes + shape_.cas) return cas(key, percent() < 50 ? held_[key] : client.last_read, new_value());
    return put(key, new_value());
  }

  std::string new_value() {
    return "v" + std::to_string(shape_.values > 0 ? random_() % static_cast<uint64_t>(shape_.values) : ++values_);
  }

  void take_effect(Operation& o) {
    Value& held = held_[o.key];
    const bool is_open = o.outcome == Outcome::unknown;
    if (is_read(o)) {
      o.value = held;
    } else if (o.kind == Kind::cas && held != o.expected) {
      if (!is_open) o.outcome = Outcome::mismatch;
    } else {
      held = o.value;
      history_.applied.push_back({base::Index{++index_}, o.key, o.value});
    }
    if (!is_open) o.index = base::Index{index_};
  }

  const Shape shape_;
  std::mt19937_64 random_;
  std::vector<Client> clients_;
  History history_;
  std::map<std::string, Value> held_;
  std::vector<size_t> late_;
  uint64_t values_ = 0, index_ = 0;
  int64_t now_ = 0;
};

}  // namespace bao::testing::linear
