#include "internal/storage/raft/replacement_entry.h"

#include "internal/codec/protobuf.h"

namespace bao::storage::raft {
namespace {

constexpr uint64_t kFormat = 2;
constexpr std::string_view kBeginning("\x08\x02", 2);  // field 1, which comes first
constexpr uint8_t kVarint = 0, kBytes = 2;

base::Error broken() { return base::corrupt("a log entry is no step of a replacement"); }
base::Error newer() {
  return {base::Code::unsupported, "a log entry was written by a newer version of this program; upgrade this node"};
}

}  // namespace

bool is_replacement(std::string_view payload) { return payload.starts_with(kBeginning); }

std::string encode_replacement(const ReplacementStep& step) {
  std::string out;
  out.reserve(step.records.size() + step.id.size() + 32);
  codec::put_uint(out, 1, kFormat);
  codec::put_uint(out, 2, static_cast<uint64_t>(step.kind));
  codec::put_bytes(out, 3, step.id);
  codec::put_uint(out, 4, step.pieces);
  codec::put_bytes(out, 5, step.records);
  return out;
}

base::Result<ReplacementStep> decode_replacement(std::string_view payload) {
  if (!is_replacement(payload)) return broken();
  ReplacementStep step;
  uint64_t kind = 0;
  codec::WireReader reader(payload);
  codec::WireField field;
  while (reader.next(field)) {
    const bool number = field.id == 1 || field.id == 2 || field.id == 4;
    if (field.id < 1 || field.id > 5) return newer();
    if (field.kind != (number ? kVarint : kBytes)) return broken();
    if (field.id == 1 && field.number != kFormat) return newer();
    if (field.id == 2) kind = field.number;
    if (field.id == 3) step.id = field.bytes;
    if (field.id == 4) step.pieces = field.number;
    if (field.id == 5) step.records = field.bytes;
  }
  if (reader.failed() || kind == 0) return broken();
  if (kind > static_cast<uint64_t>(ReplacementStep::Kind::drop)) return newer();
  step.kind = static_cast<ReplacementStep::Kind>(kind);
  return step;
}

}  // namespace bao::storage::raft
