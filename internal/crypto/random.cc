// Random values. A call of OpenSSL's generator costs 2.6 us whatever the size, so nonces and identifiers come out of a
// buffer that each thread fills at once.
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

#include "internal/base/ensure.h"
#include "internal/base/secret.h"
#include "internal/crypto/hash.h"

namespace bao::crypto {
namespace {

void fill(char* to, size_t count) {
  const int done = RAND_bytes(reinterpret_cast<unsigned char*>(to), static_cast<int>(count));
  ENSURE(done == 1, "the random generator works");
}

// How often this process and its ancestors forked: a buffer of another count belongs to the parent too.
std::atomic<uint64_t> forks{0};

void watch_forks() {
  static const int watched = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  ENSURE(watched == 0, "forks are noticed");
}

class Buffer {
 public:
  Buffer() { watch_forks(); }
  ~Buffer() { base::wipe(bytes_.data(), bytes_.size()); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void take(char* to, size_t count) {
    if (count > bytes_.size() / 4) return fill(to, count);
    const uint64_t now = forks.load(std::memory_order_relaxed);
    if (left_ < count || filled_at_ != now) {
      fill(bytes_.data(), bytes_.size());
      left_ = bytes_.size();
      filled_at_ = now;
    }
    char* const from = bytes_.data() + bytes_.size() - left_;
    std::memcpy(to, from, count);
    base::wipe(from, count);
    left_ -= count;
  }

 private:
  std::array<char, 512> bytes_{};
  size_t left_ = 0;
  uint64_t filled_at_ = 0;
};

}  // namespace

std::string random_bytes(size_t count) {
  std::string out(count, '\0');
  fill(out.data(), count);
  return out;
}

std::string random_nonce(size_t count) {
  thread_local Buffer buffer;
  std::string out(count, '\0');
  buffer.take(out.data(), count);
  return out;
}

std::string random_base62(size_t length) {
  static constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  constexpr unsigned kUnbiased = 256 / 62 * 62;  // bytes from here on would favour the first digits
  std::string out;
  while (out.size() < length) {
    std::string bytes = random_nonce(length + 8);
    for (const char c : bytes) {
      const unsigned value = static_cast<unsigned char>(c);
      if (value < kUnbiased && out.size() < length) out += kDigits[value % 62];
    }
    base::wipe(bytes);
  }
  return out;
}

std::string random_uuid() {
  static constexpr std::string_view kHex = "0123456789abcdef";
  const std::string bytes = random_nonce(16);
  std::string out;
  out.reserve(36);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace bao::crypto
