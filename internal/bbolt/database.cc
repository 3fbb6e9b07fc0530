#include "internal/bbolt/database.h"

#include <algorithm>
#include <string>
#include <vector>

#include "internal/bbolt/page.h"

namespace bao::bbolt {
namespace {

constexpr uint64_t kMagic = 0xED0CDAED, kVersion = 2;
constexpr size_t kMetaBytes = 64, kSummedBytes = 56;  // the last field is the sum of those before
constexpr uint64_t kPageBytesMin = 1u << 10, kPageBytesMax = 1u << 25;  // as bbolt looks for them
constexpr size_t kBucketHeaderBytes = 16;
constexpr int kDepthMax = 64;  // a page has at least two children: no file is as deep

uint64_t fnv1a(std::string_view bytes) {
  uint64_t sum = 0xcbf29ce484222325;
  for (const char byte : bytes) sum = (sum ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return sum;
}

base::Result<Bucket> bucket_of(std::string_view value) {
  if (value.size() < kBucketHeaderBytes) return base::corrupt("a bucket without a header");
  const uint64_t root = read_number(value, 0, 8);
  if (root != 0) return Bucket{root, {}};
  return Bucket{0, value.substr(kBucketHeaderBytes)};
}

// Of page `id`; 0: of one that is inlined.
base::Error broken(uint64_t id, const base::Error& error) {
  return error.within(id == 0 ? "an inlined page" : "page " + std::to_string(id));
}

}  // namespace

std::optional<Database::Meta> Database::meta_at(std::string_view file, uint64_t offset) {
  if (offset + kPageHeaderBytes + kMetaBytes > file.size()) return std::nullopt;
  const std::string_view meta = file.substr(offset + kPageHeaderBytes, kMetaBytes);
  if (read_number(meta, 0, 4) != kMagic || read_number(meta, 4, 4) != kVersion) return std::nullopt;
  if (read_number(meta, kSummedBytes, 8) != fnv1a(meta.substr(0, kSummedBytes))) return std::nullopt;
  const Meta found{read_number(meta, 8, 4), read_number(meta, 16, 8), read_number(meta, 40, 8), read_number(meta, 48, 8)};
  const bool power = (found.page_bytes & (found.page_bytes - 1)) == 0;
  if (!power || found.page_bytes < kPageBytesMin || found.page_bytes > kPageBytesMax) return std::nullopt;
  return found;
}

// Where the first one is broken it doesn't say how large a page is.
std::optional<Database::Meta> Database::second_meta(std::string_view file) {
  for (uint64_t size = kPageBytesMin; size <= kPageBytesMax; size *= 2) {
    const auto found = meta_at(file, size);
    if (found && found->page_bytes == size) return found;
  }
  return std::nullopt;
}

base::Result<Database> Database::open(std::string_view file) {
  const bool is_bbolt = file.size() >= kPageHeaderBytes + kMetaBytes && read_number(file, kPageHeaderBytes, 4) == kMagic;
  const auto first = meta_at(file, 0);
  const auto second = first ? meta_at(file, first->page_bytes) : second_meta(file);
  if (!first && !second) return is_bbolt ? base::corrupt("no meta page is whole") : base::invalid("this is no bbolt file");
  const bool newer = second && (!first || second->transaction > first->transaction);
  return Database(file, newer ? *second : *first);
}

base::Result<std::string_view> Database::page_bytes(uint64_t id) const {
  const uint64_t in_file = file_.size() / meta_.page_bytes;
  if (id < 2 || id >= meta_.pages || id >= in_file) return base::corrupt("there is no such page");
  const std::string_view from = file_.substr(id * meta_.page_bytes);
  if (read_number(from, 0, 8) != id) return base::corrupt("it says that it is another one");
  const uint64_t span = 1 + read_number(from, 12, 4);
  if (span > in_file - id) return base::corrupt("it is longer than the file");
  return from.substr(0, span * meta_.page_bytes);
}

// Goes through a tree; each page is seen once, whatever refers to it.
class Database::Walk {
 public:
  using Take = std::function<base::Status(const Page::Element&)>;
  Walk(const Database& database, const Take& take)
      : database_(database), take_(take), seen_(std::min(database.meta_.pages, database.file_.size() / database.meta_.page_bytes)) {}

  base::Status bucket(const Bucket& bucket) {
    if (bucket.root_page != 0) return tree(bucket.root_page, 0);
    return page(0, bucket.inlined, kDepthMax);  // it has no pages below
  }

 private:
  base::Status tree(uint64_t id, int depth) {
    if (depth > kDepthMax) return broken(id, base::corrupt("it lies too deep"));
    const auto bytes = database_.page_bytes(id);
    if (!bytes.ok()) return broken(id, bytes.error());
    if (seen_[id]) return broken(id, base::corrupt("it is referred to twice"));
    seen_[id] = true;
    return page(id, *bytes, depth);
  }

  base::Status page(uint64_t id, std::string_view bytes, int depth) {
    const auto parsed = Page::parse(bytes);
    if (!parsed.ok()) return broken(id, parsed.error());
    for (size_t i = 0; i < parsed->count(); ++i) {
      const auto element = parsed->element(i);
      if (!element.ok()) return broken(id, element.error());
      if (parsed->kind() == Page::Kind::branch) {
        TRY(tree(element->child, depth + 1));
        continue;
      }
      if (last_ && *last_ >= element->key) return broken(id, base::corrupt("its keys do not ascend"));
      last_ = element->key;
      TRY(take_(*element));
    }
    return {};
  }

  const Database& database_;
  const Take& take_;
  std::vector<bool> seen_;
  std::optional<std::string_view> last_;
};

base::Result<std::optional<Bucket>> Database::bucket(const Bucket& in, std::string_view name) const {
  std::optional<Bucket> found;
  const Walk::Take take = [&](const Page::Element& element) -> base::Status {
    if (!element.is_bucket || element.key != name) return {};
    ASSIGN_OR_RETURN(found, bucket_of(element.value));
    return {};
  };
  TRY(Walk(*this, take).bucket(in));
  return found;
}

base::Status Database::each(const Bucket& bucket, const Visit& visit) const {
  const Walk::Take take = [&](const Page::Element& element) -> base::Status {
    return element.is_bucket ? base::Status() : visit(element.key, element.value);
  };
  return Walk(*this, take).bucket(bucket);
}

}  // namespace bao::bbolt
