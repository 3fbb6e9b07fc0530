#include "internal/http/front.h"

#include <exception>
#include <utility>

#include "internal/base/log.h"
#include "internal/http/request_id.h"
#include "internal/http/status.h"

namespace bao::http {
namespace {

Answer redirect(const std::string& location, bool with_body) {
  Answer answer;
  answer.status = 307;
  answer.content_type = with_body ? "text/html; charset=utf-8" : "";
  answer.headers.emplace_back("Location", location);
  if (!with_body) return answer;
  std::string escaped;
  for (const char c : location) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&#34;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  answer.body = "<a href=\"" + escaped + "\">Temporary Redirect</a>.\n\n";
  return answer;
}

Answer answer_fault(const TargetFault& fault, std::string_view method) {
  switch (fault.kind) {
    case TargetFault::Kind::malformed: return Answer::plain(400, "400 Bad Request");
    case TargetFault::Kind::unprintable: {
      Answer answer = Answer::empty(400);
      answer.content_type = "";
      return answer;
    }
    case TargetFault::Kind::unknown: return Answer::error(404, "");
    case TargetFault::Kind::redirect: return redirect(fault.location, method == "GET" || method == "HEAD");
    case TargetFault::Kind::relative: return Answer::error(400, "relative paths not supported");
  }
  return Answer::error(400, "");
}

bool writes(logical::Operation operation) {
  return operation == logical::Operation::update || operation == logical::Operation::patch;
}

}  // namespace

Answer Front::answer(const WireRequest& wire, const Peer& peer) const noexcept {
  std::string why;
  try {
    return route(wire, peer);
  } catch (const std::exception& e) {
    why = e.what();
  } catch (...) {
    why = "unknown exception";
  }
  const std::string id = make_request_id();
  base::log_error("http", "request ended by an exception", {{"request_id", id}, {"error", why}});
  return Answer::error(500, "internal error (request " + id + ")");
}

Answer Front::route(const WireRequest& wire, const Peer& peer) const {
  auto [target, fault] = parse_target(wire.target, rules_.target);
  Answer answer = [&] {
    if (!target) return answer_fault(fault, wire.method);
    const bool with_namespace = !wire.header("X-Vault-Namespace").empty();
    if (with_namespace && is_unavailable_in_namespaces(target->path)) {
      return Answer::error(400, "operation unavailable in namespaces");
    }
    if (auto own = answer_node_endpoint(core_, rules_.node, wire, *target)) return std::move(*own);
    return serve(wire, *target, peer);
  }();
  if (const std::string_view name = wire.header("X-Vault-Namespace"); !name.empty()) {
    answer.headers.emplace_back("X-Vault-Namespace", name);
  }
  return answer;
}

Answer Front::serve(const WireRequest& wire, Target& target, const Peer& peer) const {
  Translated translated = translate(wire, target, peer, rules_.node.body);
  if (auto* refused = std::get_if<Answer>(&translated)) return std::move(*refused);
  logical::Request& request = std::get<logical::Request>(translated);
  const bool options = wire.method == "OPTIONS";
  const bool folder_write = writes(request.operation) && request.path.ends_with('/');
  const bool absent_namespace = !namespace_of(wire).empty();
  if (options || folder_write || absent_namespace) {
    // A sealed node says that first.
    if (const auto health = core_.health(); health.ok() && health->sealed) return Answer::error(503, "Vault is sealed");
    if (absent_namespace) return Answer::error(404, "namespace not found");
    return Answer::error(400, options ? "cannot handle internal-only request operation" : "cannot write to a path ending in '/'");
  }
  const logical::Operation operation = request.operation;
  const std::string id = request.id;
  return answer_of(operation, id, core_.handle(std::move(request)));
}

}  // namespace bao::http
