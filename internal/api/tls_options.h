// What a TLS client needs to trust a server and to show who it is (openbao-cli.md 1.2).
#pragma once

#include <string>

#include "internal/base/result.h"

namespace bao::api {

struct TlsOptions {
  std::string ca_cert_file;     // PEM; goes before ca_cert_pem, which goes before ca_path
  std::string ca_cert_pem;
  std::string ca_path;          // a directory: every file in it, PEM
  std::string client_cert_file, client_key_file;
  std::string client_cert_pem, client_key_pem;
  std::string server_name;      // sent and checked in place of the address's host
  bool skip_verify = false;
};

// A server to ask, and how to trust it.
struct TrustedServer {
  std::string address;  // URL
  TlsOptions tls;
};

// Reads every file named and matches the client's key with its certificate. Errors: invalid, worded as the reference does
// ("Error loading CA File: open x: no such file or directory").
base::Status check_tls(const TlsOptions& options);

}  // namespace bao::api
