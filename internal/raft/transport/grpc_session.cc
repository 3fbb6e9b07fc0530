#include "internal/raft/transport/grpc_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "internal/codec/encoding.h"

namespace bao::raft {
namespace {

constexpr int32_t kWindowBytes = 0x7fffffff;  // who is too slow is held by TCP's window, not by a second one
constexpr size_t kHeadBytes = 5;              // of a message: not compressed, its length
constexpr size_t kReservedMax = size_t{1} << 20;

// gRPC's codes for what is told here; everything else is "unavailable" to the one who called.
constexpr int kDone = 0, kDenied = 7, kUnimplemented = 12, kUnavailable = 14, kCorrupt = 15;

int code_of(const base::Status& status) {
  if (status.ok()) return kDone;
  switch (status.error().code()) {
    case base::Code::denied: return kDenied;
    case base::Code::unsupported: return kUnimplemented;
    case base::Code::corrupt: return kCorrupt;
    default: return kUnavailable;
  }
}

base::Status status_of(int code, std::string message) {
  switch (code) {
    case kDone: return {};
    case kDenied: return base::denied(std::move(message));
    case kUnimplemented: return base::Error(base::Code::unsupported, std::move(message));
    case kCorrupt: return base::corrupt(std::move(message));
    default: return base::Error(base::Code::unavailable, std::move(message));
  }
}

bool stands_plainly(char c) { return c >= ' ' && c <= '~' && c != '%'; }

std::string percent_encoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (stands_plainly(c)) out += c;
    else out += {'%', kDigits[static_cast<unsigned char>(c) >> 4], kDigits[c & 15]};
  }
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* const digits = text.data() + i + 1;
    const bool encoded = text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2;
    out += encoded ? static_cast<char>(value) : text[i];
    if (encoded) i += 2;
  }
  return out;
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) { return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data())); };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct GrpcSession::Native {
  nghttp2_session* session = nullptr;
  LimitOf limit_of;  // of who answers
  size_t message_bytes_max = 0;
  int32_t stream = -1;

  std::string method, content_type, verb;  // the peer's
  std::string head, body;                  // of the message that is coming
  size_t body_bytes = 0;
  std::vector<std::string> messages;
  int grpc_status = kUnavailable;
  std::string grpc_message = "the call ended without a word";
  std::optional<base::Status> ending;
  std::string wrong;  // why what came can't go on

  std::string outgoing;  // with its head
  size_t given = 0;      // of it
  std::optional<base::Status> finishing;
  bool waiting = false;  // nghttp2 was told that nothing is there

  ~Native() { nghttp2_session_del(session); }

  void open(bool answers);
  void resume() {
    if (std::exchange(waiting, false)) nghttp2_session_resume_data(session, stream);
  }
  // The peer has said all: what it asks, or how the call ended.
  void end() {
    if (!ending) ending = limit_of ? base::Status{} : status_of(grpc_status, grpc_message);
  }
  int answer_headers();
  int take_data(std::string_view bytes);
  ssize_t give_data(uint8_t* to, size_t size, uint32_t* flags);
  void take_field(std::string_view name, std::string_view value);
  nghttp2_data_provider provider();
  int refuse(std::string why) {
    wrong = std::move(why);
    return NGHTTP2_ERR_CALLBACK_FAILURE;
  }
};

namespace {

// ---- nghttp2's callbacks ----
GrpcSession::Native& of(void* user) { return *static_cast<GrpcSession::Native*>(user); }

int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  auto& own = of(user);
  if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
  if (own.stream != -1) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // one call a connection
  own.stream = frame->hd.stream_id;
  return 0;
}

int on_header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size, const uint8_t* value,
              size_t value_size, uint8_t, void* user) {
  const auto text = [](const uint8_t* at, size_t size) { return std::string_view(reinterpret_cast<const char*>(at), size); };
  if (frame->hd.stream_id == of(user).stream) of(user).take_field(text(name, name_size), text(value, value_size));
  return 0;
}

