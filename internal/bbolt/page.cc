#include "internal/bbolt/page.h"

namespace bao::bbolt {
namespace {

constexpr size_t kElementBytes = 16;
constexpr uint64_t kBucketFlag = 1;

// Where an element's bytes stand, counted from the element itself.
struct Extent {
  uint64_t position, key_bytes, value_bytes;
};

}  // namespace

uint64_t read_number(std::string_view bytes, size_t at, size_t width) {
  uint64_t number = 0;
  for (size_t i = width; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

base::Result<Page> Page::parse(std::string_view bytes) {
  if (bytes.size() < kPageHeaderBytes) return base::corrupt("cut off");
  const auto kind = static_cast<Kind>(read_number(bytes, 8, 2));
  if (kind != Kind::branch && kind != Kind::leaf) return base::corrupt("neither a branch nor a leaf");
  const size_t count = read_number(bytes, 10, 2);
  if (count * kElementBytes > bytes.size() - kPageHeaderBytes) return base::corrupt("more elements than it has room for");
  return Page(bytes, kind, count);
}

base::Result<Page::Element> Page::element(size_t place) const {
  const size_t at = kPageHeaderBytes + place * kElementBytes;
  const auto number = [&](size_t offset, size_t width) { return read_number(bytes_, at + offset, width); };
  const bool leaf = kind_ == Kind::leaf;
  // A leaf's: flags, position, key's size, value's size. A branch's: position, key's size, the child's page.
  const Extent extent = leaf ? Extent{number(4, 4), number(8, 4), number(12, 4)} : Extent{number(0, 4), number(4, 4), 0};
  if (at + extent.position + extent.key_bytes + extent.value_bytes > bytes_.size()) return base::corrupt("an element points out of it");
  Element element;
  element.key = bytes_.substr(at + extent.position, extent.key_bytes);
  element.value = bytes_.substr(at + extent.position + extent.key_bytes, extent.value_bytes);
  if (leaf) element.is_bucket = (number(0, 4) & kBucketFlag) != 0;
  else element.child = number(8, 8);
  return element;
}

}  // namespace bao::bbolt
