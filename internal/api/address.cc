#include "internal/api/address.h"

#include <algorithm>
#include <charconv>
#include <cctype>

#include "internal/codec/encoding.h"

namespace bao::api {
namespace {

// Go's getScheme: the text before ':' when it is a scheme.
base::Result<std::string> take_scheme(std::string_view& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (std::isalpha(static_cast<unsigned char>(c))) continue;
    if (std::isdigit(static_cast<unsigned char>(c)) || c == '+' || c == '-' || c == '.') {
      if (i == 0) return std::string();
      continue;
    }
    if (c != ':') return std::string();
    if (i == 0) return base::invalid("missing protocol scheme");
    std::string scheme(text.substr(0, i));
    for (char& letter : scheme) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    text.remove_prefix(i + 1);
    return scheme;
  }
  return std::string();
}

int port_of_scheme(std::string_view scheme) { return scheme == "https" ? 443 : 80; }

base::Status split_authority(Address& address) {
  std::string_view rest = address.authority;
  std::string_view port;
  if (rest.starts_with('[')) {
    const size_t end = rest.find(']');
    if (end == std::string_view::npos) return base::invalid("missing ']' in host");
    address.host = rest.substr(1, end - 1);
    port = rest.substr(end + 1);
  } else {
    const size_t colon = rest.rfind(':');
    address.host = rest.substr(0, colon);
    if (colon != std::string_view::npos) port = rest.substr(colon);
  }
  address.port = port_of_scheme(address.scheme);
  if (port.size() <= 1) return {};
  const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size() || address.port < 0 || address.port > 65535) {
    return base::invalid("invalid port \"" + std::string(port) + "\" after host");
  }
  return {};
}

base::Result<Address> parse(std::string_view text) {
  Address address;
  std::string_view rest = text;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) return base::invalid("net/url: invalid control character in URL");
  }
  ASSIGN_OR_RETURN(address.scheme, take_scheme(rest));
  rest = rest.substr(0, rest.find('#'));
  if (const size_t question = rest.find('?'); question != std::string_view::npos) {
    address.query = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  if (address.scheme.empty() && !rest.starts_with('/')) {
    const size_t colon = rest.find(':');
    if (colon < rest.find('/')) return base::invalid("first path segment in URL cannot contain colon");
  }
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const size_t slash = std::min(rest.find('/'), rest.size());
    std::string_view authority = rest.substr(0, slash);
    rest.remove_prefix(slash);
    if (const size_t at = authority.rfind('@'); at != std::string_view::npos) {
      address.user = authority.substr(0, at);
      authority.remove_prefix(at + 1);
    }
    address.authority = authority;
    TRY(split_authority(address));
  }
  ASSIGN_OR_RETURN(address.path, codec::percent_decode(rest));
  return address;
}

}  // namespace

base::Result<Address> parse_address(std::string_view text) {
  auto parsed = parse(text);
  if (!parsed.ok()) return base::invalid("parse \"" + std::string(text) + "\": " + parsed.error().message());
  if (text.starts_with("unix://")) {
    parsed->unix_socket = text.substr(7);
    parsed->scheme = "http";
    parsed->host = parsed->authority = "localhost";
    parsed->path.clear();
  }
  return parsed;
}

std::string join_path(std::string_view prefix, std::string_view path) {
  std::vector<std::string_view> kept;
  const std::string whole = std::string(prefix) + "/" + std::string(path);
  std::string_view rest = whole;
  while (!rest.empty()) {
    const size_t slash = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      kept.push_back(part);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string joined;
  for (const std::string_view part : kept) joined.append("/").append(part);
  return joined.empty() ? "/" : joined;
}

std::string escape_path(std::string_view path) {
  static constexpr std::string_view kKept = "-._~/$&+,:;=@";  // Go's shouldEscape for encodePath
  std::string out;
  for (const char c : path) {
    if (std::isalnum(static_cast<unsigned char>(c)) || kKept.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += codec::percent_encode_query(std::string_view(&c, 1));
    }
  }
  return out;
}

std::string encode_query(std::vector<std::pair<std::string, std::string>> query) {
  std::stable_sort(query.begin(), query.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto escape = [](std::string_view text) {
    std::string out;
    for (const char c : text) out += c == ' ' ? "+" : codec::percent_encode_query(std::string_view(&c, 1));
    return out;
  };
  std::string out;
  for (const auto& [key, value] : query) {
    if (!out.empty()) out += '&';
    out += escape(key) + "=" + escape(value);
  }
  return out;
}

}  // namespace bao::api
