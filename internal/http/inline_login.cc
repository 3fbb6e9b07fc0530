#include "internal/http/inline_login.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "internal/base/secret.h"
#include "internal/codec/encoding.h"
#include "internal/http/request_id.h"
#include "internal/http/status.h"

namespace bao::http {
namespace {

using base::Result;
using base::Status;
using codec::Json;
using logical::Operation;
using logical::Request;

constexpr std::string_view kHeaders = "X-Vault-Inline-Auth-";
constexpr std::string_view kPath = "X-Vault-Inline-Auth-Path", kOperation = "X-Vault-Inline-Auth-Operation",
                           kNamespace = "X-Vault-Inline-Auth-Namespace", kParameter = "X-Vault-Inline-Auth-Parameter-";
constexpr std::string_view kFailed = "X-Vault-Inline-Auth-Failed";
constexpr std::string_view kContext = "failed to perform inline authentication";

using Headers = std::vector<std::pair<std::string, std::string>>;

Headers take_headers(Request& request) {
  const auto is_ours = [](const auto& header) { return header.first.starts_with(kHeaders); };
  const auto first = std::stable_partition(request.headers.begin(), request.headers.end(), std::not_fn(is_ours));
  Headers taken(std::make_move_iterator(first), std::make_move_iterator(request.headers.end()));
  request.headers.erase(first, request.headers.end());
  return taken;
}

// Nothing where there is no such header.
Result<std::optional<std::string>> only_value(const Headers& headers, std::string_view name) {
  std::optional<std::string> found;
  for (const auto& [each, value] : headers) {
    if (each != name) continue;
    if (found) return base::invalid("expected exactly one value for " + std::string(name));
    found = value;
  }
  return found;
}

// Not decoded, and as canonical as that of a target.
Result<std::string> read_path(const Headers& headers) {
  ASSIGN_OR_RETURN(const auto path, only_value(headers, kPath));
  const std::string absolute = "/" + path.value_or("");
  if (!is_printable(absolute) || clean_path(absolute) != absolute) return base::invalid("relative paths not supported");
  return absolute.substr(1);
}

Result<Operation> read_operation(const Headers& headers) {
  ASSIGN_OR_RETURN(const auto name, only_value(headers, kOperation));
  if (!name || *name == "update" || *name == "create") return Operation::update;
  if (*name == "read") return Operation::read;
  return base::invalid("expected a valid login operation in " + std::string(kOperation));
}

Status check_namespace(const Headers& headers) {
  ASSIGN_OR_RETURN(const auto name, only_value(headers, kNamespace));
  const bool root = !name || name->find_first_not_of('/') == std::string::npos || *name == "root" || *name == "root/";
  return root ? Status() : Status(base::invalid("inline auth namespace was not found"));
}

// {"key": name, "value": anything}, in base64.
Status read_parameter(std::string_view text, const BodyLimits& limits, Json& data) {
  auto decoded = codec::from_base64url(text);
  if (!decoded.ok() || text.ends_with('=')) return base::invalid("failed raw url-safe base64 decoding header value");
  auto parameter = parse_json_body(*decoded, limits);
  base::wipe(*decoded);
  if (!parameter.ok()) return base::invalid("failed json decoding header value");
  const Json *key = parameter->find("key"), *value = parameter->find("value");
  if (key == nullptr) return base::invalid("decoded header lacked `key` field");
  if (!key->is_string()) return base::invalid("decoded header had incorrect type for `key` field");
  if (value == nullptr) return base::invalid("decoded header lacked `value` field");
  if (parameter->members().size() != 2) return base::invalid("unexpected field in decoded request parameter");
  data.set(key->as_string(), *value);
  return {};
}

Result<Json> read_parameters(const Headers& headers, const BodyLimits& limits) {
  Json data = Json::object();
  for (const auto& [name, value] : headers) {
    if (!name.starts_with(kParameter)) continue;
    const auto same_name = [&](const auto& other) { return other.first == name; };
    if (std::count_if(headers.begin(), headers.end(), same_name) != 1) {
      return base::invalid("expected exactly one value for each auth header parameter");
    }
    TRY(read_parameter(value, limits, data));
  }
  return data;
}

Result<Request> login_request(const Request& request, const Headers& headers, const BodyLimits& limits) {
  Request login;
  ASSIGN_OR_RETURN(login.path, read_path(headers));
  if (!request.client_token.empty()) return base::invalid("cannot layer inline authentication with token authentication");
  ASSIGN_OR_RETURN(login.operation, read_operation(headers));
  TRY(check_namespace(headers));
  ASSIGN_OR_RETURN(login.data, read_parameters(headers, limits));
  login.id = make_request_id();
  login.headers = request.headers;
  login.connection = request.connection;
  return login;
}

}  // namespace

bool brings_login(const Request& request) {
  return std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) { return header.first == kPath; });
}

Translated take_login(Request& request, const BodyLimits& limits) {
  Headers headers = take_headers(request);
  auto login = login_request(request, headers, limits);
  for (auto& [name, value] : headers) base::wipe(value);
  if (!login.ok()) return answer_of(login.error().within(kContext));
  std::erase_if(request.headers, [](const auto& header) { return header.first == "X-Vault-Mfa"; });  // the login's
  return std::move(login).value();
}

// An auth method's own refusal stays as it is; what the core says of the login is told apart from what it says of the request.
Answer answer_of_login(Operation operation, const std::string& request_id, logical::Reply reply) {
  const bool core_says = !reply.ok() && reply.error().code() != base::Code::invalid;
  Answer answer = core_says ? answer_of(reply.error().within(kContext)) : answer_of(operation, request_id, std::move(reply));
  answer.headers.emplace_back(kFailed, "true");
  return answer;
}

}  // namespace bao::http
