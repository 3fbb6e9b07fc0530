// cel-go's ext.Encoders.
#include "internal/cel/function.h"
#include "internal/codec/encoding.h"

namespace bao::cel {
namespace {

Outcome encode(Budget& budget, const Bytes& bytes) {
  TRY(budget.spend(2 * bytes.bytes.size()));
  return Value(codec::to_base64(bytes.bytes));
}

// The last '='s may be missing.
Outcome decode(Budget& budget, const std::string& text) {
  TRY(budget.spend(text.size()));
  std::string padded = text;
  if (!padded.ends_with('=')) padded.append((4 - padded.size() % 4) % 4, '=');
  auto bytes = codec::from_base64(padded);
  if (!bytes.ok()) return bytes.error();
  return Value(Bytes{*std::move(bytes)});
}

}  // namespace

std::vector<Overload> encoder_functions() { return {function<encode>("base64.encode"), function<decode>("base64.decode")}; }

}  // namespace bao::cel
