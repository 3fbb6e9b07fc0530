#include "internal/archive/snapshot_archive.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "internal/base/limits.h"
#include "internal/codec/compression.h"
#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/codec/protobuf.h"
#include "internal/crypto/hash.h"

namespace bao::archive {
namespace {

constexpr size_t kMetaBytesMax = 8191;
constexpr size_t kSumHexDigits = 64, kSmallBytesMax = 64 << 10;
constexpr size_t kRecordBytesMax = base::kTransactionBytesMax;
constexpr char kMeta[] = "meta.json", kState[] = "state.bin", kSums[] = "SHA256SUMS", kSealedSums[] = "SHA256SUMS.sealed";

base::Error integrity(std::string text) {
  return base::invalid("failed checking integrity of snapshot: " + std::move(text));
}

std::string quoted(std::string_view name) {
  std::string out;
  codec::write_json_string_to(out, name);
  return out;
}

// The members, told apart while they are unpacked.
class MemberReader {
 public:
  base::Status read(std::string_view archive, size_t bytes_max) {
    ASSIGN_OR_RETURN(state_, base::SpoolFile::create());
    codec::TarScanner scanner([this](const std::string& name) { return open(name); });
    base::Status refused;  // of the tar archive; anything else is of gzip
    const base::Status unpacked = codec::gunzip_each(archive, bytes_max, [&](std::string_view piece) {
      refused = scanner.feed(piece);
      return refused;
    });
    if (!refused.ok()) return in_words(refused.error(), "failed to read snapshot file: ");
    if (!unpacked.ok()) return in_words(unpacked.error(), "failed to decompress snapshot: ");
    if (const base::Status whole = scanner.end(); !whole.ok()) return in_words(whole.error(), "failed to read snapshot file: ");
    return state_->finish();
  }
  std::string small(const char* name) { return std::move(small_[name]); }
  std::shared_ptr<const base::SpoolFile> state() { return std::move(state_); }

 private:
  base::Result<codec::TakePiece> open(const std::string& name) {
    if (name != kMeta && name != kState && name != kSums && name != kSealedSums) {
      return base::invalid("unexpected file " + quoted(name) + " in snapshot");
    }
    if (!seen_.insert(name).second) return base::invalid("file " + quoted(name) + " comes twice in snapshot");
    if (name == kState) return codec::TakePiece([this](std::string_view piece) { return state_->append(piece); });
    return codec::TakePiece([&content = small_[name]](std::string_view piece) -> base::Status {
      if (content.size() + piece.size() > kSmallBytesMax) return base::invalid("a member of the snapshot is too large");
      content += piece;
      return {};
    });
  }
  static base::Error in_words(const base::Error& error, const char* context) {
    return error.code() == base::Code::corrupt ? base::invalid(context + error.message()) : error;
  }

