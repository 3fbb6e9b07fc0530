// The envelope is written by hand, member by member: no Json is built for it, and stored data is spliced in.
#include "internal/logical/render.h"

#include <charconv>

#include "internal/base/time_format.h"

namespace bao::logical {
namespace {

using codec::write_json_string_to;
using codec::write_json_to;

void append_number(std::string& out, int64_t number) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  out.append(text, static_cast<size_t>(end - text));
}

void append_member(std::string& out, std::string_view label, std::string_view text) {
  out += label;
  write_json_string_to(out, text);
}

void append_flag(std::string& out, std::string_view label, bool flag) {
  out += label;
  out += flag ? "true" : "false";
}

void append_count(std::string& out, std::string_view label, int64_t number) {
  out += label;
  append_number(out, number);
}

void append_strings(std::string& out, const std::vector<std::string>& items) {
  out += '[';
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    write_json_string_to(out, items[i]);
  }
  out += ']';
}

void append_metadata(std::string& out, const Auth& auth) {
  out += ",\"metadata\":";
  if (!auth.metadata) {
    out += "null";
    return;
  }
  char separator = '{';
  for (const auto& [name, value] : *auth.metadata) {
    out += separator;
    write_json_string_to(out, name);
    out += ':';
    write_json_string_to(out, value);
    separator = ',';
  }
  if (separator == '{') out += '{';
  out += '}';
}

void append_auth(std::string& out, const Auth& auth) {
  append_member(out, "{\"client_token\":", auth.client_token);
  append_member(out, ",\"accessor\":", auth.accessor);
  out += ",\"policies\":";
  if (auth.mfa_requirement) {
    out += "null";  // a login that waits for a second factor has none yet, which isn't an empty list
  } else {
    append_strings(out, auth.policies);
  }
  if (!auth.token_policies.empty()) {
    out += ",\"token_policies\":";
    append_strings(out, auth.token_policies);
  }
  if (!auth.identity_policies.empty()) {
    out += ",\"identity_policies\":";
    append_strings(out, auth.identity_policies);
  }
  append_metadata(out, auth);
  append_count(out, ",\"lease_duration\":", base::whole_seconds(auth.ttl));
  append_flag(out, ",\"renewable\":", auth.renewable);
  append_member(out, ",\"entity_id\":", auth.entity_id);
  append_member(out, ",\"token_type\":", auth.token_type);
  append_flag(out, ",\"orphan\":", auth.orphan);
  out += ",\"mfa_requirement\":";
  out += auth.mfa_requirement ? codec::write_json(*auth.mfa_requirement) : "null";
  append_count(out, ",\"num_uses\":", auth.num_uses);
  out += '}';
}

void append_wrap(std::string& out, const WrapInfo& wrap) {
  append_member(out, "{\"token\":", wrap.token);
  append_member(out, ",\"accessor\":", wrap.accessor);
  append_count(out, ",\"ttl\":", base::whole_seconds(wrap.ttl));
  append_member(out, ",\"creation_time\":", base::format_rfc3339(wrap.creation_time));
  append_member(out, ",\"creation_path\":", wrap.creation_path);
  if (!wrap.wrapped_accessor.empty()) append_member(out, ",\"wrapped_accessor\":", wrap.wrapped_accessor);
  out += '}';
}

// `"a":1,"b":2,` for answers that also have their data at top level.
void append_spread(std::string& out, const codec::Json& data) {
  const size_t start = out.size();
  write_json_to(out, data);
  if (out.size() - start <= 2) {  // {}
    out.resize(start);
    return;
  }
  out.erase(start, 1);
  out.back() = ',';
}

// What a wrapped answer shows: the wrapping and nothing of the content.
void append_wrapped(std::string& out, const WrapInfo& wrap) {
  out += "{\"request_id\":\"\",\"lease_id\":\"\",\"renewable\":false,\"lease_duration\":0,\"data\":null,\"wrap_info\":";
  append_wrap(out, wrap);
  out += ",\"warnings\":null,\"auth\":null}\n";
}

}  // namespace

void render_to(std::string& out, const Response& response, std::string_view request_id) {
  if (response.wrap && !response.wrap->token.empty()) return append_wrapped(out, *response.wrap);
  out += '{';
  if (response.spread_data && response.data) append_spread(out, *response.data);
  append_member(out, "\"request_id\":", request_id);
  append_member(out, ",\"lease_id\":", response.lease_id);
  append_flag(out, ",\"renewable\":", response.renewable);
  append_count(out, ",\"lease_duration\":", base::whole_seconds(response.lease_duration));
  out += ",\"data\":";
  if (response.data) write_json_to(out, *response.data);
  else out += "null";
  out += ",\"wrap_info\":null,\"warnings\":";
  if (response.warnings.empty() && !response.lists_warnings) out += "null";
  else append_strings(out, response.warnings);
  out += ",\"auth\":";
  if (response.auth) append_auth(out, *response.auth);
  else out += "null";
  out += "}\n";
}

std::string render(const Response& response, std::string_view request_id) {
  std::string out;
  out.reserve(512);
  render_to(out, response, request_id);
  return out;
}

std::string render_errors(std::string_view text) {
  std::string out = "{\"errors\":[";
  if (!text.empty()) write_json_string_to(out, text);
  out += "]}\n";
  return out;
}

}  // namespace bao::logical
