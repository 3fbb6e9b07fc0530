#include "internal/cli/pgp_keys.h"

#include "internal/cli/key_values.h"
#include "internal/cli/paths.h"
#include "internal/codec/encoding.h"

namespace bao::cli {
namespace {

constexpr std::string_view kArmour = "-----BEGIN PGP PUBLIC KEY BLOCK-----";

// RFC 4880 6.2: headers, an empty line, base64, a checksum line that begins with '='.
base::Result<std::string> without_armour(const std::string& text) {
  std::string base64;
  bool in_body = false;
  size_t begin = text.find(kArmour);
  begin = text.find('\n', begin);
  while (begin != std::string::npos && begin + 1 < text.size()) {
    const size_t end = std::min(text.find('\n', begin + 1), text.size());
    const std::string line = trimmed(text.substr(begin + 1, end - begin - 1));
    if (line.starts_with("-----END") || (in_body && line.starts_with('='))) break;
    if (in_body) base64 += line;
    in_body = in_body || line.empty();
    begin = end;
  }
  ASSIGN_OR_RETURN(const std::string binary, codec::from_base64(base64));
  if (binary.empty()) return base::invalid("no key in the armoured text");
  return codec::to_base64(binary);
}

base::Result<std::string> read_pgp_key(const std::string& name) {
  if (name.starts_with("keybase:")) {
    return base::invalid("keys of keybase users are not fetched; save \"" + name.substr(8) + "\"'s public key and name the file");
  }
  if (name.empty()) return base::invalid("empty path");
  ASSIGN_OR_RETURN(const std::string content, read_file(name.starts_with('@') ? name.substr(1) : name));
  if (content.find(kArmour) != std::string::npos) return without_armour(content);
  // A file may hold the API's form already, on however many lines.
  std::string text = content;
  std::erase_if(text, [](char c) { return c == '\n' || c == '\r'; });
  return codec::from_base64(text).ok() ? text : codec::to_base64(content);
}

base::Error wrong_value(const std::string& value, std::string_view name, const base::Error& why) {
  return base::invalid("invalid value \"" + value + "\" for flag -" + std::string(name) + ": " + why.message());
}

}  // namespace

base::Result<std::vector<std::string>> pgp_keys_of(const FlagValues& flags, std::string_view name) {
  const std::vector<std::string>& files = flags.list(name);
  std::string value;
  for (const std::string& file : files) value += (value.empty() ? "" : ",") + file;
  std::vector<std::string> keys;
  for (const std::string& file : files) {
    auto key = read_pgp_key(trimmed(file));
    if (!key.ok()) return wrong_value(value, name, key.error());
    keys.push_back(std::move(key).value());
  }
  return keys;
}

base::Result<std::string> pgp_key_of(const FlagValues& flags, std::string_view name) {
  const std::string& file = flags.text(name);
  if (file.empty()) return std::string();
  auto key = read_pgp_key(trimmed(file));
  if (!key.ok()) return wrong_value(file, name, key.error());
  return key;
}

}  // namespace bao::cli
