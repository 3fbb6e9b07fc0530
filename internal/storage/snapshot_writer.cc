// Writing archives: the records of one snapshot, what describes them, and the sums of both.
#include "internal/archive/snapshot_archive.h"
#include "internal/base/time_format.h"
#include "internal/codec/compression.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/codec/protobuf.h"
#include "internal/crypto/hash.h"
#include "internal/storage/snapshot_writer.h"

namespace bao::storage {
namespace {

using codec::Json;

base::Result<std::string> state_of(Snapshot& snapshot) {
  std::string state, entry;
  TRY(snapshot.each([&](std::string_view key, const Record& record) -> base::Status {
    if (archive::is_of_the_log(key)) return {};
    entry.clear();
    codec::put_bytes(entry, 1, key);
    codec::put_bytes(entry, 2, record.value);
    codec::put_varint(state, entry.size());
    state += entry;
    return {};
  }));
  return state;
}

std::string meta_of(base::Index index, const SnapshotOrigin& origin, size_t state_bytes) {
  const Json self = Json::record({{"Suffrage", 0}, {"ID", origin.node_id}, {"Address", origin.address}});
  return codec::write_json(Json::record({{"Version", 1},
                                         {"ID", "bolt-snapshot"},
                                         {"Index", index.value},
                                         {"Term", 1},
                                         {"Peers", nullptr},
                                         {"Configuration", Json::record({{"Servers", Json::array({self})}})},
                                         {"ConfigurationIndex", 1},
                                         {"Size", static_cast<uint64_t>(state_bytes)}})) + "\n";
}

std::string sum_line(std::string_view name, std::string_view content) {
  return codec::to_hex(crypto::sha256(content)).append("  ").append(name).append("\n");
}

}  // namespace

base::Result<std::string> write_snapshot_archive(Snapshot& snapshot, const SnapshotOrigin& origin) {
  ASSIGN_OR_RETURN(std::string state, state_of(snapshot));
  std::string meta = meta_of(snapshot.index(), origin, state.size());
  std::string sums = sum_line("meta.json", meta) + sum_line("state.bin", state);
  ASSIGN_OR_RETURN(std::string sealed, origin.seal(sums));
  std::vector<codec::TarEntry> members;
  members.push_back({"meta.json", std::move(meta)});
  members.push_back({"state.bin", std::move(state)});
  members.push_back({"SHA256SUMS", std::move(sums)});
  members.push_back({"SHA256SUMS.sealed", std::move(sealed)});
  return codec::gzip(codec::write_tar(members, base::unix_seconds(origin.taken)), codec::Effort::store);
}

}  // namespace bao::storage
