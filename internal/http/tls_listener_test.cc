// A TLS listener: certificates exchanged while it serves, and what plain HTTP gets.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "internal/api/client.h"
#include "internal/http/server.h"
#include "internal/testing/test_core.h"

namespace bao::http {
namespace {

struct TlsListener : ::testing::Test {
  TlsListener() : folder(std::filesystem::temp_directory_path() / ("tls_listener_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder);
    files = crypto::make_development_certificate(folder.string(), {"127.0.0.1"}).value();
    ListenerOptions options;
    options.address = "127.0.0.1:0";
    options.tls_files.certificate_file = files.certificate_file;
    options.tls_files.key_file = files.key_file;
    server = std::make_unique<Server>(node.core(), std::vector<ListenerOptions>{options});
    EXPECT_TRUE(server->start().ok());
  }
  ~TlsListener() override { std::filesystem::remove_all(folder); }
  std::string authority() const {
    std::ifstream in(files.ca_file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  // Status of a request whose client trusts that authority; 0 when it got none.
  int ask(const std::string& ca_pem, const std::string& scheme = "https://") const {
    api::ClientOptions options;
    options.address = scheme + server->addresses().front();
    options.tls.ca_cert_pem = ca_pem;
    options.retries_max = 0;
    api::Client client(options);
    api::HttpRequest request;
    request.method = "GET";
    request.path = "/v1/sys/health";
    const auto answer = client.send(request);
    return answer.ok() ? answer->status : 0;
  }
  testing::TestCore node;
  std::filesystem::path folder;
  crypto::TlsFiles files;
  std::unique_ptr<Server> server;
};

TEST_F(TlsListener, CertificatesAreExchangedWhileItServes) {
  const std::string first = authority();
  EXPECT_EQ(ask(first), 200);
  files = crypto::make_development_certificate(folder.string(), {"127.0.0.1"}).value();
  EXPECT_EQ(ask(first), 200) << "until it is told, the old one is in force";
  EXPECT_TRUE(server->reload_tls().ok());
  EXPECT_EQ(ask(first), 0);
  EXPECT_EQ(ask(authority()), 200);
}

TEST_F(TlsListener, ABrokenCertificateLeavesTheOldOneInForce) {
  std::ofstream(files.certificate_file) << "no certificate";
  const base::Status reloaded = server->reload_tls();
  ASSERT_FALSE(reloaded.ok());
  EXPECT_NE(reloaded.error().message().find(files.certificate_file), std::string::npos) << reloaded.error().message();
  EXPECT_EQ(ask(authority()), 200);
}

TEST_F(TlsListener, PlainHttpIsToldSo) { EXPECT_EQ(ask("", "http://"), 400); }

}  // namespace
}  // namespace bao::http
