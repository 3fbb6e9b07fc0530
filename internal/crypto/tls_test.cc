#include "internal/crypto/tls.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "internal/crypto/openssl_handles.h"

namespace bao::crypto {
namespace {

constexpr base::Duration kLong = std::chrono::seconds(30);

struct Pair {
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); }
  ~Pair() {
    close(ends[0]);
    close(ends[1]);
  }
  int ends[2];
};

struct Certificate : testing::Test {
  Certificate() : folder(std::filesystem::temp_directory_path() / ("tls_test_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder);
    files = make_development_certificate(folder.string(), {"localhost", "127.0.0.1"}).value();
    options.certificate_file = files.certificate_file;
    options.key_file = files.key_file;
  }
  ~Certificate() override { std::filesystem::remove_all(folder); }
  std::filesystem::path folder;
  TlsFiles files;
  TlsServerOptions options;
};

// A client that verifies by the authority, sends "ping" and returns what it got and the version spoken.
std::string ping(const TlsFiles& files, int descriptor, int version_max) {
  const SslContextPtr context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_load_verify_file(context.get(), files.ca_file.c_str());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_max_proto_version(context.get(), version_max);
  const SslPtr ssl(SSL_new(context.get()));
  SSL_set_fd(ssl.get(), descriptor);
  SSL_set1_host(ssl.get(), "localhost");
  if (SSL_connect(ssl.get()) != 1) return "refused: " + openssl_reason();
  SSL_write(ssl.get(), "ping", 4);
  char got[16];
  const int size = SSL_read(ssl.get(), got, sizeof got);
  SSL_shutdown(ssl.get());
  return std::string(SSL_get_version(ssl.get())) + " " + std::string(got, static_cast<size_t>(size > 0 ? size : 0));
}

std::string exchange(const TlsServerOptions& options, const TlsFiles& files, int version_max) {
  const auto context = TlsContext::server(options).value();
  Pair pair;
  std::string seen;
  std::thread client([&] { seen = ping(files, pair.ends[0], version_max); });
  auto stream = TlsStream::accept(*context, pair.ends[1], kLong);
  if (stream.ok()) {
    char got[16];
    const auto size = (*stream)->read(got, sizeof got);
    EXPECT_TRUE(size.ok());
    EXPECT_EQ(std::string(got, *size), "ping");
    EXPECT_TRUE((*stream)->write("pong", 4).ok());
    const auto end = (*stream)->read(got, sizeof got);
    EXPECT_TRUE(end.ok() && *end == 0) << "close_notify reads as the end";
  } else {
    shutdown(pair.ends[1], SHUT_RDWR);
  }
  client.join();
  return seen;
}

TEST_F(Certificate, ServesBothVersionsAndVerifiesByItsAuthority) {
  EXPECT_EQ(exchange(options, files, TLS1_3_VERSION), "TLSv1.3 pong");
  EXPECT_EQ(exchange(options, files, TLS1_2_VERSION), "TLSv1.2 pong");
}

TEST_F(Certificate, MinimumVersionIsKept) {
  options.minimum_version = "tls13";
  EXPECT_EQ(exchange(options, files, TLS1_2_VERSION).substr(0, 7), "refused");
}

TEST_F(Certificate, GoSuiteNamesAreUnderstood) {
  options.cipher_suites = {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"};
  EXPECT_EQ(exchange(options, files, TLS1_2_VERSION), "TLSv1.2 pong");
  options.cipher_suites = {"TLS_RSA_WITH_RC4_128_SHA"};
  EXPECT_FALSE(TlsContext::server(options).ok());
}

TEST_F(Certificate, RequiredClientCertificateRefusesOthers) {
  options.require_client_certificate = true;
  options.client_ca_file = files.ca_file;
  const std::string seen = exchange(options, files, TLS1_2_VERSION);
  EXPECT_EQ(seen.substr(0, 7), "refused") << seen;
}

TEST_F(Certificate, KeyIsForItsOwnerOnly) {
  struct stat about{};
  ASSERT_EQ(stat(files.key_file.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST_F(Certificate, ErrorsNameTheFile) {
  options.certificate_file = "absent.pem";
  const auto absent = TlsContext::server(options);
  ASSERT_FALSE(absent.ok());
  EXPECT_EQ(absent.error().message(), "open absent.pem: no such file or directory");
  options.certificate_file = files.ca_file;
  const auto wrong = TlsContext::server(options);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().message(), "tls: private key does not match public key");
}

TEST_F(Certificate, PlainHttpIsRecognised) {
  const auto context = TlsContext::server(options).value();
  Pair pair;
  const std::string_view request = "GET /v1/sys/health HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_EQ(write(pair.ends[0], request.data(), request.size()), static_cast<ssize_t>(request.size()));
  const auto stream = TlsStream::accept(*context, pair.ends[1], kLong);
  ASSERT_FALSE(stream.ok());
  EXPECT_EQ(stream.error().code(), base::Code::unsupported);
}

TEST_F(Certificate, WithoutFilesAContextIsNotUsable) {
  EXPECT_FALSE(TlsContext::server({}).value()->usable());
  EXPECT_TRUE(TlsContext::server(options).value()->usable());
}

}  // namespace
}  // namespace bao::crypto
