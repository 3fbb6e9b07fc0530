#include "internal/server/development.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/crypto/hash.h"
#include "internal/crypto/tls.h"
#include "internal/server/self_initialization.h"

namespace bao::server {
namespace {

using codec::Json;

base::Status write_private(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!written) return base::Error(base::Code::unavailable, "open " + path + ": " + std::strerror(error));
  return {};
}

// Where the CLI's token helper looks.
base::Status store_token(const std::string& token) {
  std::string path = process_variable("TOKEN_PATH").value_or("");
  if (path.empty()) {
    const char* home = std::getenv("HOME");
    if (!home || !*home) return base::Error(base::Code::unavailable, "no home folder to store the token in: set HOME or -dev-no-store-token");
    path = std::string(home) + "/.vault-token";
  }
  return write_private(path, token);
}

base::Result<std::string> certificate_folder(const Flags& flags) {
  if (!flags.dev_tls_cert_dir.empty()) return flags.dev_tls_cert_dir;
  std::error_code code;
  std::string pattern = (std::filesystem::temp_directory_path(code) / "vault-tls-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) return base::Error(base::Code::unavailable, "failed to create a folder for certificates: " + std::string(std::strerror(errno)));
  return pattern;
}

std::string host_of(const std::string& address) {
  std::string host = address.substr(0, address.rfind(':'));
  if (host.size() >= 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return host;
}

base::Status add_certificate(const Flags& flags, config::Listener& listener) {
  ASSIGN_OR_RETURN(const std::string folder, certificate_folder(flags));
  std::vector<std::string> hosts = {"localhost", "127.0.0.1", "::1"};
  const std::string host = host_of(listener.address);
  if (!host.empty() && host != "localhost" && host != "127.0.0.1" && host != "::1") hosts.push_back(host);
  ASSIGN_OR_RETURN(const crypto::TlsFiles files, crypto::make_development_certificate(folder, hosts));
  listener.tls_cert_file = files.certificate_file;
  listener.tls_key_file = files.key_file;
  return {};
}

// One request by the root token; the answer, or its error with what was tried.
base::Result<logical::Response> ask(core::Core& core, const std::string& token, std::string path, Json data, const std::string& what) {
  logical::Request request;
  request.id = crypto::random_uuid();
  request.operation = logical::Operation::update;
  request.path = std::move(path);
  request.client_token = token;
  request.data = std::move(data);
  auto reply = core.handle(std::move(request));
  if (reply.ok()) return reply;
  // Refusals of a core stand in a list, also where the core gives the bare text.
  const base::Words& said = reply.error().words();
  const bool listed = said.text().starts_with("1 error occurred");
  return base::Error(reply.error().code(), (listed ? said : logical::multierror(said)).within(what));
}

base::Result<std::string> replace_root_token(core::Core& core, const std::string& initial, const std::string& wanted) {
  Json data = Json::object({{"id", wanted}, {"policies", Json::strings({"root"})}, {"no_parent", true}, {"no_default_policy", true}});
  ASSIGN_OR_RETURN(const logical::Response made, ask(core, initial, "auth/token/create", std::move(data),
                                                     "failed to create root token with ID \"" + wanted + "\""));
  if (!made.auth) return base::internal("no token was made");
  TRY(ask(core, initial, "auth/token/revoke-self", Json::object(), "failed to revoke initial root token"));
  return made.auth->client_token;
}

base::Status mount_secret(core::Core& core, const std::string& token, bool version1) {
  Json data = Json::object({{"type", "kv"}, {"path", "secret/"}, {"description", "key/value secret storage"}});
  data.set("options", Json::object({{"version", version1 ? "1" : "2"}}));
  TRY(ask(core, token, "sys/mounts/secret", std::move(data), "error creating default K/V store"));
  return {};
}

base::Status write_cluster_file(const Flags& flags, const DevelopmentBlock& block) {
  if (flags.dev_cluster_json.empty()) return {};
  Json node = Json::record({{"api_address", block.address}});
  const Json document = Json::record({{"nodes", Json::array({std::move(node)})}, {"ca_cert_path", block.ca_file}, {"root_token", block.root_token}});
  return write_private(flags.dev_cluster_json, codec::write_json(document) + "\n");
}

base::Result<DevelopmentBlock> take_first_steps(core::Core& core, const Flags& flags, DevelopmentBlock block) {
  core::InitRequest request;
  request.secret_shares = request.secret_threshold = 1;
  ASSIGN_OR_RETURN(const core::InitResult made, core.initialize(request));
  if (made.shares.empty()) return base::internal("no unseal key was made");
  block.unseal_key = codec::to_base64(made.shares.front().reveal());
  ASSIGN_OR_RETURN(const core::SealStatus status, core.unseal(block.unseal_key));
  if (status.sealed) return base::internal("failed to unseal Vault for dev mode");
  block.root_token = made.root_token;
  if (!flags.dev_root_token_id.empty()) {
    ASSIGN_OR_RETURN(block.root_token, replace_root_token(core, made.root_token, flags.dev_root_token_id));
  }
  TRY(mount_secret(core, block.root_token, flags.dev_kv_v1));
  if (!flags.dev_no_store_token) TRY(store_token(block.root_token));
  return block;
}

// Without what a node that is to stay needs: the seal is Shamir's, and the token is the developer's.
base::Status make_initial_requests(core::Core& core, const request_profile::Profile& blocks, const std::string& token) {
  base::Status done = check_initialize_blocks(blocks);
  if (done.ok()) done = run_initialize_blocks(core, blocks, this_machine(), token);
  return done.ok() ? done : done.error().within("Error during self-initialization");
}

}  // namespace

base::Result<config::Config> development_configuration(const Flags& flags) {
  config::Config config;
  config::Listener listener;
  listener.address = flags.dev_listen_address;
  listener.tls_disable = !flags.dev_tls;
  listener.origin = "-dev";
  if (flags.dev_tls) TRY(add_certificate(flags, listener));
  config.listeners.push_back(std::move(listener));
  config.storage.emplace();
  config.storage->type = "inmem";
  config.storage->origin = "-dev";
  config.ui = true;
  config.telemetry = codec::Json::object({{"disable_hostname", true}, {"prometheus_retention_time", "24h"}});
  config.api_addr = (flags.dev_tls ? "https://" : "http://") + flags.dev_listen_address;
  return config;
}

base::Result<DevelopmentBlock> initialize_development(core::Core& core, const Flags& flags, const config::Config& config) {
  DevelopmentBlock block;
  const config::Listener& listener = config.listeners.front();
  block.address = (listener.tls_disable ? "http://" : "https://") + listener.address;
  if (!listener.tls_disable) {
    const std::string& file = listener.tls_cert_file;
    block.ca_file = file.substr(0, file.rfind('/') + 1) + "vault-ca.pem";
  }
  if (flags.dev_skip_init) return block;
  auto made = take_first_steps(core, flags, std::move(block));
  if (!made.ok()) return made.error().within("Error initializing Dev mode");
  TRY(make_initial_requests(core, config.initialize, made->root_token));
  const base::Status written = write_cluster_file(flags, *made);
  if (!written.ok()) return written.error().within("Error writing cluster.json \"" + flags.dev_cluster_json + "\"");
  return made;
}

}  // namespace bao::server
