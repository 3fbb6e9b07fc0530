// What is migrated: the data of a server that does not run, read in place. Nothing of it is ever written. Used by one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/result.h"
#include "internal/config/config.h"

namespace bao::migration {

class Source {
 public:
  virtual ~Source() = default;
  // Every record in the order of the keys, where the source has one. Stops when the visitor returns an error.
  using Visit = std::function<base::Status(std::string_view key, std::string_view value)>;
  virtual base::Status each(const Visit& visit) = 0;
  // The commands of a replicated log that the records do not have yet, in its order: what replay.h applies.
  using Apply = std::function<base::Status(std::string_view command)>;
  virtual base::Status each_unapplied(const Apply& apply) { (void)apply; return {}; }
  // For the operator: where it ends, and whose it is. "": nothing to say.
  virtual std::string remark() const { return ""; }
};

// Errors: invalid (a storage that cannot be migrated from), unavailable (in use by a server), corrupt.
base::Result<std::unique_ptr<Source>> open_source(const config::Storage& storage);

}  // namespace bao::migration
