#include "internal/engines/pki/crl_groups.h"

#include <algorithm>
#include <set>

#include "internal/crypto/hash.h"
#include "internal/crypto/x509/serial.h"

namespace bao::engines::pki {
namespace {

namespace x509 = crypto::x509;
using storage::ReadView;
using storage::WriteView;

bool can_sign(const Revoker& revoker) { return revoker.signs_crls && revoker.key.has_value(); }

}  // namespace

x509::Seconds seconds_of(base::Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

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

Assignment::Assignment(std::vector<Group>& groups) : groups_(groups) {
  for (size_t i = 0; i < groups.size(); ++i) {
    for (const Revoker* member : groups[i].members) group_of_issuer_[member->id] = i;
  }
}

Group* Assignment::group_of(const RevokedEntry& entry) {
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

base::Status Assignment::add(const std::string& key, const RevokedEntry& entry) {
  Group* group = group_of(entry);
  const auto serial = x509::parse_serial(key);
  if (!group || !serial) return {};
  return group->revoked.add({*serial, seconds_of(entry.revoked_at), {}});
}

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

base::Result<NumberedCrl> next_list(CrlMap& map, const CrlConfig& config, const Group& group, CrlKind kind, base::Time now) {
  int64_t& next = map.next_number.try_emplace(group.list_id, 1).first->second;
  NumberedCrl crl{.list_id = group.list_id, .kind = kind, .number = next};
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
  ASSIGN_OR_RETURN(crl.der, x509::sign_crl(content, group.revoked, group.signer->signer()));
  return crl;
}

}  // namespace bao::engines::pki
