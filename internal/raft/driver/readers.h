// Who waits for a linearizable read: first for its index, then for that index to be applied here. Owned by the core thread.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "internal/raft/core/output.h"
#include "internal/raft/driver/waiter.h"

namespace bao::raft {

class Readers {
 public:
  uint64_t add(WaiterPtr<Index> waiter) {
    asked_.emplace(++cookie_, std::move(waiter));
    return cookie_;
  }
  void ready(const ReadReady& read, Index applied) {
    const auto found = asked_.find(read.cookie);
    if (found == asked_.end()) return;
    WaiterPtr<Index> waiter = std::move(found->second);
    asked_.erase(found);
    if (read.refused)
      waiter->answer(base::Error(base::Code::unavailable, text_of(*read.refused)));
    else if (read.index <= applied)
      waiter->answer(read.index);
    else
      confirmed_.emplace(read.index, std::move(waiter));
  }
  void applied(Index applied) {
    while (!confirmed_.empty() && confirmed_.begin()->first <= applied) {
      confirmed_.begin()->second->answer(confirmed_.begin()->first);
      confirmed_.erase(confirmed_.begin());
    }
  }
  void end(const std::string& why) {
    for (auto& [cookie, waiter] : std::exchange(asked_, {})) waiter->answer(base::Error(base::Code::unavailable, why));
    for (auto& [index, waiter] : std::exchange(confirmed_, {})) waiter->answer(base::Error(base::Code::unavailable, why));
  }

 private:
  static std::string text_of(ReadRefusal refusal) {
    switch (refusal) {
      case ReadRefusal::no_leader: return "raft: no leader is known; read again";
      case ReadRefusal::leadership_lost: return "raft: the leader changed while a read was confirmed; read again";
      case ReadRefusal::overloaded: return "raft: too many reads wait for their confirmation; read again";
    }
    return "raft: the read was refused";
  }

  uint64_t cookie_ = 0;
  std::map<uint64_t, WaiterPtr<Index>> asked_;
  std::multimap<Index, WaiterPtr<Index>> confirmed_;
};

}  // namespace bao::raft
