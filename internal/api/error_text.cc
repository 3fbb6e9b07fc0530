// What a failed answer says, in the reference's words (openbao-cli.md 1.7).
#include <algorithm>
#include <cctype>

#include "internal/api/client.h"

namespace bao::api {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// The texts of `errors`; nothing when the body is no JSON object with a list of strings.
std::optional<std::vector<std::string>> listed_errors(const std::string& body) {
  auto json = codec::parse_json(body, {}, codec::Trailing::tolerate_json);
  if (!json.ok() || !(json->is_object() || json->is_null())) return std::nullopt;
  std::vector<std::string> texts;
  const codec::Json* errors = json->find_ignoring_case("errors");
  if (errors == nullptr || errors->is_null()) return texts;
  if (!errors->is_array()) return std::nullopt;
  for (const codec::Json& item : errors->items()) {
    if (!item.is_string() && !item.is_null()) return std::nullopt;
    texts.push_back(item.as_string());
  }
  return texts;
}

}  // namespace

const std::string* HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (same_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

bool succeeded(const HttpResponse& response) {
  if (response.status >= 200 && response.status < 400) return true;
  return response.status == 429 && response.url.find("/v1/sys/health") != std::string::npos;
}

std::string error_text(const HttpResponse& response) {
  const std::string* ns = response.header("X-Vault-Namespace");
  const auto errors = listed_errors(response.body);
  std::string text = "Error making API request.\n\n";
  if (ns != nullptr && !ns->empty() && *ns != "root/") text += "Namespace: " + *ns + "\n";
  text += "URL: " + response.method + " " + response.url + "\n";
  text += "Code: " + std::to_string(response.status) + (errors ? ". Errors:\n\n" : ". Raw Message:\n\n");
  if (!errors) return text + response.body;
  for (const std::string& error : *errors) text += "* " + error;
  return text;
}

}  // namespace bao::api
