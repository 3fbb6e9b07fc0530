#include "internal/crypto/bcrypt.h"

#include <crypt.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <semaphore>
#include <thread>

#include "internal/base/ensure.h"
#include "internal/base/secret.h"
#include "internal/crypto/hash.h"

namespace bao::crypto {
namespace {

constexpr size_t kHashLength = 60;
constexpr std::chrono::seconds kWaitMax{10};
constexpr ptrdiff_t kConcurrentMax = 64;  // whatever the machine

// Half of the processors: logins, however many, leave the other half to everything else.
std::counting_semaphore<kConcurrentMax>& turns() {
  static std::counting_semaphore<kConcurrentMax> semaphore(
      std::clamp<ptrdiff_t>(std::thread::hardware_concurrency() / 2, 1, kConcurrentMax));
  return semaphore;
}

class Turn {
 public:
  Turn() : taken_(turns().try_acquire_for(kWaitMax)) {}
  ~Turn() {
    if (taken_) turns().release();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool taken() const { return taken_; }

 private:
  const bool taken_;
};

// "" when libcrypt takes the setting for none.
base::Result<std::string> compute(const std::string& setting, std::string_view password) {
  const Turn turn;
  if (!turn.taken()) return base::Error(base::Code::exhausted, "too many logins at once; try again");
  auto work = std::make_unique<crypt_data>();
  std::string text(password.substr(0, kBcryptPasswordMax));
  const char* made = crypt_r(text.c_str(), setting.c_str(), work.get());
  std::string out = made != nullptr && *made == '$' ? made : "";
  base::wipe(text);
  base::wipe(work.get(), sizeof *work);
  return out;
}

// 22 digits of bcrypt's own base 64, of which the last carries two bits alone.
std::string new_setting() {
  static constexpr std::string_view kDigits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  static constexpr std::string_view kLast = ".Oeu";
  const std::string bytes = random_bytes(22);
  std::string out = "$2a$" + std::to_string(kBcryptCost) + "$";
  for (size_t i = 0; i < 21; ++i) out += kDigits[static_cast<unsigned char>(bytes[i]) & 63];
  out += kLast[static_cast<unsigned char>(bytes[21]) & 3];
  return out;
}

bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

base::Result<std::string> bcrypt_hash(std::string_view password) {
  if (password.size() > kBcryptPasswordMax) return base::invalid("bcrypt: password length exceeds 72 bytes");
  ASSIGN_OR_RETURN(std::string hash, compute(new_setting(), password));
  ENSURE(hash.size() == kHashLength, "libcrypt knows bcrypt");
  return hash;
}

base::Result<bool> bcrypt_matches(std::string_view hash, std::string_view password) {
  if (!bcrypt_cost(hash)) return false;
  const std::string setting(hash);
  ASSIGN_OR_RETURN(const std::string computed, compute(setting, password));
  // A password with a zero byte is none that libcrypt sees whole.
  const bool whole = password.substr(0, kBcryptPasswordMax).find('\0') == std::string_view::npos;
  return same(computed, hash) && whole;
}

std::optional<int> bcrypt_cost(std::string_view hash) {
  const bool shape = hash.size() == kHashLength && hash.starts_with("$2") && (hash[2] == 'a' || hash[2] == 'b' || hash[2] == 'y') &&
                     hash[3] == '$' && is_digit(hash[4]) && is_digit(hash[5]) && hash[6] == '$';
  if (!shape) return std::nullopt;
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  return cost >= 4 && cost <= 31 ? std::optional(cost) : std::nullopt;
}

const std::string& bcrypt_of_nobody() {
  static const std::string hash = "$2a$10$" + new_setting().substr(7) + std::string(31, '.');
  return hash;
}

}  // namespace bao::crypto
