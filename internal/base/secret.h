// SecretBytes: key material. Zeroed when freed, not copyable, not printable, compared in constant time
// (ARCHITECTURE D22). Owned by one thread at a time; const access is thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bao::base {

// Overwrites memory in a way that the compiler keeps.
void wipe(void* memory, size_t size) noexcept;
inline void wipe(std::string& text) noexcept { wipe(text.data(), text.size()); text.clear(); }

// True when equal; time depends on the sizes only.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::string_view bytes) : bytes_(bytes) {}
  // Takes the bytes over and wipes what it took them from.
  static SecretBytes take(std::string&& bytes);
  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { wipe(other.bytes_); }
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(bytes_); }

  // An explicit copy, for the few places that need one.
  SecretBytes clone() const { return SecretBytes(bytes_); }
  // The bytes themselves; must not outlive this object or be logged.
  std::string_view reveal() const { return bytes_; }
  size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  bool operator==(const SecretBytes& other) const noexcept {
    return equal_in_constant_time(bytes_, other.bytes_);
  }

 private:
  std::string bytes_;
};

}  // namespace bao::base
