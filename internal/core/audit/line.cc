#include "internal/core/audit/line.h"

#include <algorithm>

#include "internal/base/letters.h"
#include "internal/base/time_format.h"
#include "internal/codec/encoding.h"
#include "internal/core/audit/object_text.h"
#include "internal/logical/policy_names.h"

namespace bao::core::audit {
namespace {

using codec::Json;

constexpr size_t kUsualBytes = 2048;

class Writer {
 public:
  Writer(const Event& event, const LineOptions& options, const Salted& salted, const AuditedHeaders& headers)
      : event_(event), options_(options), salted_(salted), headers_(headers) {
    if (event.token != nullptr) token_ = salted.of_token(*event.token);
    text_.reserve(kUsualBytes);
    text_ = options.prefix;
  }

  std::string request() && {
    {
      ObjectText line(text_);
      begin(line, "request");
      caller(line);
      asked(line);
      line.some("error", error_text());
      line.some("forwarded_from", event_.forwarded_from);
    }
    text_ += '\n';
    return std::move(text_);
  }

  std::string response() && {
    {
      ObjectText line(text_);
      begin(line, "response");
      const bool login = event_.token == nullptr && event_.response != nullptr && event_.response->auth;
      if (login) made(line, *event_.response->auth, Made::caller);
      else caller(line);
      asked(line);
      answered(line);
      line.some("error", error_text());
      if (!event_.forwarded_from.empty()) line.flag("forwarded", true);
    }
    text_ += '\n';
    return std::move(text_);
  }

 private:
  static void begin(ObjectText& line, std::string_view type) {
    line.text("time", base::format_rfc3339(base::system_clock().now()));
    line.text("type", type);
  }

  // ---- what is hashed
  void secret(ObjectText& object, std::string_view name, std::string_view text) const {
    if (text.empty()) return;
    if (options_.raw) object.text(name, text);
    else if (event_.token != nullptr && text == event_.token->id) object.text(name, token_->id);
    else hashed_text(object.member(name), text);
  }
  void accessor(ObjectText& object, std::string_view name, std::string_view text) const {
    if (text.empty()) return;
    if (options_.raw || !options_.hmac_accessor) object.text(name, text);
    else if (event_.token != nullptr && text == event_.token->accessor) object.text(name, token_->accessor);
    else hashed_text(object.member(name), text);
  }
  void hashed_text(std::string& out, std::string_view text) const {
    out += '"';
    salted_.append_hash(out, text);
    out += '"';
  }
  void data(ObjectText& object, const Json& members, const std::vector<std::string>& clear) const {
    if (options_.raw) codec::write_json_to(object.member("data"), members);
    else salted_.append_all_hashed(object.member("data"), members, clear);
  }
  void some_data(ObjectText& object, const Json& members, const std::vector<std::string>& clear) const {
    if (!members.empty()) data(object, members, clear);
  }

  // Texts of engines may repeat what the client sent: they are among the data, hashed.
  bool refused_by_engine() const { return event_.error != nullptr && event_.error->code() == base::Code::invalid && !is_core_text(); }
  bool is_core_text() const { return event_.error->message().find("error occurred:\n") != std::string::npos; }
  std::string error_text() const {
    if (event_.error == nullptr) return "";
    return refused_by_engine() ? "invalid request" : event_.error->message();
  }

  void policy_results(ObjectText& auth) const {
    ObjectText results(auth, "policy_results");
    results.flag("allowed", event_.allowed);
    if (!event_.allowed || event_.granting_policies.empty()) return;
    std::string& out = results.member("granting_policies");
    char separator = '[';
    for (const std::string_view name : event_.granting_policies) {
      out += separator;
      ObjectText policy(out);
      policy.text("name", name);
      policy.text("namespace_id", "root");
      policy.text("type", "acl");
      separator = ',';
    }
    out += ']';
  }

  void caller(ObjectText& line) const {
    ObjectText auth(line, "auth");
    secret(auth, "client_token", event_.request.client_token);
    const TokenEntry* token = event_.token;
    if (token == nullptr) {
      if (!event_.request.client_token.empty()) policy_results(auth);
      auth.text("token_type", "default");
      return;
    }
    accessor(auth, "accessor", token->accessor);
    auth.some("display_name", token->display_name);
    auth.some("policies", event_.identity_policies == nullptr ? token->policies : with_identity_policies(token->policies));
    auth.some("token_policies", token->policies);
    if (event_.identity_policies != nullptr) auth.some("identity_policies", *event_.identity_policies);
    policy_results(auth);
    auth.some_texts("metadata", token->meta);
    auth.some("remaining_uses", token->num_uses);
    auth.some("entity_id", token->entity_id);
    auth.text("token_type", token->type == TokenType::batch ? "batch" : "service");
    auth.some("token_ttl", base::whole_seconds(token->ttl));
    if (token->creation_time != 0) {
      auth.text("token_issue_time", base::format_rfc3339_seconds(base::Time(base::seconds(token->creation_time))));
    }
  }

