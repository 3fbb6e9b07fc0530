#include "internal/raft/transport/wire.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "internal/codec/crc32c.h"
#include "internal/codec/protobuf.h"

namespace bao::raft {
namespace {

using codec::WireField;
using codec::WireReader;

base::Error malformed(std::string_view what) {
  return base::corrupt("raft message: " + std::string(what));
}

// Runs `take` for each field; what it does not know it ignores.
template <typename Take>
base::Status each_field(std::string_view message, std::string_view what, Take take) {
  WireReader reader(message);
  WireField field;
  while (reader.next(field)) TRY(take(field));
  if (reader.failed()) return malformed(what);
  return {};
}

base::Status take_number(const WireField& field, uint64_t& into) {
  if (field.kind != 0) return malformed("a number of another wire kind");
  into = field.number;
  return {};
}

base::Status take_bytes(const WireField& field, std::string_view& into) {
  if (field.kind != 2) return malformed("bytes of another wire kind");
  into = field.bytes;
  return {};
}

base::Status take_chain(const WireField& field, Chain& into) {
  std::string_view bytes;
  TRY(take_bytes(field, bytes));
  if (bytes.size() != into.size()) return malformed("a chain that is not 16 bytes");
  std::ranges::transform(bytes, into.begin(), [](char c) { return static_cast<uint8_t>(c); });
  return {};
}

// A message whose fields are numbers: field i goes into the i-th target.
template <typename... Targets>
base::Status take_numbers(const WireField& field, std::string_view what, Targets&... targets) {
  std::string_view body;
  TRY(take_bytes(field, body));
  uint64_t* const into[] = {&targets...};
  return each_field(body, what, [&](const WireField& inner) -> base::Status {
    if (inner.id == 0 || inner.id > sizeof...(targets)) return {};
    return take_number(inner, *into[inner.id - 1]);
  });
}

base::Status take_position(const WireField& field, Position& into) {
  return take_numbers(field, "a position", into.index.value, into.term.value);
}

std::string position_bytes(Position position) {
  std::string out;
  codec::put_uint(out, 1, position.index.value);
  codec::put_uint(out, 2, position.term.value);
  return out;
}

std::string_view chain_bytes(const Chain& chain) {
  return {reinterpret_cast<const char*>(chain.data()), chain.size()};
}

// ---- entries ----
void put_entry(std::string& out, const Entry& entry) {
  std::string body;
  body.reserve(entry.payload.size() + 64);
  codec::put_uint(body, 1, entry.index.value);
  codec::put_uint(body, 2, entry.term.value);
  codec::put_uint(body, 3, static_cast<uint64_t>(entry.kind));
  codec::put_bytes(body, 4, chain_bytes(entry.chain));
  codec::put_bytes(body, 5, entry.payload);
  codec::put_message(out, 5, body);
}

base::Result<EntryPtr> parse_entry(std::string_view body) {
  auto entry = std::make_shared<Entry>();
  uint64_t kind = 0;
  bool chained = false;
  const auto take = [&](const WireField& field) -> base::Status {
    std::string_view bytes;
    switch (field.id) {
      case 1: return take_number(field, entry->index.value);
      case 2: return take_number(field, entry->term.value);
      case 3: return take_number(field, kind);
      case 4: chained = true; return take_chain(field, entry->chain);
      case 5: TRY(take_bytes(field, bytes)); entry->payload = bytes; return {};
      default: return {};
    }
  };
  TRY(each_field(body, "an entry", take));
  if (kind > static_cast<uint64_t>(EntryKind::data)) return malformed("an entry of unknown kind");
  if (!chained || entry->index.value == 0 || entry->term.value == 0)
    return malformed("an entry without chain, index or term");
  entry->kind = static_cast<EntryKind>(kind);
  if (entry->kind == EntryKind::configuration) {
    if (auto configuration = decode_configuration(entry->payload); !configuration.ok())
      return configuration.error();
  }
  return EntryPtr(std::move(entry));
}

// ---- one body a kind of message ----
std::string body_of(const PreVote& m) {
  std::string out;
  codec::put_message(out, 1, position_bytes(m.last));
  return out;
}
std::string body_of(const PreVoteReply& m) {
  std::string out;
  codec::put_bool(out, 1, m.granted);
  return out;
}
std::string body_of(const Vote& m) {
  std::string out;
  codec::put_message(out, 1, position_bytes(m.last));
  codec::put_bool(out, 2, m.transfer);
  return out;
}
std::string body_of(const VoteReply& m) {
  std::string out;
  codec::put_bool(out, 1, m.granted);
  return out;
}
std::string body_of(const Append& m) {
  std::string out;
  size_t bytes = 64;
  for (const EntryPtr& entry : m.entries) bytes += entry->payload.size() + 80;
  out.reserve(bytes);
  codec::put_uint(out, 1, m.session.value);
  codec::put_message(out, 2, position_bytes(m.previous));
  codec::put_bytes(out, 3, chain_bytes(m.previous_chain));
  codec::put_uint(out, 4, m.commit.value);
  for (const EntryPtr& entry : m.entries) put_entry(out, *entry);
  return out;
}
std::string body_of(const AppendReply& m) {
  std::string out;
  codec::put_uint(out, 1, m.session.value);
  codec::put_bool(out, 2, m.accepted);
  codec::put_uint(out, 3, m.match.value);
  codec::put_uint(out, 4, m.rejected.value);
  codec::put_message(out, 5, position_bytes(m.hint));
  codec::put_uint(out, 6, m.last.value);
  return out;
}
std::string body_of(const Heartbeat& m) {
  std::string out;
  codec::put_uint(out, 1, m.session.value);
  codec::put_uint(out, 2, m.commit.value);
  codec::put_uint(out, 3, m.round);
  codec::put_bool(out, 4, m.news);
  return out;
}
std::string body_of(const HeartbeatReply& m) {
  std::string out;
  codec::put_uint(out, 1, m.session.value);
  codec::put_uint(out, 2, m.round);
  codec::put_uint(out, 3, m.applied.value);
  return out;
}
std::string body_of(const TimeoutNow&) { return {}; }
std::string body_of(const ReadRequest& m) {
  std::string out;
  codec::put_uint(out, 1, m.id);
  return out;
}
std::string body_of(const ReadReply& m) {
  std::string out;
  codec::put_uint(out, 1, m.id);
  codec::put_bool(out, 2, m.granted);
  codec::put_uint(out, 3, m.index.value);
  return out;
}
std::string meta_bytes(const SnapshotMeta& meta) {
  std::string out;
  codec::put_message(out, 1, position_bytes(meta.last));
  codec::put_bytes(out, 2, chain_bytes(meta.chain));
  codec::put_bytes(out, 3, encode(meta.configuration));
  codec::put_uint(out, 4, meta.configuration_index.value);
  return out;
}
std::string body_of(const SnapshotOffer& m) {
  std::string out;
  codec::put_uint(out, 1, m.session.value);
  codec::put_message(out, 2, meta_bytes(m.meta));
  return out;
}

// The alternatives of Message stand in the order of the numbers in the proto file.
constexpr uint32_t kFirstKind = 10;

// ---- parsing ----
base::Result<Message> parse_pre_vote(const WireField& field) {
  PreVote m{};
  const auto take = [&](const WireField& f) -> base::Status {
    return f.id == 1 ? take_position(f, m.last) : base::Status{};
  };
  TRY(each_field(field.bytes, "a pre-vote", take));
  return Message(m);
}

base::Result<Message> parse_pre_vote_reply(const WireField& field) {
  uint64_t granted = 0;
  TRY(take_numbers(field, "a pre-vote reply", granted));
  return Message(PreVoteReply{granted != 0});
}

base::Result<Message> parse_vote(const WireField& field) {
  Vote m{};
  const auto take = [&](const WireField& f) -> base::Status {
    if (f.id == 1) return take_position(f, m.last);
    uint64_t transfer = 0;
    if (f.id == 2) TRY(take_number(f, transfer));
    if (f.id == 2) m.transfer = transfer != 0;
    return {};
  };
  TRY(each_field(field.bytes, "a vote", take));
  return Message(m);
}

base::Result<Message> parse_vote_reply(const WireField& field) {
  uint64_t granted = 0;
  TRY(take_numbers(field, "a vote reply", granted));
  return Message(VoteReply{granted != 0});
}

base::Result<Message> parse_append(const WireField& field) {
  Append m{};
  const auto take = [&](const WireField& f) -> base::Status {
    switch (f.id) {
      case 1: return take_number(f, m.session.value);
      case 2: return take_position(f, m.previous);
      case 3: return take_chain(f, m.previous_chain);
      case 4: return take_number(f, m.commit.value);
      case 5: {
        std::string_view body;
        TRY(take_bytes(f, body));
        ASSIGN_OR_RETURN(EntryPtr entry, parse_entry(body));
        m.entries.push_back(std::move(entry));
        return {};
      }
      default: return {};
    }
  };
  TRY(each_field(field.bytes, "an append", take));
  uint64_t expected = m.previous.index.value;
  for (const EntryPtr& entry : m.entries) {
    if (expected == std::numeric_limits<uint64_t>::max() || entry->index.value != ++expected)
      return malformed("entries that are not contiguous");
  }
  return Message(std::move(m));
}

base::Result<Message> parse_append_reply(const WireField& field) {
  AppendReply m{};
  uint64_t accepted = 0;
  const auto take = [&](const WireField& f) -> base::Status {
    switch (f.id) {
      case 1: return take_number(f, m.session.value);
      case 2: return take_number(f, accepted);
      case 3: return take_number(f, m.match.value);
      case 4: return take_number(f, m.rejected.value);
      case 5: return take_position(f, m.hint);
      case 6: return take_number(f, m.last.value);
      default: return {};
    }
  };
  TRY(each_field(field.bytes, "an append reply", take));
  m.accepted = accepted != 0;
  return Message(m);
}

base::Result<Message> parse_heartbeat(const WireField& field) {
  Heartbeat m{};
  uint64_t news = 0;
  TRY(take_numbers(field, "a heartbeat", m.session.value, m.commit.value, m.round, news));
  m.news = news != 0;
  return Message(m);
}

base::Result<Message> parse_heartbeat_reply(const WireField& field) {
  HeartbeatReply m{};
  TRY(take_numbers(field, "a heartbeat reply", m.session.value, m.round, m.applied.value));
  return Message(m);
}

base::Result<Message> parse_timeout_now(const WireField& field) {
  const auto ignore = [](const WireField&) -> base::Status { return {}; };
  TRY(each_field(field.bytes, "a timeout-now", ignore));
  return Message(TimeoutNow{});
}

base::Result<Message> parse_read_request(const WireField& field) {
  ReadRequest m{};
  TRY(take_numbers(field, "a read request", m.id));
  return Message(m);
}

base::Result<Message> parse_read_reply(const WireField& field) {
  ReadReply m{};
  uint64_t granted = 0;
  TRY(take_numbers(field, "a read reply", m.id, granted, m.index.value));
  m.granted = granted != 0;
  return Message(m);
}

base::Status take_meta(const WireField& field, SnapshotMeta& meta) {
  std::string_view body, configuration;
  TRY(take_bytes(field, body));
  const auto take = [&](const WireField& f) -> base::Status {
    switch (f.id) {
      case 1: return take_position(f, meta.last);
      case 2: return take_chain(f, meta.chain);
      case 3: return take_bytes(f, configuration);
      case 4: return take_number(f, meta.configuration_index.value);
      default: return {};
    }
  };
  TRY(each_field(body, "a snapshot's description", take));
  ASSIGN_OR_RETURN(meta.configuration, decode_configuration(configuration));
  return {};
}

base::Result<Message> parse_snapshot_offer(const WireField& field) {
  SnapshotOffer m{};
  bool described = false;
  const auto take = [&](const WireField& f) -> base::Status {
    if (f.id == 1) return take_number(f, m.session.value);
    if (f.id == 2) described = true;
    return f.id == 2 ? take_meta(f, m.meta) : base::Status{};
  };
  TRY(each_field(field.bytes, "a snapshot offer", take));
  if (!described || m.meta.last.index.value == 0) return malformed("a snapshot offer without its place");
  return Message(std::move(m));
}

using Parse = base::Result<Message> (*)(const WireField&);
constexpr Parse kParsers[] = {parse_pre_vote,   parse_pre_vote_reply,  parse_vote,        parse_vote_reply,
                              parse_append,     parse_append_reply,    parse_heartbeat,   parse_heartbeat_reply,
                              parse_timeout_now, parse_read_request,   parse_read_reply,  parse_snapshot_offer};
static_assert(std::size(kParsers) == std::variant_size_v<Message>);

// Nothing when the kind is unknown.
base::Result<std::optional<Envelope>> parse_envelope(std::string_view body) {
  Envelope envelope{};
  uint64_t group = 0;
  bool known = false;
  const auto take = [&](const WireField& field) -> base::Status {
    switch (field.id) {
      case 1: return take_number(field, group);
      case 2: return take_number(field, envelope.from.value);
      case 3: return take_number(field, envelope.to.value);
      case 4: return take_number(field, envelope.term.value);
      default: break;
    }
    if (field.id < kFirstKind || field.id >= kFirstKind + std::size(kParsers)) return {};
    if (field.kind != 2) return malformed("a message of another wire kind");
    if (known) return malformed("two messages in an envelope");
    ASSIGN_OR_RETURN(envelope.message, kParsers[field.id - kFirstKind](field));
    known = true;
    return {};
  };
  TRY(each_field(body, "an envelope", take));
  if (group > std::numeric_limits<uint32_t>::max()) return malformed("a group beyond its range");
  if (envelope.from == kNobody || envelope.to == kNobody) return malformed("an envelope without sender or receiver");
  envelope.group = GroupId{static_cast<uint32_t>(group)};
  if (!known) return std::optional<Envelope>();
  return std::optional<Envelope>(std::move(envelope));
}

base::Result<SnapshotRequest> parse_request(std::string_view body) {
  SnapshotRequest request;
  uint64_t group = 0;
  const auto take = [&](const WireField& field) -> base::Status {
    std::string_view bytes;
    switch (field.id) {
      case 1: return take_number(field, group);
      case 2: return take_position(field, request.last);
      case 3: TRY(take_bytes(field, bytes)); request.after = bytes; return {};
      default: return {};
    }
  };
  TRY(each_field(body, "a request for a snapshot", take));
  if (group > std::numeric_limits<uint32_t>::max()) return malformed("a group beyond its range");
  request.group = GroupId{static_cast<uint32_t>(group)};
  return request;
}

base::Result<SnapshotPiece> parse_piece(std::string_view body) {
  SnapshotPiece piece;
  uint64_t last = 0, checksum = 0;
  const auto take = [&](const WireField& field) -> base::Status {
    std::string_view bytes;
    switch (field.id) {
      case 1: TRY(take_bytes(field, bytes)); piece.records = bytes; return {};
      case 2: TRY(take_bytes(field, bytes)); piece.last_key = bytes; return {};
      case 3: checksum = field.number; return field.kind == 5 ? base::Status{} : malformed("a checksum of another wire kind");
      case 4: return take_number(field, last);
      default: return {};
    }
  };
  TRY(each_field(body, "a piece of a snapshot", take));
  piece.last = last != 0;
  if (checksum != codec::crc32c(piece.records)) return malformed("a piece of a snapshot whose checksum is wrong");
  return piece;
}

base::Result<Call> parse_call(std::string_view body) {
  Call call;
  uint64_t lost = 0;
  const auto take = [&](const WireField& field) -> base::Status {
    std::string_view bytes;
    switch (field.id) {
      case 1: return take_number(field, call.id);
      case 2: TRY(take_bytes(field, bytes)); call.payload = bytes; return {};
      case 3: return take_number(field, lost);
      default: return {};
    }
  };
  TRY(each_field(body, "a call", take));
  if (call.id == 0) return malformed("a call without id");
  call.lost = lost != 0;
  return call;
}

base::Result<Hello> parse_hello(std::string_view body) {
  Hello hello;
  uint64_t lowest = 0, highest = 0;
  const auto take = [&](const WireField& field) -> base::Status {
    std::string_view bytes;
    switch (field.id) {
      case 1: TRY(take_bytes(field, bytes)); hello.cluster_id = bytes; return {};
      case 2: return take_number(field, hello.node.value);
      case 3: TRY(take_bytes(field, bytes)); hello.incarnation = bytes; return {};
      case 4: return take_number(field, lowest);
      case 5: return take_number(field, highest);
      default: return {};
    }
  };
  TRY(each_field(body, "a hello", take));
  if (lowest == 0 || lowest > highest || highest > std::numeric_limits<uint32_t>::max())
    return malformed("a hello without a range of protocol versions");
  hello.protocol_min = static_cast<uint32_t>(lowest);
  hello.protocol_max = static_cast<uint32_t>(highest);
  return hello;
}

}  // namespace

std::string encode(const Hello& hello) {
  std::string body, out;
  codec::put_bytes(body, 1, hello.cluster_id);
  codec::put_uint(body, 2, hello.node.value);
  codec::put_bytes(body, 3, hello.incarnation);
  codec::put_uint(body, 4, hello.protocol_min);
  codec::put_uint(body, 5, hello.protocol_max);
  codec::put_message(out, 1, body);
  return out;
}

std::string encode(const SnapshotRequest& request) {
  std::string body, out;
  codec::put_uint(body, 1, request.group.value);
  codec::put_message(body, 2, position_bytes(request.last));
  codec::put_bytes(body, 3, request.after);
  codec::put_message(out, 3, body);
  return out;
}

std::string encode(const SnapshotPiece& piece) {
  std::string body, out;
  body.reserve(piece.records.size() + piece.last_key.size() + 32);
  codec::put_bytes(body, 1, piece.records);
  codec::put_bytes(body, 2, piece.last_key);
  codec::put_varint(body, 3 << 3 | 5);
  const uint32_t checksum = codec::crc32c(piece.records);
  for (int shift = 0; shift < 32; shift += 8) body += static_cast<char>(checksum >> shift & 0xff);
  codec::put_bool(body, 4, piece.last);
  codec::put_message(out, 4, body);
  return out;
}

std::string encode(const Envelope& envelope) {
  const std::string message = std::visit([](const auto& m) { return body_of(m); }, envelope.message);
  std::string body, out;
  body.reserve(message.size() + 48);
  codec::put_uint(body, 1, envelope.group.value);
  codec::put_uint(body, 2, envelope.from.value);
  codec::put_uint(body, 3, envelope.to.value);
  codec::put_uint(body, 4, envelope.term.value);
  codec::put_message(body, kFirstKind + static_cast<uint32_t>(envelope.message.index()), message);
  out.reserve(body.size() + 8);
  codec::put_message(out, 2, body);
  return out;
}

std::string encode(const std::vector<Call>& calls) {
  size_t bytes = 0;
  for (const Call& call : calls) bytes += call.payload.size() + kCallHeadBytesMax;
  std::string out, head;
  out.reserve(bytes);
  for (const Call& call : calls) {  // the payload is copied once: it may be large
    head.clear();
    codec::put_uint(head, 1, call.id);
    codec::put_bool(head, 3, call.lost);
    if (!call.payload.empty()) {
      codec::put_varint(head, 2 << 3 | 2);
      codec::put_varint(head, call.payload.size());
    }
    codec::put_varint(out, 5 << 3 | 2);
    codec::put_varint(out, head.size() + call.payload.size());
    out += head;
    out += call.payload;
  }
  return out;
}

base::Result<Frame> decode_frame(std::string_view bytes) {
  Frame frame;
  const auto take = [&](const WireField& field) -> base::Status {
    if (field.id < 1 || field.id > 5) return {};
    std::string_view body;
    TRY(take_bytes(field, body));
    if (field.id == 1) {
      ASSIGN_OR_RETURN(frame.hello, parse_hello(body));
      return {};
    }
    if (field.id == 3) {
      ASSIGN_OR_RETURN(frame.request, parse_request(body));
      return {};
    }
    if (field.id == 4) {
      ASSIGN_OR_RETURN(frame.piece, parse_piece(body));
      return {};
    }
    if (field.id == 5) {
      ASSIGN_OR_RETURN(Call call, parse_call(body));
      frame.calls.push_back(std::move(call));
      return {};
    }
    ASSIGN_OR_RETURN(std::optional<Envelope> envelope, parse_envelope(body));
    if (envelope) frame.envelopes.push_back(std::move(*envelope));
    else ++frame.unknown;
    return {};
  };
  TRY(each_field(bytes, "a frame", take));
  return frame;
}

}  // namespace bao::raft
