// A listening socket: bound to one address, or to one path, for this process alone. Belongs to the listener's thread, but for `wake`.
#pragma once

#include <memory>
#include <string>

#include "internal/base/result.h"
#include "internal/net/socket_file.h"

namespace bao::net {

class ListeningSocket {
 public:
  // "127.0.0.1:8200", "[::1]:8200", ":8200" (every interface), "localhost:8200"; port 0: any. Ports are never shared.
  // Errors: unavailable, as Go words them ("listen tcp 127.0.0.1:8200: bind: address already in use").
  static base::Result<std::unique_ptr<ListeningSocket>> open(const std::string& address);
  // In the file system, until this object goes. A socket that nobody listens at is replaced, anything else is an error. Whoever
  // connects has no address. Errors: invalid, unavailable ("listen unix /run/bao.sock: bind: address already in use").
  static base::Result<std::unique_ptr<ListeningSocket>> open_file(const SocketFile& file);
  ~ListeningSocket();
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;

  struct Accepted {
    int descriptor = -1;  // the caller's
    std::string address;
    int port = 0;
  };
  // The next connection. Errors: exhausted (no descriptors or memory: try later), unavailable (woken: the end).
  base::Result<Accepted> accept();
  const std::string& address() const { return address_; }  // bound, "127.0.0.1:49321"; or the path
  // accept() ends; any thread.
  void wake();

 private:
  explicit ListeningSocket(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
  std::string address_, file_;  // file_: ""; or what goes with it
};

}  // namespace bao::net
