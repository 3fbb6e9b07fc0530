#include "internal/http/translation.h"

#include <optional>

#include "internal/base/time_format.h"
#include "internal/http/request_id.h"
#include "internal/http/status.h"

namespace bao::http {
namespace {

using codec::Json;
using logical::Operation;

enum class Data { query, body, patch, none };

struct Verb {
  std::string_view method;
  Operation operation;
  Data data;
};
constexpr Verb kVerbs[] = {
    {"GET", Operation::read, Data::query},    {"POST", Operation::update, Data::body}, {"PUT", Operation::update, Data::body},
    {"LIST", Operation::list, Data::query},   {"DELETE", Operation::remove, Data::query}, {"PATCH", Operation::patch, Data::patch},
    {"SCAN", Operation::scan, Data::query},   {"HEAD", Operation::header, Data::query}, {"HELP", Operation::help, Data::none},
};

const Verb* verb_of(std::string_view method) {
  for (const Verb& verb : kVerbs) {
    if (verb.method == method) return &verb;
  }
  return nullptr;
}

// The operation by method and ?help=, and where its data comes from; nothing for an unknown method. OPTIONS has none: the
// front refuses it where the core would.
std::optional<Data> read_operation(const WireRequest& wire, const Query& query, Operation& operation) {
  const Verb* verb = verb_of(wire.method);
  if (!verb && wire.method != "OPTIONS") return std::nullopt;
  const std::string* help = query.find("help");
  if (help && !help->empty()) {
    operation = Operation::help;
    return Data::none;
  }
  if (!verb) return Data::none;
  operation = verb->operation;
  return verb->data;
}

// Go's strconv.ParseBool.
std::optional<bool> parse_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

// GET with ?list= or ?scan=. False when the values can't be.
bool read_list_parameters(Query& query, Operation& operation) {
  bool asked[2] = {};
  const std::string_view names[2] = {"list", "scan"};
  for (int i = 0; i < 2; ++i) {
    const std::string* text = query.find(names[i]);
    if (!text || text->empty()) continue;
    const std::optional<bool> value = parse_bool(*text);
    if (!value) return false;
    asked[i] = *value;
  }
  if (asked[0] && asked[1]) return false;
  if (asked[0] || asked[1]) {
    operation = asked[0] ? Operation::list : Operation::scan;
    query.erase(names[asked[0] ? 0 : 1]);
  }
  return true;
}

Json query_data(Query& query) {
  Json data = Json::object();
  for (auto& [name, value] : query.pairs) {
    if (name == "help") continue;
    Json* known = data.find(name);
    if (!known) {
      data.set(name, Json(std::move(value)));
    } else if (known->is_array()) {
      known->push_back(Json(std::move(value)));
    } else {
      Json both = Json::array({*known, Json(std::move(value))});
      *known = std::move(both);
    }
  }
  return data;
}

bool bypasses_json(std::string_view path, std::string_view content_type) {
  if (path == "sys/storage/raft/snapshot" || path == "sys/storage/raft/snapshot-force") return true;
  const auto type = media_type(content_type);
  return type.ok() && *type == "application/ocsp-request";
}

// Fills data or raw_body from the body; the answer says what is wrong with it.
std::optional<Answer> read_body(const WireRequest& wire, Data kind, const BodyLimits& limits, logical::Request& request) {
  if (kind == Data::patch) {
    const auto type = media_type(request.content_type);
    if (!type.ok()) return answer_of(type.error());
    if (*type != "application/merge-patch+json") {
      return Answer::error(415, "PATCH requires Content-Type of application/merge-patch+json, provided " + *type);
    }
  } else if (bypasses_json(request.path, request.content_type)) {
    request.raw_body = wire.body;
    request.spooled_body = wire.spooled;
    return std::nullopt;
  }
  auto data = kind == Data::patch ? parse_json_body(wire.body, limits) : parse_body(wire.body, request.content_type, limits);
  if (!data.ok()) return answer_of(data.error());
  request.data = std::move(data).value();
  return std::nullopt;
}

std::optional<Answer> read_wrapping(const WireRequest& wire, logical::Request& request) {
  const std::string_view text = wire.header("X-Vault-Wrap-TTL");
  if (text.empty()) return std::nullopt;
  const auto ttl = base::parse_api_duration(text);
  const std::string context = "error parsing X-Vault-Wrap-TTL header: ";
  if (!ttl.ok()) return Answer::error(400, context + ttl.error().message());
  if (ttl->count() < 0) return Answer::error(400, context + "requested wrap ttl cannot be negative");
  if (ttl->count() == 0) return std::nullopt;
  request.wrap_ttl = *ttl;
  if (wire.header("X-Vault-Wrap-Format") == "jwt") request.wrap_format = "jwt";
  return std::nullopt;
}

bool carries_secret(std::string_view name) { return equal_names(name, "X-Vault-Token") || equal_names(name, "Authorization"); }

void copy_headers(const WireRequest& wire, logical::Request& request) {
  request.headers.reserve(wire.headers.size());
  for (const WireHeader& header : wire.headers) {
    if (!carries_secret(header.name)) request.headers.emplace_back(canonical_header_name(header.name), header.value);
  }
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view token_of(const WireRequest& wire) {
  const std::string_view token = trimmed(wire.header("X-Vault-Token"));
  if (!token.empty()) return token;
  for (const WireHeader& header : wire.headers) {
    if (equal_names(header.name, "Authorization") && header.value.starts_with("Bearer ")) return trimmed(header.value.substr(7));
  }
  return {};
}

std::string namespace_of(const WireRequest& wire) {
  std::string_view name = wire.header("X-Vault-Namespace");
  while (name.starts_with('/')) name.remove_prefix(1);
  while (name.ends_with('/')) name.remove_suffix(1);
  return name.empty() || name == "root" ? "" : std::string(name) + "/";
}

std::string canonical_header_name(std::string_view name) {
  std::string canonical(name);
  bool first = true;
  for (char& c : canonical) {
    if (first && c >= 'a' && c <= 'z') c = static_cast<char>(c - 0x20);
    else if (!first && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 0x20);
    first = c == '-';
  }
  return canonical;
}

Translated translate(const WireRequest& wire, Target& target, const Peer& peer, const BodyLimits& limits) {
  logical::Request request;
  const std::optional<Data> data = read_operation(wire, target.query, request.operation);
  if (!data) return Answer::error(405, "");
  if (request.operation == Operation::read && !read_list_parameters(target.query, request.operation)) return Answer::error(400, "");
  request.path = target.path.substr(4);  // "/v1/"
  const bool lists = request.operation == Operation::list || request.operation == Operation::scan;
  if (lists && !request.path.ends_with('/')) request.path += '/';
  request.content_type = wire.header("Content-Type");
  if (*data == Data::query) {
    request.data = query_data(target.query);
  } else if (*data != Data::none) {
    if (auto refused = read_body(wire, *data, limits, request)) return std::move(*refused);
  }
  request.client_token = token_of(wire);
  if (request.operation != Operation::help) {
    if (auto refused = read_wrapping(wire, request)) return std::move(*refused);
  }
  request.id = make_request_id();
  copy_headers(wire, request);
  request.connection = {peer.address, peer.port, peer.certificates};
  return request;
}

}  // namespace bao::http
