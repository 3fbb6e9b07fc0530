// The client side of the API, for the CLI and for tests (ARCHITECTURE D15: cpp-httplib stays the client). One request a
// call; thread-compatible.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::api {

struct ClientOptions {
  std::string address = "https://127.0.0.1:8200";  // http(s)://host:port[/prefix], unix:///path
  std::string token, namespace_path;
  std::string ca_cert_file, ca_path, client_cert_file, client_key_file, tls_server_name;
  std::string ca_cert_pem;
  bool tls_skip_verify = false;
  std::string wrap_ttl;            // X-Vault-Wrap-TTL, as text
  bool policy_override = false;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> mfa;
  base::Duration timeout = std::chrono::seconds(60);
  int retries_max = 2;             // on connection errors before anything was sent, 5xx other than 501, and 412
  bool no_redirect = false;        // a 307 is followed once unless set
};

struct HttpRequest {
  std::string method;                     // GET, PUT, POST, LIST, …
  std::string path;                       // "/v1/secret/a"; not yet escaped
  std::vector<std::pair<std::string, std::string>> query;
  std::optional<std::string> body;
  std::string content_type = "application/json";
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string url;      // as asked, for error texts
  std::string method;
  const std::string* header(std::string_view name) const;
};

class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  const ClientOptions& options() const;
  ClientOptions& options();
  // An answer of any status. Errors: unavailable, with Go's wording ("Get \"https://…\": dial tcp 127.0.0.1:8200: connect:
  // connection refused").
  base::Result<HttpResponse> send(const HttpRequest& request);
  // `curl …` that would do the same, for -output-curl-string (token by $(bao print token)).
  std::string curl_string(const HttpRequest& request) const;

 private:
  struct Native;
  std::unique_ptr<Native> native_;
};

// The text of a failed answer: "Error making API request.\n\nURL: …\nCode: 403. Errors:\n\n* permission denied".
std::string error_text(const HttpResponse& response);

}  // namespace bao::api
