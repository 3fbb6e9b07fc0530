#include "internal/http/forwarding.h"

#include <string>
#include <utility>
#include <vector>

#include "internal/base/limits.h"
#include "internal/codec/protobuf.h"

namespace bao::http {
namespace {

using codec::put_bool;
using codec::put_bytes;
using codec::put_message;
using codec::put_uint;
using codec::WireField;
using codec::WireReader;

base::Error broken() { return base::corrupt("a forwarded request or answer cannot be read"); }

void put_header(std::string& out, uint32_t id, std::string_view name, std::string_view value) {
  std::string header;
  put_bytes(header, 1, name);
  put_bytes(header, 2, value);
  put_message(out, id, header);
}

bool read_header(std::string_view bytes, std::string_view& name, std::string_view& value) {
  WireReader reader(bytes);
  WireField field;
  while (reader.next(field)) {
    if (field.id == 1 && field.kind == 2) name = field.bytes;
    if (field.id == 2 && field.kind == 2) value = field.bytes;
  }
  return !reader.failed();
}

base::Status read_request_field(const WireField& field, Forwarded& into) {
  WireRequest& wire = into.wire;
  switch (field.id) {
    case 1: wire.method = field.bytes; break;
    case 2: wire.target = field.bytes; break;
    case 3: wire.version = static_cast<int>(field.number); break;
    case 4: {
      WireHeader header;
      if (!read_header(field.bytes, header.name, header.value)) return broken();
      wire.headers.push_back(header);
      break;
    }
    case 5: wire.body = field.bytes; break;
    case 6: into.peer.address = field.bytes; break;
    case 7: into.peer.port = static_cast<int>(field.number); break;
    case 8: into.peer.certificates.emplace_back(field.bytes); break;
    case 9: into.rules.target.unsafe_relative_paths = field.number != 0; break;
    case 10: into.rules.target.disable_printable_check = field.number != 0; break;
    case 11: into.rules.body.json_strings_max = field.number; break;
    case 12: into.rules.body.json_bytes_max = field.number; break;
    case 13: into.upload = field.bytes; break;
    case 14: into.offset = field.number; break;
    case 15: into.peer.forwarded_from = field.bytes; break;
    case 16: into.peer.certificate_serial_number = field.bytes; break;
    default: break;
  }
  return {};
}

}  // namespace

std::string encode_forwarded_part(std::string_view upload, uint64_t offset, std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + upload.size() + 32);
  put_bytes(out, 5, bytes);
  put_bytes(out, 13, upload);
  put_uint(out, 14, offset);
  return out;
}

std::string encode_forwarded(const WireRequest& wire, const Peer& peer, const RequestRules& rules, std::string_view upload) {
  const std::string_view body = !upload.empty() ? std::string_view() : wire.spooled ? wire.spooled->view() : std::string_view(wire.body);
  std::string out;
  out.reserve(body.size() + wire.text.size() + 256);
  put_bytes(out, 1, wire.method);
  put_bytes(out, 2, wire.target);
  put_uint(out, 3, static_cast<uint64_t>(wire.version));
  for (const WireHeader& header : wire.headers) put_header(out, 4, header.name, header.value);
  put_bytes(out, 5, body);
  put_bytes(out, 6, peer.address);
  put_uint(out, 7, static_cast<uint64_t>(peer.port));
  codec::put_strings(out, 8, peer.certificates);
  put_bool(out, 9, rules.target.unsafe_relative_paths);
  put_bool(out, 10, rules.target.disable_printable_check);
  put_uint(out, 11, rules.body.json_strings_max);
  put_uint(out, 12, rules.body.json_bytes_max);
  put_bytes(out, 13, upload);
  put_bytes(out, 15, peer.forwarded_from);
  put_bytes(out, 16, peer.certificate_serial_number);
  return out;
}

base::Result<std::unique_ptr<Forwarded>> decode_forwarded(std::string_view bytes) {
  auto forwarded = std::make_unique<Forwarded>();
  forwarded->wire.text = bytes;
  WireReader reader(forwarded->wire.text);
  WireField field;
  while (reader.next(field)) TRY(read_request_field(field, *forwarded));
  const bool whole = forwarded->is_part() ? !forwarded->upload.empty() : !forwarded->wire.target.empty();
  if (reader.failed() || !whole) return broken();
  return forwarded;
}

std::optional<Answer> too_large_to_forward(const Answer& answer) {
  const size_t bytes = answer.content().size();
  if (bytes <= base::kRequestBodyBytesMax) return std::nullopt;
  return Answer::error(500, base::Words::of_node("the active node did what was asked, but its answer of " + std::to_string(bytes >> 20) +
                                                 " MiB is too large to be passed on: ask that node itself"));
}

std::string encode_forwarded_answer(const Answer& answer, base::Index applied) {
  std::string out;
  put_uint(out, 1, static_cast<uint64_t>(answer.status));
  if (answer.content_type) put_message(out, 2, *answer.content_type);
  put_bytes(out, 3, answer.content());
  for (const auto& [name, value] : answer.headers) put_header(out, 4, name, value);
  put_uint(out, 5, applied.value);
  return out;
}

base::Result<ForwardedAnswer> decode_forwarded_answer(std::string_view bytes) {
  ForwardedAnswer forwarded;
  forwarded.answer.status = 0;
  WireReader reader(bytes);
  WireField field;
  while (reader.next(field)) {
    std::string_view name, value;
    switch (field.id) {
      case 1: forwarded.answer.status = static_cast<int>(field.number); break;
      case 2: forwarded.answer.content_type = field.bytes; break;
      case 3: forwarded.answer.body = field.bytes; break;
      case 4:
        if (!read_header(field.bytes, name, value)) return broken();
        forwarded.answer.headers.emplace_back(name, value);
        break;
      case 5: forwarded.applied.value = field.number; break;
      default: break;
    }
  }
  if (reader.failed() || forwarded.answer.status < 100 || forwarded.answer.status > 599) return broken();
  return forwarded;
}

}  // namespace bao::http
