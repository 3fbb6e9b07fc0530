#include "internal/engines/pki/crl_build.h"

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "internal/base/limits.h"
#include "internal/codec/json.h"
#include "internal/crypto/x509/crl.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/crl_config.h"
#include "internal/engines/pki/crl_groups.h"
#include "internal/engines/pki/crl_map.h"
#include "internal/engines/pki/revoked_entry.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using storage::ReadView;
using storage::WriteView;

constexpr int64_t kPage = 1000;
constexpr size_t kListedMax = 150'000;  // entries of lists that one transaction holds; about six parts of a list
constexpr int64_t kPartsMax = 6;
constexpr char kDeltaFolder[] = "delta-wal/", kLastRevoked[] = "delta-wal/last-revoked-serial", kLastBuilt[] = "delta-wal/last-build-serial";

// Of all entries of the folder, read a page at a time.
base::Result<std::vector<std::string>> names_below(const ReadView& view, const std::string& folder) {
  std::vector<std::string> all;
  while (true) {
    ASSIGN_OR_RETURN(auto names, view.list(folder, all.empty() ? "" : all.back(), kPage));
    const bool is_last = static_cast<int64_t>(names.size()) < kPage;
    std::move(names.begin(), names.end(), std::back_inserter(all));
    if (is_last) return all;
  }
}

// What the lists of before hold, by serial number.
struct Listed {
  size_t group = 0;
  x509::Seconds revoked_at{};
};
using ListedEntries = std::unordered_map<std::string, Listed>;

base::Status add_listed_before(const ReadView& view, const CrlMap& map, const std::vector<Group>& groups, ListedEntries& listed) {
  for (size_t i = 0; i < groups.size(); ++i) {
    ASSIGN_OR_RETURN(const std::string der, read_crl(view, map, groups[i].list_id, CrlKind::complete));
    const auto crl = x509::parse_crl(der);
    if (!crl.ok()) continue;  // there is none yet
    for (const x509::RevokedCertificate& each : crl->revoked) listed[each.serial] = {i, each.revoked_at};
  }
  return {};
}

// How many entries a transaction can read beside writing a list of that many.
size_t readable(size_t listed) {
  constexpr size_t kListedBytes = 40, kReadBytes = 128;  // an entry of a list; the key that a check holds
  constexpr size_t kRoom = base::kTransactionBytesMax - (256u << 10);
  const size_t taken = std::min(kRoom, listed * kListedBytes);
  return std::min(kReadMax, (kRoom - taken) / kReadBytes);
}

// Left to long_lists.h.
base::Status leave(WriteView& view, CrlMap& map) {
  ++map.unfinished;
  return put_crl_map(view, map);
}

// False: they are too many for one transaction.
base::Result<bool> collect_all(const ReadView& view, const CrlMap& map, std::vector<Group>& groups) {
  ASSIGN_OR_RETURN(const auto keys, names_below(view, "revoked/"));
  if (keys.size() > kListedMax) return false;
  ListedEntries listed;
  if (keys.size() > kReadAllMax) TRY(add_listed_before(view, map, groups, listed));
  std::vector<std::string> unlisted;
  for (const std::string& key : keys) {
    const auto serial = x509::parse_serial(key);
    const auto known = serial ? listed.find(*serial) : listed.end();
    if (known == listed.end()) unlisted.push_back(key);
    else TRY(groups[known->second.group].revoked.add({*serial, known->second.revoked_at, {}}));
  }
  if (keys.size() > kReadAllMax && unlisted.size() > readable(keys.size())) return false;
  Assignment assignment(groups);
  for (const std::string& key : unlisted) {
    ASSIGN_OR_RETURN(const auto entry, read_revoked(view, key));
    if (entry) TRY(assignment.add(key, *entry));
  }
  return true;
}

base::Status sign_list(WriteView& view, CrlMap& map, const CrlConfig& config, const Group& group, CrlKind kind, base::Time now) {
  ASSIGN_OR_RETURN(const NumberedCrl crl, next_list(map, config, group, kind, now));
  return put_crl(view, map, crl);
}

// The complete list and an empty delta list that stands on it.
base::Status sign_both(WriteView& view, CrlMap& map, const CrlConfig& config, Group& group, base::Time now) {
  TRY(sign_list(view, map, config, group, CrlKind::complete, now));
  group.revoked = {};
  return sign_list(view, map, config, group, CrlKind::delta, now);
}

base::Result<std::string> noted_serial(const ReadView& view, const char* key) {
  ASSIGN_OR_RETURN(const auto bytes, view.get(key));
  if (!bytes) return std::string();
  const auto stored = codec::parse_json(*bytes);
  return stored.ok() ? (*stored)["serial"].as_string() : std::string();
}

base::Status note_serial(WriteView& view, const char* key, const std::string& serial) {
  return view.put(key, codec::write_json(codec::Json::record({{"serial", serial}})) + "\n");
}

enum class Due : uint8_t { nothing, complete, delta };

