#include "internal/engines/kv/version_answer.h"

#include "internal/base/ensure.h"
#include "internal/base/time_format.h"
#include "internal/codec/json.h"

namespace bao::engines::kv {
namespace {

void append_custom_metadata(std::string& out, const VersionGlance& version) {
  if (version.custom_metadata.empty()) {
    out += "null";
    return;
  }
  char separator = '{';
  for (const auto& [name, value] : version.custom_metadata) {
    out += separator;
    codec::write_json_string_to(out, name);
    out += ':';
    codec::write_json_string_to(out, value);
    separator = ',';
  }
  out += '}';
}

}  // namespace

std::string time_text(const std::optional<base::Time>& time) { return time ? base::format_rfc3339(*time) : ""; }

void append_version(std::string& out, const VersionGlance& version) {
  out += "{\"created_time\":\"";
  out += time_text(version.created_time);
  out += "\",\"custom_metadata\":";
  append_custom_metadata(out, version);
  out += ",\"deletion_time\":\"";
  out += time_text(version.deletion_time);
  out += version.destroyed ? "\",\"destroyed\":true,\"version\":" : "\",\"destroyed\":false,\"version\":";
  out += std::to_string(version.number);
  out += '}';
}

VersionGlance glance_of(const KeyMetadata& metadata, uint64_t number) {
  const auto found = metadata.versions.find(number);
  ENSURE(found != metadata.versions.end(), "a version that was just looked at");
  VersionGlance glance{number, found->second.created_time, found->second.deletion_time, found->second.destroyed, {}};
  for (const auto& [name, value] : metadata.custom_metadata) glance.custom_metadata.emplace_back(name, value);
  return glance;
}

}  // namespace bao::engines::kv