  std::vector<std::string> with_identity_policies(std::vector<std::string> policies) const {
    policies.insert(policies.end(), event_.identity_policies->begin(), event_.identity_policies->end());
    return logical::sanitize_policies(std::move(policies), false);
  }

  // A token that this request brought into being: as its answer, and in a login's line as who asked.
  enum class Made { answer, caller };
  void made(ObjectText& outer, const logical::Auth& token, Made as) const {
    ObjectText auth(outer, "auth");
    secret(auth, "client_token", token.client_token);
    accessor(auth, "accessor", token.accessor);
    auth.some("display_name", token.display_name);
    auth.some("policies", token.policies);
    auth.some("token_policies", token.token_policies);
    auth.some("identity_policies", token.identity_policies);
    if (token.no_default_policy) auth.flag("no_default_policy", true);
    if (token.metadata) auth.some_texts("metadata", *token.metadata);
    if (as == Made::answer) auth.some("num_uses", token.num_uses);
    auth.some("entity_id", token.entity_id);
    if (as == Made::caller && event_.entity_created) auth.flag("entity_created", true);
    auth.some("token_type", token.token_type);
    auth.some("token_ttl", base::whole_seconds(token.ttl));
  }

  void add_mount(ObjectText& object, std::string_view version_name) const {
    if (event_.mount == nullptr) return;
    object.some("mount_point", event_.mount->route());
    object.some("mount_type", event_.mount->type);
    object.some("mount_accessor", event_.mount->accessor);
    object.some(version_name, event_.mount->running_plugin_version);
    object.some("mount_running_sha256", event_.mount->running_sha256);
    object.text("mount_class", event_.mount->table == "auth" ? "auth" : "secret");
  }

  void asked(ObjectText& line) const {
    const logical::Request& request = event_.request;
    ObjectText record(line, "request");
    record.some("id", request.id);
    if (token_ != nullptr) record.some("client_id", token_->client_id);
    record.text("operation", logical::operation_name(request.operation));
    add_mount(record, "mount_running_version");
    secret(record, "client_token", request.client_token);
    if (event_.token != nullptr) accessor(record, "client_token_accessor", event_.token->accessor);
    ObjectText(record, "namespace").text("id", "root");
    record.some("path", request.path);
    some_data(record, request.data, event_.mount == nullptr ? none() : event_.mount->config.audit_non_hmac_request_keys);
    record.some("remote_address", request.connection.remote_address);
    record.some("remote_port", request.connection.remote_port);
    if (request.wrap_ttl) record.some("wrap_ttl", base::whole_seconds(*request.wrap_ttl));
    if (!headers_.empty()) some_headers(record, shown_headers());
    record.some("client_certificate_serial_number", event_.certificate_serial_number);
  }

  static void some_headers(ObjectText& record, const Json& headers) {
    if (!headers.empty()) codec::write_json_to(record.member("headers"), headers);
  }

  Json shown_headers() const {
    Json shown = Json::object();
    for (const auto& [name, value] : event_.request.headers) show_header(shown, name, value);
    if (event_.withheld_headers == nullptr) return shown;
    for (const auto& [name, value] : *event_.withheld_headers) show_header(shown, name, value);
    return shown;
  }

  void show_header(Json& shown, const std::string& name, const std::string& value) const {
    const auto audited = headers_.find(base::lower_case(name));
    if (audited == headers_.end()) return;
    Json text = audited->second ? Json(salted_.hash(value)) : Json(value);
    Json* values = shown.find(audited->first);
    if (values != nullptr) values->push_back(std::move(text));
    else shown.set(audited->first, Json::array({std::move(text)}));
  }

