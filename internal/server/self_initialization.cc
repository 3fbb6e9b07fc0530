#include "internal/server/self_initialization.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "internal/base/limits.h"
#include "internal/base/log.h"
#include "internal/codec/encoding.h"
#include "internal/config/files.h"
#include "internal/http/target.h"
#include "internal/http/translation.h"
#include "internal/logical/asked_operation.h"
#include "internal/server/asked_answer.h"
#include "internal/server/process.h"

namespace bao::server {
namespace {

using codec::Json;

constexpr std::string_view kComponent = "self-init";

base::Result<std::string> read_bounded(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return config::file_error("open", path, std::error_code(errno, std::generic_category()));
  std::string content(base::kRequestBodyBytesMax + 1, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (in.bad()) return config::file_error("read", path, std::error_code(EIO, std::generic_category()));
  content.resize(static_cast<size_t>(in.gcount()));
  if (content.size() > base::kRequestBodyBytesMax) return base::invalid("read " + path + ": larger than a request may be");
  if (!codec::is_valid_utf8(content)) return base::invalid("read " + path + ": not UTF-8, which values of requests are");
  return content;
}

base::Status is_readable(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || ::access(path.c_str(), R_OK) != 0) {
    return config::file_error("open", path, std::error_code(errno, std::generic_category()));
  }
  if (S_ISDIR(status.st_mode)) return config::file_error("read", path, std::error_code(EISDIR, std::generic_category()));
  return {};
}

// As a request arrives from a client, with what the front would refuse refused here.
base::Result<logical::Request> request_of(const request_profile::Asked& asked) {
  const auto operation = logical::asked_operation(asked.operation);
  if (!operation) return base::invalid("operation must be one of " + std::string(logical::kAskedOperations));
  logical::Request request;
  request.id = asked.id;
  request.operation = *operation;
  request.path = asked.path;
  const bool lists = *operation == logical::Operation::list || *operation == logical::Operation::scan;
  const bool reads = lists || *operation == logical::Operation::read;
  if (lists && !request.path.ends_with('/')) request.path += '/';
  if (!reads && request.path.ends_with('/')) return base::invalid("cannot write to a path ending in '/'");
  if (http::clean_path("/" + request.path) != "/" + request.path) return base::invalid("the path is not canonical");
  request.client_token = asked.token;
  request.data = asked.data;
  for (const auto& [name, value] : asked.headers) {
    std::string canonical = http::canonical_header_name(name);
    if (canonical == "X-Vault-Namespace") return base::invalid("namespaces are not there: a header cannot name one");
    request.headers.emplace_back(std::move(canonical), value);
  }
  request.connection.remote_address = "127.0.0.1";
  return request;
}

base::Result<Json> ask(core::Core& core, const request_profile::Asked& asked) {
  ASSIGN_OR_RETURN(logical::Request request, request_of(asked));
  auto reply = core.handle(std::move(request));
  if (!reply.ok()) return reply.error();
  return as_answer(*reply);
}

// Paths and values may come from sources, so a request is known by its name alone.
void tell(request_profile::Event event, const std::string& id, const std::string& why) {
  switch (event) {
    case request_profile::Event::done: return base::log_info(kComponent, "request made", {{"request", id}});
    case request_profile::Event::skipped: return base::log_info(kComponent, "request skipped: its condition is false", {{"request", id}});
    case request_profile::Event::failure_allowed:
      return base::log_warn(kComponent, "request failed, which it may", {{"request", id}, {"error", why}});
  }
}

// A request of the blocks may have done that already: then nobody knows the token.
base::Status revoke_root(core::Core& core, const std::string& token) {
  logical::Request request;
  request.id = "self-init-revoke-root";
  request.operation = logical::Operation::update;
  request.path = "auth/token/revoke-self";
  request.client_token = token;
  request.connection.remote_address = "127.0.0.1";
  const auto reply = core.handle(std::move(request));
  if (reply.ok() || reply.error().code() == base::Code::denied) return {};
  return reply.error().within("failed to revoke self-init root token");
}

base::Status run_as_root(core::Core& core, const request_profile::Profile& blocks, const request_profile::Host& host, const std::string& root) {
  if (!core.active()) return base::Error(base::Code::unavailable, "initializing node did not win leadership election");
  return run_initialize_blocks(core, blocks, host, root);
}

}  // namespace

request_profile::Host this_machine() {
  const auto variable = [](const std::string& name) -> std::optional<std::string> {
    const config::Environment all = environment();
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional(found->second);
  };
  return {variable, read_bounded, is_readable, [] { return base::system_clock().now(); }};
}

base::Status check_initialize_blocks(const request_profile::Profile& blocks) {
  TRY(request_profile::check(blocks));
  for (const request_profile::Block& block : blocks.blocks) {
    for (const request_profile::Step& step : block.steps) {
      if (!step.operation.is_string() || logical::asked_operation(step.operation.as_string())) continue;
      return base::invalid("initialize.[" + block.name + "]: request.[" + step.name + "]: operation must be one of " +
                           std::string(logical::kAskedOperations));
    }
  }
  return {};
}

base::Status run_initialize_blocks(core::Core& core, const request_profile::Profile& blocks, const request_profile::Host& host, const std::string& token) {
  return request_profile::run(blocks, {host, token, [&core](const request_profile::Asked& asked) { return ask(core, asked); }, tell});
}

base::Status initialize_self(core::Core& core, const request_profile::Profile& blocks, const request_profile::Host& host, Start start) {
  if (blocks.blocks.empty()) return {};
  ASSIGN_OR_RETURN(const core::SealStatus status, core.seal_status());
  if (!status.recovery_seal) return base::invalid("self-initialization requires auto-unseal as there is no way to persist the Shamir's keys");
  if (status.initialized) return {};
  if (start == Start::of_others) {
    base::log_info(kComponent, "this node joins others (retry_join): its initialize blocks are left to the node that has none to join");
    return {};
  }
  TRY(check_initialize_blocks(blocks));
  TRY(request_profile::check_host(blocks, host));
  core::InitRequest request;
  request.unfinished = true;
  auto made = core.initialize(request);
  if (!made.ok()) return made.error().within("self-initialization failed");
  const base::Status done = run_as_root(core, blocks, host, made->root_token);
  const base::Status revoked = revoke_root(core, made->root_token);
  base::wipe(made->root_token);
  if (!done.ok()) return done;
  TRY(revoked);
  const base::Status finished = core.finish_initialization();
  if (!finished.ok()) return finished.error().within("failed to mark self-init complete");
  base::log_info(kComponent, "self-initialization is complete");
  return {};
}

}  // namespace bao::server
