// One page of a bbolt file, checked before anything of it is used. Pure values, views of the file's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "internal/base/result.h"

namespace bao::bbolt {

inline constexpr size_t kPageHeaderBytes = 16;

// Little-endian; the bytes are there.
uint64_t read_number(std::string_view bytes, size_t at, size_t width);

class Page {
 public:
  enum class Kind : uint16_t { branch = 1, leaf = 2 };
  struct Element {
    std::string_view key;
    std::string_view value;    // of a leaf
    bool is_bucket = false;    // of a leaf: the value is a bucket's header, and its only page where it is inlined
    uint64_t child = 0;        // of a branch
  };

  // `bytes` is the page whole, its overflow included. Errors: corrupt (of no known kind, more elements than it has room for).
  static base::Result<Page> parse(std::string_view bytes);

  Kind kind() const { return kind_; }
  size_t count() const { return count_; }
  // Errors: corrupt (it points out of the page).
  base::Result<Element> element(size_t place) const;

 private:
  Page(std::string_view bytes, Kind kind, size_t count) : bytes_(bytes), kind_(kind), count_(count) {}
  std::string_view bytes_;
  Kind kind_;
  size_t count_;
};

}  // namespace bao::bbolt
