// Any bytes as a piece of a snapshot, and as a place in one: what is read is written so that it reads back the same.
#include "internal/base/ensure.h"
#include "internal/storage/raft/state_records.h"

namespace {

using namespace bao;
using namespace bao::storage::raft;

base::Status copy(std::string_view records, std::string& out) {
  return each_record(records, {[&](std::string_view hash) { put_hash(out, hash); return base::Status(); },
                               [&](std::string_view key, uint64_t modified, std::string_view value) {
                                 put_value(out, key, modified, value);
                                 return base::Status();
                               },
                               [&](std::string_view table, std::string_view sort_key, std::string_view key) {
                                 put_row(out, table, sort_key, key);
                                 return base::Status();
                               },
                               [&](uint64_t count, std::string_view digest) {
                                 put_trailer(out, count, digest);
                                 return base::Status();
                               },
                               [&](std::string_view key, uint64_t modified, std::string_view value) {
                                 put_next_value(out, key, modified, value);
                                 return base::Status();
                               }});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string once, twice;
  if (copy(text, once).ok()) ENSURE(copy(once, twice).ok() && once == twice, "written records read back");
  if (const auto place = decode_place(text); place.ok()) {
    const auto again = decode_place(encode(*place));
    ENSURE(again.ok() && encode(*again) == encode(*place), "a written place reads back");
  }
  return 0;
}
