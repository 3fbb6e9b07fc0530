#include "internal/http/front.h"

#include <chrono>
#include <exception>
#include <typeinfo>
#include <utility>

#include "internal/base/fault_log.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/core/under_way.h"
#include "internal/crypto/hash.h"
#include "internal/http/admission.h"
#include "internal/http/consistency.h"
#include "internal/http/fault.h"
#include "internal/http/forwarding.h"
#include "internal/http/inline_login.h"
#include "internal/http/request_id.h"
#include "internal/http/status.h"

namespace bao::http {
namespace {

// How long a write waits for somebody to be active and for the answer, and then for its own node to have it (D11).
constexpr std::chrono::milliseconds kForwardTime{20'000}, kRestoreTime{600'000}, kAppliedHereTime{2'000};
constexpr size_t kPartBytes = size_t{4} << 20;  // of a body, in one call

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

// What an exception says may be a client's: its type alone is told.
Answer answer_exception(const char* type) {
  const std::string id = make_request_id();
  base::log_fault({.id = id, .operation = {}, .mount = {}, .route = {}}, base::Code::internal,
                  base::Words::of_node(std::string("the request ended by an exception: ") + type));
  Answer answer = Answer::error(500, "internal error (request " + id + ")");
  answer.told_as = id;
  return answer;
}

// Its answer; an exception becomes one.
template <typename Body>
std::optional<Answer> guarded(const Body& body) noexcept {
  const char* type = "no std::exception";
  try {
    return body();
  } catch (const std::exception& e) {
    type = typeid(e).name();
  } catch (...) {
  }
  return answer_exception(type);
}

// What a client asks for; few and fixed.
std::string_view kind_of(const WireRequest& wire) {
  if (wire.method == "GET" || wire.method == "HEAD") return wire.target.find("list=true") == wire.target.npos ? "read" : "list";
  if (wire.method == "LIST" || wire.method == "SCAN") return "list";
  return wire.method == "DELETE" ? "delete" : "write";
}

core::UnderWay::Request told_of(const WireRequest& wire, const Peer& peer, std::string_view id) {
  return {id, wire.method, wire.target.substr(0, wire.target.find('?')), peer.address, peer.port};
}

bool writes(logical::Operation operation) {
  return operation == logical::Operation::update || operation == logical::Operation::patch;
}

}  // namespace

Answer Front::answer(const WireRequest& wire, const Peer& peer) const noexcept {
  const RequestRules rules = rules_.request();
  Admitted admitted;
  auto ended = guarded([&]() -> std::optional<Answer> {
    admitted = admit(core_, wire, peer, rules);
    return std::move(admitted.ended);
  });
  Answer answer = ended ? std::move(*ended) : answer_admitted(wire, peer, rules);
  for (auto& header : admitted.headers) answer.headers.push_back(std::move(header));
  return explained(std::move(answer), wire);
}

// Roles may change on the way, and each node sends it to the other for a moment.
Answer Front::answer_admitted(const WireRequest& wire, const Peer& peer, const RequestRules& rules) const noexcept {
  const auto until = std::chrono::steady_clock::now() + kForwardTime;
  do {
    if (auto own = guarded([&] { return route(wire, peer, rules); })) return std::move(*own);
    if (auto theirs = forward(wire, peer)) return std::move(*theirs);
  } while (std::chrono::steady_clock::now() < until);
  return Answer::error(503, "this node leads its cluster and is not active yet");
}

Answer Front::explained(Answer answer, const WireRequest& wire) const {
  if (answer.status < 500) return answer;
  const auto health = core_.health();
  const bool ready = health.ok() && health->initialized;
  const std::string_view role = !ready ? "uninitialized" : health->sealed ? "sealed" : core_.active() ? "active" : "standby";
  explain_fault(answer, rules_.name, role, kind_of(wire));
  return answer;
}

std::optional<std::string> Front::answer_forwarded(std::string_view request) const noexcept {
  const auto forwarded = decode_forwarded(request);
  if (!forwarded.ok()) return encode_forwarded_answer(explained(answer_of(forwarded.error()), WireRequest()), core_.applied());
  Forwarded& request_here = **forwarded;
  const auto encoded = [&](Answer answer) { return encode_forwarded_answer(explained(std::move(answer), request_here.wire), core_.applied()); };
  if (request_here.is_part() && !core_.active()) return std::nullopt;
  if (request_here.is_part()) {
    const base::Status added = uploads_.add(request_here.upload, request_here.offset, request_here.wire.body, std::chrono::steady_clock::now());
    return encoded(added.ok() ? Answer::empty(204) : Answer::error(503, added.error().words()));
  }
  if (!request_here.upload.empty()) {
    auto body = uploads_.take(request_here.upload);
    if (!body.ok()) return encoded(Answer::error(503, body.error().words()));
    request_here.wire.spooled = std::move(*body);
  }
  auto own = guarded([&] { return route(request_here.wire, request_here.peer, request_here.rules); });
  if (!own) return std::nullopt;
  static base::Counter& for_others = base::counter("forward.answered_for_others");
  for_others.add();
  if (auto refused = too_large_to_forward(*own)) return encoded(std::move(*refused));
  return encoded(std::move(*own));
}

namespace {

// What came of asking the leader; few and fixed.
std::string_view result_of(const base::Result<std::string>& answered) {
  if (answered.ok()) return "answered";
  return answered.error().code() == base::Code::unavailable ? "unavailable" : "uncertain";
}

base::Result<std::string> ask_counted(core::Cluster& cluster, const WireRequest& wire, const std::string& request) {
  static base::Counter& under_way = base::counter("forward.under_way");
  static base::Counter& milliseconds = base::counter("forward.milliseconds");
  const auto begun = std::chrono::steady_clock::now();
  under_way.change(1);
  auto answered = cluster.ask_leader(request, wire.spooled ? kRestoreTime : kForwardTime);
  under_way.change(-1);
  if (!answered.ok() && answered.error().code() == base::Code::conflict) return answered;  // it is answered here
  const auto took = std::chrono::steady_clock::now() - begun;
  milliseconds.add(std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  base::counter("forward.requests{kind=" + std::string(kind_of(wire)) + ",result=" + std::string(result_of(answered)) + "}").add();
  return answered;
}

}  // namespace

std::optional<Answer> Front::forward(const WireRequest& wire, const Peer& peer) const {
  static base::Counter& forwarded = base::counter("http.forwarded");
  if (cluster_ == nullptr) return Answer::error(503, "this node is not active");
  if (!wire.header("X-Vault-No-Request-Forwarding").empty()) {
    const std::string address = cluster_->role().leader.api_address;
    if (address.empty()) return Answer::error(503, "no active OpenBao instance found");
    return redirect(address + std::string(wire.target), wire.method == "GET" || wire.method == "HEAD");
  }
  std::string upload;
  if (wire.spooled && wire.spooled->size() > kPartBytes) {
    upload = crypto::random_uuid();
    auto sent = send_parts(wire, upload);
    if (std::holds_alternative<LeadsHere>(sent)) return std::nullopt;
    if (auto* refused = std::get_if<Answer>(&sent)) return std::move(*refused);
  }
  const std::string id = make_request_id();
  const core::UnderWay::Entry under_way(core_.under_way(), told_of(wire, peer, id));
  Peer client = peer;
  client.forwarded_from = rules_.name;
  auto answered = ask_counted(*cluster_, wire, encode_forwarded(wire, client, rules_.request(), upload));
  if (!answered.ok() && answered.error().code() == base::Code::conflict) return std::nullopt;
  forwarded.add();
  base::log_debug("http", "the active node answered",
                  {{"method", std::string(wire.method)}, {"path", std::string(wire.target.substr(0, wire.target.find('?')))}});
  return answer_of_leader(std::move(answered));
}

// One after the other to whoever is active; another node than the one that got the first has nothing to add the next one to.
std::variant<Front::AllThere, Front::LeadsHere, Answer> Front::send_parts(const WireRequest& wire, const std::string& upload) const {
  const std::string_view body = wire.spooled->view();
  for (size_t at = 0; at < body.size(); at += kPartBytes) {
    auto answered = cluster_->ask_leader(encode_forwarded_part(upload, at, body.substr(at, kPartBytes)), kForwardTime);
    if (!answered.ok() && answered.error().code() == base::Code::conflict) return LeadsHere{};
    if (!answered.ok()) return Answer::error(503, "the active node did not take the body; nothing was changed, try again");
    auto decoded = decode_forwarded_answer(*answered);
    if (!decoded.ok() || decoded->answer.status != 204) return answer_of_leader(std::move(answered));
  }
  return AllThere{};
}

Answer Front::answer_of_leader(base::Result<std::string> answered) const {
  if (!answered.ok() && answered.error().code() == base::Code::unavailable) {
    Answer answer = Answer::error(500, "local node not active but active cluster node not found");  // the reference's words and status
    answer.code = base::Code::unavailable;
    return answer;
  }
  if (!answered.ok()) return answer_of(answered.error());
  auto decoded = decode_forwarded_answer(*answered);
  if (!decoded.ok()) return answer_of(base::Error(base::Code::uncertain, "the active node's answer cannot be read"));
  // Read-your-writes on the node that took the write.
  if (!applied_here(decoded->applied)) {
    decoded->answer.headers.emplace_back("Warning", "199 - \"this node has not applied the change yet\"");
  }
  return std::move(decoded->answer);
}

// A node that applies nothing at all (its disk is full: D3) is not waited for by one request after another.
bool Front::applied_here(base::Index index) const {
  if (cluster_->await_applied(index, std::chrono::milliseconds(0))) return true;
  const uint64_t before = core_.applied().value;
  if (stalled_at_ == before) return false;
  if (cluster_->await_applied(index, kAppliedHereTime)) return true;
  if (core_.applied().value == before) stalled_at_ = before;
  return false;
}

std::optional<Answer> Front::route(const WireRequest& wire, const Peer& peer, const RequestRules& rules) const {
  auto [target, fault] = parse_target(wire.target, rules.target);
  std::optional<Answer> answer = [&]() -> std::optional<Answer> {
    if (!target) return answer_fault(fault, wire.method);
    const bool with_namespace = !wire.header("X-Vault-Namespace").empty();
    if (with_namespace && is_unavailable_in_namespaces(target->path)) {
      return Answer::error(400, "operation unavailable in namespaces");
    }
    if (auto own = answer_node_endpoint(core_, cluster_, rules_.node, wire, *target)) return std::move(*own);
    const bool of_this_node_alone = is_of_this_node_alone(target->path);
    auto served = serve(wire, *target, peer, rules);
    if (!served && of_this_node_alone) return Answer::error(400, "cannot forward local-only request");
    return served;
  }();
  if (const std::string_view name = wire.header("X-Vault-Namespace"); !name.empty()) {
    if (answer) answer->headers.emplace_back("X-Vault-Namespace", name);
  }
  return answer;
}

std::optional<Answer> Front::serve(const WireRequest& wire, Target& target, const Peer& peer, const RequestRules& rules) const {
  Translated translated = translate(wire, target, peer, rules.body);
  if (auto* refused = std::get_if<Answer>(&translated)) return std::move(*refused);
  logical::Request& request = std::get<logical::Request>(translated);
  const bool options = wire.method == "OPTIONS";
  const bool folder_write = writes(request.operation) && request.path.ends_with('/');
  const bool absent_namespace = !namespace_of(wire).empty();
  if (options || folder_write || absent_namespace) {
    // A sealed node says that first.
    if (const auto health = core_.health(); health.ok() && health->sealed) return answer_of(base::Error(base::Code::sealed, "barrier is sealed"));
    if (absent_namespace) return Answer::error(404, "namespace not found");
    return Answer::error(400, options ? "cannot handle internal-only request operation" : "cannot write to a path ending in '/'");
  }
  if (cluster_ != nullptr) {
    switch (judge(wire, *cluster_, core_.active())) {
      case Verdict::here: break;
      case Verdict::active: return std::nullopt;
      case Verdict::behind: return Answer::error(412, "this node has not reached the state that X-Vault-Index names");
      case Verdict::silent: return Answer::error(503, "the leader of the cluster cannot be asked for its state");
    }
  }
  const core::UnderWay::Entry under_way(core_.under_way(), told_of(wire, peer, request.id));
  auto answer = act(std::move(request), peer, rules.body);
  if (answer && cluster_ != nullptr) answer->headers.emplace_back("X-Vault-Index", encode_index(*cluster_->epoch(), core_.applied()));
  return answer;
}

namespace {

// By the core, which knows more of it.
Answer told(Answer answer, const std::string& id) {
  if (answer.status >= 500) answer.told_as = id;
  return answer;
}

}  // namespace

std::optional<Answer> Front::act(logical::Request request, const Peer& peer, const BodyLimits& limits) const {
  const auto for_active = [](const logical::Reply& reply) { return !reply.ok() && reply.error().code() == base::Code::needs_active; };
  const core::Origin origin{peer.forwarded_from, peer.certificate_serial_number};
  core::Core::InlineCaller caller;
  if (brings_login(request)) {
    Translated login = take_login(request, limits);
    if (auto* refused = std::get_if<Answer>(&login)) return std::move(*refused);
    auto& asked = std::get<logical::Request>(login);
    const logical::Operation operation = asked.operation;
    const std::string id = asked.id;
    auto logged_in = core_.log_in(std::move(asked), origin);
    if (for_active(logged_in.reply)) return std::nullopt;
    if (logged_in.caller == nullptr) return told(answer_of_login(operation, id, std::move(logged_in.reply)), id);
    caller = std::move(logged_in.caller);
  }
  const logical::Operation operation = request.operation;
  const std::string id = request.id;
  auto reply = core_.handle(std::move(request), origin, std::move(caller));
  if (for_active(reply)) return std::nullopt;
  return told(answer_of(operation, id, std::move(reply)), id);
}

}  // namespace bao::http
