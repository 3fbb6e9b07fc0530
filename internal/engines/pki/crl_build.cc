#include "internal/engines/pki/crl_build.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "internal/base/limits.h"
#include "internal/codec/json.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/x509/crl.h"
#include "internal/crypto/x509/serial.h"
#include "internal/engines/pki/crl_config.h"
#include "internal/engines/pki/crl_map.h"
#include "internal/engines/pki/revoked_entry.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using storage::ReadView;
using storage::WriteView;

constexpr int64_t kPage = 1000;
constexpr char kDeltaFolder[] = "delta-wal/", kLastRevoked[] = "delta-wal/last-revoked-serial", kLastBuilt[] = "delta-wal/last-build-serial";

x509::Seconds seconds_of(base::Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

// Issuers that share a list.
struct Group {
  std::string list_id;
  std::vector<const Revoker*> members;
  const Revoker* signer = nullptr;  // nullptr: nobody of them may sign it
  bool holds_default = false;
  x509::RevokedList revoked{};
};

bool can_sign(const Revoker& revoker) { return revoker.signs_crls && revoker.key.has_value(); }

// Groups in the order of their first members; list ids are those of before, where any member had one.
std::vector<Group> grouped(const std::vector<Revoker>& revokers, CrlMap& map) {
  std::vector<Group> groups;
  for (const Revoker& revoker : revokers) {
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& each) { return each.members.front()->is_twin_of(revoker); });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{});
    group->members.push_back(&revoker);
    group->holds_default = group->holds_default || revoker.is_default;
    const auto known = map.list_of_issuer.find(revoker.id);
    if (group->list_id.empty() && known != map.list_of_issuer.end()) group->list_id = known->second;
    if (can_sign(revoker) && (!group->signer || revoker.is_default)) group->signer = &revoker;
  }
  std::erase_if(groups, [](const Group& group) { return group.signer == nullptr; });
  for (Group& group : groups) {
    if (group.list_id.empty()) group.list_id = crypto::random_uuid();
    for (const Revoker* member : group.members) map.list_of_issuer[member->id] = group.list_id;
  }
  return groups;
}

// Forgets issuers that are gone and lists that nobody has any more.
base::Status drop_orphans(WriteView& view, const std::vector<Revoker>& revokers, CrlMap& map) {
  std::set<std::string> lists, orphans;
  for (const Revoker& revoker : revokers) {
    const auto found = map.list_of_issuer.find(revoker.id);
    if (found != map.list_of_issuer.end()) lists.insert(found->second);
  }
  for (const auto& [list, number] : map.next_number) {
    if (!lists.contains(list)) orphans.insert(list);
  }
  std::erase_if(map.list_of_issuer, [&](const auto& each) { return !lists.contains(each.second) || !find_revoker(revokers, each.first); });
  for (const std::string& list : orphans) TRY(remove_crl(view, map, list));
  return {};
}

// Whose list a revoked certificate belongs on.
class Assignment {
 public:
  explicit Assignment(std::vector<Group>& groups) : groups_(groups) {
    for (size_t i = 0; i < groups.size(); ++i) {
      for (const Revoker* member : groups[i].members) group_of_issuer_[member->id] = i;
    }
  }

  // nullptr where no list can hold it.
  Group* group_of(const RevokedEntry& entry) {
    const auto known = group_of_issuer_.find(entry.issuer_id);
    if (known != group_of_issuer_.end()) return &groups_[known->second];
    const auto certificate = x509::parse_certificate(entry.certificate);
    for (Group& group : groups_) {
      if (certificate.ok() && group.members.front()->issued(*certificate)) return &group;
    }
    // As the reference: what no issuer of today issued is the default issuer's to tell.
    const auto with_default = std::find_if(groups_.begin(), groups_.end(), [](const Group& group) { return group.holds_default; });
    return with_default == groups_.end() ? nullptr : &*with_default;
  }

 private:
  std::vector<Group>& groups_;
  std::map<std::string, size_t, std::less<>> group_of_issuer_;
};

base::Status add_entry(Assignment& assignment, const std::string& key, const RevokedEntry& entry) {
  Group* group = assignment.group_of(entry);
  const auto serial = x509::parse_serial(key);
  if (!group || !serial) return {};
  return group->revoked.add({*serial, seconds_of(entry.revoked_at), {}});
}

// Calls `see` for every name below the folder, a page at a time.
template <typename See>
base::Status for_each_name(const ReadView& view, const std::string& folder, See see) {
  std::string after;
  while (true) {
    ASSIGN_OR_RETURN(const auto names, view.list(folder, after, kPage));
    for (const std::string& name : names) TRY(see(name));
    if (static_cast<int64_t>(names.size()) < kPage) return {};
    after = names.back();
  }
}

// What the lists of before hold, by serial number.
struct Listed {
  size_t group = 0;
  x509::Seconds revoked_at{};
};
using ListedEntries = std::unordered_map<std::string, Listed>;

base::Result<ListedEntries> listed_before(const ReadView& view, const CrlMap& map, const std::vector<Group>& groups) {
  ListedEntries listed;
  for (size_t i = 0; i < groups.size(); ++i) {
    ASSIGN_OR_RETURN(const std::string der, read_crl(view, map, groups[i].list_id, CrlKind::complete));
    const auto crl = x509::parse_crl(der);
    if (!crl.ok()) continue;  // there is none yet
    for (const x509::RevokedCertificate& each : crl->revoked) listed[each.serial] = {i, each.revoked_at};
  }
  return listed;
}

