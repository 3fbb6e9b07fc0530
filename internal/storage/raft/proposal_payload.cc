#include "internal/storage/raft/proposal_payload.h"

#include "internal/codec/protobuf.h"

namespace bao::storage::raft {
namespace {

constexpr uint64_t kFormat = 1;
enum WireKind : uint8_t { kVarint = 0, kBytes = 2 };

base::Error broken() { return base::corrupt("a log entry is not a proposal"); }
base::Error newer() {
  return {base::Code::unsupported, "a log entry was written by a newer version of this program; upgrade this node"};
}

// Goes over the fields of a message; `take` says whether it knows the field.
template <typename Take>
base::Status each_field(std::string_view message, Take take) {
  codec::WireReader reader(message);
  codec::WireField field;
  while (reader.next(field)) TRY(take(field));
  return reader.failed() ? broken() : base::Status();
}

base::Status take_text(const codec::WireField& field, std::string& out) {
  if (field.kind != kBytes) return broken();
  out = field.bytes;
  return {};
}

base::Status take_number(const codec::WireField& field, uint64_t& out) {
  if (field.kind != kVarint) return broken();
  out = field.number;
  return {};
}

base::Result<ReadCheck> decode_read(std::string_view message) {
  ReadCheck read{};
  const base::Status done = each_field(message, [&](const codec::WireField& field) -> base::Status {
    switch (field.id) {
      case 1: return take_text(field, read.key);
      case 2: return take_number(field, read.modified.value);
      default: return newer();
    }
  });
  if (!done.ok()) return done.error();
  return read;
}

base::Result<ListCheck> decode_list(std::string_view message) {
  ListCheck list{};
  const base::Status done = each_field(message, [&](const codec::WireField& field) -> base::Status {
    switch (field.id) {
      case 1: return take_text(field, list.prefix);
      case 2: return take_text(field, list.after);
      case 3: {
        uint64_t limit = 0;
        TRY(take_number(field, limit));
        list.limit = static_cast<int64_t>(limit);
        return {};
      }
      case 4: return take_text(field, list.hash);
      default: return newer();
    }
  });
  if (!done.ok()) return done.error();
  return list;
}

base::Result<Operation> decode_operation(std::string_view message) {
  Operation operation{};
  const base::Status done = each_field(message, [&](const codec::WireField& field) -> base::Status {
    switch (field.id) {
      case 1: {
        uint64_t kind = 0;
        TRY(take_number(field, kind));
        if (kind > static_cast<uint64_t>(Operation::Kind::index_remove)) return newer();
        operation.kind = static_cast<Operation::Kind>(kind);
        return {};
      }
      case 2: return take_text(field, operation.key);
      case 3: return take_text(field, operation.value);
      case 4: return take_text(field, operation.table);
      case 5: return take_text(field, operation.sort_key);
      default: return newer();
    }
  });
  if (!done.ok()) return done.error();
  return operation;
}

template <typename Part>
base::Status take_part(const codec::WireField& field, base::Result<Part> (*decode)(std::string_view), std::vector<Part>& parts) {
  if (field.kind != kBytes) return broken();
  ASSIGN_OR_RETURN(Part part, decode(field.bytes));
  parts.push_back(std::move(part));
  return {};
}

}  // namespace

std::string encode_proposal(const Proposal& proposal) {
  std::string out, part;
  codec::put_uint(out, 1, kFormat);
  for (const ReadCheck& read : proposal.reads) {
    part.clear();
    codec::put_bytes(part, 1, read.key);
    codec::put_uint(part, 2, read.modified.value);
    codec::put_message(out, 2, part);
  }
  for (const ListCheck& list : proposal.lists) {
    part.clear();
    codec::put_bytes(part, 1, list.prefix);
    codec::put_bytes(part, 2, list.after);
    codec::put_int(part, 3, list.limit);
    codec::put_bytes(part, 4, list.hash);
    codec::put_message(out, 3, part);
  }
  for (const Operation& operation : proposal.operations) {
    part.clear();
    codec::put_uint(part, 1, static_cast<uint64_t>(operation.kind));
    codec::put_bytes(part, 2, operation.key);
    codec::put_bytes(part, 3, operation.value);
    codec::put_bytes(part, 4, operation.table);
    codec::put_bytes(part, 5, operation.sort_key);
    codec::put_message(out, 4, part);
  }
  codec::put_uint(out, 5, proposal.read_at.value);
  return out;
}

base::Result<Proposal> decode_proposal(std::string_view payload) {
  Proposal proposal;
  uint64_t format = 0;
  const base::Status done = each_field(payload, [&](const codec::WireField& field) -> base::Status {
    switch (field.id) {
      case 1: return take_number(field, format);
      case 2: return take_part(field, decode_read, proposal.reads);
      case 3: return take_part(field, decode_list, proposal.lists);
      case 4: return take_part(field, decode_operation, proposal.operations);
      case 5: return take_number(field, proposal.read_at.value);
      default: return newer();
    }
  });
  if (!done.ok()) return done.error();
  if (format == 0) return broken();
  if (format != kFormat) return newer();
  return proposal;
}

}  // namespace bao::storage::raft
