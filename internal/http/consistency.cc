#include "internal/http/consistency.h"

#include "internal/base/metrics.h"
#include "internal/codec/encoding.h"
#include "internal/codec/protobuf.h"
#include "internal/crypto/hash.h"

namespace bao::http {
namespace {

constexpr char kVersion = 1;
constexpr size_t kEpochBytes = 8;

// Every answer bears it, and it is another one once in a cluster's life.
const std::string& epoch_mark(std::string_view epoch) {
  thread_local std::string of, mark;
  if (mark.empty() || of != epoch) {
    of = epoch;
    mark = crypto::sha256(epoch).substr(0, kEpochBytes);
  }
  return mark;
}

struct Wish {
  bool fail = false, forward = false, await = false, linearizable = false;
};

Wish wish_of(const WireRequest& wire) {
  Wish wish;
  for (const WireHeader& header : wire.headers) {
    if (!equal_names(header.name, "X-Vault-Inconsistent")) continue;
    wish.fail = wish.fail || header.value == "fail";
    wish.forward = wish.forward || header.value == "forward-active-node";
    wish.await = wish.await || header.value == "await-state";
    wish.linearizable = wish.linearizable || header.value == "require-linearizable";
  }
  return wish;
}

// The highest that is named: a client may send what it got from several nodes.
base::Index needed_index(const WireRequest& wire, std::string_view epoch) {
  base::Index needed;
  for (const WireHeader& header : wire.headers) {
    if (!equal_names(header.name, "X-Vault-Index")) continue;
    if (const auto index = decode_index(epoch, header.value); index && *index > needed) needed = *index;
  }
  return needed;
}

Verdict confirmed(core::Cluster& cluster, const ConsistencyRules& rules) {
  const auto index = cluster.confirm();
  return index.ok() && cluster.await_applied(*index, rules.wait_max) ? Verdict::here : Verdict::silent;
}

}  // namespace

std::string encode_index(std::string_view epoch, base::Index index) {
  std::string bytes = kVersion + epoch_mark(epoch);
  codec::put_varint(bytes, index.value);
  return codec::to_base64url(bytes);
}

std::optional<base::Index> decode_index(std::string_view epoch, std::string_view text) {
  const auto bytes = codec::from_base64url(text);
  if (!bytes.ok() || bytes->size() <= 1 + kEpochBytes || bytes->front() != kVersion) return std::nullopt;
  if (bytes->compare(1, kEpochBytes, epoch_mark(epoch)) != 0) return std::nullopt;
  size_t at = 1 + kEpochBytes;
  const auto index = codec::get_varint(*bytes, at);
  if (!index || at != bytes->size()) return std::nullopt;
  return base::Index{*index};
}

// Reached is what the caches have heard of, too: what is applied can be read some microseconds earlier.
Verdict judge(const WireRequest& wire, core::Cluster& cluster, bool active, const ConsistencyRules& rules) {
  if (!active && wire.header("X-Vault-Forward") == "active-node") return Verdict::active;
  const Wish wish = wish_of(wire);
  if (wish.linearizable) return confirmed(cluster, rules);
  if (!wish.fail && !wish.forward && !wish.await) return Verdict::here;
  const base::Index needed = needed_index(wire, *cluster.epoch());
  if (cluster.await_applied(needed, std::chrono::milliseconds(0))) return Verdict::here;
  static base::Counter& behind = base::counter("http.behind_index");
  behind.add();
  if (wish.await && cluster.await_applied(needed, rules.wait_max)) return Verdict::here;
  if (wish.forward && !active) return Verdict::active;
  return Verdict::behind;
}

}  // namespace bao::http
