#include "internal/core/audit/line.h"

#include <algorithm>

#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/crypto/hash.h"

namespace bao::core::audit {
namespace {

using codec::Json;

// As Go's `omitempty`.
void add(Json& record, const char* name, std::string_view text) {
  if (!text.empty()) record.set(name, Json(text));
}
void add(Json& record, const char* name, int64_t number) {
  if (number != 0) record.set(name, Json(number));
}
void add(Json& record, const char* name, const std::vector<std::string>& texts) {
  if (!texts.empty()) record.set(name, Json::strings(texts));
}
void add_members(Json& record, const char* name, Json members) {
  if (!members.empty()) record.set(name, std::move(members));
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return out;
}

// Who has no entity is counted by the policies of the token.
std::string client_id(const TokenEntry& token) {
  if (!token.entity_id.empty()) return token.entity_id;
  std::vector<std::string> policies = token.policies;
  std::sort(policies.begin(), policies.end());
  std::string text;
  for (const std::string& policy : policies) text += (text.empty() ? "" : "\x7f") + policy;
  text += std::string(1, '\0') + token.namespace_id;
  return codec::to_base64(crypto::sha256(text));
}

class Writer {
 public:
  Writer(const Event& event, const LineOptions& options, const Salted& salted, const AuditedHeaders& headers)
      : event_(event), options_(options), salted_(salted), headers_(headers) {}

  std::string request() const {
    Json line = begin("request");
    line.set("auth", caller());
    line.set("request", asked());
    add(line, "error", error_text());
    add(line, "forwarded_from", event_.forwarded_from);
    return end(line);
  }

  std::string response() const {
    Json line = begin("response");
    const bool login = event_.token == nullptr && event_.response != nullptr && event_.response->auth;
    line.set("auth", login ? made(*event_.response->auth) : caller());
    line.set("request", asked());
    line.set("response", answered());
    add(line, "error", error_text());
    if (!event_.forwarded_from.empty()) line.set("forwarded", true);
    return end(line);
  }

 private:
  Json begin(const char* type) const {
    return Json::record({{"time", Json(base::format_rfc3339(base::system_clock().now()))}, {"type", Json(type)}});
  }
  std::string end(const Json& line) const {
    std::string text = options_.prefix;
    codec::write_json_to(text, line);
    text += '\n';
    return text;
  }

  std::string secret(std::string_view text) const {
    return text.empty() || options_.raw ? std::string(text) : salted_.hash(text);
  }
  std::string accessor(std::string_view text) const {
    return options_.hmac_accessor ? secret(text) : std::string(text);
  }
  // Texts of engines may repeat what the client sent: they are among the data, hashed.
  bool refused_by_engine() const { return event_.error != nullptr && event_.error->code() == base::Code::invalid && !is_core_text(); }
  bool is_core_text() const { return event_.error->message().find("error occurred:\n") != std::string::npos; }
  std::string error_text() const {
    if (event_.error == nullptr) return "";
    return refused_by_engine() ? "invalid request" : event_.error->message();
  }

  Json policy_results() const {
    Json results = Json::record({{"allowed", Json(event_.allowed)}});
    if (!event_.root) return results;
    results.set("granting_policies", Json::array({Json::record({{"name", "root"}, {"namespace_id", "root"}, {"type", "acl"}})}));
    return results;
  }

  Json caller() const {
    Json auth = Json::record();
    add(auth, "client_token", secret(event_.request.client_token));
    const TokenEntry* token = event_.token;
    if (token == nullptr) {
      if (!event_.request.client_token.empty()) auth.set("policy_results", policy_results());
      auth.set("token_type", "default");
      return auth;
    }
    add(auth, "accessor", accessor(token->accessor));
    add(auth, "display_name", token->display_name);
    add(auth, "policies", token->policies);
    add(auth, "token_policies", token->policies);
    auth.set("policy_results", policy_results());
    if (!token->meta.empty()) auth.set("metadata", texts(token->meta));
    add(auth, "remaining_uses", token->num_uses);
    add(auth, "entity_id", token->entity_id);
    auth.set("token_type", token->type == TokenType::batch ? "batch" : "service");
    add(auth, "token_ttl", base::whole_seconds(token->ttl));
    if (token->creation_time != 0) {
      auth.set("token_issue_time", base::format_rfc3339_seconds(base::Time(base::seconds(token->creation_time))));
    }
    return auth;
  }

  // A token that this request brought into being.
  Json made(const logical::Auth& token) const {
    Json auth = Json::record();
    add(auth, "client_token", secret(token.client_token));
    add(auth, "accessor", accessor(token.accessor));
    add(auth, "display_name", token.display_name);
    add(auth, "policies", token.policies);
    add(auth, "token_policies", token.token_policies);
    add(auth, "identity_policies", token.identity_policies);
    if (token.no_default_policy) auth.set("no_default_policy", true);
    if (token.metadata && !token.metadata->empty()) auth.set("metadata", texts(*token.metadata));
    add(auth, "num_uses", token.num_uses);
    add(auth, "entity_id", token.entity_id);
    add(auth, "token_type", token.token_type);
    add(auth, "token_ttl", base::whole_seconds(token.ttl));
    return auth;
  }

  static Json texts(const std::map<std::string, std::string>& values) {
    Json object = Json::object();
    for (const auto& [name, value] : values) object.set(name, Json(value));
    return object;
  }

