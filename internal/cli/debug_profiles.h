// The profiles of a bundle: sys/pprof asked again and again on a thread of its own, for a CPU profile takes as long as an interval.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "internal/api/client.h"
#include "internal/base/clock.h"
#include "internal/base/mutex.h"

namespace bao::cli {

class ProfileCapture {
 public:
  struct File {
    std::string name;  // "2026-11-29T13-20-00Z/heap.prof"
    std::string content;
  };
  struct Failure {
    std::string target;  // "pprof.heap"
    std::string error;
  };
  struct Captured {
    std::vector<File> files;
    std::vector<Failure> failures;
  };

  // From now on, each `interval` of `duration`. As whoever asked `options` to be made.
  ProfileCapture(const api::ClientOptions& options, base::Duration duration, base::Duration interval);
  ~ProfileCapture();  // interrupted
  ProfileCapture(const ProfileCapture&) = delete;
  ProfileCapture& operator=(const ProfileCapture&) = delete;
  // What came since the last time.
  Captured take() EXCLUDES(mutex_);
  // Waits so long for what is still under way; what isn't there then is given up.
  void end(base::Duration at_most) EXCLUDES(mutex_);

 private:
  using Steady = std::chrono::steady_clock;
  using Query = std::vector<std::pair<std::string, std::string>>;
  void run(base::Duration duration, base::Duration interval);
  void take_at_once(const std::string& folder);
  void take_for(const std::string& folder, base::Duration interval);
  void take_one(api::Client& client, const std::string& file, const std::string& target, const std::string& path, Query query);

  // One for what is answered at once and for the profile, one for the trace beside it.
  api::Client client_, trace_client_;
  base::Mutex mutex_{base::Rank::client_request};
  base::Condition changed_;
  Captured captured_ GUARDED_BY(mutex_);
  bool ending_ GUARDED_BY(mutex_) = false, done_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace bao::cli
