// Writing archives: the records of one snapshot, what describes them, and the sums of both.
#include "internal/archive/snapshot_archive.h"
#include "internal/base/time_format.h"
#include "internal/codec/compression.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/codec/protobuf.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/sha256.h"
#include "internal/storage/snapshot_writer.h"

namespace bao::storage {
namespace {

using codec::Json;

// state.bin, piece by piece.
base::Status each_piece_of_state(Snapshot& snapshot, const codec::TakePiece& take) {
  std::string entry, record;
  return snapshot.each([&](std::string_view key, const Record& found) -> base::Status {
    if (archive::is_of_the_log(key)) return {};
    entry.clear();
    codec::put_bytes(entry, 1, key);
    codec::put_bytes(entry, 2, found.value);
    record.clear();
    codec::put_varint(record, entry.size());
    return take(record += entry);
  });
}

std::string meta_of(base::Index index, const SnapshotOrigin& origin, uint64_t state_bytes) {
  const Json self = Json::record({{"Suffrage", 0}, {"ID", origin.node_id}, {"Address", origin.address}});
  return codec::write_json(Json::record({{"Version", 1},
                                         {"ID", "bolt-snapshot"},
                                         {"Index", index.value},
                                         {"Term", 1},
                                         {"Peers", nullptr},
                                         {"Configuration", Json::record({{"Servers", Json::array({self})}})},
                                         {"ConfigurationIndex", 1},
                                         {"Size", state_bytes}})) + "\n";
}

std::string sum_line(std::string_view name, std::string_view digest) {
  return codec::to_hex(digest).append("  ").append(name).append("\n");
}

base::Status add_member(codec::TarWriter& tar, const std::string& name, std::string_view content) {
  TRY(tar.begin(name, content.size()));
  return tar.add(content);
}

base::Status write_members(Snapshot& snapshot, const SnapshotOrigin& origin, codec::TarWriter& tar) {
  uint64_t bytes = 0;
  TRY(each_piece_of_state(snapshot, [&](std::string_view piece) {
    bytes += piece.size();
    return base::Status();
  }));
  const std::string meta = meta_of(snapshot.index(), origin, bytes);
  TRY(add_member(tar, "meta.json", meta));
  TRY(tar.begin("state.bin", bytes));
  crypto::Sha256 sum;
  TRY(each_piece_of_state(snapshot, [&](std::string_view piece) {
    sum.add(piece);
    return tar.add(piece);
  }));
  const std::string sums = sum_line("meta.json", crypto::sha256(meta)) + sum_line("state.bin", sum.digest());
  ASSIGN_OR_RETURN(const std::string sealed, origin.seal(sums));
  TRY(add_member(tar, "SHA256SUMS", sums));
  TRY(add_member(tar, "SHA256SUMS.sealed", sealed));
  return tar.end();
}

}  // namespace

base::Result<std::shared_ptr<const base::SpoolFile>> write_snapshot_archive(Snapshot& snapshot, const SnapshotOrigin& origin) {
  ASSIGN_OR_RETURN(const std::shared_ptr<base::SpoolFile> file, base::SpoolFile::create());
  codec::GzipWriter gzip([&file](std::string_view piece) { return file->append(piece); }, codec::Effort::store);
  codec::TarWriter tar([&gzip](std::string_view piece) { return gzip.add(piece); }, base::unix_seconds(origin.taken));
  TRY(write_members(snapshot, origin, tar));
  TRY(gzip.end());
  TRY(file->finish());
  return std::shared_ptr<const base::SpoolFile>(file);
}

}  // namespace bao::storage