  std::shared_ptr<base::SpoolFile> state_;
  std::map<std::string, std::string, std::less<>> small_;
  std::set<std::string, std::less<>> seen_;
};

// One line: 64 hex digits, blanks, a name.
base::Result<std::pair<std::string, std::string>> parse_sum(std::string_view line) {
  const size_t name = line.find_first_not_of(" \t", kSumHexDigits);
  if (line.size() <= kSumHexDigits || name == std::string_view::npos || name == kSumHexDigits) {
    return integrity("a line of the sums is malformed");
  }
  auto sum = codec::from_hex(line.substr(0, kSumHexDigits));
  if (!sum.ok()) return integrity("a line of the sums is malformed");
  return std::pair(std::string(line.substr(name)), std::move(*sum));
}

base::Result<std::map<std::string, std::string>> parse_sums(std::string_view text) {
  std::map<std::string, std::string> sums;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    ASSIGN_OR_RETURN(auto sum, parse_sum(line));
    sums.insert_or_assign(std::move(sum.first), std::move(sum.second));
  }
  return sums;
}

base::Status read_meta(SnapshotArchive& archive) {
  if (archive.meta.size() > kMetaBytesMax) {
    return base::invalid("failed to read snapshot metadata: read max specified bytes (8192) without EOF - possible truncation");
  }
  const auto json = codec::parse_json(archive.meta);
  if (!json.ok() || !json->is_object()) return base::invalid("failed to decode snapshot metadata");
  const auto number = [&](const char* name) -> std::optional<int64_t> {
    const codec::Json* member = json->find_ignoring_case(name);
    if (member == nullptr || member->is_null()) return 0;
    const auto value = member->as_int();
    return value.ok() && *value >= 0 ? std::optional(*value) : std::nullopt;
  };
  const auto version = number("Version"), size = number("Size"), index = number("Index"), term = number("Term");
  if (!version || !size || !index || !term) return base::invalid("failed to decode snapshot metadata");
  if (*version != 1) return base::invalid("unsupported snapshot version " + std::to_string(*version));
  if (static_cast<uint64_t>(*size) != archive.state.size()) {
    return base::invalid("failed to write snapshot, size didn't match (" + std::to_string(archive.state.size()) + " != " +
                         std::to_string(*size) + ")");
  }
  archive.index = base::Index{static_cast<uint64_t>(*index)};
  archive.term = base::Term{static_cast<uint64_t>(*term)};
  return {};
}

base::Status check_key(std::string_view key) {
  if (key.empty()) return base::invalid("snapshot: a record without a key");
  if (key.size() > base::kStorageKeyBytesMax) return base::invalid("snapshot: a key of more than 32768 bytes");
  if (!codec::is_valid_utf8(key)) return base::invalid("snapshot: a key contains invalid UTF-8");
  return {};
}

// `record` is all of it, its length included.
base::Status each_whole_record(std::string_view state,
                               const std::function<base::Status(std::string_view record, std::string_view key, std::string_view value)>& visit) {
  for (size_t at = 0; at < state.size();) {
    const size_t begin = at;
    const auto length = codec::get_varint(state, at);
    if (!length || *length > state.size() - at) return base::invalid("snapshot: unexpected EOF in a record");
    if (*length > kRecordBytesMax) return base::Error(base::Code::too_large, "snapshot: a record of more than 8 MiB");
    const auto fields = codec::parse_wire(state.substr(at, static_cast<size_t>(*length)));
    at += static_cast<size_t>(*length);
    if (!fields.ok()) return base::invalid("snapshot: a record is malformed");
    std::string_view key, value;
    for (const codec::WireField& field : *fields) {
      if (field.id == 1 && field.kind == 2) key = field.bytes;
      if (field.id == 2 && field.kind == 2) value = field.bytes;
    }
    TRY(check_key(key));
    TRY(visit(state.substr(begin, at - begin), key, value));
  }
  return {};
}

}  // namespace

base::Status check_sums(const SnapshotArchive& archive, std::string_view text) {
  ASSIGN_OR_RETURN(const auto sums, parse_sums(text));
  for (const auto& [name, sum] : sums) {
    if (name != kMeta && name != kState) return integrity("list missing hash for " + quoted(name));
  }
  for (const auto& [name, content] : {std::pair(kMeta, std::string_view(archive.meta)), std::pair(kState, archive.state)}) {
    const auto found = sums.find(name);
    if (found == sums.end()) return integrity("file missing for " + quoted(name));
    if (crypto::sha256(content) != found->second) return integrity("hash check failed for " + quoted(name));
  }
  return {};
}

base::Status each_record(std::string_view state,
                         const std::function<base::Status(std::string_view, std::string_view)>& visit) {
  return each_whole_record(state, [&](std::string_view, std::string_view key, std::string_view value) { return visit(key, value); });
}

base::Result<SnapshotArchive> read_snapshot_archive(std::string_view bytes, size_t bytes_max) {
  MemberReader members;
  TRY(members.read(bytes, bytes_max));
  SnapshotArchive archive{{}, {}, members.small(kMeta), members.state(), {}, members.small(kSealedSums)};
  archive.state = archive.spooled->view();
  TRY(check_sums(archive, members.small(kSums)));
  if (archive.state.empty()) return base::invalid("snapshot: state.bin is empty");
  TRY(read_meta(archive));
  TRY(each_record(archive.state, [](std::string_view, std::string_view) { return base::Status(); }));
  return archive;
}

bool is_of_the_log(std::string_view key) { return key.starts_with("raftchunking/"); }

base::Status each_piece(std::string_view state, size_t bytes, const std::function<base::Status(std::string_view)>& take) {
  std::string piece;
  const base::Status read = each_whole_record(state, [&](std::string_view record, std::string_view key, std::string_view) -> base::Status {
    if (is_of_the_log(key)) return {};
    if (!piece.empty() && piece.size() + record.size() > bytes) {
      TRY(take(piece));
      piece.clear();
    }
    piece += record;
    return {};
  });
  if (!read.ok()) return read;
  return piece.empty() ? base::Status() : take(piece);
}

}  // namespace bao::archive
