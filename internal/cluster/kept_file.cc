#include "internal/cluster/kept_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace bao::cluster {
namespace {

base::Error failed(const std::string& file) { return {base::Code::unavailable, file + ": " + std::strerror(errno)}; }

base::Status sync_folder_of(const std::string& file) {
  const int folder = ::open(std::filesystem::path(file).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && ::fsync(folder) == 0;
  if (folder >= 0) ::close(folder);
  return synced ? base::Status() : base::Status(failed(file));
}

}  // namespace

base::Result<std::string> read_whole(const std::string& file) {
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return base::Error(base::Code::absent, file + " is not there");
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return failed(file);
  return text.str();
}

base::Status write_whole(const std::string& file, std::string_view text) {
  const std::string half = file + ".new";
  const int descriptor = ::open(half.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed(half);
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
  const base::Error error = failed(half);
  ::close(descriptor);
  if (!written) return error;
  if (std::rename(half.c_str(), file.c_str()) != 0) return failed(file);
  return sync_folder_of(file);
}

base::Status remove_whole(const std::string& file) {
  if (::unlink(file.c_str()) != 0) return errno == ENOENT ? base::Status() : base::Status(failed(file));
  return sync_folder_of(file);
}

}  // namespace bao::cluster
