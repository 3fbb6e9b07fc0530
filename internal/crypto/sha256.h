// SHA-256 of several pieces in a row, without joining or allocating them: for paths that hash every entry of a log.
// Thread-safe: the context is kept per thread. For one piece of text: hash.h.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace bao::crypto {

std::array<uint8_t, 32> sha256_of(std::initializer_list<std::string_view> pieces);

// Of pieces that come one after the other. Owned by one thread.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void add(std::string_view piece);
  std::string digest();  // of all of them, once

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace bao::crypto
