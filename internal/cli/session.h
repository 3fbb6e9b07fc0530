// A command's conversation with the server: settings from flags and environment made into a client, requests by the verbs of
// the API, and the two flags that print a request instead of sending it. Owned by the main thread.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "internal/api/client.h"
#include "internal/base/result.h"
#include "internal/cli/flags.h"
#include "internal/cli/secret.h"

namespace bao::cli {

using Query = std::vector<std::pair<std::string, std::string>>;

class Session {
 public:
  // Errors: invalid ("failed to read environment: …", "failed to setup TLS config: …", "failed to create client: …").
  static base::Result<std::unique_ptr<Session>> open(const FlagValues& flags);
  // Gives it the token of BAO_TOKEN, else of the token helper.
  base::Status take_token();

  const api::ClientOptions& options() const { return client_.options(); }
  const std::string& address() const { return client_.options().address; }
  const std::string& token() const { return client_.options().token; }
  void set_token(const std::string& token) { client_.options().token = token; }
  void set_namespace(const std::string& path) { client_.options().namespace_path = path; }
  // Before the first request, for one that takes long.
  void wait_at_least(base::Duration timeout) { client_.options().timeout = std::max(client_.options().timeout, timeout); }
  // No answer is wrapped from here on.
  void forget_wrapping() { wrapping_ = Wrapping::never; }

  // What -output-curl-string or -output-policy have to print; nothing while no request was made.
  const std::optional<std::string>& printed() const { return printed_; }

  // While it lives, requests are sent also with -output-curl-string and -output-policy, and none is wrapped.
  class Preflight {
   public:
    explicit Preflight(Session& session);
    ~Preflight();
    Preflight(const Preflight&) = delete;
    Preflight& operator=(const Preflight&) = delete;

   private:
    Session& session_;
    bool print_curl_, print_policy_;
    int wrapping_;
  };
  bool prints_only() const { return print_curl_ || print_policy_; }

  // An answer of any status. Errors: what kept it from coming.
  base::Result<api::HttpResponse> send(const api::HttpRequest& request);
  // The same, but an answer that is no success is an error with its text.
  base::Result<api::HttpResponse> call(const std::string& method, const std::string& path, std::optional<codec::Json> body = {},
                                       Query query = {});

  // The generic operations on a path without "/v1/". No secret: nothing there, or nothing said.
  base::Result<std::optional<Secret>> read(const std::string& path, Query query = {});
  base::Result<std::optional<Secret>> list(const std::string& path, Query query = {});
  base::Result<std::optional<Secret>> scan(const std::string& path, Query query = {});
  base::Result<std::optional<Secret>> write(const std::string& path, const codec::Json& body);
  base::Result<std::optional<Secret>> post(const std::string& path, const codec::Json& body);
  base::Result<std::optional<Secret>> merge_patch(const std::string& path, const codec::Json& patch);
  base::Result<std::optional<Secret>> remove(const std::string& path, Query query = {});
  // Through sys/wrapping/unwrap; an empty token means the session's own.
  base::Result<std::optional<Secret>> unwrap(const std::string& wrapping_token);

 private:
  enum class Wrapping { by_flag_or_environment, never };
  explicit Session(api::ClientOptions options) : client_(std::move(options)) {}
  std::string wrap_ttl(const std::string& method, const std::string& path) const;
  base::Result<std::optional<Secret>> get_or_absent(const std::string& path, Query query, const std::string& verb);
  base::Result<std::optional<Secret>> change(const std::string& method, const std::string& path, std::optional<codec::Json> body,
                                             Query query, const std::string& content_type = "");

  api::Client client_;
  base::Duration wrap_ttl_{0};
  Wrapping wrapping_ = Wrapping::by_flag_or_environment;
  bool print_curl_ = false, print_policy_ = false;
  std::optional<std::string> printed_;
};

}  // namespace bao::cli
