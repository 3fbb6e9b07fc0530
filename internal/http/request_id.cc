#include "internal/http/request_id.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "internal/crypto/hash.h"

namespace bao::http {
namespace {

// xoshiro256** (Blackman, Vigna 2018).
class Generator {
 public:
  Generator() {
    const std::string seed = crypto::random_bytes(sizeof state_);
    std::memcpy(state_.data(), seed.data(), sizeof state_);
  }
  uint64_t next() {
    const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

 private:
  std::array<uint64_t, 4> state_{};
};

}  // namespace

std::string make_request_id() {
  thread_local Generator generator;
  const uint64_t halves[] = {generator.next(), generator.next()};
  std::string id(36, '-');
  size_t at = 0;
  for (size_t nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) ++at;
    id[at++] = "0123456789abcdef"[halves[nibble / 16] >> (nibble % 16 * 4) & 15];
  }
  return id;
}

}  // namespace bao::http
