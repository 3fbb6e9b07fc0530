#include "internal/http/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <optional>
#include <utility>
#include <vector>

namespace bao::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

// The smallest rest of a chunked body ("0\r\n\r\n"). Beast asserts that it gets that much of it at a time.
constexpr size_t kChunkedRestBytesMin = 5;

ParseRefusal refusal_of(const error_code& code) {
  using beast::http::error;
  if (code == error::body_limit) return {413, "http: request body too large"};
  if (code == error::header_limit || code == error::buffer_overflow) return {431, "request header fields too large"};
  if (code == error::bad_version) return {505, "unsupported protocol version"};
  return {400, "malformed HTTP request"};
}

// Whose bodies may be too large for memory.
bool takes_snapshots(std::string_view method, std::string_view target) {
  if (method != "POST" && method != "PUT") return false;
  target = target.substr(0, target.find('?'));
  return target == "/v1/sys/storage/raft/snapshot" || target == "/v1/sys/storage/raft/snapshot-force";
}

}  // namespace

struct RequestParser::Native {
  explicit Native(const ParserLimits& given) : limits(given) { start(); }

  class Parser final : public beast::http::basic_parser<true> {
   public:
    explicit Parser(Native& owner) : owner_(owner) {}

   private:
    using View = beast::string_view;
    static std::string_view text(View v) { return {v.data(), v.size()}; }
    void fail(int status, base::Words why, error_code& ec) {
      owner_.refuse(status, std::move(why));
      ec = beast::http::error::bad_value;
    }
    void on_request_impl(beast::http::verb, View method, View target, int version, error_code& ec) override {
      if (target.size() > owner_.limits.target_bytes_max) return fail(414, "request target too long", ec);
      if (version != 10 && version != 11) return fail(505, "unsupported protocol version", ec);
      owner_.request.version = version;
      owner_.method_bytes = method.size();
      owner_.target_bytes = target.size();
      owner_.request.text.append(method).append(target);
      owner_.spools = takes_snapshots(text(method), text(target));
      if (owner_.spools) body_limit(owner_.limits.spooled_bytes_max);
    }
    void on_response_impl(int, View, int, error_code&) override {}
    void on_field_impl(beast::http::field field, View name, View value, error_code& ec) override {
      if (owner_.header_done) return;  // trailers are read over
      if (owner_.lines.size() >= owner_.limits.header_lines_max) return fail(431, "too many header lines", ec);
      const std::string why = owner_.framing_fault(field, text(value));
      if (!why.empty()) return fail(field == beast::http::field::transfer_encoding ? 501 : 400, why, ec);
      owner_.lines.emplace_back(name.size(), value.size());
      owner_.request.text.append(name).append(value);
    }
    void on_header_impl(error_code& ec) override {
      const std::string why = owner_.finish_header(keep_alive());
      if (!why.empty()) return fail(owner_.finish_status, why, ec);
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
      // Reserved in part only: a length alone must not cost memory.
      if (length && !owner_.spools) owner_.request.body.reserve(std::min<size_t>(static_cast<size_t>(*length), 256 * 1024));
    }
    std::size_t on_body_impl(View bytes, error_code& ec) override { return append(bytes, ec); }
    void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, View bytes, error_code& ec) override { return append(bytes, ec); }
    void on_finish_impl(error_code& ec) override {
      if (owner_.request.spooled && !owner_.request.spooled->finish().ok()) return fail(503, "the body cannot be kept", ec);
      owner_.state = State::complete;
    }

