// What a cluster's indexes count within (core/ha/cluster.h): its id, since when its data is in place of other data, and the mark of its
// last recovery. Every answer to a client names it, so it is published, and put together when one of the three has changed. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "internal/base/ids.h"
#include "internal/base/mutex.h"
#include "internal/base/published.h"

namespace bao::cluster {

class Epoch {
 public:
  // Never nullptr. `data_since`: as the storage says it, now.
  std::shared_ptr<const std::string> get(base::Index data_since) const EXCLUDES(mutex_);
  // `recovery`: peers_file.h, epoch_of.
  void set(const std::string& cluster_id, const std::string& recovery) EXCLUDES(mutex_);

 private:
  struct Text {
    base::Index data_since;
    std::string text;
  };
  void publish(base::Index data_since) const REQUIRES(mutex_);

  mutable base::Published<Text> published_;
  mutable base::Mutex mutex_{base::Rank::cluster};  // nothing is taken under it
  std::string cluster_id_ GUARDED_BY(mutex_), recovery_ GUARDED_BY(mutex_);
};

}  // namespace bao::cluster