int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
  auto& own = of(user);
  if (frame->hd.stream_id != own.stream) return 0;
  if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
    if (const int outcome = own.answer_headers(); outcome != 0) return outcome;
  }
  const bool last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
                    (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA);
  if (last) own.end();
  return 0;
}

int on_data(nghttp2_session*, uint8_t, int32_t stream, const uint8_t* data, size_t size, void* user) {
  auto& own = of(user);
  return stream == own.stream ? own.take_data({reinterpret_cast<const char*>(data), size}) : 0;
}

int on_close(nghttp2_session*, int32_t stream, uint32_t, void* user) {
  auto& own = of(user);
  if (stream == own.stream) own.end();
  return 0;
}

ssize_t read_data(nghttp2_session*, int32_t, uint8_t* to, size_t size, uint32_t* flags, nghttp2_data_source*, void* user) {
  return of(user).give_data(to, size, flags);
}

nghttp2_session_callbacks* callbacks() {
  static nghttp2_session_callbacks* const made = [] {
    nghttp2_session_callbacks* all = nullptr;
    nghttp2_session_callbacks_new(&all);
    nghttp2_session_callbacks_set_on_begin_headers_callback(all, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(all, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(all, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(all, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(all, on_close);
    return all;
  }();
  return made;
}

}  // namespace

// ---- what came ----
void GrpcSession::Native::take_field(std::string_view name, std::string_view value) {
  if (name == ":path") method = value;
  else if (name == ":method") verb = value;
  else if (name == "content-type") content_type = value;
  else if (name == "grpc-message") grpc_message = percent_decoded(value);
  else if (name == "grpc-status") std::from_chars(value.data(), value.data() + value.size(), grpc_status);
}

int GrpcSession::Native::answer_headers() {
  if (verb != "POST" || !content_type.starts_with("application/grpc")) return refuse("it does not speak gRPC");
  message_bytes_max = limit_of(method);
  const nghttp2_nv fields[] = {field(":status", "200"), field("content-type", "application/grpc")};
  const nghttp2_data_provider data = provider();
  if (nghttp2_submit_response(session, stream, fields, std::size(fields), &data) != 0) return refuse("it cannot be answered");
  if (message_bytes_max == 0) finishing = base::Error(base::Code::unsupported, "no such method");
  return 0;
}

int GrpcSession::Native::take_data(std::string_view bytes) {
  while (!bytes.empty()) {
    if (head.size() < kHeadBytes) {
      const size_t missing = std::min(kHeadBytes - head.size(), bytes.size());
      head.append(bytes.substr(0, missing));
      bytes.remove_prefix(missing);
      if (head.size() < kHeadBytes) return 0;
      body_bytes = 0;
      for (size_t i = 1; i < kHeadBytes; ++i) body_bytes = body_bytes << 8 | static_cast<unsigned char>(head[i]);
      if (head[0] != 0) return refuse("a compressed message");
      if (body_bytes > message_bytes_max) return refuse("raft message: a frame of " + std::to_string(body_bytes) + " bytes");
      body.reserve(std::min(body_bytes, kReservedMax));
    }
    const size_t taken = std::min(body_bytes - body.size(), bytes.size());
    body.append(bytes.substr(0, taken));
    bytes.remove_prefix(taken);
    if (body.size() < body_bytes) return 0;
    messages.push_back(std::exchange(body, {}));
    head.clear();
  }
  return 0;
}

base::Status GrpcSession::take(std::string_view bytes) {
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const ssize_t taken = nghttp2_session_mem_recv(native_->session, data, bytes.size());
  if (taken < 0) return base::corrupt(native_->wrong.empty() ? nghttp2_strerror(static_cast<int>(taken)) : native_->wrong);
  return {};
}

std::vector<std::string> GrpcSession::messages() { return std::exchange(native_->messages, {}); }
const std::string& GrpcSession::method() const { return native_->method; }
const std::optional<base::Status>& GrpcSession::ending() const { return native_->ending; }

// ---- what goes ----
nghttp2_data_provider GrpcSession::Native::provider() {
  nghttp2_data_provider data{};
  data.read_callback = read_data;
  return data;
}

ssize_t GrpcSession::Native::give_data(uint8_t* to, size_t size, uint32_t* flags) {
  const size_t now = std::min(size, outgoing.size() - given);
  if (now > 0) {
    std::memcpy(to, outgoing.data() + given, now);
    given += now;
    if (given == outgoing.size()) {
      outgoing.clear();
      given = 0;
    }
    return static_cast<ssize_t>(now);
  }
  if (!finishing) {
    waiting = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  const std::string code = std::to_string(code_of(*finishing));
  const std::string message = finishing->ok() ? "" : percent_encoded(finishing->error().message());
  const nghttp2_nv trailer[] = {field("grpc-status", code), field("grpc-message", message)};
  *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
  return nghttp2_submit_trailer(session, stream, trailer, std::size(trailer)) == 0 ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
}

bool GrpcSession::takes_message() const {
  return native_->outgoing.empty() && !native_->finishing && !native_->ending && native_->stream != -1;
}

void GrpcSession::send(std::string message) {
  Native& own = *native_;
  ENSURE(own.outgoing.empty(), "one message after another");
  const size_t size = message.size();
  own.outgoing.reserve(kHeadBytes + size);
  own.outgoing = {0, static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8), static_cast<char>(size)};
  own.outgoing += message;
  own.resume();
}

void GrpcSession::finish(const base::Status& status) {
  if (native_->finishing) return;
  native_->finishing = status;
  native_->resume();
}

void GrpcSession::ping() { nghttp2_submit_ping(native_->session, NGHTTP2_FLAG_NONE, nullptr); }

void GrpcSession::give(std::string& bytes, size_t enough) {
  while (bytes.size() < enough) {
    const uint8_t* data = nullptr;
    const ssize_t size = nghttp2_session_mem_send(native_->session, &data);
    if (size <= 0) return;
    bytes.append(reinterpret_cast<const char*>(data), static_cast<size_t>(size));
  }
}

// ---- its making ----
void GrpcSession::Native::open(bool answers) {
  const int made = answers ? nghttp2_session_server_new(&session, callbacks(), this)
                           : nghttp2_session_client_new(&session, callbacks(), this);
  ENSURE(made == 0, "no HTTP/2 session: out of memory");
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindowBytes},
                                             {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, answers ? 1u : 0u}};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kWindowBytes);
}

GrpcSession::GrpcSession(std::unique_ptr<Native> native) : native_(std::move(native)) {}
GrpcSession::~GrpcSession() = default;

std::unique_ptr<GrpcSession> GrpcSession::calling(const std::string& method, size_t message_bytes_max) {
  auto native = std::make_unique<Native>();
  native->open(false);
  native->message_bytes_max = message_bytes_max;
  const nghttp2_nv head[] = {field(":method", "POST"), field(":scheme", "https"), field(":path", method), field(":authority", "member"),
                             field("content-type", "application/grpc"), field("te", "trailers")};
  const nghttp2_data_provider data = native->provider();
  native->stream = nghttp2_submit_request(native->session, nullptr, head, std::size(head), &data, nullptr);
  ENSURE(native->stream > 0, "no HTTP/2 stream: out of memory");
  return std::unique_ptr<GrpcSession>(new GrpcSession(std::move(native)));
}

std::unique_ptr<GrpcSession> GrpcSession::answering(LimitOf limit_of) {
  auto native = std::make_unique<Native>();
  native->limit_of = std::move(limit_of);
  native->open(true);
  return std::unique_ptr<GrpcSession>(new GrpcSession(std::move(native)));
}

}  // namespace bao::raft
