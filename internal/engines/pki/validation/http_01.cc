// RFC 8555 8.3: the key authorization stands in a file of a web server at port 80 of the name.
#include <algorithm>

#include "internal/base/secret.h"
#include "internal/engines/pki/validation/connection.h"
#include "internal/engines/pki/validation/http_response.h"
#include "internal/engines/pki/validation/limits.h"
#include "internal/engines/pki/validation/url.h"

namespace bao::engines::pki::acme {
namespace {

base::Result<HttpResponse> exchange(Connection& connection, const Url& url) {
  TRY(connection.write("GET " + url.target + " HTTP/1.1\r\nHost: " + url.authority() +
                       "\r\nUser-Agent: bao\r\nAccept: */*\r\nConnection: close\r\n\r\n"));
  HttpResponse response;
  char bytes[4096];
  while (true) {
    ASSIGN_OR_RETURN(const size_t got, connection.read(bytes, sizeof bytes));
    if (got == 0) {
      TRY(response.end());
      return response;
    }
    ASSIGN_OR_RETURN(const bool complete, response.take({bytes, got}));
    if (complete) return response;
  }
}

// Whoever answers https on the way is nobody in particular: the client may be asking for its certificate just now.
std::optional<HttpResponse> get(const Url& url, const ValidationTask& task, const Attempt& attempt, Verdict& why) {
  auto connection = Connection::open(url.host, url.https ? attempt.ports.https : attempt.ports.http, task.dns_resolver, attempt, why);
  if (!connection) return std::nullopt;
  if (url.https) {
    const auto shaken = connection->start_tls(is_address(url.host) ? "" : url.host, "");
    if (!shaken.ok()) {
      why = {Problem::tls, shaken.error().message()};
      return std::nullopt;
    }
  }
  auto response = exchange(*connection, url);
  if (response.ok()) return std::move(*response);
  const bool broken = response.error().code() == base::Code::unavailable;
  why = {broken ? Problem::connection : Problem::incorrect_response, response.error().message()};
  return std::nullopt;
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

// Whitespace at its end is to be passed over (RFC 8555 8.3), and at its start by the reference.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const size_t start = text.find_first_not_of(kSpace);
  return start == std::string_view::npos ? "" : text.substr(start, text.find_last_not_of(kSpace) - start + 1);
}

Verdict judge(const HttpResponse& response, const ValidationTask& task) {
  if (response.status() != 200) return {Problem::incorrect_response, "the answer's status is " + std::to_string(response.status())};
  if (base::equal_in_constant_time(trimmed(response.body()), task.key_authorization)) return {};
  return {Problem::incorrect_response, "the answer is not the key authorization"};
}

Verdict at(const Url& url, Verdict verdict) {
  if (verdict.problem != Problem::none) verdict.detail = "http-01: GET " + url.text() + ": " + verdict.detail;
  return verdict;
}

}  // namespace

Verdict http_01(const ValidationTask& task, const Attempt& attempt) {
  Url url{false, task.identifier, "/.well-known/acme-challenge/" + task.token};
  for (int redirects = 0; redirects <= kRedirectsMax; ++redirects) {
    Verdict why;
    const auto response = get(url, task, attempt, why);
    if (!response) return at(url, why);
    if (!is_redirect(response->status())) return at(url, judge(*response, task));
    if (response->location().empty()) return at(url, {Problem::incorrect_response, "a redirect to nowhere"});
    const auto next = redirected(url, response->location());
    if (!next.ok()) return at(url, {Problem::incorrect_response, next.error().message()});
    url = *next;
  }
  return at(url, {Problem::incorrect_response, "too many redirects"});
}

}  // namespace bao::engines::pki::acme
