#include "internal/cli/debug_bundle.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "internal/base/time_format.h"
#include "internal/codec/compression.h"

namespace bao::cli {
namespace {

constexpr std::string_view kArchive = ".tar.gz";

base::Status write_file(const std::string& path, const std::string& content) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return base::invalid(path + ": " + std::strerror(errno));
  size_t done = 0;
  while (done < content.size()) {
    const ssize_t wrote = ::write(file, content.data() + done, content.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<size_t>(wrote);
  }
  const bool whole = ::close(file) == 0 && done == content.size();
  return whole ? base::Status() : base::Status(base::invalid(path + ": " + std::strerror(errno)));
}

// "" for a file of the bundle itself.
std::string folder_in(const std::string& name) {
  const size_t slash = name.find('/');
  return slash == name.npos ? "" : name.substr(0, slash);
}

// "2006-01-02T15-04-05Z" → "2006-01-02T15:04:05Z"
std::string time_of_folder(std::string name) {
  for (size_t i = name.find('T'); i < name.size(); ++i) {
    if (name[i] == '-') name[i] = ':';
  }
  return name;
}

}  // namespace

base::Result<DebugBundle> DebugBundle::make(const std::string& output, bool compress) {
  std::string folder = output;
  if (folder.ends_with(kArchive)) folder.resize(folder.size() - kArchive.size());
  DebugBundle bundle(folder, compress ? folder + std::string(kArchive) : "");
  std::error_code code;
  if (compress && std::filesystem::exists(bundle.archive_, code)) return base::invalid("output file already exists: " + bundle.archive_);
  if (std::filesystem::exists(folder, code)) return base::invalid("output directory already exists: " + folder);
  if (::mkdir(folder.c_str(), 0700) != 0) return base::invalid("cannot make " + folder + ": " + std::strerror(errno));
  return bundle;
}

base::Status DebugBundle::write(const std::string& name, const std::string& content) {
  const std::string inner = folder_in(name);
  if (!inner.empty() && ::mkdir((folder_ + "/" + inner).c_str(), 0700) != 0 && errno != EEXIST) {
    return base::invalid("cannot make " + folder_ + "/" + inner + ": " + std::strerror(errno));
  }
  TRY(write_file(folder_ + "/" + name, content));
  files_.push_back(name);
  return {};
}

void DebugBundle::add_error(const std::string& target, const std::string& error, base::Time now) {
  for (const codec::Json& told : errors_.items()) {
    if (told["target"].as_string() == target && told["error"].as_string() == error) return;
  }
  errors_.push_back(codec::Json::record({{"error", error}, {"target", target}, {"timestamp", base::format_rfc3339_seconds(now)}}));
}

base::Result<std::string> DebugBundle::finish(codec::Json about, base::Time now) {
  about.set("output", layout());
  about.set("errors", errors_);
  TRY(write("index.json", codec::write_json_indented(about)));
  if (archive_.empty()) return folder_;
  TRY(pack(now));
  std::error_code code;
  std::filesystem::remove_all(folder_, code);
  return archive_;
}

// The files, and folder by folder those in it.
codec::Json DebugBundle::layout() const {
  std::map<std::string, std::vector<std::string>> by_folder = {{"", {}}};
  for (const std::string& name : files_) by_folder[folder_in(name)].push_back(name.substr(name.find('/') + 1));
  codec::Json layout = codec::Json::record();
  for (const auto& [name, files] : by_folder) {
    if (name.empty()) layout.set("files", codec::Json::strings(files));
    else layout.set(name, codec::Json::record({{"timestamp", time_of_folder(name)}, {"files", codec::Json::strings(files)}}));
  }
  return layout;
}

base::Status DebugBundle::pack(base::Time now) const {
  const std::string top = std::filesystem::path(folder_).filename().string();
  std::vector<codec::TarEntry> entries = {{top + "/", ""}};
  std::set<std::string> folders;
  for (const std::string& name : files_) {
    const std::string inner = folder_in(name);
    if (!inner.empty() && folders.insert(inner).second) entries.push_back({top + "/" + inner + "/", ""});
    std::ifstream file(folder_ + "/" + name, std::ios::binary);
    entries.push_back({top + "/" + name, std::string(std::istreambuf_iterator<char>(file), {})});
    if (!file.good() && !file.eof()) return base::invalid("cannot read " + name);
  }
  return write_file(archive_, codec::gzip(codec::write_tar(entries, base::unix_seconds(now))));
}

}  // namespace bao::cli
