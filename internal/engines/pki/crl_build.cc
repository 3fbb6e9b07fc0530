#include "internal/engines/pki/crl_build.h"

#include <algorithm>
#include <map>
#include <set>

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

base::Status collect_all(const ReadView& view, Assignment& assignment) {
  return for_each_name(view, "revoked/", [&](const std::string& key) -> base::Status {
    ASSIGN_OR_RETURN(const auto entry, read_revoked(view, key));
    return entry ? add_entry(assignment, key, *entry) : base::Status();
  });
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
  ++next;
  const base::Time end = now + config.expiry_time();
  content.this_update = seconds_of(now);
  content.next_update = seconds_of(end);
  // Of the complete list alone: a delta list must not put off its end.
  if (kind == CrlKind::complete) map.expires_at[group.list_id] = end;
  ASSIGN_OR_RETURN(const std::string der, x509::sign_crl(content, group.revoked, group.signer->signer()));
  return put_crl(view, map, group.list_id, kind, der);
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

}  // namespace

base::Status rebuild_crls(WriteView& view, const std::vector<Revoker>& revokers, base::Time now) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  ASSIGN_OR_RETURN(CrlMap map, read_crl_map(view));
  std::vector<Group> groups = grouped(revokers, map);
  TRY(drop_orphans(view, revokers, map));
  if (!config.disable) {
    Assignment assignment(groups);
    TRY(collect_all(view, assignment));
    TRY(collect_issuers(revokers, groups, view));
  }
  for (Group& group : groups) {
    TRY(sign_list(view, map, config, group, CrlKind::complete, now));
    group.revoked = {};
    TRY(sign_list(view, map, config, group, CrlKind::delta, now));
  }
  map.last_modified = map.delta_last_modified = now;
  TRY(clear_delta_notes(view));
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

base::Status rebuild_due_crls(WriteView& view, const std::vector<Revoker>& revokers, base::Time now) {
  ASSIGN_OR_RETURN(const CrlConfig config, read_crl_config(view));
  if (!config.auto_rebuild || config.disable) return {};
  ASSIGN_OR_RETURN(const CrlMap map, read_crl_map(view));
  const bool ends_soon = std::any_of(map.expires_at.begin(), map.expires_at.end(), [&](const auto& each) { return each.second - config.grace_time() <= now; });
  if (ends_soon) return rebuild_crls(view, revokers, now);
  if (!config.enable_delta || now - map.delta_last_modified < config.delta_interval()) return {};
  ASSIGN_OR_RETURN(const std::string revoked, noted_serial(view, kLastRevoked));
  ASSIGN_OR_RETURN(const std::string built, noted_serial(view, kLastBuilt));
  return revoked == built ? base::Status() : rebuild_delta_crls(view, revokers, now);
}

}  // namespace bao::engines::pki
