#include "internal/cluster/node_key.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "internal/codec/json.h"
#include "internal/crypto/hash.h"

namespace bao::cluster {
namespace {

base::Error failed(const std::string& file) { return {base::Code::unavailable, file + ": " + std::strerror(errno)}; }

base::Result<std::string> text_of(const std::string& file) {
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return base::Error(base::Code::absent, file + " is not there");
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return failed(file);
  return text.str();
}

base::Status write_whole(const std::string& file, std::string_view text) {
  const std::string half = file + ".new";
  const int descriptor = ::open(half.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed(half);
  const bool written = ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0;
  const base::Error error = failed(half);
  ::close(descriptor);
  if (!written) return error;
  if (std::rename(half.c_str(), file.c_str()) != 0) return failed(file);
  const int folder = ::open(std::filesystem::path(file).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = folder >= 0 && ::fsync(folder) == 0;
  if (folder >= 0) ::close(folder);
  return synced ? base::Status() : base::Status(failed(file));
}

}  // namespace

base::Result<crypto::CertificateAndKey> read_node_key(const std::string& file, const core::KeySealing& sealing) {
  ASSIGN_OR_RETURN(const std::string sealed, text_of(file));
  ASSIGN_OR_RETURN(std::string clear, sealing.unseal(sealed));
  auto json = codec::parse_json(clear);
  base::wipe(clear);
  if (!json.ok()) return base::corrupt(file + ": it does not hold a key");
  crypto::CertificateAndKey key{(*json)["certificate"].as_string(), base::SecretBytes((*json)["private_key"].as_string())};
  json->wipe();
  if (key.certificate.empty() || key.private_key.empty()) return base::corrupt(file + ": it does not hold a key");
  return key;
}

base::Status write_node_key(const std::string& file, const crypto::CertificateAndKey& key, const core::KeySealing& sealing) {
  codec::Json json = codec::Json::record({{"certificate", key.certificate}, {"private_key", key.private_key.reveal()}});
  std::string clear = codec::write_json(json);
  json.wipe();
  const auto sealed = sealing.seal(clear);
  base::wipe(clear);
  if (!sealed.ok()) return sealed.error();
  return write_whole(file, *sealed);
}

base::Result<std::string> kept_name(const std::string& file) {
  const auto kept = text_of(file);
  if (kept.ok() && !kept->empty()) return *kept;
  const std::string name = crypto::random_uuid();
  TRY(write_whole(file, name));
  return name;
}

}  // namespace bao::cluster
