#include "internal/core/identity/bucket.h"

#include <algorithm>

#include "internal/base/limits.h"
#include "internal/codec/compression.h"
#include "internal/codec/protobuf.h"
#include "internal/crypto/hash.h"

namespace bao::core::identity {
namespace {

using base::Result;
using codec::WireField;

constexpr size_t kBucketBytesMax = size_t{64} << 20;
constexpr std::string_view kTypePrefix = "type.googleapis.com/identity.";

base::Status read_any(std::string_view message, Bucket::Item& item) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  for (const WireField& field : fields) {
    switch (field.id) {
      case 1: item.type_url = field.bytes; break;
      case 2: item.message = field.bytes; break;
      default: item.unknown_any += field.whole;
    }
  }
  return {};
}

Result<Bucket::Item> parse_item(std::string_view message) {
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  Bucket::Item item;
  for (const WireField& field : fields) {
    switch (field.id) {
      case 1: item.id = field.bytes; break;
      case 2: TRY(read_any(field.bytes, item)); break;
      default: item.unknown += field.whole;
    }
  }
  return item;
}

std::string serialize_item(const Bucket::Item& item) {
  std::string any, out;
  codec::put_bytes(any, 1, item.type_url);
  codec::put_bytes(any, 2, item.message);
  codec::put_bytes(out, 1, item.id);
  codec::put_message(out, 2, any + item.unknown_any);
  return out + item.unknown;
}

}  // namespace

const Bucket::Item* Bucket::find(std::string_view id) const {
  const auto found = std::find_if(items.begin(), items.end(), [id](const Item& item) { return item.id == id; });
  return found == items.end() ? nullptr : &*found;
}

void Bucket::put(std::string_view id, std::string_view type, std::string message) {
  auto found = std::find_if(items.begin(), items.end(), [id](const Item& item) { return item.id == id; });
  if (found == items.end()) found = items.insert(items.end(), Item{std::string(id), "", "", "", ""});
  found->type_url = std::string(kTypePrefix) += type;
  found->message = std::move(message);
}

void Bucket::remove(std::string_view id) {
  std::erase_if(items, [id](const Item& item) { return item.id == id; });
}

std::string bucket_key(std::string_view buckets, std::string_view id) {
  const auto hash = crypto::md5(id);
  return std::string(buckets) += std::to_string(static_cast<unsigned char>(hash[0]));
}

Result<Bucket> parse_bucket(std::string_view stored) {
  ASSIGN_OR_RETURN(const std::string message, codec::decompress_canary(stored, kBucketBytesMax));
  ASSIGN_OR_RETURN(const auto fields, codec::parse_wire(message));
  Bucket bucket;
  for (const WireField& field : fields) {
    switch (field.id) {
      case 1: bucket.key = field.bytes; break;
      case 2: {
        ASSIGN_OR_RETURN(Bucket::Item item, parse_item(field.bytes));
        bucket.items.push_back(std::move(item));
        break;
      }
      default: bucket.unknown += field.whole;
    }
  }
  return bucket;
}

std::string serialize_bucket(const Bucket& bucket) {
  std::string out;
  codec::put_bytes(out, 1, bucket.key);
  for (const Bucket::Item& item : bucket.items) codec::put_message(out, 2, serialize_item(item));
  return codec::snappy_framed_stored(out + bucket.unknown);
}

}  // namespace bao::core::identity
