#include "internal/storage/file/layout.h"

#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/crypto/hash.h"

namespace bao::storage::file {
namespace {

constexpr size_t kNameBytesMax = 250;   // file systems take 255
constexpr size_t kPathBytesMax = 2048;  // leaves room for the folder's own path in PATH_MAX

bool is_plain_folder(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && name.front() != '_' && name.front() != '.';
}

// ".temp" ends the names of files that OpenBao has not finished writing.
bool is_plain_leaf(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && name != "." && name != ".." && !name.ends_with(".temp");
}

bool is_plain(std::string_view key) {
  if (key.size() > kPathBytesMax || key.find('\0') != key.npos || key.find("..") != key.npos) return false;
  for (size_t slash; (slash = key.find('/')) != key.npos; key.remove_prefix(slash + 1)) {
    if (!is_plain_folder(key.substr(0, slash))) return false;
  }
  return is_plain_leaf(key);
}

base::Result<std::optional<std::string>> bytes_of(const codec::Json* member) {
  if (member == nullptr) return std::optional<std::string>();
  if (member->is_null()) return std::optional<std::string>("");  // Go's empty slice
  auto bytes = codec::from_base64(member->as_string());
  if (!member->is_string() || !bytes.ok()) return base::corrupt("storage: an entry's file holds no base64");
  return std::optional<std::string>(std::move(bytes).value());
}

}  // namespace

std::string file_of(std::string_view key) {
  if (!is_plain(key)) return std::string(kOtherFolder) + "/" + codec::to_hex(crypto::sha256(key));
  std::string file(key);
  const size_t slash = file.rfind('/');
  return file.insert(slash == file.npos ? 0 : slash + 1, "_");
}

std::optional<std::string> key_of(std::string_view file) {
  const size_t slash = file.rfind('/');
  const size_t leaf = slash == file.npos ? 0 : slash + 1;
  if (file.size() <= leaf + 1 || file[leaf] != '_' || file.ends_with(".temp")) return std::nullopt;
  return std::string(file.substr(0, leaf)).append(file.substr(leaf + 1));
}

std::string write_entry(const Entry& entry) {
  codec::Json json = codec::Json::record();
  if (!entry.key.empty()) json.set("Key", codec::to_base64(entry.key));
  if (entry.value) json.set("Value", codec::to_base64(*entry.value));
  return codec::write_json(json) + "\n";
}

base::Result<Entry> read_entry(std::string_view text) {
  const auto json = codec::parse_json(text);
  if (!json.ok() || !json->is_object()) return base::corrupt("storage: an entry's file is no JSON object");
  const auto key = bytes_of(json->find("Key"));  // other servers may have put something else there: then the file's name counts
  ASSIGN_OR_RETURN(auto value, bytes_of(json->find("Value")));
  return Entry{key.ok() ? key->value_or("") : "", std::move(value)};
}

}  // namespace bao::storage::file
