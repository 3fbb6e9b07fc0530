// A machine with faults, preloaded into a node of the test (LD_PRELOAD): its disk is slow or full when the test says so, and its
// connections come from an address of its own, so that the network between the nodes (network.py) knows who speaks.
//
// BAO_TEST_MACHINE names a file with three int64 that the test writes (machine.py): milliseconds that each sync takes; free bytes of
// the disk, -1: as they are; 1: no file can grow. BAO_TEST_ADDRESS is where connections to loopback come from. Without them nothing changes.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <string>

namespace {

struct Machine {
  std::atomic<int64_t> sync_ms{0};
  std::atomic<int64_t> free_bytes{-1};
  std::atomic<int64_t> no_room{0};
};

const Machine& machine() {
  static const Machine healthy;
  static const Machine* const mapped = [] {
    const char* path = getenv("BAO_TEST_MACHINE");
    const int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return &healthy;
    void* memory = mmap(nullptr, sizeof(Machine), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return memory == MAP_FAILED ? &healthy : static_cast<const Machine*>(memory);
  }();
  return *mapped;
}

template <typename Function>
Function* next(Function*, const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// A sync that waits ends early when the test mends the disk.
void wait_for_disk() {
  for (int64_t waited = 0; waited < machine().sync_ms.load(std::memory_order_relaxed); ++waited) {
    const timespec one_ms{.tv_sec = 0, .tv_nsec = 1'000'000};
    nanosleep(&one_ms, nullptr);
  }
}

bool grows_without_room(int file, int64_t end) {
  if (machine().no_room.load(std::memory_order_relaxed) == 0) return false;
  struct stat now {};
  if (fstat(file, &now) != 0 || !S_ISREG(now.st_mode) || end <= now.st_size) return false;
  errno = ENOSPC;
  return true;
}

// Fails, without harm, where the socket is bound already.
void come_from(const char* address, int socket, sa_family_t family) {
  if (family == AF_INET) {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    inet_pton(AF_INET, address, &from.sin_addr);
    bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  } else if (family == AF_INET6) {  // sockets that listen everywhere speak both
    sockaddr_in6 from{};
    from.sin6_family = AF_INET6;
    inet_pton(AF_INET6, ("::ffff:" + std::string(address)).c_str(), &from.sin6_addr);
    bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from);
  }
}

}  // namespace

extern "C" {

int fdatasync(int file) {
  static const auto real = next(&fdatasync, "fdatasync");
  wait_for_disk();
  return real(file);
}

int fsync(int file) {
  static const auto real = next(&fsync, "fsync");
  wait_for_disk();
  return real(file);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
  static const auto real = next(&pwrite64, "pwrite64");
  return grows_without_room(file, at + static_cast<int64_t>(count)) ? -1 : real(file, bytes, count, at);
}

int ftruncate64(int file, off64_t length) noexcept {
  static const auto real = next(&ftruncate64, "ftruncate64");
  return grows_without_room(file, length) ? -1 : real(file, length);
}

int statvfs(const char* path, struct statvfs* found) noexcept {
  static const auto real = next(&statvfs, "statvfs");
  const int result = real(path, found);
  const int64_t free_bytes = machine().free_bytes.load(std::memory_order_relaxed);
  if (result == 0 && free_bytes >= 0) found->f_bavail = found->f_bfree = static_cast<uint64_t>(free_bytes) / found->f_frsize;
  return result;
}

int connect(int socket, const sockaddr* to, socklen_t length) {
  static const auto real = next(&connect, "connect");
  if (const char* address = getenv("BAO_TEST_ADDRESS")) come_from(address, socket, to->sa_family);
  return real(socket, to, length);
}
}
