#include "internal/core/identity/metadata_rules.h"

#include <algorithm>

#include "internal/codec/json.h"
#include "internal/logical/response.h"

namespace bao::core::identity {
namespace {

using base::Status;

constexpr size_t kPairsMax = 64, kKeyBytesMax = 128, kValueBytesMax = 512;

std::string quoted(std::string_view text) { return codec::write_json(codec::Json(std::string(text))); }

bool is_key_character(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return letter || std::string_view("=/+_-").find(c) != std::string_view::npos;
}

std::string fault_of(std::string_view key, std::string_view value) {
  if (key.empty()) return "key cannot be blank";
  if (!std::all_of(key.begin(), key.end(), is_key_character)) return "key contains invalid characters";
  if (key.size() > kKeyBytesMax) return "key is too long (limit: 128 characters)";
  if (key.starts_with("vault-")) return "key prefix \"vault-\" is reserved for internal use";
  if (value.size() > kValueBytesMax) return "value is too long (limit: 512 characters)";
  return "";
}

std::string length_fault(std::string_view what, std::string_view name, size_t length, size_t most) {
  return "length of " + std::string(what) + " is " + std::to_string(length) + " but must be 0 < len(" + std::string(name) +
         ") <= " + std::to_string(most);
}

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

}  // namespace

Status check_metadata(const OptionalMetadata& metadata, std::string_view of) {
  if (!metadata) return {};
  const std::string context = "invalid " + std::string(of) + " metadata";
  if (metadata->size() > kPairsMax) return base::internal(logical::multierror(context + ": metadata cannot contain more than 64 key/value pairs"));
  for (const auto& [key, value] : *metadata) {
    const std::string fault = fault_of(key, value);
    if (fault.empty()) continue;
    return base::internal(logical::multierror(context + ": failed to load metadata pair (" + quoted(key) + ", " + quoted(value) + "): " + fault));
  }
  return {};
}

Status check_custom_metadata(const Metadata& metadata) {
  std::vector<std::string> faults;
  if (metadata.size() > kPairsMax) {
    faults.push_back("payload must contain at most 64 keys, provided " + std::to_string(metadata.size()));
  } else {
    for (const auto& [key, value] : metadata) {
      if (key.empty() || key.size() > kKeyBytesMax) {
        faults.push_back(length_fault("key " + quoted(key), "key", key.size(), kKeyBytesMax));
      }
      if (value.empty() || value.size() > kValueBytesMax) {
        faults.push_back(length_fault("value for key " + quoted(key), "value", value.size(), kValueBytesMax));
      }
      if (!printable(key)) faults.push_back("key " + quoted(key) + " (" + key + ") contains unprintable characters");
      if (!printable(value)) faults.push_back("value for key " + quoted(key) + " contains unprintable characters");
    }
  }
  if (faults.empty()) return {};
  std::string text = std::to_string(faults.size()) + (faults.size() == 1 ? " error occurred:\n" : " errors occurred:\n");
  for (const std::string& fault : faults) text += "\t* custom_metadata validation failed: " + fault + "\n";
  return base::internal(text + "\n");
}

}  // namespace bao::core::identity
