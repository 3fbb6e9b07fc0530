// A server's log as it is written, by sys/monitor: followed on the terminal (`bao monitor`), and kept for a bundle.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "internal/api/client.h"
#include "internal/base/mutex.h"

namespace bao::cli {

class Invocation;
int monitor(Invocation& run);

// Follows it on a thread of its own, from the beginning until `end`.
class LogCapture {
 public:
  // `format`: standard or json. As whoever asked `options` to be made.
  LogCapture(const api::ClientOptions& options, std::string format);
  ~LogCapture();  // ended
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;
  // What was written meanwhile, kBytesMax of it at most. Errors: why there is nothing.
  base::Result<std::string> end() EXCLUDES(mutex_);
  static constexpr size_t kBytesMax = size_t{64} << 20;

 private:
  api::Client client_;
  base::Mutex mutex_{base::Rank::client_request};
  std::string text_ GUARDED_BY(mutex_);
  base::Status failed_ GUARDED_BY(mutex_);
  bool ending_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace bao::cli
