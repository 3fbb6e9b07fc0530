// What the core is made of, for its own backends (core/system, the token backend) and the request handler. Not for http.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "internal/core/audit/broker.h"
#include "internal/core/background/background_tasks.h"
#include "internal/core/ceremonies.h"
#include "internal/core/core.h"
#include "internal/core/expiration/expiration.h"
#include "internal/core/identity/identities.h"
#include "internal/core/invalidation/invalidation.h"
#include "internal/core/mounts/mount_table.h"
#include "internal/core/policy/policy_store.h"
#include "internal/core/token/token_store.h"
#include "internal/core/wrapping/wrapping.h"

namespace bao::core {

class LifeCycle;       // life_cycle.h: init, unseal, seal
class RequestHandler;  // request_handler.h
class SecondFactor;    // second_factor.h
class Revoker;         // revoker.h: ends leases and tokens, asked or by time

struct Core::Parts {
  Parts(storage::Backend& backend, CoreOptions options, const base::Clock& clock);
  ~Parts();

  CoreOptions options;
  const base::Clock& clock;
  storage::Backend& backend;
  barrier::Barrier barrier;
  audit::Broker audit;
  Invalidation invalidation;
  PolicyStore policies;
  Expiration expiration;
  TokenStore tokens;
  Ceremonies ceremonies;
  std::unique_ptr<CrossOrigin> cross_origin;
  std::unique_ptr<RateLimits> rate_limits;
  std::unique_ptr<UnderWay> under_way;
  std::unique_ptr<MountTable> mounts;
  identity::Identities identities;
  std::unique_ptr<Wrapping> wrapping;
  std::unique_ptr<SecondFactor> second_factor;
  std::unique_ptr<LifeCycle> life_cycle;
  std::unique_ptr<RequestHandler> handler;
  std::unique_ptr<Revoker> revoker;
  BackgroundTasks tasks;  // last: a task uses the others
};

}  // namespace bao::core
