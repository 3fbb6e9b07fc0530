// For tests: the `openssl` command over files in a folder of the test's own.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "internal/crypto/x509/certificate_template.h"
#include "internal/crypto/x509/pem.h"

namespace bao::crypto::x509 {

class OpensslCommand {
 public:
  OpensslCommand() {
    folder_ = (std::filesystem::temp_directory_path() / "x509-XXXXXX").string();
    if (!mkdtemp(folder_.data())) std::abort();
  }
  ~OpensslCommand() { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view content) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << content;
  }
  std::string read(const std::string& name) const {
    std::ifstream in(folder_ + "/" + name, std::ios::binary);
    return std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  // What `openssl ARGUMENTS` says on both its outputs, run in the folder; "exit N" in front where it failed.
  std::string run(const std::string& arguments) const {
    FILE* pipe = popen(("cd " + folder_ + " && openssl " + arguments + " 2>&1").c_str(), "r");
    if (!pipe) std::abort();
    std::string output;
    std::array<char, 4096> part{};
    while (const size_t size = std::fread(part.data(), 1, part.size(), pipe)) output.append(part.data(), size);
    const int status = pclose(pipe);
    return status == 0 ? output : "exit " + std::to_string(WEXITSTATUS(status)) + "\n" + output;
  }

 private:
  std::string folder_;
};

// Midnight at the beginning of that day.
inline Seconds day(int year, unsigned month, unsigned day_of_month) {
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day_of_month));
}

// A root that may sign all there is, valid from 2020 to 2090, with its key.
struct TestRoot {
  PrivateKey key;
  Certificate certificate;
  Signer signer() const { return {key, *choose_signature(key.public_key(), 0, Padding::pkcs1), &certificate}; }
};
inline TestRoot make_root(KeyType type = KeyType::ec, int bits = 256, Padding padding = Padding::pkcs1, const std::string& name = "Root") {
  PrivateKey key = *PrivateKey::generate(type, bits);
  CertificateTemplate content{.public_key = key.public_key()};
  content.subject.add(attribute::kCommonName, name);
  content.not_before = day(2020, 1, 1);
  content.not_after = day(2090, 1, 1);
  content.key_usage = kCertSign | kCrlSign;
  content.basic_constraints = BasicConstraints{.ca = true, .path_length = {}};
  const Signer self{key, *choose_signature(key.public_key(), 0, padding)};
  return {key, *parse_certificate(*sign_certificate(content, self))};
}

}  // namespace bao::crypto::x509
