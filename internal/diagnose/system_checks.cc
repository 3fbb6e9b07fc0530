#include <sys/resource.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "internal/base/limits.h"
#include "internal/diagnose/checks.h"

namespace bao::diagnose {
namespace {

constexpr rlim_t kDescriptorsFew = 1024;
constexpr uint64_t kSpaceLittle = 1u << 30;
constexpr double kUsedPercentMuch = 95;

void check_descriptors(Finding& into) {
  const std::string name = "Check Open File Limits";
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    into.add(name, Grade::failure, "Could not determine open file limit.");
    return;
  }
  // A server raises the soft limit to the hard one by itself.
  const std::string many = std::to_string(limit.rlim_max);
  if (limit.rlim_max <= kDescriptorsFew) {
    into.add(name, Grade::warning, "Open file limits are set to " + many,
             "These limits may be insufficient. We recommend raising the soft and hard limits to 1024768.");
  } else {
    into.add(name, Grade::ok, "Open file limits are set to " + many + ".");
  }
}

void check_space(const std::string& folder, Finding& into) {
  const std::string name = "Check Disk Usage";
  struct statvfs info = {};
  if (statvfs(folder.c_str(), &info) != 0 || info.f_blocks == 0) {
    into.warn("Could not obtain partition usage for " + folder + ".");
    return;
  }
  const uint64_t free = uint64_t{info.f_bavail} * info.f_frsize;
  const double used = 100.0 * static_cast<double>(info.f_blocks - info.f_bfree) / static_cast<double>(info.f_blocks - info.f_bfree + info.f_bavail);
  const std::string megabytes = std::to_string(free >> 20) + " MB";
  if (free < base::kDiskReserveBytes) {
    into.add(name, Grade::failure, folder + " has " + megabytes + " free: writes are refused below " + std::to_string(base::kDiskReserveBytes >> 20) + " MB.",
             "Make room, or give the data a larger disk.");
  } else if (used > kUsedPercentMuch) {
    into.add(name, Grade::warning, folder + " is " + std::to_string(static_cast<int>(used)) + " percent full.",
             "It is recommended to have more than five percent of the partition free.");
  } else if (free < kSpaceLittle) {
    into.add(name, Grade::warning, folder + " has " + megabytes + " free.", "It is recommended to have at least 1 GB of space free per partition.");
  } else {
    into.add(name, Grade::ok, folder + " usage ok.");
  }
}

}  // namespace

void check_system(const config::Config& config, Finding& into) {
  check_descriptors(into);
  check_space("/", into);
  if (config.storage && !config.storage->path.empty()) check_space(config.storage->path, into);
}

}  // namespace bao::diagnose