base::Result<Due> due_at(const ReadView& view, base::Time now) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  ASSIGN_OR_RETURN(const CrlMap map, read_crl_map(view));
  if (map.unfinished != 0) return Due::nothing;  // long_lists.h is at it
  if (!config.auto_rebuild || config.disable) return Due::nothing;
  const bool ends_soon = std::any_of(map.expires_at.begin(), map.expires_at.end(), [&](const auto& each) { return each.second - config.grace_time() <= now; });
  if (ends_soon) return Due::complete;
  if (!config.enable_delta || now - map.delta_last_modified < config.delta_interval()) return Due::nothing;
  ASSIGN_OR_RETURN(const std::string revoked, noted_serial(view, kLastRevoked));
  ASSIGN_OR_RETURN(const std::string built, noted_serial(view, kLastBuilt));
  return revoked == built ? Due::nothing : Due::delta;
}

}  // namespace

base::Status rebuild_crls(WriteView& view, const std::vector<Revoker>& revokers, base::Time now) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  ASSIGN_OR_RETURN(CrlMap map, read_crl_map(view));
  std::vector<Group> groups = grouped(revokers, map);
  TRY(drop_orphans(view, revokers, map));
  if (!config.disable) {
    ASSIGN_OR_RETURN(const bool is_complete, collect_all(view, map, groups));
    if (!is_complete) return leave(view, map);
    TRY(collect_issuers(revokers, groups, view));
  }
  for (Group& group : groups) TRY(sign_both(view, map, config, group, now));
  map.unfinished = 0;
  map.last_modified = map.delta_last_modified = now;
  ASSIGN_OR_RETURN(const auto notes, delta_notes(view));
  for (const std::string& key : notes) TRY(view.remove(key));
  return put_crl_map(view, map);
}

base::Status add_to_crls(WriteView& view, const std::vector<Revoker>& revokers, const std::string& key, const RevokedEntry& entry, base::Time now) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  if (config.disable) return {};
  ASSIGN_OR_RETURN(CrlMap map, read_crl_map(view));
  std::vector<Group> groups = grouped(revokers, map);
  Group* group = Assignment(groups).group_of(entry);
  if (!group) return {};
  if (map.unfinished != 0 || part_count(map, group->list_id, CrlKind::complete) > kPartsMax) return leave(view, map);
  ASSIGN_OR_RETURN(const std::string der, read_crl(view, map, group->list_id, CrlKind::complete));
  const auto before = x509::parse_crl(der);
  if (!before.ok()) return rebuild_crls(view, revokers, now);
  for (const x509::RevokedCertificate& each : before->revoked) TRY(group->revoked.add(each));
  TRY(group->revoked.add({*x509::parse_serial(key), seconds_of(entry.revoked_at), {}}));
  TRY(sign_both(view, map, config, *group, now));
  map.last_modified = map.delta_last_modified = now;
  return put_crl_map(view, map);
}

base::Status rebuild_delta_crls(WriteView& view, const std::vector<Revoker>& revokers, base::Time now) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  ASSIGN_OR_RETURN(CrlMap map, read_crl_map(view));
  std::vector<Group> groups = grouped(revokers, map);
  // A delta list stands on a complete one.
  const bool has_base = std::all_of(groups.begin(), groups.end(), [&map](const Group& group) { return map.last_complete.contains(group.list_id); });
  if (!has_base) return rebuild_crls(view, revokers, now);
  Assignment assignment(groups);
  if (!config.disable) {
    ASSIGN_OR_RETURN(const auto keys, names_below(view, kDeltaFolder));
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(const auto entry, read_revoked(view, key));
      if (entry) TRY(assignment.add(key, *entry));
    }
  }
  for (const Group& group : groups) TRY(sign_list(view, map, config, group, CrlKind::delta, now));
  map.delta_last_modified = now;
  ASSIGN_OR_RETURN(const std::string last, noted_serial(view, kLastRevoked));
  if (!last.empty()) TRY(note_serial(view, kLastBuilt, last));
  return put_crl_map(view, map);
}

base::Result<std::vector<std::string>> delta_notes(const ReadView& view) {
  ASSIGN_OR_RETURN(auto keys, names_below(view, kDeltaFolder));
  for (std::string& key : keys) key.insert(0, kDeltaFolder);
  return keys;
}

base::Status note_for_delta(WriteView& view, const std::string& key) {
  TRY(view.put(kDeltaFolder + key, "{}\n"));
  return note_serial(view, kLastRevoked, shown_serial(key));
}

base::Status rebuild_due_crls(WriteView& view, const RevokerSource& revokers, base::Time now) {
  ASSIGN_OR_RETURN(const Due due, due_at(view, now));
  if (due == Due::nothing) return {};
  ASSIGN_OR_RETURN(const RevokerList all, revokers.all(view));
  return due == Due::delta ? rebuild_delta_crls(view, *all, now) : rebuild_crls(view, *all, now);
}

}  // namespace bao::engines::pki
