// Folders as OpenBao leaves them, made for tests.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "internal/bbolt/test_image.h"
#include "internal/codec/protobuf.h"
#include "internal/migration/log_entry.h"

namespace bao::migration {

class TestFolder {
 public:
  TestFolder() {
    char name[] = "/tmp/migration-XXXXXX";
    path_ = mkdtemp(name);
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  std::string write(const std::string& name, const std::string& bytes) const {
    const std::filesystem::path file = path_ + "/" + name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }

 private:
  std::string path_;
};

inline std::string operation(LogOperation::Kind kind, const std::string& key = "", const std::string& value = "") {
  std::string inner, outer;
  codec::put_uint(inner, 1, static_cast<uint64_t>(kind));
  codec::put_bytes(inner, 3, key);
  codec::put_bytes(inner, 4, value);
  codec::put_message(outer, 1, inner);
  return outer;
}

// As hashicorp/raft writes it.
inline std::string log_entry(uint64_t index, uint64_t term, const std::string& data, const std::string& extensions = "", uint64_t type = 0) {
  const auto name = [](const std::string& text) { return static_cast<char>(0xa0 | text.size()) + text; };
  const auto number = [](uint64_t value) {
    std::string text = "\xcf";
    for (int shift = 56; shift >= 0; shift -= 8) text.push_back(static_cast<char>(value >> shift));
    return text;
  };
  const auto bytes = [](const std::string& text) {
    if (text.empty()) return std::string("\xc0");
    return "\xda" + std::string{static_cast<char>(text.size() >> 8), static_cast<char>(text.size())} + text;
  };
  return "\x85" + name("Data") + bytes(data) + name("Extensions") + bytes(extensions) + name("Index") + number(index) + name("Term") +
         number(term) + name("Type") + number(type);
}

inline std::string log_key(uint64_t index) {
  std::string key;
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(index >> shift));
  return key;
}

inline std::string state_file(const std::map<std::string, std::string>& data, uint64_t applied) {
  std::string position;
  codec::put_uint(position, 1, 2), codec::put_uint(position, 2, applied);
  bbolt::TestBucket root;
  root.buckets = {{"config", {{{"latest_indexes", position}}, {}}}, {"data", {data, {}}}};
  return bbolt::TestImage::of(root);
}

inline std::string log_file(const std::vector<std::pair<uint64_t, std::string>>& entries) {
  bbolt::TestBucket logs;
  for (const auto& [index, entry] : entries) logs.records[log_key(index)] = entry;
  bbolt::TestBucket root;
  root.buckets = {{"conf", {{{"CurrentTerm", log_key(2)}}, {}, true}}, {"logs", logs}};
  return bbolt::TestImage::of(root);
}

}  // namespace bao::migration
