// Where leases lie, and the index rows that go with them.
#include "internal/core/expiration/expiration.h"

namespace bao::core {
namespace {

using base::Result;
using base::Status;
using base::Time;

constexpr std::string_view kLeasePrefix = "sys/expire/id/";
constexpr size_t kSortKeyBytes = 8;
constexpr int64_t kListPage = 256;

// The name in a listing of `prefix` from which on keys after `after` are found.
std::string_view first_name(std::string_view prefix, std::string_view after) {
  if (!after.starts_with(prefix)) return "";
  const std::string_view rest = after.substr(prefix.size());
  return rest.substr(0, rest.find('/'));
}

// Appends the leases below `prefix` that come after `after`, in order of their keys, until there are `limit`.
Status collect(const storage::ReadView& leases, const std::string& prefix, std::string_view after, int64_t limit,
               std::vector<std::string>& out) {
  const auto full = [&] { return limit >= 0 && out.size() >= static_cast<size_t>(limit); };
  std::string from(first_name(prefix, after));
  while (!full()) {
    ASSIGN_OR_RETURN(const auto names, leases.list(prefix, from, kListPage));
    for (size_t i = 0; i < names.size() && !full(); ++i) {
      const std::string path = prefix + names[i];
      if (names[i].ends_with('/')) {
        if (path > after || after.starts_with(path)) TRY(collect(leases, path, after, limit, out));
      } else if (path > after) {
        out.push_back(path);
      }
    }
    if (names.size() < static_cast<size_t>(kListPage)) break;
    from = names.back();
  }
  return {};
}

}  // namespace

std::string expiry_sort_key(Time t) {
  const auto nanos = static_cast<uint64_t>(std::max<int64_t>(t.time_since_epoch().count(), 0));
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((nanos >> shift) & 0xff);
  return out;
}

Time time_of_sort_key(std::string_view sort_key) {
  uint64_t nanos = 0;
  for (const char c : sort_key.substr(0, kSortKeyBytes)) nanos = nanos << 8 | static_cast<unsigned char>(c);
  return Time(base::Duration(static_cast<int64_t>(nanos)));
}

std::string lease_storage_key(const logical::Namespace& ns, std::string_view id) {
  std::string key = ns.storage_prefix;
  key += kLeasePrefix;
  key += id;
  return key;
}

std::string_view lease_id_of_storage_key(std::string_view key) {
  return key.starts_with(kLeasePrefix) ? key.substr(kLeasePrefix.size()) : std::string_view();
}

Result<std::optional<Lease>> Expiration::get(const storage::ReadView& all, const logical::Namespace& ns,
                                             std::string_view id) const {
  if (id.empty()) return std::optional<Lease>();
  ASSIGN_OR_RETURN(const auto stored, all.get(lease_storage_key(ns, id)));
  if (!stored) return std::optional<Lease>();
  ASSIGN_OR_RETURN(Lease lease, parse_lease(*stored));
  return std::optional<Lease>(std::move(lease));
}

Status Expiration::put(storage::WriteView& all, const logical::Namespace& ns, const Lease& lease,
                       std::optional<Time> previous_expiry) const {
  const std::string key = lease_storage_key(ns, lease.id);
  TRY(all.put(key, serialize_lease(lease)));
  if (previous_expiry && *previous_expiry != base::kZeroTime && *previous_expiry != lease.expire_time) {
    all.index_remove(kLeaseExpiryTable, expiry_sort_key(*previous_expiry), key);
  }
  file_rows(all, lease, key);
  return {};
}

void Expiration::file_rows(storage::WriteView& all, const Lease& lease, std::string_view key) const {
  if (!lease.revoke_error.empty()) {
    if (lease.expire_time != base::kZeroTime) all.index_remove(kLeaseExpiryTable, expiry_sort_key(lease.expire_time), key);
    all.index_put(kLeaseIrrevocableTable, lease.id, key);
  } else if (lease.expire_time != base::kZeroTime) {
    all.index_put(kLeaseExpiryTable, expiry_sort_key(lease.expire_time), key);
  }
}

Status Expiration::remove(storage::WriteView& all, const logical::Namespace& ns, const Lease& lease) const {
  const std::string key = lease_storage_key(ns, lease.id);
  TRY(all.remove(key));
  if (lease.expire_time != base::kZeroTime) {
    all.index_remove(kLeaseExpiryTable, expiry_sort_key(lease.expire_time), key);
  }
  if (!lease.revoke_error.empty()) all.index_remove(kLeaseIrrevocableTable, lease.id, key);
  return {};
}

void Expiration::remind(storage::WriteView& all, const logical::Namespace& ns, std::string_view id, Time at) const {
  all.index_put(kLeaseExpiryTable, expiry_sort_key(at), lease_storage_key(ns, id));
}

Result<std::vector<std::string>> Expiration::list(const storage::ReadView& all, const logical::Namespace& ns,
                                                  std::string_view prefix) const {
  return all.list(lease_storage_key(ns, prefix));
}

Result<std::vector<std::string>> Expiration::below(const storage::ReadView& all, const logical::Namespace& ns,
                                                   std::string_view prefix, std::string_view after, int64_t limit) const {
  const storage::PrefixReadView leases(all, lease_storage_key(ns, ""));
  std::vector<std::string> out;
  TRY(collect(leases, std::string(prefix), after, limit, out));
  return out;
}

Result<std::vector<std::string>> Expiration::irrevocable(const storage::ReadView& all) const {
  ASSIGN_OR_RETURN(const auto rows, all.index_scan(kLeaseIrrevocableTable, "\xff", -1));
  std::vector<std::string> ids;
  for (const storage::IndexRow& row : rows) ids.push_back(row.sort_key);
  return ids;
}

Result<std::vector<storage::IndexRow>> Expiration::ended(const storage::ReadView& all, Time now, int64_t limit) const {
  return all.index_scan(kLeaseExpiryTable, expiry_sort_key(now + base::Duration(1)), limit);
}

Result<std::optional<Time>> Expiration::next_expiry(const storage::ReadView& all) const {
  ASSIGN_OR_RETURN(const auto rows, all.index_scan(kLeaseExpiryTable, std::string(kSortKeyBytes + 1, '\xff'), 1));
  if (rows.empty()) return std::optional<Time>();
  return std::optional<Time>(time_of_sort_key(rows.front().sort_key));
}

Result<int64_t> Expiration::rebuild_step(storage::WriteView& all, std::string& cursor, int64_t limit) const {
  const logical::Namespace& root = logical::root_namespace();
  ASSIGN_OR_RETURN(const auto ids, below(all, root, "", cursor, limit));
  for (const std::string& id : ids) {
    const auto lease = get(all, root, id);
    if (!lease.ok() && lease.error().code() != base::Code::corrupt) return lease.error();
    if (lease.ok() && *lease) file_rows(all, **lease, lease_storage_key(root, id));
  }
  if (!ids.empty()) cursor = ids.back();
  return static_cast<int64_t>(ids.size());
}

}  // namespace bao::core
