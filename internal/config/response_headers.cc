// custom_response_headers { "default" = { "X-Header" = ["a", "b"] } "4xx" = {…} "404" = {…} }
#include <algorithm>

#include "internal/config/blocks.h"

namespace bao::config {
namespace {

using codec::HclItem;
using codec::HclValue;

constexpr std::string_view kShape =
    "response headers were not configured correctly. please make sure they're in a slice of maps";

bool is_status(std::string_view text) {
  for (const char* known : {"default", "1xx", "2xx", "3xx", "4xx", "5xx"}) {
    if (text == known) return true;
  }
  const bool digits = text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && text[0] >= '1' && text[0] <= '5';
}

// "x-frame-OPTIONS" → "X-Frame-Options"; names that are none stay as they are.
std::string canonical_name(std::string name) {
  for (const char c : name) {
    const bool token = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    if (!token) return name;
  }
  bool start = true;
  for (char& c : name) {
    if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!start && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    start = c == '-';
  }
  return name;
}

// The values of one header, joined as the reference sends them.
base::Result<std::string> joined_values(const HclValue& value) {
  if (value.kind != HclValue::Kind::list) return base::invalid("headers must be given in a list of strings");
  std::string joined;
  for (const HclValue& one : value.list) {
    if (one.kind != HclValue::Kind::scalar || !one.scalar.is_string()) {
      return base::invalid("found a non-string header value");
    }
    const std::string& text = one.scalar.text();
    const size_t start = text.find_first_not_of(" \t\r\n");
    if (start == std::string::npos) continue;
    if (!joined.empty()) joined += "; ";
    joined += text.substr(start, text.find_last_not_of(" \t\r\n") - start + 1);
  }
  if (joined.find_first_of("\r\n") != std::string::npos) return base::invalid("a header value holds a line end");
  return joined;
}

base::Status read_class(const std::string& status, const HclValue& value, Listener& listener) {
  if (value.kind != HclValue::Kind::object) return base::invalid(std::string(kShape));
  if (!is_status(status)) return base::invalid("invalid status code found in the server configuration: " + status);
  auto& headers = listener.custom_response_headers[status];
  for (const HclItem& header : value.object) {
    ASSIGN_OR_RETURN(std::string text, joined_values(header.value));
    headers[canonical_name(header.key)] = {std::move(text)};
  }
  return {};
}

}  // namespace

base::Status read_response_headers(const std::vector<HclItem>& block, Listener& listener) {
  for (const HclItem& item : block) {
    if (item.key != "custom_response_headers") continue;
    if (!item.labels.empty()) {  // JSON
      TRY(read_class(item.labels.front(), item.value, listener));
      continue;
    }
    if (item.value.kind != HclValue::Kind::object) return base::invalid(std::string(kShape));
    for (const HclItem& status : item.value.object) TRY(read_class(status.key, status.value, listener));
  }
  auto& always = listener.custom_response_headers["default"];
  always.try_emplace("Strict-Transport-Security", std::vector<std::string>{"max-age=31536000; includeSubDomains"});
  return {};
}

}  // namespace bao::config
