#include "internal/engines/pki/cel_url.h"

#include <string_view>

namespace bao::engines::pki {
namespace {

using cel::Message;

std::string text(const Message& message, const char* field) { return *message.get(field).as<std::string>(); }
bool flag(const Message& message, const char* field) { return *message.get(field).as<bool>(); }

// All but letters, digits, -_.~ and `allowed` as %XX.
std::string escaped(std::string_view given, std::string_view allowed) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : given) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && std::string_view("-_.~").find(c) != std::string_view::npos);
    if (plain || allowed.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string user_text(const Message& user) {
  static constexpr char kAllowed[] = "$&+,;=";
  std::string out = escaped(text(user, "username"), kAllowed);
  if (flag(user, "password_set")) out += ":" + escaped(text(user, "password"), kAllowed);
  return out + "@";
}

}  // namespace

std::string url_text(const Message& url) {
  std::string out = text(url, "Scheme");
  if (!out.empty()) out += ":";
  const std::string opaque = text(url, "Opaque"), host = text(url, "Host"), path = text(url, "Path");
  const cel::Value user = url.get("User");
  const bool has_user = url.has(*url.type->find("User"));
  if (!opaque.empty()) {
    out += opaque;
  } else {
    if (!out.empty() || !host.empty() || has_user) {
      if (!host.empty() || !path.empty() || has_user) out += "//";
      if (has_user) out += user_text(*user.as_message());
      out += host;
    }
    const std::string raw = text(url, "RawPath");
    const std::string shown = raw.empty() ? escaped(path, "/$&+,:;=@") : raw;
    if (!shown.empty() && shown[0] != '/' && !host.empty()) out += "/";
    out += shown;
  }
  if (const std::string query = text(url, "RawQuery"); flag(url, "ForceQuery") || !query.empty()) out += "?" + query;
  const std::string fragment = text(url, "Fragment"), raw_fragment = text(url, "RawFragment");
  if (!fragment.empty()) out += "#" + (raw_fragment.empty() ? escaped(fragment, "!$&'()*+,/:;=?@") : raw_fragment);
  return out;
}

}  // namespace bao::engines::pki
