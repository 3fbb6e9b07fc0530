// Bodies that are too large for one call between nodes, on their way from a standby in parts: each goes into a file without a name
// until the request that it belongs to comes. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/base/spool_file.h"

namespace bao::http {

class Uploads {
 public:
  static constexpr size_t kUploadsMax = 4;                     // at once
  static constexpr std::chrono::seconds kForgottenAfter{60};   // without another part
  using Time = std::chrono::steady_clock::time_point;

  // A part that begins behind `offset` bytes. Errors: conflict (it does not follow what is here: whoever had the beginning is active
  // no more, or it was forgotten), exhausted, unavailable.
  base::Status add(const std::string& id, uint64_t offset, std::string_view bytes, Time now) EXCLUDES(mutex_);
  // All of it, which is kept here no more. Errors: conflict (nothing of it is here), unavailable.
  base::Result<std::shared_ptr<base::SpoolFile>> take(const std::string& id) EXCLUDES(mutex_);

 private:
  struct Upload {
    std::shared_ptr<base::SpoolFile> file;
    Time touched;
  };
  base::Mutex mutex_{base::Rank::listener};  // held while a part is written: there are few
  std::map<std::string, Upload> uploads_ GUARDED_BY(mutex_);
};

}  // namespace bao::http
