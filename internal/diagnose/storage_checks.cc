#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>

#include "internal/base/time_format.h"
#include "internal/diagnose/checks.h"

namespace bao::diagnose {
namespace {

constexpr int kSyncs = 10;
constexpr std::chrono::milliseconds kSyncSlow{100};  // as the reference warns of an operation of the storage
constexpr mode_t kOthers = S_IRWXO;

std::string mode_text(mode_t mode) {
  std::string text = "rwxrwxrwx";
  for (size_t bit = 0; bit < text.size(); ++bit) {
    if ((mode & (0400u >> bit)) == 0) text[bit] = '-';
  }
  return text;
}

void check_permissions(const std::string& path, const struct stat& info, Finding& into) {
  const std::string ownership = "Check Raft Folder Ownership", permissions = "Check Raft Folder Permissions";
  if ((info.st_mode & kOthers) != 0) {
    into.add(permissions, Grade::warning, "too many permissions: perms are " + mode_text(info.st_mode), "chmod 0700 " + path);
  } else if (access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
    into.add(permissions, Grade::failure, "this user cannot read and write the folder: perms are " + mode_text(info.st_mode));
  } else {
    into.add(permissions, Grade::ok, "The folder has the right permissions.");
  }
  if (info.st_uid != geteuid()) {
    into.add(ownership, Grade::warning, "The folder belongs to another user (" + std::to_string(info.st_uid) + ").",
             "Run diagnose as the user that the server runs as.");
  } else if (info.st_uid == 0) {
    into.add(ownership, Grade::warning, "The folder is owned by root: the server would have to run as root.", "Give the folder to the server's own user.");
  } else {
    into.add(ownership, Grade::ok, "The folder belongs to this user.");
  }
}

bool is_locked(const std::string& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool locked = flock(descriptor, LOCK_SH | LOCK_NB) != 0;
  close(descriptor);
  return locked;
}

void check_content(const std::string& path, Finding& into) {
  const std::string name = "Check Raft Folder Content";
  namespace fs = std::filesystem;
  std::error_code code;
  const bool ours = fs::exists(path + "/state.db", code), log = fs::exists(path + "/log.db", code);
  if (is_locked(path + "/lock")) {
    into.add(name, Grade::ok, "A server runs on this data.");
  } else if (!ours && fs::exists(path + "/vault.db", code)) {
    into.add(name, Grade::failure, "This is data of OpenBao or Vault.", "Bring it here with \"bao operator migrate\", into another folder.");
  } else if (ours != log) {
    into.add(name, Grade::failure, std::string(ours ? "log.db" : "state.db") + " is missing: neither is of use without the other.",
             "Restore a snapshot into an empty folder, or let this node join anew.");
  } else {
    into.add(name, Grade::ok, ours ? "There is data, and no server runs on it." : "There is no data yet.");
  }
}

// The slowest of a few, written as the log is.
base::Result<base::Duration> slowest_sync(const std::string& path) {
  std::string file = path + "/diagnose-XXXXXX";
  const int descriptor = mkostemp(file.data(), O_CLOEXEC);
  if (descriptor < 0) return base::Error(base::Code::unavailable, file + ": " + std::strerror(errno));
  unlink(file.c_str());
  base::Duration slowest{0};
  const std::string block(4096, '\0');
  bool well = true;
  for (int i = 0; well && i < kSyncs; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    well = write(descriptor, block.data(), block.size()) == static_cast<ssize_t>(block.size()) && fsync(descriptor) == 0;
    slowest = std::max<base::Duration>(slowest, std::chrono::steady_clock::now() - begun);
  }
  const int reason = errno;
  close(descriptor);
  if (!well) return base::Error(base::Code::unavailable, file + ": " + std::strerror(reason));
  return slowest;
}

void check_latency(const std::string& path, Finding& into) {
  const std::string name = "Check Disk Latency";
  const auto slowest = slowest_sync(path);
  if (!slowest.ok()) {
    into.add(name, Grade::failure, slowest.error().message());
    return;
  }
  const std::string took = "the slowest of " + std::to_string(kSyncs) + " fsyncs took " + base::format_go_duration(*slowest);
  if (*slowest > kSyncSlow) into.add(name, Grade::warning, took, "Every write waits for one: use a faster disk.");
  else into.add(name, Grade::ok, took);
}

void check_folder(const std::string& path, Finding& into) {
  struct stat info = {};
  if (path.empty()) {
    into.add("Check Raft Folder Permissions", Grade::failure, "Storage folder path is required.");
  } else if (stat(path.c_str(), &info) != 0) {
    into.add("Check Raft Folder Permissions", Grade::failure, "Error computing file permissions: stat " + path + ": " + std::strerror(errno) + ".");
  } else if (!S_ISDIR(info.st_mode)) {
    into.add("Check Raft Folder Ownership", Grade::failure, "Error: Raft storage path variable does not point to a folder.");
  } else {
    check_permissions(path, info, into);
    check_content(path, into);
    check_latency(path, into);
  }
}

}  // namespace

void check_storage(const config::Config& config, Finding& into) {
  if (!config.storage) {
    into.fail("No storage stanza in Vault server configuration.");
    return into.advise("To learn how to specify a storage backend, see the server's documentation of its configuration.");
  }
  const std::string& type = config.storage->type;
  Finding& kind = into.add("Create Storage Backend");
  if (type == "raft" || type == "file") return check_folder(config.storage->path, into);
  if (type == "inmem") return kind.warn("Nothing is kept over a restart: not for production.");
  kind.fail("storage type " + type + " is not there: use raft");
}

}  // namespace bao::diagnose
