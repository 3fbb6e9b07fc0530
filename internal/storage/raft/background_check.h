// The rest of the check that a large database begins with: what the time at start didn't suffice for goes on beside the
// requests, on a connection and a thread of its own. It is one read: until it ends the WAL does not start over. Damage is logged and counted (storage.damage_found); reads that meet it
// fail by themselves.
#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace bao::storage::raft {

class BackgroundCheck {
 public:
  ~BackgroundCheck() { stop(); }
  void start(const std::string& file, const std::string& vfs);
  // Ends it early; returns when the thread has ended.
  void stop();

 private:
  void run(const std::string& file, const std::string& vfs);

  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace bao::storage::raft
