#include "internal/cluster/node_key.h"

#include "internal/cluster/kept_file.h"
#include "internal/codec/json.h"
#include "internal/crypto/hash.h"

namespace bao::cluster {
namespace {

using codec::Json;

Json to_json(const crypto::CertificateAndKey& key) {
  return Json::record({{"certificate", key.certificate}, {"private_key", key.private_key.reveal()}});
}

base::Result<crypto::CertificateAndKey> parse_key(const Json& json, const std::string& file) {
  crypto::CertificateAndKey key{json["certificate"].as_string(), base::SecretBytes(json["private_key"].as_string())};
  if (key.certificate.empty() || key.private_key.empty()) return base::corrupt(file + ": it does not hold a key");
  return key;
}

}  // namespace

base::Result<NodeKeys> read_node_key(const std::string& file, const core::KeySealing& sealing) {
  ASSIGN_OR_RETURN(const std::string sealed, read_whole(file));
  ASSIGN_OR_RETURN(std::string clear, sealing.unseal(sealed));
  auto json = codec::parse_json(clear);
  base::wipe(clear);
  if (!json.ok()) return base::corrupt(file + ": it does not hold a key");
  NodeKeys keys;
  auto current = parse_key(*json, file);
  const Json& next = (*json)["next"];
  auto following = next.is_null() ? base::Result<crypto::CertificateAndKey>(base::Error(base::Code::absent, "")) : parse_key(next, file);
  const auto made = (*json)["made"].as_int();
  json->wipe();
  if (!current.ok()) return current.error();
  keys.current = std::move(*current);
  if (following.ok()) keys.next = std::move(*following);
  if (made.ok()) keys.made = base::Time(base::Duration(*made));
  return keys;
}

base::Status write_node_key(const std::string& file, const NodeKeys& keys, const core::KeySealing& sealing) {
  Json json = to_json(keys.current);
  json.set("made", keys.made.time_since_epoch().count());
  if (keys.next) json.set("next", to_json(*keys.next));
  std::string clear = codec::write_json(json);
  json.wipe();
  const auto sealed = sealing.seal(clear);
  base::wipe(clear);
  if (!sealed.ok()) return sealed.error();
  return write_whole(file, *sealed);
}

base::Result<std::string> kept_name(const std::string& file) {
  const auto kept = read_whole(file);
  if (kept.ok() && !kept->empty()) return *kept;
  const std::string name = crypto::random_uuid();
  TRY(write_whole(file, name));
  return name;
}

}  // namespace bao::cluster
