// Removing secret ids whose time is over, by and by: asked for, and every ten minutes. They log nobody in meanwhile.
#pragma once

#include <atomic>
#include <string>

#include "internal/logical/backend.h"

namespace bao::auth::approle {

class Tidy {
 public:
  // Whether it begins by that; false: it is at work already. From any thread.
  bool ask() { return !asked_.exchange(true); }
  // A small part of it. By the one thread that gives turns of work.
  base::Status work(base::Time now, const logical::Backend::Transact& transact);

 private:
  // Up to where it came.
  struct Cursor {
    bool local = false;             // below secret_id_local/, after secret_id/
    std::string folder, secret_id;  // of the role, the last one seen in it
  };
  std::atomic<bool> asked_{false};
  bool running_ = false;
  base::Time next_{};
  Cursor cursor_;
};

}  // namespace bao::auth::approle
