// A certificate and key of its own for each member of a test.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "internal/crypto/tls.h"
#include "internal/raft/transport/transport.h"

namespace bao::raft {

inline TransportCredentials fresh_credentials() {
  std::string folder = testing::TempDir() + "transport-XXXXXX";
  if (!mkdtemp(folder.data())) abort();
  const auto files = crypto::make_development_certificate(folder, {"127.0.0.1"});
  const auto text = [](const std::string& file) {
    std::ifstream in(file);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
  };
  TransportCredentials made{text(files->certificate_file), base::SecretBytes(text(files->key_file))};
  std::filesystem::remove_all(folder);
  return made;
}

}  // namespace bao::raft
