// Challenges that clients are ready for, from storage to whoever looks at them, and what was seen back into storage. What is to do
// stands in storage alone, so that the next active node goes on with it. Marks come from any thread; one works, and owns the rest.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "internal/base/clock.h"
#include "internal/engines/pki/validation/validation.h"
#include "internal/logical/backend.h"

namespace bao::engines::pki::acme {

class ValidationQueue {
 public:
  explicit ValidationQueue(std::unique_ptr<Validations> validations) : validations_(std::move(validations)) {}

  // An entry changed: the next `work` looks at all of them. Quick, takes no lock.
  void mark() { changed_ = true; }
  // A new reign: what was under way belongs to the last one. From any thread.
  void begin() { new_reign_ = true; }
  // The backend's: no storage is touched where nothing changed and nothing is due.
  base::Status work(base::Time now, const logical::Backend::Transact& transact);

 private:
  enum class State : uint8_t { waiting, under_way };
  struct Known {
    State state = State::waiting;
    base::Time due{};
  };
  base::Status look(base::Time now, const logical::Backend::Transact& transact);
  base::Status hand_out(base::Time now, const logical::Backend::Transact& transact);
  base::Status settle(const ValidationOutcome& outcome, base::Time now, const logical::Backend::Transact& transact);

  const std::unique_ptr<Validations> validations_;
  std::atomic<bool> changed_{true}, new_reign_{false};
  std::map<std::string, Known> known_;
};

}  // namespace bao::engines::pki::acme