  void answered(ObjectText& line) const {
    ObjectText record(line, "response");
    const logical::Response* response = event_.response;
    if (response != nullptr && response->auth) made(record, *response->auth, Made::answer);
    add_mount(record, "mount_running_plugin_version");
    if (response == nullptr) {
      if (refused_by_engine()) data(record, Json::object({{"error", Json(event_.error->message())}}), none());
      return;
    }
    const bool hinted = response->lease_duration.count() > 0 && !response->auth && !response->wrap;
    if (!response->lease_id.empty() || hinted) ObjectText(record, "secret").some("lease_id", response->lease_id);
    answer_data(record, *response);
    record.some("warnings", response->warnings);
    if (response->wrap) wrapping(record, *response->wrap);
    if (response->headers.empty()) return;
    Json headers = Json::object();
    for (const auto& [name, value] : response->headers) headers.set(name, Json::array({Json(value)}));
    some_headers(record, headers);
  }

  void answer_data(ObjectText& record, const logical::Response& response) const {
    const auto& clear = event_.mount == nullptr ? none() : event_.mount->config.audit_non_hmac_response_keys;
    if (response.raw) return data(record, raw_data(*response.raw), clear);
    if (!response.data) return;
    const bool elided = options_.elide_list_responses && event_.request.operation == logical::Operation::list;
    if (elided) return some_data(record, elide(*response.data), clear);
    if (response.data->kind() == Json::Kind::raw) return stored_data(record, *response.data, clear);
    if (response.data->is_object()) some_data(record, *response.data, clear);
  }

  // As engines hand on what lies in storage: gone through as it is, unless it would not be one line.
  void stored_data(ObjectText& record, const Json& stored, const std::vector<std::string>& clear) const {
    const std::string& text = stored.text();
    const bool compact = text.starts_with('{') && text.find('\n') == std::string::npos;
    if (!compact) some_data(record, parsed(stored), clear);
    else if (text != "{}") data(record, stored, clear);
  }

  // Of what is no object: an empty one.
  static Json parsed(const Json& stored) {
    auto value = codec::parse_json(stored.text());
    return value.ok() && value->is_object() ? std::move(*value) : Json::object();
  }

  static Json elide(const Json& listed) {
    Json data = listed.kind() == Json::Kind::raw ? parsed(listed) : listed;
    if (!data.is_object()) return Json::object();
    for (const char* name : {"keys", "key_info"}) {
      if (Json* member = data.find(name); member != nullptr && (member->is_array() || member->is_object())) {
        *member = Json(static_cast<int64_t>(member->size()));
      }
    }
    return data;
  }

  static Json raw_data(const logical::RawBody& raw) {
    Json data = Json::object();
    data.set("http_content_type", Json(raw.content_type));
    if (!raw.body.empty()) data.set("http_raw_body", Json(raw.body));
    data.set("http_status_code", Json(raw.status));
    return data;
  }

  void wrapping(ObjectText& outer, const logical::WrapInfo& wrap) const {
    ObjectText record(outer, "wrap_info");
    record.some("ttl", base::whole_seconds(wrap.ttl));
    secret(record, "token", id_in_signed(wrap.token));
    accessor(record, "accessor", wrap.accessor);
    record.some("creation_time", base::format_rfc3339(wrap.creation_time));
    record.some("creation_path", wrap.creation_path);
    accessor(record, "wrapped_accessor", wrap.wrapped_accessor);
  }

  // A signed wrapping token is told of by the one inside, as which it comes back.
  static std::string id_in_signed(const std::string& token) {
    const size_t claims = token.find('.'), signature = token.rfind('.');
    if (std::count(token.begin(), token.end(), '.') != 2) return token;
    const auto text = codec::from_base64url(std::string_view(token).substr(claims + 1, signature - claims - 1));
    const auto json = text.ok() ? codec::parse_json(*text) : base::Result<Json>(text.error());
    return json.ok() && json->is_object() ? (*json)["jti"].as_string() : token;
  }

  static const std::vector<std::string>& none() {
    static const std::vector<std::string> kNone;
    return kNone;
  }

  const Event& event_;
  const LineOptions& options_;
  const Salted& salted_;
  const AuditedHeaders& headers_;
  std::shared_ptr<const TokenHashes::Hashes> token_;  // of event_.token
  std::string text_;
};

}  // namespace

std::string request_line(const Event& event, const LineOptions& options, const Salted& salted, const AuditedHeaders& headers) {
  return Writer(event, options, salted, headers).request();
}

std::string response_line(const Event& event, const LineOptions& options, const Salted& salted, const AuditedHeaders& headers) {
  return Writer(event, options, salted, headers).response();
}

}  // namespace bao::core::audit
