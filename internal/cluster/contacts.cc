#include "internal/cluster/contacts.h"

#include <charconv>

#include "internal/codec/json.h"
#include "internal/core/ha/join_protocol.h"

namespace bao::cluster {

using codec::Json;
using core::MemberRecord;
using raft::NodeId;

namespace {

constexpr char kNews = '\0';

}  // namespace

void Contacts::configured(const Contexts& before, const Contexts& now) {
  for (const auto& [id, context] : before) {
    const auto after = now.find(id);
    if (after != now.end() && after->second.record == context.record) continue;
    heard_.erase(id);
    hints_.erase(id);
  }
}

void Contacts::heard(const MemberRecord& record) {
  heard_[NodeId{record.id}] = record;
  hints_.erase(NodeId{record.id});
}

void Contacts::hint(const MemberRecord& configured, const std::string& address) {
  const NodeId id{configured.id};
  if (!heard_.contains(id) && address != configured.cluster_address) hints_[id] = address;
}

MemberRecord Contacts::known(const MemberRecord& configured) const {
  const auto said = heard_.find(NodeId{configured.id});
  return said == heard_.end() ? configured : said->second;
}

std::string Contacts::address_of(const MemberRecord& configured) const {
  const NodeId id{configured.id};
  if (const auto said = heard_.find(id); said != heard_.end()) return said->second.cluster_address;
  if (const auto hint = hints_.find(id); by_hints_ && hint != hints_.end()) return hint->second;
  return configured.cluster_address;
}

std::vector<MemberRecord> Contacts::news(const Contexts& configured) const {
  std::vector<MemberRecord> news;
  for (const auto& [id, said] : heard_) {
    const auto known = configured.find(id);
    if (known == configured.end() || known->second.record == said) continue;
    const bool said_before = !said.next_certificate.empty() && said.next_certificate == known->second.record.certificate;
    if (!said_before) news.push_back(said);
  }
  return news;
}

std::string encode_news(const std::vector<MemberContext>& members) {
  Json list = Json::array();
  for (const MemberContext& member : members)
    list.push_back(Json::array({std::to_string(member.record.id), encode(member)}));
  return kNews + codec::write_json(list);
}

bool is_news(std::string_view call) { return !call.empty() && call.front() == kNews; }

base::Result<std::vector<MemberContext>> decode_news(std::string_view call) {
  if (!is_news(call)) return base::invalid("not news of members");
  ASSIGN_OR_RETURN(const Json list, codec::parse_json(call.substr(1)));
  std::vector<MemberContext> members;
  for (const Json& each : list.items()) {
    uint64_t id = 0;
    if (each.size() != 2) return base::invalid("not news of members");
    const std::string text = each.items()[0].as_string();
    if (std::from_chars(text.data(), text.data() + text.size(), id).ec != std::errc()) return base::invalid("not the id of a member");
    ASSIGN_OR_RETURN(MemberContext member, decode_context(id, each.items()[1].as_string()));
    TRY(core::check_member(member.record));
    members.push_back(std::move(member));
  }
  if (members.empty()) return base::invalid("news of nobody");
  return members;
}

}  // namespace bao::cluster