    std::size_t spool(View bytes, error_code& ec) {
      auto& file = owner_.request.spooled;
      if (!file) {
        auto made = base::SpoolFile::create();
        if (made.ok()) file = std::move(*made);
      }
      const bool kept = file && file->size() + bytes.size() <= owner_.limits.spooled_bytes_max && file->append(text(bytes)).ok();
      if (!kept) fail(503, "there is no room for a body of this size", ec);
      return kept ? bytes.size() : 0;
    }
    std::size_t append(View bytes, error_code& ec) {
      if (owner_.spools) return spool(bytes, ec);
      if (owner_.request.body.size() + bytes.size() > owner_.limits.body_bytes_max) {
        fail(413, "http: request body too large", ec);
        return 0;
      }
      owner_.request.body.append(bytes);
      return bytes.size();
    }
    Native& owner_;
  };

  void start() {
    parser.emplace(*this);
    parser->eager(true);
    parser->header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    parser->body_limit(limits.body_bytes_max);
    state = State::header;
    lines.clear();
    header_done = has_host = has_length = has_encoding = spools = false;
    refusal = {};
  }

  void refuse(int status, base::Words why) {
    state = State::refused;
    refusal = {status, std::move(why)};
  }

  // What makes two readers of one stream see different requests, or "".
  std::string framing_fault(beast::http::field field, std::string_view value) {
    switch (field) {
      case beast::http::field::host: return std::exchange(has_host, true) ? "too many Host headers" : "";
      case beast::http::field::content_length:
        for (const char c : value) {
          if (c < '0' || c > '9') return "bad Content-Length";
        }
        if (value.empty() || has_encoding) return "bad Content-Length";
        return std::exchange(has_length, true) ? "too many Content-Length headers" : "";
      case beast::http::field::transfer_encoding:
        if (!equal_names(value, "chunked")) return "unsupported transfer encoding";
        if (has_length) return "Transfer-Encoding beside Content-Length";
        return std::exchange(has_encoding, true) ? "too many transfer encodings" : "";
      default: return "";
    }
  }

  std::string finish_header(bool keep_alive) {
    header_done = true;
    finish_status = 400;
    size_t at = 0;
    const auto next = [&](size_t size) {
      const std::string_view view(request.text.data() + at, size);
      at += size;
      return view;
    };
    request.method = next(method_bytes);
    request.target = next(target_bytes);
    for (const auto& [name, value] : lines) {
      const std::string_view name_text = next(name);
      request.headers.push_back({name_text, next(value)});
    }
    request.keep_alive = keep_alive;
    if (request.version == 11 && !has_host) return "missing required Host header";
    if (request.version == 10 && has_encoding) return "transfer encoding in HTTP/1.0";
    if (const WireHeader* expect = request.find("Expect")) {
      if (!equal_names(expect->value, "100-continue")) {
        finish_status = 417;
        return "unknown expectation";
      }
      request.expects_continue = request.version == 11;
    }
    // Nothing of size is kept for somebody who does not even say who it is.
    spools = spools && (request.find("X-Vault-Token") != nullptr || request.find("Authorization") != nullptr);
    state = State::body;
    return "";
  }

  const ParserLimits limits;
  std::optional<Parser> parser;
  State state = State::header;
  WireRequest request;
  ParseRefusal refusal;
  std::vector<std::pair<size_t, size_t>> lines;  // bytes of name and value, in request.text
  size_t method_bytes = 0, target_bytes = 0;
  int finish_status = 400;
  bool header_done = false, has_host = false, has_length = false, has_encoding = false, spools = false;
};

RequestParser::RequestParser(const ParserLimits& limits) : native_(std::make_unique<Native>(limits)) {}
RequestParser::~RequestParser() { native_->request.clear(); }

size_t RequestParser::feed(std::string_view bytes) {
  Native& n = *native_;
  size_t taken = 0;
  while (taken < bytes.size() && (n.state == State::header || n.state == State::body)) {
    const size_t rest = bytes.size() - taken;
    if (n.state == State::body && n.has_encoding && rest < kChunkedRestBytesMin) break;
    error_code error;
    const size_t step = n.parser->put(boost::asio::const_buffer(bytes.data() + taken, rest), error);
    taken += step;
    if (n.state == State::refused || n.state == State::complete) break;
    if (error == beast::http::error::need_more) {
      if (step == 0) break;
    } else if (error) {
      const ParseRefusal why = refusal_of(error);
      n.refuse(why.status, why.words);
    }
  }
  // A chunk's head, or the trailers, that never end.
  if (n.state == State::body && bytes.size() - taken > n.limits.header_bytes_max) n.refuse(431, "request header fields too large");
  return taken;
}

RequestParser::State RequestParser::state() const { return native_->state; }
const WireRequest& RequestParser::request() const { return native_->request; }
WireRequest& RequestParser::request() { return native_->request; }
const ParseRefusal& RequestParser::refusal() const { return native_->refusal; }

void RequestParser::reset() {
  native_->request.clear();
  native_->start();
}

}  // namespace bao::http
