#include "internal/cluster/member_record.h"

#include "internal/codec/json.h"

namespace bao::cluster {

using codec::Json;

std::string encode(const MemberContext& context) {
  Json json = Json::record({{"name", context.record.name},
                            {"cluster_address", context.record.cluster_address},
                            {"api_address", context.record.api_address},
                            {"certificate", context.record.certificate}});
  if (!context.record.host_name.empty()) json.set("host_name", context.record.host_name);
  if (!context.record.version.empty()) json.set("version", context.record.version);
  if (!context.record.next_certificate.empty()) json.set("next_certificate", context.record.next_certificate);
  if (!context.record.old_certificate.empty()) json.set("old_certificate", context.record.old_certificate);
  if (!context.epoch.empty()) json.set("epoch", context.epoch);
  if (context.non_voter) json.set("non_voter", true);
  return codec::write_json(json);
}

base::Result<MemberContext> decode_context(uint64_t id, std::string_view text) {
  const auto json = codec::parse_json(text);
  if (!json.ok() || !json->is_object()) return base::corrupt("the record of member " + std::to_string(id) + " cannot be read");
  const auto member = [&](const char* name) { return (*json)[name].as_string(); };
  return MemberContext{{id, member("name"), member("cluster_address"), member("api_address"), member("certificate"), member("host_name"),
                        member("version"), member("next_certificate"), member("old_certificate")},
                       (*json)["non_voter"].as_bool(), member("epoch")};
}

}  // namespace bao::cluster