// How many entries a transaction can read beside writing a list of that many.
size_t readable(size_t listed) {
  constexpr size_t kListedBytes = 40, kReadBytes = 128;  // an entry of a list; the key that a check holds
  constexpr size_t kRoom = base::kTransactionBytesMax - (256u << 10);
  const size_t taken = std::min(kRoom, listed * kListedBytes);
  return std::min(kReadMax, (kRoom - taken) / kReadBytes);
}

// Whether all could be collected.
base::Result<bool> collect_all(const ReadView& view, const CrlMap& map, std::vector<Group>& groups) {
  std::vector<std::string> keys;
  TRY(for_each_name(view, "revoked/", [&keys](const std::string& key) -> base::Status {
    keys.push_back(key);
    return {};
  }));
  ListedEntries listed;
  if (keys.size() > kReadAllMax) {
    ASSIGN_OR_RETURN(listed, listed_before(view, map, groups));
  }
  Assignment assignment(groups);
  const size_t read_max = keys.size() > kReadAllMax ? readable(keys.size()) : kReadAllMax;
  size_t read = 0;
  for (const std::string& key : keys) {
    const auto serial = x509::parse_serial(key);
    const auto known = serial ? listed.find(*serial) : listed.end();
    if (known != listed.end()) {
      TRY(groups[known->second.group].revoked.add({*serial, known->second.revoked_at, {}}));
    } else if (++read <= read_max) {
      ASSIGN_OR_RETURN(const auto entry, read_revoked(view, key));
      if (entry) TRY(add_entry(assignment, key, *entry));
    }
  }
  return read <= read_max;
}

// Issuers of the mount that were revoked stand on the lists of those who issued them, never on their own.
base::Status collect_issuers(const std::vector<Revoker>& revokers, std::vector<Group>& groups, const ReadView& view) {
  for (const Revoker& revoker : revokers) {
    if (!revoker.revoked_at || revoker.certificate->self_issued()) continue;
    ASSIGN_OR_RETURN(const auto stored, read_revoked(view, x509::serial_text(revoker.certificate->serial, '-')));
    if (stored) continue;  // listed as a certificate already
    for (Group& group : groups) {
      if (group.members.front()->issued(*revoker.certificate)) {
        TRY(group.revoked.add({revoker.certificate->serial, seconds_of(*revoker.revoked_at), {}}));
      }
    }
  }
  return {};
}

base::Status sign_list(WriteView& view, CrlMap& map, const CrlConfig& config, const Group& group, CrlKind kind, base::Time now) {
  int64_t& next = map.next_number.try_emplace(group.list_id, 1).first->second;
  x509::CrlTemplate content;
  content.number = static_cast<uint64_t>(next);
  if (kind == CrlKind::delta) content.delta_base = static_cast<uint64_t>(map.last_complete[group.list_id]);
  else map.last_complete[group.list_id] = next;
  if (kind == CrlKind::complete) content.delta_distribution_points = group.signer->delta_urls;
  ++next;
  const base::Time end = now + config.expiry_time();
  content.this_update = seconds_of(now);
  content.next_update = seconds_of(end);
  // Of the complete list alone: a delta list must not put off its end.
  if (kind == CrlKind::complete) map.expires_at[group.list_id] = end;
  ASSIGN_OR_RETURN(const std::string der, x509::sign_crl(content, group.revoked, group.signer->signer()));
  return put_crl(view, map, group.list_id, kind, der);
}

// The complete list and an empty delta list that stands on it.
base::Status sign_both(WriteView& view, CrlMap& map, const CrlConfig& config, Group& group, base::Time now) {
  TRY(sign_list(view, map, config, group, CrlKind::complete, now));
  group.revoked = {};
  return sign_list(view, map, config, group, CrlKind::delta, now);
}

base::Status clear_delta_notes(WriteView& view) {
  std::vector<std::string> keys;
  TRY(for_each_name(view, kDeltaFolder, [&keys](const std::string& name) -> base::Status {
    keys.push_back(kDeltaFolder + name);
    return {};
  }));
  for (const std::string& key : keys) TRY(view.remove(key));
  return {};
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
  if (map.unfinished) return Due::complete;
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
  map.unfinished = false;
  if (!config.disable) {
    ASSIGN_OR_RETURN(const bool complete, collect_all(view, map, groups));
    map.unfinished = !complete;
    TRY(collect_issuers(revokers, groups, view));
  }
  for (Group& group : groups) TRY(sign_both(view, map, config, group, now));
  map.last_modified = map.delta_last_modified = now;
  TRY(clear_delta_notes(view));
  return put_crl_map(view, map);
}

base::Status add_to_crls(WriteView& view, const std::vector<Revoker>& revokers, const std::string& key, const RevokedEntry& entry, base::Time now) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  if (config.disable) return {};
  ASSIGN_OR_RETURN(CrlMap map, read_crl_map(view));
  std::vector<Group> groups = grouped(revokers, map);
  Group* group = Assignment(groups).group_of(entry);
  if (!group) return {};
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
    TRY(for_each_name(view, kDeltaFolder, [&](const std::string& key) -> base::Status {
      ASSIGN_OR_RETURN(const auto entry, read_revoked(view, key));
      return entry ? add_entry(assignment, key, *entry) : base::Status();
    }));
  }
  for (const Group& group : groups) TRY(sign_list(view, map, config, group, CrlKind::delta, now));
  map.delta_last_modified = now;
  ASSIGN_OR_RETURN(const std::string last, noted_serial(view, kLastRevoked));
  if (!last.empty()) TRY(note_serial(view, kLastBuilt, last));
  return put_crl_map(view, map);
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
