#include "internal/core/audit/http_target.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "internal/base/letters.h"
#include "internal/codec/json.h"
#include "internal/net/host_port.h"

namespace bao::core::audit {
namespace {

using base::Result;
using base::Status;

constexpr size_t kFileBytesMax = 64 * 1024;

Result<std::string> content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::invalid("open " + path + ": it cannot be read");
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kFileBytesMax) return base::invalid(path + " is too large");
  return text;
}

// As the reference's ParsePath: a value, or where it stands.
Result<std::string> resolved(const std::string& text, Maker maker) {
  constexpr std::string_view kFile = "file://", kVariable = "env://", kString = "string://";
  if (text.starts_with(kString)) return text.substr(kString.size());
  const bool file = text.starts_with(kFile), variable = text.starts_with(kVariable);
  if (!file && !variable) return text;
  if (maker == Maker::api) return base::invalid("values that lie on the server are for devices of its configuration only");
  if (file) return content_of(text.substr(kFile.size()));
  const char* value = std::getenv(text.substr(kVariable.size()).c_str());
  if (value == nullptr) return base::invalid("environment variable " + text.substr(kVariable.size()) + " is not set");
  return std::string(value);
}

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Status read_authority(HttpTarget& target) {
  const bool bracketed = target.authority.starts_with('[');
  const bool has_port = target.authority.find(':', bracketed ? target.authority.find(']') : 0) != std::string::npos;
  const auto split = net::split_host_port(has_port ? target.authority : target.authority + (target.https ? ":443" : ":80"));
  if (!split || split->host.empty()) return base::invalid("failed to parse uri: no host");
  const bool digits = !split->port.empty() && split->port.size() <= 5 && split->port.find_first_not_of("0123456789") == std::string::npos;
  const int port = digits ? std::stoi(split->port) : 0;
  if (port < 1 || port > UINT16_MAX) return base::invalid("failed to parse uri: invalid port");
  target.host = split->host;
  target.port = static_cast<uint16_t>(port);
  return {};
}

Status read_uri(std::string_view uri, HttpTarget& target) {
  constexpr std::string_view kPlain = "http://", kSecure = "https://";
  target.https = uri.starts_with(kSecure);
  if (!target.https && !uri.starts_with(kPlain)) return base::invalid("failed to parse uri: unsupported protocol scheme");
  if (!is_visible(uri)) return base::invalid("failed to parse uri: invalid character");
  uri.remove_prefix(target.https ? kSecure.size() : kPlain.size());
  uri = uri.substr(0, uri.find('#'));
  const size_t end = std::min(uri.find_first_of("/?"), uri.size());
  target.authority = uri.substr(0, end);
  target.path = uri.substr(end);
  if (!target.path.starts_with('/')) target.path.insert(0, "/");
  if (target.authority.find('@') != std::string::npos) return base::invalid("failed to parse uri: a user belongs into a header");
  return read_authority(target);
}

// {"Authorization": ["Bearer …"]}
Status read_headers(const std::string& text, Maker maker, HttpTarget& target) {
  const auto json = codec::parse_json(text);
  if (!json.ok() || !json->is_object()) return base::invalid("failed to parse headers: an object of lists is expected");
  for (const auto& [name, values] : json->members()) {
    if (!values.is_array()) return base::invalid("failed to parse headers: an object of lists is expected");
    for (const codec::Json& value : values.items()) {
      auto given = resolved(value.as_string(), maker);
      if (!given.ok()) return given.error().within("failed to parse header " + name);
      while (given->ends_with('\n') || given->ends_with('\r')) given->pop_back();  // of a file
      const bool breaks_out = given->find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
      if (!base::is_token(name) || breaks_out) return base::invalid("failed to parse headers: a name or value cannot be sent");
      target.headers.emplace_back(name, std::move(*given));
    }
  }
  return {};
}

}  // namespace

Result<HttpTarget> http_target(const Options& options, Maker maker) {
  if (!options.contains("uri")) return base::invalid("uri is required");
  auto uri = resolved(options.at("uri"), maker);
  if (!uri.ok()) return uri.error().within("failed to resolve uri");
  while (uri->ends_with('\n') || uri->ends_with('\r')) uri->pop_back();
  HttpTarget target;
  TRY(read_uri(*uri, target));
  if (options.contains("headers")) TRY(read_headers(options.at("headers"), maker, target));
  return target;
}

}  // namespace bao::core::audit
