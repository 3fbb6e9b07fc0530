#include "internal/cli/session.h"

#include "internal/base/time_format.h"
#include "internal/cli/client_settings.h"
#include "internal/cli/environment.h"
#include "internal/cli/needed_policy.h"
#include "internal/cli/token_helper.h"

namespace bao::cli {
namespace {

using codec::Json;

bool tells_something(const std::optional<Secret>& secret) {
  return secret && (secret->warnings.size() > 0 || secret->data.size() > 0);
}

}  // namespace

base::Result<std::unique_ptr<Session>> Session::open(const FlagValues& flags) {
  ASSIGN_OR_RETURN(api::ClientOptions options, client_options(flags));
  std::unique_ptr<Session> session(new Session(std::move(options)));
  session->wrap_ttl_ = flags.duration("wrap-ttl");
  session->print_curl_ = flags.boolean("output-curl-string");
  session->print_policy_ = flags.boolean("output-policy");
  return session;
}

base::Status Session::take_token() {
  std::string token = environment_or_empty("BAO_TOKEN");
  if (token.empty()) {
    auto helper = configured_token_helper(address());
    if (!helper.ok()) return helper.error().within("failed to get token helper");
    auto kept = (*helper)->get();
    if (!kept.ok()) return kept.error().within("failed to get token from token helper");
    token = std::move(kept).value();
  }
  set_token(token);
  return {};
}

Session::Preflight::Preflight(Session& session)
    : session_(session), print_curl_(session.print_curl_), print_policy_(session.print_policy_),
      wrapping_(static_cast<int>(session.wrapping_)) {
  session_.print_curl_ = session_.print_policy_ = false;
  session_.wrapping_ = Wrapping::never;
}

Session::Preflight::~Preflight() {
  session_.print_curl_ = print_curl_;
  session_.print_policy_ = print_policy_;
  session_.wrapping_ = static_cast<Wrapping>(wrapping_);
}

// The flag, else the environment's text as it is (the server says what is wrong with it), else what wrapping itself needs.
std::string Session::wrap_ttl(const std::string& method, const std::string& path) const {
  if (wrapping_ == Wrapping::never) return "";
  if (wrap_ttl_.count() != 0) return base::format_go_duration(wrap_ttl_);
  if (std::string text = environment_or_empty("BAO_WRAP_TTL"); !text.empty()) return text;
  return (method == "PUT" || method == "POST") && path == "/v1/sys/wrapping/wrap" ? "5m" : "";
}

base::Result<api::HttpResponse> Session::send(const api::HttpRequest& request) {
  client_.options().wrap_ttl = wrap_ttl(request.method, request.path);
  if (!print_curl_ && !print_policy_) return client_.send(request);
  printed_ = print_curl_ ? client_.curl_string(request) : needed_policy(request);
  return base::invalid("output a string, please");
}

base::Result<api::HttpResponse> Session::call(const std::string& method, const std::string& path, std::optional<Json> body,
                                              Query query) {
  api::HttpRequest request{method, "/v1/" + path, std::move(query), {}, ""};
  if (body) request.body = codec::write_json(*body);
  ASSIGN_OR_RETURN(api::HttpResponse response, send(request));
  if (!api::succeeded(response)) return base::invalid(api::error_text(response));
  return response;
}

base::Result<std::optional<Secret>> Session::get_or_absent(const std::string& path, Query query, const std::string& verb) {
  if (!verb.empty()) query.emplace_back(verb, "true");
  ASSIGN_OR_RETURN(const api::HttpResponse response, send({"GET", "/v1/" + path, std::move(query), {}, ""}));
  if (response.status == 404) {
    ASSIGN_OR_RETURN(std::optional<Secret> secret, parse_secret(response.body));
    return tells_something(secret) ? secret : std::nullopt;
  }
  if (!api::succeeded(response)) return base::invalid(api::error_text(response));
  return parse_secret(response.body);
}

base::Result<std::optional<Secret>> Session::read(const std::string& path, Query query) {
  return get_or_absent(path, std::move(query), "");
}

base::Result<std::optional<Secret>> Session::list(const std::string& path, Query query) {
  return get_or_absent(path, std::move(query), "list");
}

base::Result<std::optional<Secret>> Session::scan(const std::string& path, Query query) {
  return get_or_absent(path, std::move(query), "scan");
}

base::Result<std::optional<Secret>> Session::change(const std::string& method, const std::string& path, std::optional<Json> body,
                                                    Query query, const std::string& content_type) {
  api::HttpRequest request{method, "/v1/" + path, std::move(query), {}, content_type};
  if (body) request.body = codec::write_json(*body);
  ASSIGN_OR_RETURN(const api::HttpResponse response, send(request));
  if (!api::succeeded(response)) return base::invalid(api::error_text(response));
  return parse_secret(response.body);
}

base::Result<std::optional<Secret>> Session::write(const std::string& path, const Json& body) { return change("PUT", path, body, {}); }
base::Result<std::optional<Secret>> Session::post(const std::string& path, const Json& body) { return change("POST", path, body, {}); }

base::Result<std::optional<Secret>> Session::merge_patch(const std::string& path, const Json& patch) {
  return change("PATCH", path, patch, {}, "application/merge-patch+json");
}

base::Result<std::optional<Secret>> Session::remove(const std::string& path, Query query) {
  return change("DELETE", path, std::nullopt, std::move(query));
}

base::Result<std::optional<Secret>> Session::unwrap(const std::string& wrapping_token) {
  Json body;
  if (!wrapping_token.empty() && token().empty()) {
    set_token(wrapping_token);
  } else if (!wrapping_token.empty() && wrapping_token != token()) {
    body = Json::object({{"token", Json(wrapping_token)}});
  }
  return write("sys/wrapping/unwrap", body);
}

}  // namespace bao::cli
