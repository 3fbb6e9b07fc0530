// One connection's life on its thread: handshake, then request after request until either side ends it. Limits, deadlines
// and memory of an idle connection are decided here; what a request means is not.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "internal/base/published.h"
#include "internal/http/answer.h"
#include "internal/http/connections.h"
#include "internal/http/front.h"
#include "internal/http/request_parser.h"
#include "internal/http/transport.h"

namespace bao::http {

struct ConnectionRules {
  ParserLimits limits;
  base::Duration header_timeout, idle_timeout, body_timeout, write_timeout;
  const base::Published<AddedHeaders>* added_headers = nullptr;  // the listener's, exchanged on reload
  // How often waiting reads and writes look at their deadlines.
  base::Duration tick() const;
};

class Connection {
 public:
  Connection(Transport& transport, Connections::Seat& seat, const Connections& home, const Front& front,
             const ConnectionRules& rules, Peer peer);
  ~Connection();
  // Until the connection is over. `tls` is nullptr for plain HTTP.
  void run(const crypto::TlsContext* tls);

 private:
  bool start_tls(const crypto::TlsContext& tls);
  bool serve_one();
  bool wait_for_request();
  bool receive();
  // Reads what is there behind what is held. False: the end, a reset, or the deadline passed.
  bool fill(SteadyTime deadline);
  bool begin_body();
  bool send(const Answer& answer, bool keep_alive);
  bool send_spooled(std::string_view body);
  bool send_stream(logical::BodyStream& stream, bool in_chunks);
  void refuse();
  void make_space();
  void release_memory();
  void drop_taken();
  std::string_view held() const { return {input_.get() + begin_, end_ - begin_}; }

  Transport& transport_;
  Connections::Seat& seat_;
  const Connections& home_;
  const Front& front_;
  const ConnectionRules& rules_;
  Peer peer_;
  RequestParser parser_;
  std::unique_ptr<char[]> input_;  // bytes [begin_, end_) are not taken yet
  size_t capacity_ = 0, begin_ = 0, end_ = 0;
  std::string output_;
};

}  // namespace bao::http
