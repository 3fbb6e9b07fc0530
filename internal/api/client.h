// The client side of the API, for the CLI and for tests (ARCHITECTURE D15: cpp-httplib stays the client). One request a
// call; thread-compatible.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/api/tls_options.h"
#include "internal/base/clock.h"
#include "internal/base/mutex.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::api {

struct ClientOptions {
  std::string address = "https://127.0.0.1:8200";  // http(s)://host:port[/prefix], unix:///path
  std::string token, namespace_path;
  TlsOptions tls;
  std::string wrap_ttl;            // X-Vault-Wrap-TTL, as text
  bool policy_override = false;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> mfa;
  std::string proxy;               // http://host:port; empty: HTTP_PROXY and its kin are not consulted
  base::Duration timeout = std::chrono::seconds(60);
  int retries_max = 2;             // on connection errors, 5xx other than 501, and 412
  bool no_redirect = false;        // a 301, 302 or 307 is followed once unless set
};

struct HttpRequest {
  std::string method;                     // GET, PUT, POST, …
  std::string path;                       // "/v1/secret/a"; not yet escaped
  std::vector<std::pair<std::string, std::string>> query;
  std::optional<std::string> body;
  std::string content_type;               // sent only when named: the reference's client names none but for PATCH
  // Called as a large body goes out, or an answer's comes in: bytes so far, and of how many (0: unknown).
  std::function<void(uint64_t done, uint64_t total)> progress{};
  // What is too large for memory. In place of `body`: outlives the request. In place of the body of an answer of less than 300: told
  // when one begins, which may be again, after one that broke off; then it gets its pieces.
  std::optional<std::string_view> large_body{};
  using TakePiece = std::function<base::Status(std::string_view piece)>;
  std::function<base::Result<TakePiece>()> receive{};
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string url;      // as asked, for error texts
  std::string method;
  // The first header of that name, ignoring case; nullptr when there is none.
  const std::string* header(std::string_view name) const;
};

class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  const ClientOptions& options() const { return options_; }
  // Changes to address, TLS, proxy and timeout count from the first request on only.
  ClientOptions& options() { return options_; }
  // An answer of any status. Errors: unavailable, with Go's wording ("Get \"https://…\": dial tcp 127.0.0.1:8200: connect:
  // connection refused"); invalid for a token, header or address that cannot be sent, and for what a receiver refuses.
  base::Result<HttpResponse> send(const HttpRequest& request);
  // Ends what is being sent or received, with an error there; and every request from now on. From any thread.
  void interrupt() EXCLUDES(interrupt_mutex_);
  // `curl …` that would do the same, for -output-curl-string (token by $(bao print token)).
  std::string curl_string(const HttpRequest& request) const;
  // The request's address: path cleaned and escaped, query sorted. Errors: invalid, for an address that isn't one.
  base::Result<std::string> url(const HttpRequest& request) const;

 private:
  struct Native;
  using Headers = std::vector<std::pair<std::string, std::string>>;
  // Every header of the request, in a fixed order and with Go's capitals.
  Headers headers_of(const HttpRequest& request) const;
  base::Result<HttpResponse> send_to(const std::string& url, const HttpRequest& request);
  base::Result<HttpResponse> send_with_retries(const std::string& url, const HttpRequest& request);

  // What interrupt() ends from now on; nullptr: nothing. False: it has been called.
  bool let_interrupt(Native* under_way) EXCLUDES(interrupt_mutex_);

  ClientOptions options_;
  std::unique_ptr<Native> native_;  // the connection to the host asked last
  base::Mutex interrupt_mutex_{base::Rank::client_request};
  Native* under_way_ GUARDED_BY(interrupt_mutex_) = nullptr;
  bool interrupted_ GUARDED_BY(interrupt_mutex_) = false;
};

// The text of a failed answer: "Error making API request.\n\nURL: …\nCode: 403. Errors:\n\n* permission denied".
std::string error_text(const HttpResponse& response);
// What the reference takes for success: 200 to 399, and 429 of sys/health.
bool succeeded(const HttpResponse& response);

}  // namespace bao::api
