#include "internal/core/system/host_info.h"

#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "internal/base/time_format.h"

namespace bao::core::sys {
namespace {

using codec::Json;

// "name : value" lines of /proc files.
std::pair<std::string, std::string> split_line(const std::string& line) {
  const size_t colon = line.find(':');
  if (colon == std::string::npos) return {};
  const auto trimmed = [](std::string text) {
    const size_t first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
    return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
  };
  return {trimmed(line.substr(0, colon)), trimmed(line.substr(colon + 1))};
}

Json describe_processor(std::map<std::string, std::string>& lines) {
  Json out = Json::object();
  out.set("cpu", static_cast<int64_t>(std::strtoll(lines["processor"].c_str(), nullptr, 10)));
  out.set("vendorId", lines["vendor_id"]);
  out.set("family", lines["cpu family"]);
  out.set("model", lines["model"]);
  out.set("modelName", lines["model name"]);
  out.set("physicalId", lines["physical id"]);
  out.set("coreId", lines["core id"]);
  return out;
}

Json processors() {
  std::ifstream file("/proc/cpuinfo");
  if (!file) return nullptr;
  Json out = Json::array();
  std::map<std::string, std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) {
      lines.insert(split_line(line));
      continue;
    }
    if (lines.contains("processor")) out.push_back(describe_processor(lines));
    lines.clear();
  }
  return out;
}

Json seconds_of(int64_t ticks) {
  const int64_t per_second = sysconf(_SC_CLK_TCK);
  std::ostringstream text;
  text << static_cast<double>(ticks) / static_cast<double>(per_second > 0 ? per_second : 100);
  return Json::number(text.str());
}

Json processor_times() {
  std::ifstream file("/proc/stat");
  if (!file) return nullptr;
  Json out = Json::array();
  for (std::string line; std::getline(file, line) && line.starts_with("cpu");) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name == "cpu") continue;
    Json entry = Json::object();
    entry.set("cpu", name);
    for (const char* kind : {"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guestNice"}) {
      int64_t ticks = 0;
      words >> ticks;
      entry.set(kind, seconds_of(ticks));
    }
    out.push_back(std::move(entry));
  }
  return out;
}

Json memory() {
  std::ifstream file("/proc/meminfo");
  if (!file) return nullptr;
  std::map<std::string, int64_t> bytes;
  for (std::string line; std::getline(file, line);) {
    const auto [name, value] = split_line(line);
    bytes[name] = std::strtoll(value.c_str(), nullptr, 10) * 1024;
  }
  Json out = Json::object();
  out.set("total", bytes["MemTotal"]);
  out.set("available", bytes["MemAvailable"]);
  out.set("free", bytes["MemFree"]);
  out.set("used", bytes["MemTotal"] - bytes["MemAvailable"]);
  out.set("buffers", bytes["Buffers"]);
  out.set("cached", bytes["Cached"]);
  out.set("swapTotal", bytes["SwapTotal"]);
  out.set("swapFree", bytes["SwapFree"]);
  return out;
}

Json root_disk() {
  struct statvfs status {};
  if (statvfs("/", &status) != 0) return nullptr;
  const auto block = static_cast<int64_t>(status.f_frsize);
  Json disk = Json::object();
  disk.set("path", "/");
  disk.set("total", block * static_cast<int64_t>(status.f_blocks));
  disk.set("free", block * static_cast<int64_t>(status.f_bavail));
  disk.set("used", block * static_cast<int64_t>(status.f_blocks - status.f_bfree));
  disk.set("inodesTotal", static_cast<int64_t>(status.f_files));
  disk.set("inodesFree", static_cast<int64_t>(status.f_ffree));
  Json out = Json::array();
  out.push_back(std::move(disk));
  return out;
}

Json host(base::Time now) {
  struct utsname names {};
  if (uname(&names) != 0) return nullptr;
  Json out = Json::object();
  out.set("hostname", names.nodename);
  out.set("os", "linux");
  out.set("kernelVersion", names.release);
  out.set("kernelArch", names.machine);
  std::ifstream file("/proc/uptime");
  double uptime = 0;
  if (file >> uptime) {
    out.set("uptime", static_cast<int64_t>(uptime));
    out.set("bootTime", base::unix_seconds(now) - static_cast<int64_t>(uptime));
  }
  return out;
}

}  // namespace

Json describe_host(base::Time now, std::vector<std::string>& warnings) {
  std::vector<std::pair<const char*, Json>> parts;
  parts.emplace_back("cpu", processors());
  parts.emplace_back("cpu_times", processor_times());
  parts.emplace_back("disk", root_disk());
  parts.emplace_back("host", host(now));
  parts.emplace_back("memory", memory());
  Json out = Json::object();
  out.set("timestamp", base::format_rfc3339(now));
  for (auto& [name, value] : parts) {
    if (value.is_null()) warnings.push_back(std::string("could not be read on this machine: ") + name);
    out.set(name, std::move(value));
  }
  return out;
}

}  // namespace bao::core::sys
