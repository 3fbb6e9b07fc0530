#include "internal/crypto/x509/pem.h"

#include <optional>

#include "internal/crypto/openssl_handles.h"

namespace bao::crypto::x509 {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ", kEnd = "-----END ", kDashes = "-----";
constexpr size_t kLine = 64, kBytesOfLine = kLine / 4 * 3;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string_view without_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Takes the next line and what ends it.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return without_space(line);
}

// "CERTIFICATE" of "-----BEGIN CERTIFICATE-----".
std::optional<std::string_view> type_of(std::string_view line, std::string_view prefix) {
  if (line.size() < prefix.size() + kDashes.size() || !line.starts_with(prefix) || !line.ends_with(kDashes)) return std::nullopt;
  return line.substr(prefix.size(), line.size() - prefix.size() - kDashes.size());
}

base::Error not_pem() { return base::invalid("not a PEM block"); }

// Base64 without white space, padded.
base::Result<base::SecretBytes> decoded(const base::SecretBytes& text) {
  const std::string_view digits = text.reveal();
  const size_t padding = digits.ends_with("==") ? 2 : digits.ends_with("=") ? 1 : 0;
  if (digits.empty() || digits.size() % 4 != 0 || digits.substr(0, digits.size() - padding).find('=') != std::string_view::npos) return not_pem();
  std::string bytes(digits.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), reinterpret_cast<const unsigned char*>(digits.data()),
                                   static_cast<int>(digits.size()));
  if (size < 0 || static_cast<size_t>(size) != bytes.size()) {
    base::wipe(bytes);
    return not_pem();
  }
  bytes.resize(bytes.size() - padding);
  return base::SecretBytes::take(std::move(bytes));
}

// Takes one block; `text` begins with its first line.
base::Result<PemBlock> take_block(std::string_view& text) {
  const auto type = type_of(take_line(text), kBegin);
  if (!type) return not_pem();
  std::string digits;
  digits.reserve(text.size());
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (const auto end = type_of(line, kEnd)) {
      const base::SecretBytes body = base::SecretBytes::take(std::move(digits));
      if (*end != *type) return not_pem();
      ASSIGN_OR_RETURN(base::SecretBytes bytes, decoded(body));
      return PemBlock{std::string(*type), std::move(bytes)};
    }
    if (line.find(':') != std::string_view::npos) continue;  // a header
    digits += line;
  }
  base::wipe(digits);
  return not_pem();
}

std::string armoured(std::string_view type, std::string_view der) {
  std::string text;
  text.reserve(2 * (kBegin.size() + type.size() + kDashes.size() + 1) + (der.size() / kBytesOfLine + 1) * (kLine + 2));
  text.append(kBegin).append(type).append(kDashes).push_back('\n');
  unsigned char line[kLine + 1];
  for (size_t at = 0; at < der.size(); at += kBytesOfLine) {
    const std::string_view bytes = der.substr(at, kBytesOfLine);
    const int size = EVP_EncodeBlock(line, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.append(reinterpret_cast<const char*>(line), static_cast<size_t>(size)).push_back('\n');
  }
  base::wipe(line, sizeof line);
  return text.append(kEnd).append(type).append(kDashes).append("\n");
}

}  // namespace

base::Result<std::vector<PemBlock>> parse_pem_bundle(std::string_view text) {
  std::vector<PemBlock> blocks;
  text = without_space(text);
  while (!text.empty()) {
    ASSIGN_OR_RETURN(PemBlock block, take_block(text));
    blocks.push_back(std::move(block));
    text = without_space(text);
  }
  return blocks;
}

base::Result<PemBlock> parse_pem(std::string_view text) {
  const size_t begin = text.find(kBegin);
  if (begin == std::string_view::npos) return not_pem();
  text.remove_prefix(begin);
  return take_block(text);
}

std::string pem(std::string_view type, std::string_view der) { return armoured(type, der); }
base::SecretBytes secret_pem(std::string_view type, std::string_view der) { return base::SecretBytes::take(armoured(type, der)); }

}  // namespace bao::crypto::x509
