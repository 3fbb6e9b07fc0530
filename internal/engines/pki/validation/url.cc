#include "internal/engines/pki/validation/url.h"

#include <strings.h>

#include <algorithm>

#include "internal/engines/pki/validation/connection.h"
#include "internal/engines/pki/validation/limits.h"

namespace bao::engines::pki::acme {
namespace {

bool begins_with(const std::string& text, std::string_view prefix) { return ::strncasecmp(text.c_str(), prefix.data(), prefix.size()) == 0; }

// Behind the last colon that is not inside brackets.
base::Result<std::string> host_at_usual_port(const std::string& authority, bool https) {
  if (authority.find('@') != std::string::npos) return base::invalid("the redirect names a user");
  const size_t bracket = authority.find(']');
  const size_t colon = authority.find(':', bracket == std::string::npos ? 0 : bracket);
  const std::string port = colon == std::string::npos ? "" : authority.substr(colon + 1);
  if (!port.empty() && port != (https ? "443" : "80")) return base::invalid("the redirect leads to another port than 80 of http or 443 of https");
  std::string host = authority.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool is_v6 = is_address(host) && host.find(':') != std::string::npos;
  if (bracketed != is_v6 || !is_host(host)) return base::invalid("the redirect names no host");
  return host;
}

base::Result<Url> absolute(const std::string& rest, bool https) {
  const size_t end = std::min(rest.find_first_of("/?"), rest.size());
  Url url;
  url.https = https;
  ASSIGN_OR_RETURN(url.host, host_at_usual_port(rest.substr(0, end), https));
  url.target = rest.substr(end);
  if (url.target.empty() || url.target[0] == '?') url.target.insert(0, "/");
  return url;
}

// A scheme is letters before the first colon, if no slash or query stands before it.
bool has_scheme(const std::string& location) {
  const size_t colon = location.find(':');
  return colon != std::string::npos && location.find_first_of("/?") > colon;
}

}  // namespace

std::string Url::authority() const { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }
std::string Url::text() const { return (https ? "https://" : "http://") + authority() + target; }

base::Result<Url> redirected(const Url& from, const std::string& location) {
  if (location.size() > kUrlBytesMax) return base::invalid("the redirect's URL is too long");
  if (!std::all_of(location.begin(), location.end(), [](char c) { return c > ' ' && c <= '~'; }))
    return base::invalid("the redirect's URL holds characters that have no place there");
  const std::string plain = location.substr(0, location.find('#'));
  if (begins_with(plain, "http://")) return absolute(plain.substr(7), false);
  if (begins_with(plain, "https://")) return absolute(plain.substr(8), true);
  if (plain.starts_with("//")) return absolute(plain.substr(2), from.https);
  if (has_scheme(plain)) return base::invalid("the redirect leads to another scheme than http and https");
  Url url = from;
  const std::string path = from.target.substr(0, from.target.find('?'));
  if (plain.starts_with("/")) url.target = plain;
  else if (plain.empty() || plain[0] == '?') url.target = path + plain;
  else url.target = path.substr(0, path.rfind('/') + 1) + plain;
  if (url.target.size() > kUrlBytesMax) return base::invalid("the redirect's URL is too long");
  return url;
}

}  // namespace bao::engines::pki::acme
