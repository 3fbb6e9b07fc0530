// How tokens, accessors and lease ids become storage keys (openbao-storage.md 2.7, 3.2). Immutable, thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace bao::core {

class TokenSalt {
 public:
  // `text` is the content of sys/token/salt, used as it stands.
  explicit TokenSalt(std::string text) : text_(std::move(text)) {}

  // Root namespace and no '.' in the id: hex SHA-1(salt || id); otherwise "h" + hex HMAC-SHA256(salt, id).
  std::string salted(std::string_view id) const;
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// The namespace id that a token, accessor or lease id names after its last '.', or "".
std::string_view namespace_suffix(std::string_view id);

}  // namespace bao::core
