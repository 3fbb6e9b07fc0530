#include "internal/request_profile/history.h"

namespace bao::request_profile {
namespace {

using codec::Json;

void put(Json& all, const std::string& block, const std::string& name, Json value) {
  Json* group = all.find(block);
  if (group == nullptr) group = &all.set(block, Json::object());
  group->set(name, std::move(value));
}

std::string names_of(const Json& object) {
  std::string names;
  for (const auto& [name, member] : object.members()) names += (names.empty() ? "" : " ") + name;
  return "[" + names + "]";
}

base::Result<const Json*> part_of(const Json& whole, const Json& selector, size_t depth) {
  const std::string at = " at depth " + std::to_string(depth);
  if (selector.is_string()) {
    const std::string quoted = codec::write_json(selector);
    if (!whole.is_object()) return base::invalid("selector " + quoted + at + " names a member, and there is no object");
    const Json* member = whole.find(selector.as_string());
    if (member == nullptr) return base::invalid("field " + quoted + at + " is missing:\n\tavailable keys: " + names_of(whole));
    return member;
  }
  const auto index = selector.as_int();
  if (!index.ok()) return base::invalid("selector" + at + " is neither a name nor an index");
  if (!whole.is_array()) return base::invalid("selector " + selector.text() + at + " is an index, and there is no list");
  if (*index < 0 || static_cast<size_t>(*index) >= whole.size()) {
    return base::invalid("selector (" + selector.text() + ") out of bounds" + at);
  }
  return &whole.items()[static_cast<size_t>(*index)];
}

}  // namespace

History::~History() {
  requests_.wipe();
  responses_.wipe();
}

void History::add_request(const std::string& block, const std::string& name, const Asked& asked) {
  Json headers = Json::object();
  for (const auto& [header, value] : asked.headers) {
    Json* values = headers.find(header);
    if (values == nullptr) values = &headers.set(header, Json::array());
    values->push_back(value);
  }
  put(requests_, block, name,
      Json::object({{"id", asked.id},
                    {"operation", asked.operation},
                    {"path", asked.path},
                    {"data", asked.data},
                    {"map", asked.data},
                    {"headers", std::move(headers)},
                    {"client_token", asked.token}}));
}

void History::add_response(const std::string& block, const std::string& name, Json response) {
  put(responses_, block, name, std::move(response));
}

base::Result<Json> select(const Json& whole, const Json& selector) {
  if (selector.is_null()) return whole;
  const std::vector<Json> steps = selector.is_array() ? selector.items() : std::vector<Json>{selector};
  if (steps.empty()) return base::invalid("error resolving field: selector had zero length");
  const Json* at = &whole;
  for (size_t depth = 0; depth < steps.size(); ++depth) {
    const auto part = part_of(*at, steps[depth], depth);
    if (!part.ok()) return part.error().within("error resolving field");
    at = *part;
  }
  return *at;
}

}  // namespace bao::request_profile