  void add_mount(Json& record, const char* version_name) const {
    if (event_.mount == nullptr) return;
    add(record, "mount_point", event_.mount->route());
    add(record, "mount_type", event_.mount->type);
    add(record, "mount_accessor", event_.mount->accessor);
    add(record, version_name, event_.mount->running_plugin_version);
    add(record, "mount_running_sha256", event_.mount->running_sha256);
    add(record, "mount_class", event_.mount->table == "auth" ? "auth" : "secret");
  }

  Json asked() const {
    const logical::Request& request = event_.request;
    Json record = Json::record();
    add(record, "id", request.id);
    if (event_.token != nullptr) add(record, "client_id", client_id(*event_.token));
    record.set("operation", Json(logical::operation_name(request.operation)));
    add_mount(record, "mount_running_version");
    add(record, "client_token", secret(request.client_token));
    if (event_.token != nullptr) add(record, "client_token_accessor", accessor(event_.token->accessor));
    record.set("namespace", Json::record({{"id", "root"}}));
    add(record, "path", request.path);
    static const std::vector<std::string> kNone;
    add_members(record, "data", hashed(request.data, event_.mount == nullptr ? kNone : event_.mount->config.audit_non_hmac_request_keys));
    add(record, "remote_address", request.connection.remote_address);
    add(record, "remote_port", request.connection.remote_port);
    if (request.wrap_ttl) add(record, "wrap_ttl", base::whole_seconds(*request.wrap_ttl));
    add_members(record, "headers", shown_headers(request.headers));
    return record;
  }

  Json hashed(const Json& data, const std::vector<std::string>& clear) const {
    return options_.raw ? data : salted_.hash_all(data, clear);
  }

  Json shown_headers(const std::vector<std::pair<std::string, std::string>>& given) const {
    Json shown = Json::object();
    if (headers_.empty()) return shown;
    for (const auto& [name, value] : given) {
      const auto audited = headers_.find(lower(name));
      if (audited == headers_.end()) continue;
      Json text = audited->second ? Json(salted_.hash(value)) : Json(value);
      Json* values = shown.find(audited->first);
      if (values != nullptr) values->push_back(std::move(text));
      else shown.set(audited->first, Json::array({std::move(text)}));
    }
    return shown;
  }

  Json answered() const {
    Json record = Json::record();
    const logical::Response* response = event_.response;
    if (response != nullptr && response->auth) record.set("auth", made(*response->auth));
    add_mount(record, "mount_running_plugin_version");
    if (response == nullptr) {
      if (refused_by_engine()) record.set("data", hashed(Json::object({{"error", Json(event_.error->message())}}), {}));
      return record;
    }
    const bool hinted = response->lease_duration.count() > 0 && !response->auth && !response->wrap;
    if (!response->lease_id.empty() || hinted) {
      Json secret_part = Json::record();
      add(secret_part, "lease_id", response->lease_id);
      record.set("secret", std::move(secret_part));
    }
    add_members(record, "data", answer_data(*response));
    add(record, "warnings", response->warnings);
    if (response->wrap) record.set("wrap_info", wrapping(*response->wrap));
    Json headers = Json::object();
    for (const auto& [name, value] : response->headers) headers.set(name, Json::array({Json(value)}));
    add_members(record, "headers", std::move(headers));
    return record;
  }

  Json answer_data(const logical::Response& response) const {
    static const std::vector<std::string> kNone;
    const auto& clear = event_.mount == nullptr ? kNone : event_.mount->config.audit_non_hmac_response_keys;
    if (response.raw) return hashed(raw_data(*response.raw), clear);
    if (!response.data) return Json::object();
    const bool list = event_.request.operation == logical::Operation::list;
    Json data = *response.data;
    if (data.kind() == Json::Kind::raw) {  // as engines hand on what lies in storage
      auto parsed = codec::parse_json(data.text());
      data = parsed.ok() ? std::move(*parsed) : Json();
    }
    if (!data.is_object()) return Json::object();
    if (!list || !options_.elide_list_responses) return hashed(data, clear);
    Json elided = std::move(data);
    for (const char* name : {"keys", "key_info"}) {
      if (Json* member = elided.find(name); member != nullptr && (member->is_array() || member->is_object())) {
        *member = Json(static_cast<int64_t>(member->size()));
      }
    }
    return hashed(elided, clear);
  }

  static Json raw_data(const logical::RawBody& raw) {
    Json data = Json::object();
    data.set("http_content_type", Json(raw.content_type));
    if (!raw.body.empty()) data.set("http_raw_body", Json(raw.body));
    data.set("http_status_code", Json(raw.status));
    return data;
  }

  Json wrapping(const logical::WrapInfo& wrap) const {
    Json record = Json::record();
    add(record, "ttl", base::whole_seconds(wrap.ttl));
    add(record, "token", secret(wrap.token));
    add(record, "accessor", accessor(wrap.accessor));
    add(record, "creation_time", base::format_rfc3339(wrap.creation_time));
    add(record, "creation_path", wrap.creation_path);
    add(record, "wrapped_accessor", accessor(wrap.wrapped_accessor));
    return record;
  }

  const Event& event_;
  const LineOptions& options_;
  const Salted& salted_;
  const AuditedHeaders& headers_;
};

}  // namespace

std::string request_line(const Event& event, const LineOptions& options, const Salted& salted, const AuditedHeaders& headers) {
  return Writer(event, options, salted, headers).request();
}

std::string response_line(const Event& event, const LineOptions& options, const Salted& salted, const AuditedHeaders& headers) {
  return Writer(event, options, salted, headers).response();
}

}  // namespace bao::core::audit
