// The other way to open a listening socket: in the file system.
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "internal/net/listening_socket.h"

namespace bao::net {
namespace {

constexpr int kBacklog = 1024;
constexpr mode_t kModeMax = 0777;

base::Error failed(const std::string& path, const char* step, const std::string& reason) {
  return {base::Code::unavailable, "listen unix " + path + ": " + step + ": " + reason};
}
base::Error failed(const std::string& path, const char* step) { return failed(path, step, std::strerror(errno)); }

std::optional<unsigned> number(const std::string& text, int base) {
  unsigned value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

base::Result<uid_t> user_of(const std::string& text) {
  if (text.empty()) return static_cast<uid_t>(-1);
  if (const auto id = number(text, 10)) return static_cast<uid_t>(*id);
  if (const passwd* entry = getpwnam(text.c_str())) return entry->pw_uid;
  return base::invalid("socket_user: there is no user " + text);
}

base::Result<gid_t> group_of(const std::string& text) {
  if (text.empty()) return static_cast<gid_t>(-1);
  if (const auto id = number(text, 10)) return static_cast<gid_t>(*id);
  if (const group* entry = getgrnam(text.c_str())) return entry->gr_gid;
  return base::invalid("socket_group: there is no group " + text);
}

base::Result<std::optional<mode_t>> mode_of(const std::string& text) {
  if (text.empty()) return std::optional<mode_t>();
  const auto mode = number(text, 8);
  if (!mode || *mode > kModeMax) return base::invalid("socket_mode: " + text + " is no octal number of up to 0777");
  return std::optional<mode_t>(*mode);
}

// One that a server left behind when it was killed goes; anything else, and one that somebody listens at, stays.
base::Status make_way(const std::string& path, const sockaddr_un& address) {
  struct stat info = {};
  if (lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) return failed(path, "bind", "there is a file that is no socket");
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return failed(path, "socket");
  const bool heard = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN;
  ::close(probe);
  if (heard) return failed(path, "bind", "address already in use");
  return unlink(path.c_str()) == 0 ? base::Status() : failed(path, "failed to remove socket file");
}

}  // namespace

// The mode is set before the name is there: nobody connects in between whom it keeps out.
base::Result<std::unique_ptr<ListeningSocket>> ListeningSocket::open_file(const SocketFile& file) {
  ASSIGN_OR_RETURN(const auto mode, mode_of(file.mode));
  ASSIGN_OR_RETURN(const uid_t user, user_of(file.user));
  ASSIGN_OR_RETURN(const gid_t group, group_of(file.group));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (file.path.empty() || file.path.size() >= sizeof address.sun_path) return failed(file.path, "bind", "invalid argument");
  std::memcpy(address.sun_path, file.path.data(), file.path.size());
  TRY(make_way(file.path, address));
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return failed(file.path, "socket");
  std::unique_ptr<ListeningSocket> made(new ListeningSocket(descriptor));
  if (mode && fchmod(descriptor, *mode) != 0) return failed(file.path, "chmod");
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return failed(file.path, "bind");
  made->address_ = made->file_ = file.path;
  const bool owned = (file.user.empty() && file.group.empty()) || chown(file.path.c_str(), user, group) == 0;
  if (!owned || (mode && chmod(file.path.c_str(), *mode) != 0)) {
    return failed(file.path, "failed to set file system permissions on the socket file");
  }
  if (::listen(descriptor, kBacklog) != 0) return failed(file.path, "listen");
  return made;
}

}  // namespace bao::net
