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
  static constexpr uint8_t kPlaces[] = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};  // of the bytes
  static constexpr char kDigits[] = "0123456789abcdef";
  char id[36];
  id[8] = id[13] = id[18] = id[23] = '-';
  for (size_t i = 0; i < 16; ++i) {
    const uint64_t byte = halves[i / 8] >> (i % 8 * 8);
    id[kPlaces[i]] = kDigits[byte >> 4 & 15];
    id[kPlaces[i] + 1] = kDigits[byte & 15];
  }
  return {id, sizeof id};
}

}  // namespace bao::http
