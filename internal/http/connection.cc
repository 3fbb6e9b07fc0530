#include "internal/http/connection.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "internal/base/fault_log.h"
#include "internal/base/log.h"
#include "internal/base/secret.h"
#include "internal/http/fault.h"
#include "internal/http/request_id.h"

namespace bao::http {
namespace {

constexpr size_t kInputBytes = 4096, kBodyInputBytes = 64 * 1024, kKeptOutputBytes = 16 * 1024;
constexpr size_t kSpooledPieceBytes = size_t{1} << 20;  // of a large answer, each in the time that an answer has
constexpr std::chrono::milliseconds kStreamLook{250};  // a stream that has nothing to say: is anybody there?
constexpr base::Duration kPoliteClose = std::chrono::seconds(2);

SteadyTime now() { return std::chrono::steady_clock::now(); }

}  // namespace

base::Duration ConnectionRules::tick() const {
  return std::min<base::Duration>({std::chrono::seconds(1), header_timeout, idle_timeout, body_timeout, write_timeout});
}

Connection::Connection(Transport& transport, Connections::Seat& seat, const Connections& home, const Front& front,
                       const ConnectionRules& rules, Peer peer)
    : transport_(transport), seat_(seat), home_(home), front_(front), rules_(rules), peer_(std::move(peer)),
      parser_(rules.limits) {}

Connection::~Connection() { release_memory(); }

void Connection::run(const crypto::TlsContext* tls) {
  if (tls && !start_tls(*tls)) return;
  while (serve_one()) {
  }
}

bool Connection::start_tls(const crypto::TlsContext& tls) {
  const base::Status started = transport_.start_tls(tls, rules_.header_timeout);
  if (started.ok()) {
    peer_.certificates = transport_.peer_certificates();
    peer_.certificate_serial_number = transport_.verified_serial_number();
    return true;
  }
  if (started.error().code() == base::Code::unsupported) {
    // The handshake has eaten the request, so this goes out as the older protocol, as Go sends it.
    (void)transport_.write("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n",
                           now() + rules_.write_timeout);
    transport_.close_politely(kPoliteClose);
  } else {
    base::log_debug("http", "TLS handshake failed", {{"peer", peer_.address}, {"error", started.error().message()}});
  }
  return false;
}

bool Connection::serve_one() {
  parser_.reset();
  if (!wait_for_request()) return false;
  if (!receive()) {
    if (parser_.state() == RequestParser::State::refused) refuse();
    return false;
  }
  const WireRequest& request = parser_.request();
  const Answer answer = front_.answer(request, peer_);
  drop_taken();
  return send(answer, request.keep_alive);
}

bool Connection::wait_for_request() {
  if (begin_ < end_) return true;  // pipelined
  seat_.idle();
  if (home_.draining()) return false;
  const SteadyTime deadline = now() + rules_.idle_timeout;
  while (true) {
    make_space();
    const auto got = transport_.read(input_.get(), capacity_);
    if (got.ok()) {
      seat_.busy();
      end_ = *got;
      return *got > 0;
    }
    if (got.error().code() != base::Code::exhausted) return false;
    release_memory();
    transport_.release_buffers();
    const SteadyTime at = now();
    if (at >= deadline || !transport_.wait_readable(deadline - at)) return false;
  }
}

bool Connection::receive() {
  using State = RequestParser::State;
  SteadyTime deadline = now() + rules_.header_timeout;
  bool in_body = false;
  while (true) {
    begin_ += parser_.feed(held());
    switch (parser_.state()) {
      case State::complete: return true;
      case State::refused: return false;
      case State::header: break;
      case State::body:
        if (parser_.request().spooled) deadline = now() + rules_.body_timeout;  // of each part: it may take long
        if (in_body) break;
        in_body = true;
        deadline = now() + rules_.body_timeout;
        if (!begin_body()) return false;
    }
    if (!fill(deadline)) return false;
  }
}

bool Connection::begin_body() {
  if (!parser_.request().expects_continue || begin_ < end_) return true;
  return transport_.write("HTTP/1.1 100 Continue\r\n\r\n", now() + rules_.write_timeout).ok();
}

bool Connection::fill(SteadyTime deadline) {
  make_space();
  while (true) {
    const auto got = transport_.read(input_.get() + end_, capacity_ - end_);
    if (got.ok()) {
      end_ += *got;
      return *got > 0 && now() < deadline;
    }
    if (got.error().code() != base::Code::exhausted || now() >= deadline) return false;
  }
}

// Room behind the bytes held: moved to the front, and more of it where they fill the buffer.
void Connection::make_space() {
  const size_t size = end_ - begin_;
  const bool body = parser_.state() == RequestParser::State::body;
  const size_t wanted = std::max({body ? kBodyInputBytes : kInputBytes, capacity_, size < capacity_ ? size_t{0} : 2 * capacity_});
  if (wanted > capacity_) {
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    if (size > 0) std::memcpy(larger.get(), input_.get() + begin_, size);
    base::wipe(input_.get(), end_);
    input_ = std::move(larger);
    capacity_ = wanted;
  } else if (begin_ > 0) {
    std::memmove(input_.get(), input_.get() + begin_, size);
  }
  begin_ = 0;
  end_ = size;
}

// The bytes of a request are not kept beyond it.
void Connection::drop_taken() {
  base::wipe(input_.get(), begin_);
  if (begin_ < end_) return;
  begin_ = end_ = 0;
  if (capacity_ > kInputBytes) release_memory();
}

void Connection::release_memory() {
  base::wipe(input_.get(), end_);
  input_.reset();
  capacity_ = begin_ = end_ = 0;
  output_ = std::string();
}

bool Connection::send(const Answer& answer, bool keep_alive) {
  const WireRequest& request = parser_.request();
  WireOptions options;
  options.version = request.version;
  options.keep_alive = keep_alive && !home_.draining() && (!answer.stream || request.version != 10);
  options.head = request.method == "HEAD";
  const auto added = rules_.added_headers->get();
  options.added = added.get();
  const bool more = write_answer(output_, answer, options);
  const bool sent = transport_.write(output_, now() + rules_.write_timeout).ok() &&
                    (!more || (answer.spooled ? send_spooled(answer.spooled->view()) : send_stream(*answer.stream, request.version != 10)));
  base::wipe(output_.data(), output_.size());
  output_.clear();
  if (output_.capacity() > kKeptOutputBytes) output_ = std::string();
  if (sent && options.keep_alive && !answer.close) return true;
  if (sent) transport_.close_politely(base::Duration::zero());
  return false;
}

// As long as it goes on.
bool Connection::send_spooled(std::string_view body) {
  for (; !body.empty(); body.remove_prefix(std::min(body.size(), kSpooledPieceBytes))) {
    if (!transport_.write(body.substr(0, kSpooledPieceBytes), now() + rules_.write_timeout).ok()) return false;
  }
  return true;
}

// Until it is over, nobody is there any more, or this node ends.
bool Connection::send_stream(logical::BodyStream& stream, bool in_chunks) {
  while (!home_.draining()) {
    const auto piece = stream.next(kStreamLook);
    if (!piece) break;
    if (piece->empty() && transport_.peer_left()) return false;
    if (piece->empty()) continue;
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", piece->size());
    const std::string chunk = in_chunks ? size + *piece + "\r\n" : *piece;
    if (!transport_.write(chunk, now() + rules_.write_timeout).ok()) return false;
  }
  return !in_chunks || transport_.write("0\r\n\r\n", now() + rules_.write_timeout).ok();
}

void Connection::refuse() {
  const ParseRefusal& why = parser_.refusal();
  Answer answer = why.status == 413 ? Answer::error(413, why.words) : Answer::plain(why.status, why.words.text());
  if (why.status >= 500) base::log_fault({.id = make_request_id(), .operation = {}, .mount = {}, .route = {}}, code_of_fault(why.status), why.words);
  answer.close = true;
  const auto added = rules_.added_headers->get();
  write_answer(output_, answer, {.added = added.get()});
  if (transport_.write(output_, now() + rules_.write_timeout).ok()) transport_.close_politely(kPoliteClose);
}

}  // namespace bao::http
