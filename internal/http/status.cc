#include "internal/http/status.h"

#include "internal/codec/json.h"
#include "internal/logical/render.h"

namespace bao::http {
namespace {

using logical::Operation;
using logical::Response;

bool has_body(const Response& response) {
  return response.data || !response.warnings.empty() || response.lease || !response.lease_id.empty() || response.auth ||
         response.wrap;
}
bool has_content(const Response& response) { return has_body(response) || response.status != 0; }

// An empty list reads as nothing there, so that LIST and GET agree; what comes beside the keys doesn't matter.
bool is_empty_list(const Response& response) {
  if (response.wrap) return false;
  if (!response.data || response.data->empty()) return response.warnings.empty();
  if (response.data->kind() == codec::Json::Kind::raw) return false;
  const codec::Json* keys = response.data->find("keys");
  return keys && keys->is_array() && keys->empty();
}

constexpr size_t kEnvelopeBytes = 384;  // roughly, around data that is text already

Answer envelope(int status, const std::string& request_id, const Response& response) {
  Answer answer;
  answer.status = status;
  answer.body.reserve(kEnvelopeBytes + (response.data ? response.data->text().size() : 0));
  logical::render_to(answer.body, response, response.wrap ? std::string_view() : std::string_view(request_id));
  return answer;
}

Answer raw_answer(logical::RawBody raw) {
  Answer answer;
  answer.status = raw.status;
  answer.content_type = std::move(raw.content_type);
  answer.body = std::move(raw.body);
  answer.spooled = std::move(raw.spooled);
  answer.stream = std::move(raw.stream);
  return answer;
}

Answer bare(const Response& response) {
  Answer answer;
  codec::write_json_to(answer.body, *response.data);
  answer.body += '\n';
  return answer;
}

Answer content_of(Operation operation, const std::string& request_id, Response& response) {
  if (response.raw) return raw_answer(std::move(*response.raw));
  const bool reads = operation == Operation::read || operation == Operation::header;
  if (!has_content(response)) {
    return reads || operation == Operation::list ? Answer::error(404, "") : Answer::empty(204);
  }
  if (operation == Operation::help && response.data) return bare(response);
  if (response.status == 204 || !has_body(response)) return Answer::empty(response.status);
  if (response.status != 0) return envelope(response.status, request_id, response);
  if (operation == Operation::list && is_empty_list(response)) return Answer::error(404, "");
  return envelope(200, request_id, response);
}

}  // namespace

int status_of(base::Code code) {
  switch (code) {
    case base::Code::invalid: return 400;
    case base::Code::denied: return 403;
    case base::Code::absent: return 404;
    case base::Code::unsupported: return 405;
    case base::Code::too_large: return 413;
    case base::Code::media_type: return 415;
    case base::Code::exhausted: return 429;
    case base::Code::sealed:
    case base::Code::audit_unavailable:
    case base::Code::unavailable: return 503;
    case base::Code::conflict:
    case base::Code::needs_active:
    case base::Code::uncertain:
    case base::Code::corrupt:
    case base::Code::internal: return 500;
  }
  return 500;
}

Answer answer_of(const base::Error& error) {
  // The text that clients look for when a node is sealed.
  const bool sealed = error.code() == base::Code::sealed && error.message() == "barrier is sealed";
  Answer answer = Answer::error(status_of(error.code()), sealed ? base::Words("Vault is sealed") : error.words());
  answer.code = error.code();
  return answer;
}

Answer answer_of(Operation operation, const std::string& request_id, logical::Reply reply) {
  if (!reply.ok()) return answer_of(reply.error());
  Response& response = reply.value();
  Answer answer = content_of(operation, request_id, response);
  for (auto& header : response.headers) answer.headers.push_back(std::move(header));
  return answer;
}

}  // namespace bao::http
