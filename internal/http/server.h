// The HTTP front (ARCHITECTURE D14, D15): listeners, one bounded thread a connection, limits, deadlines, status codes.
// Requests go to one Core. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/base/limits.h"
#include "internal/base/result.h"
#include "internal/core/core.h"
#include "internal/crypto/tls.h"

namespace bao::http {

struct ListenerOptions {
  std::string address = "127.0.0.1:8200";  // host:port; port 0: any (see Server::addresses)
  bool tls = true;
  crypto::TlsServerOptions tls_files;
  size_t body_bytes_max = base::kRequestBodyBytesMax;          // max_request_size
  size_t json_strings_max = base::kRequestJsonStringsMax;      // max_request_json_strings
  size_t json_bytes_max = base::kRequestJsonBytesMax;          // max_request_json_memory
  int standby_health_code = 429;
  bool unsafe_relative_paths = false, disable_printable_check = false;
  bool disable_unauthed_generate_root = true, disable_unauthed_rekey = true;
  base::Duration header_timeout = std::chrono::seconds(10), idle_timeout = std::chrono::minutes(5),
                 body_timeout = std::chrono::seconds(60), write_timeout = std::chrono::seconds(60);
  std::vector<std::pair<std::string, std::string>> custom_headers;  // on every answer
  std::string origin;  // where in the configuration, for errors: "a.hcl:3"
};

class Server {
 public:
  Server(core::Core& core, std::vector<ListenerOptions> listeners);
  ~Server();
  // Binds and listens. Errors name the address ("127.0.0.1:8200: address already in use").
  base::Status start();
  // The addresses bound, in the order given ("127.0.0.1:8200").
  std::vector<std::string> addresses() const;
  // Loads certificates anew; connections that exist keep theirs. Errors leave the old ones in force.
  base::Status reload_tls();
  // No new connections and requests; those under way finish, at most that long.
  void drain(base::Duration at_most);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bao::http
