// gRPC's protocol (HTTP/2, RFC 9113, and github.com/grpc/grpc/doc/PROTOCOL-HTTP2.md) without gRPC's library, whose threads cost
// more than what they carried: one call a connection, messages both ways, as bytes in and bytes out. The only user of nghttp2.
// Nothing here knows sockets or time. Belongs to whoever holds the connection; parses what others sent.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/result.h"

namespace bao::raft {

class GrpcSession {
 public:
  // How many bytes a message of this method may have; 0: there is no such method.
  using LimitOf = std::function<size_t(std::string_view method)>;
  // Calls `method` of the peer, whose messages have at most that many bytes.
  static std::unique_ptr<GrpcSession> calling(const std::string& method, size_t message_bytes_max);
  // Answers the one call that the peer makes.
  static std::unique_ptr<GrpcSession> answering(LimitOf limit_of);
  ~GrpcSession();
  GrpcSession(const GrpcSession&) = delete;
  GrpcSession& operator=(const GrpcSession&) = delete;

  // ---- what came ----
  // Errors: corrupt (no HTTP/2, no gRPC, a message over the limit); the connection is of no use then.
  base::Status take(std::string_view bytes);
  // Whole messages, in order, each once.
  std::vector<std::string> messages();
  const std::string& method() const;  // "" until the peer has called
  // How the call ended, once it has: well, or with what the one who answered says.
  const std::optional<base::Status>& ending() const;

  // ---- what goes ----
  // The message before has been given out whole, and the call stands.
  bool takes_message() const;
  void send(std::string message);
  // Of who answers: ends the call when all is sent.
  void finish(const base::Status& status);
  void ping();
  // Appends what is to be sent, until there is nothing or `bytes` has about `enough`.
  void give(std::string& bytes, size_t enough);

  struct Native;

 private:
  explicit GrpcSession(std::unique_ptr<Native> native);
  std::unique_ptr<Native> native_;
};

}  // namespace bao::raft
