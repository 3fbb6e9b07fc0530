// What the server does to its own process: limits, core dumps, signals, pid file, log file. Main thread.
#pragma once

#include <string>

#include "internal/base/result.h"
#include "internal/config/config.h"

namespace bao::server {

// What this process was started with, for what reads the configuration.
config::Environment environment();

// Keys in memory don't reach a disk or another process of the same user.
void forbid_core_dumps();
// As many descriptors as the hard limit lets.
void raise_descriptor_limit();

// INT, TERM, HUP and USR2 wait for `next_signal` from now on, in every thread started later; PIPE is ignored.
void hold_signals();
int next_signal();

// A file that holds the process id and goes with this object.
class PidFile {
 public:
  static base::Result<PidFile> write(const std::string& path);  // "" : none
  PidFile(PidFile&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  PidFile& operator=(PidFile&&) = delete;
  ~PidFile();

 private:
  explicit PidFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Log lines go to the end of this file from now on; called again, it is opened anew (after a rotation).
base::Status log_to_file(const std::string& path);

}  // namespace bao::server
