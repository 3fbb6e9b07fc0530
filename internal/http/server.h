// The HTTP front (ARCHITECTURE D14, D15): listeners, one bounded thread a connection, limits, deadlines, status codes.
// Requests go to one Core. Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "internal/base/limits.h"
#include "internal/base/result.h"
#include "internal/core/core.h"
#include "internal/core/ha/joining.h"
#include "internal/crypto/tls.h"
#include "internal/http/answer.h"
#include "internal/net/socket_file.h"

namespace bao::http {

struct ListenerOptions {
  std::string address = "127.0.0.1:8200";  // host:port; port 0: any (see Server::addresses)
  std::optional<net::SocketFile> socket_file{};  // in place of the address
  bool tls = true;
  crypto::TlsServerOptions tls_files;
  size_t body_bytes_max = base::kRequestBodyBytesMax;          // max_request_size
  size_t json_strings_max = base::kRequestJsonStringsMax;      // max_request_json_strings
  size_t json_bytes_max = base::kRequestJsonBytesMax;          // max_request_json_memory
  int standby_health_code = 429;
  bool generate_root_without_token = false, rekey_without_token = false;  // disable_unauthed_{generate_root,rekey}_endpoints = false
  bool profiles_for_anybody = false;                           // profiling { unauthenticated_pprof_access = true }
  bool unsafe_relative_paths = false, disable_printable_check = false;
  size_t connections_max = base::kConnectionsMax;              // of all listeners together: the first one's counts
  base::Duration header_timeout = std::chrono::seconds(10), idle_timeout = std::chrono::minutes(5),
                 body_timeout = std::chrono::seconds(60), write_timeout = std::chrono::seconds(60);
  std::vector<StatusHeaders> custom_headers;  // in the order of rising precedence: "default", "2xx", "404"
  std::string node;    // what the node calls itself in its faults (fault.h); of all listeners the same
  std::string origin;  // where in the configuration, for errors: "a.hcl:3"
};

class Server {
 public:
  // Core, joining and cluster outlive the server, which answers what other members forward from serve() to drain().
  Server(core::Core& core, std::vector<ListenerOptions> listeners, core::Joining* joining = nullptr, core::Cluster* cluster = nullptr);
  ~Server();
  // Binds and listens; until `serve`, clients wait in the queue. Errors name the address and the certificate's file
  // ("listen tcp 127.0.0.1:8200: bind: address already in use", "error loading TLS cert: open a.pem: …").
  base::Status listen();
  // Begins to answer. After listen().
  void serve();
  // Both.
  base::Status start();
  // The addresses bound, in the order given ("127.0.0.1:8200").
  std::vector<std::string> addresses() const;
  // Loads certificates anew; connections that exist keep theirs. Errors leave the old ones in force.
  base::Status reload_tls();
  // Exchanges a listener's custom headers, for answers from then on. `listener` counts from 0, in the order given.
  void set_custom_headers(size_t listener, std::vector<StatusHeaders> headers);
  // No new connections and requests; those under way finish, at most that long, then they are cut off. Once.
  void drain(base::Duration at_most);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bao::http
