// The steps of a TLS stream over a socket that never blocks, and certificates as bytes. Inside this folder only.
#pragma once

#include <optional>
#include <string>

#include "internal/base/result.h"
#include "internal/crypto/openssl_handles.h"
#include "internal/crypto/tls_wants.h"

namespace bao::crypto {

// Of clients over such sockets: TLS 1.2 and 1.3, nothing of a session kept, nobody verified unless that is set.
SslContextPtr make_client_context();

// Errors: unavailable, with what is wrong.
base::Result<TlsWants> shake_hands(SSL* ssl);
// Whether both sides agreed on that protocol by ALPN.
bool agreed_on(const SSL* ssl, std::string_view protocol);
// Bytes read, none when nothing is there; 0 at an orderly end.
base::Result<std::optional<size_t>> read(SSL* ssl, char* to, size_t size);
// Bytes taken, none when the socket is full: then the same bytes come again.
base::Result<std::optional<size_t>> write(SSL* ssl, const char* from, size_t size);

std::string der_of(const X509* certificate);

}  // namespace bao::crypto
