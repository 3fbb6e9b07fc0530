// The buckets of a bbolt file and their records. Thread-compatible; the bytes must outlive it and what it gives.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "internal/base/result.h"

namespace bao::bbolt {

// A tree of pages, or one page inside the value that it was found in.
struct Bucket {
  uint64_t root_page = 0;     // 0: inlined
  std::string_view inlined{};
};

class Database {
 public:
  // Errors: invalid (no bbolt file), corrupt (no meta page is whole).
  static base::Result<Database> open(std::string_view file);

  // Of the transaction that was committed last.
  uint64_t transaction() const { return meta_.transaction; }
  Bucket root() const { return {meta_.root_page, {}}; }
  // The bucket of that name in another one; nothing: there is none.
  base::Result<std::optional<Bucket>> bucket(const Bucket& in, std::string_view name) const;
  // Every record in the order of the keys; buckets among them are left out. Stops when the visitor returns an error.
  using Visit = std::function<base::Status(std::string_view key, std::string_view value)>;
  base::Status each(const Bucket& bucket, const Visit& visit) const;

 private:
  struct Meta {
    uint64_t page_bytes, root_page, pages, transaction;
  };
  class Walk;
  Database(std::string_view file, const Meta& meta) : file_(file), meta_(meta) {}
  static std::optional<Meta> meta_at(std::string_view file, uint64_t offset);
  static std::optional<Meta> second_meta(std::string_view file);
  base::Result<std::string_view> page_bytes(uint64_t id) const;

  std::string_view file_;
  Meta meta_;
};

}  // namespace bao::bbolt
