#include "internal/api/client.h"

#include <fstream>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <random>
#include <thread>

#include "internal/api/address.h"
#include "internal/api/tls_session.h"

namespace bao::api {
namespace {

constexpr auto kRetryWaitMin = std::chrono::milliseconds(1000);
constexpr auto kRetryWaitMax = std::chrono::milliseconds(1500);

base::Error unavailable(std::string message) { return {base::Code::unavailable, std::move(message)}; }

// Go's url.Error: the method as "Get", the URL quoted.
base::Error failed(const std::string& method, const std::string& url, const std::string& why) {
  std::string verb = method.substr(0, 1);
  for (size_t i = 1; i < method.size(); ++i) verb += static_cast<char>(std::tolower(static_cast<unsigned char>(method[i])));
  return unavailable(verb + " \"" + url + "\": " + why);
}

bool printable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

// HTTP's token characters (RFC 9110 5.6.2).
bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || std::strchr("!#$%&'*+-.^_`|~", c) != nullptr;
  });
}

// "x-vault-wrap-ttl" and "X-Vault-Wrap-TTL" as Go's canonical "X-Vault-Wrap-Ttl".
std::string canonical(std::string_view name) {
  std::string out;
  bool first = true;
  for (const char letter : name) {
    const auto c = static_cast<unsigned char>(letter);
    out += static_cast<char>(first ? std::toupper(c) : std::tolower(c));
    first = letter == '-';
  }
  return out;
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { if (number_ >= 0) close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

std::string errno_text(int error) {
  std::string text = std::strerror(error);
  text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string dial_unix(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  if (connect(socket.number(), reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0) return "EOF";
  return "dial unix " + path + ": connect: " + errno_text(errno);
}

std::string numeric(const addrinfo& entry) {
  char text[INET6_ADDRSTRLEN] = {};
  const void* raw = entry.ai_family == AF_INET
                        ? static_cast<const void*>(&reinterpret_cast<sockaddr_in*>(entry.ai_addr)->sin_addr)
                        : static_cast<const void*>(&reinterpret_cast<sockaddr_in6*>(entry.ai_addr)->sin6_addr);
  inet_ntop(entry.ai_family, raw, text, sizeof(text));
  return text;
}

struct Resolved {
  addrinfo* list = nullptr;
  int error = 0;
  explicit Resolved(const Address& address) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    error = getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  }
  ~Resolved() { if (list != nullptr) freeaddrinfo(list); }
  Resolved(const Resolved&) = delete;
  Resolved& operator=(const Resolved&) = delete;
};

// " on 10.0.0.53:53": the server that names are asked of, as Go says it.
std::string name_server() {
  std::ifstream file("/etc/resolv.conf");
  for (std::string word; file >> word;) {
    std::string server;
    if (word != "nameserver" || !(file >> server)) continue;
    return " on " + (server.find(':') == std::string::npos ? server : "[" + server + "]") + ":53";
  }
  return "";
}

// Why no connection came about: httplib says only that there is none, so this tries once more and looks.
std::string dial_failure(const Address& address) {
  if (!address.unix_socket.empty()) return dial_unix(address.unix_socket);
  const Resolved resolved(address);
  if (resolved.error != 0) {
    return "dial tcp: lookup " + address.host + name_server() + ": " + (resolved.error == EAI_NONAME ? "no such host" : gai_strerror(resolved.error));
  }
  for (const addrinfo* entry = resolved.list; entry != nullptr; entry = entry->ai_next) {
    const Descriptor socket(::socket(entry->ai_family, SOCK_STREAM, 0));
    if (connect(socket.number(), entry->ai_addr, entry->ai_addrlen) == 0) return "EOF";
    const int error = errno;
    if (entry->ai_next != nullptr) continue;
    const std::string host = entry->ai_family == AF_INET6 ? "[" + numeric(*entry) + "]" : numeric(*entry);
    return "dial tcp " + host + ":" + std::to_string(address.port) + ": connect: " + errno_text(error);
  }
  return "dial tcp: no address";
}

bool is_redirect(int status) { return status == 301 || status == 302 || status == 307; }

// go-retryablehttp's rule and 412 (a node that is behind the index asked for).
bool worth_a_retry(int status) { return status == 412 || status == 429 || (status >= 500 && status != 501); }

void wait_before_retry() {
  std::random_device seed;
  std::this_thread::sleep_for(std::chrono::milliseconds(
      std::uniform_int_distribution<int64_t>(kRetryWaitMin.count(), kRetryWaitMax.count())(seed)));
}

}  // namespace

struct Client::Native {
  std::string key;  // scheme and authority that the connection goes to
  Address address;
  std::string tls_host;
  TlsSession tls;
  std::unique_ptr<httplib::ClientImpl> http;

  static base::Result<std::unique_ptr<Native>> open(const Address& address, const ClientOptions& options);
  std::string failure(httplib::Error error) const;
};

base::Result<std::unique_ptr<Client::Native>> Client::Native::open(const Address& address, const ClientOptions& options) {
  auto native = std::make_unique<Native>();
  native->key = address.scheme + "://" + address.authority;
  native->address = address;
  if (address.scheme == "https") {
    native->tls_host = options.tls.server_name.empty() ? address.host : options.tls.server_name;
    auto secure = std::make_unique<httplib::SSLClient>(native->tls_host, address.port);
    TRY(native->tls.attach(secure->ssl_context(), options.tls));
    secure->enable_server_certificate_verification(!options.tls.skip_verify);
    if (native->tls_host != address.host) {  // connects there, sends and checks the name given
      const Resolved resolved(address);
      if (resolved.error == 0) secure->set_hostname_addr_map({{native->tls_host, numeric(*resolved.list)}});
    }
    native->http = std::move(secure);
  } else if (!address.unix_socket.empty()) {
    native->http = std::make_unique<httplib::ClientImpl>(address.unix_socket, 80);
    native->http->set_address_family(AF_UNIX);
  } else {
    native->http = std::make_unique<httplib::ClientImpl>(address.host, address.port);
  }
  if (!options.proxy.empty()) {
    ASSIGN_OR_RETURN(const Address proxy, parse_address(options.proxy));
    native->http->set_proxy(proxy.host, proxy.port);
  }
  native->http->set_keep_alive(true);
  native->http->set_tcp_nodelay(true);
  native->http->set_url_encode(false);
  native->http->set_decompress(false);
  native->http->set_connection_timeout(options.timeout);
  native->http->set_read_timeout(options.timeout);
  native->http->set_write_timeout(options.timeout);
  return native;
}

std::string Client::Native::failure(httplib::Error error) const {
  switch (error) {
    case httplib::Error::Connection: return dial_failure(address);
    case httplib::Error::ConnectionTimeout: return "dial tcp " + address.authority + ": i/o timeout";
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLServerVerification:
    case httplib::Error::SSLLoadingCerts: return tls.failure(tls_host);
    case httplib::Error::Read: return "EOF";
    default: return httplib::to_string(error);
  }
}

Client::Client(ClientOptions options) : options_(std::move(options)) {}
Client::~Client() = default;

Client::Headers Client::headers_of(const HttpRequest& request) const {
  Headers headers;
  if (!request.content_type.empty()) headers.emplace_back("Content-Type", request.content_type);
  if (!options_.namespace_path.empty()) headers.emplace_back("X-Vault-Namespace", options_.namespace_path);
  headers.emplace_back("X-Vault-Request", "true");
  for (const auto& [name, value] : options_.headers) headers.emplace_back(canonical(name), value);
  if (!options_.token.empty()) headers.emplace_back("X-Vault-Token", options_.token);
  if (!options_.wrap_ttl.empty()) headers.emplace_back("X-Vault-Wrap-Ttl", options_.wrap_ttl);
  for (const std::string& credential : options_.mfa) headers.emplace_back("X-Vault-Mfa", credential);
  if (options_.policy_override) headers.emplace_back("X-Vault-Policy-Override", "true");
  return headers;
}

base::Result<std::string> Client::url(const HttpRequest& request) const {
  ASSIGN_OR_RETURN(const Address address, parse_address(options_.address));
  std::string url = address.scheme.empty() ? "" : address.scheme + ":";
  if (!address.scheme.empty() || !address.authority.empty()) {
    url += "//" + (address.user.empty() ? "" : address.user + "@") + address.authority;
  }
  std::string path = join_path(address.path, request.path);
  if (url.empty()) path.erase(0, 1);
  url += escape_path(path);
  if (!request.query.empty()) url += "?" + encode_query(request.query);
  return url;
}

base::Result<HttpResponse> Client::send(const HttpRequest& request) {
  if (!printable(options_.token)) {
    return base::invalid("configured Vault token contains non-printable characters and cannot be used");
  }
  ASSIGN_OR_RETURN(const std::string first, url(request));
  ASSIGN_OR_RETURN(HttpResponse response, send_with_retries(first, request));
  if (!is_redirect(response.status) || options_.no_redirect) return response;
  const std::string* location = response.header("Location");
  if (location == nullptr) return base::invalid("http: no Location header in response");
  std::string second = *location;
  if (second.starts_with('/')) second = first.substr(0, first.find('/', first.find("://") + 3)) + second;
  if (first.starts_with("https:") && !second.starts_with("https:")) {
    return base::invalid("redirect would cause protocol downgrade");
  }
  return send_with_retries(second, request);
}

base::Result<HttpResponse> Client::send_with_retries(const std::string& url, const HttpRequest& request) {
  for (int attempt = 0;; ++attempt) {
    auto response = send_to(url, request);
    const bool again = response.ok() ? worth_a_retry(response->status)
                                     : response.error().code() == base::Code::unavailable;
    if (!again || attempt >= options_.retries_max) return response;
    wait_before_retry();
  }
}

// In parts, so that somebody can watch.
static void provide_body(httplib::Request& native, std::string_view body, const std::function<void(uint64_t, uint64_t)>& progress) {
  static constexpr size_t kPart = size_t{64} << 10;
  native.content_length_ = body.size();
  native.content_provider_ = [body, &progress](size_t offset, size_t length, httplib::DataSink& sink) {
    const size_t part = std::min(length, kPart);
    const bool sent = sink.write(body.data() + offset, part);
    if (progress) progress(offset + part, body.size());
    return sent;
  };
}

// An answer that goes to the request's receiver; others, of errors, are small.
struct Receiving {
  const HttpRequest& request;
  HttpRequest::TakePiece take;
  std::string small;
  base::Status refused;

  void listen(httplib::Request& native) {
    native.response_handler = [this](const httplib::Response& response) {
      if (response.status >= 300) return true;
      auto taker = request.receive();
      if (taker.ok()) take = std::move(*taker);
      else refused = taker.error();
      return taker.ok();
    };
    native.content_receiver = [this](const char* data, size_t size, uint64_t offset, uint64_t total) {
      if (request.progress) request.progress(offset + size, total);
      const std::string_view piece(data, size);
      if (take) refused = take(piece);
      else small += piece;
      return refused.ok() && small.size() <= kSmallAnswerMax;
    };
  }

  static constexpr size_t kSmallAnswerMax = size_t{32} << 20;
};

base::Result<HttpResponse> Client::send_to(const std::string& url, const HttpRequest& request) {
  ASSIGN_OR_RETURN(Address address, parse_address(url));
  if (address.scheme != "http" && address.scheme != "https") {
    return base::invalid(failed(request.method, url, "unsupported protocol scheme \"" + address.scheme + "\"").message());
  }
  ASSIGN_OR_RETURN(const Address configured, parse_address(options_.address));
  if (address.authority == configured.authority) address.unix_socket = configured.unix_socket;
  if (native_ == nullptr || native_->key != address.scheme + "://" + address.authority) {
    ASSIGN_OR_RETURN(native_, Native::open(address, options_));
  }
  httplib::Request native;
  native.method = request.method;
  const size_t path_begins = url.find('/', url.find("://") + 3);
  native.path = path_begins == std::string::npos ? "/" : url.substr(path_begins);
  native.headers = {{"Host", address.authority}, {"User-Agent", "bao"}};
  for (const auto& [name, value] : headers_of(request)) {
    if (!is_header_name(name)) return base::invalid(failed(request.method, url, "net/http: invalid header field name \"" + name + "\"").message());
    if (!printable(value)) return base::invalid(failed(request.method, url, "net/http: invalid header field value for \"" + name + "\"").message());
    native.headers.emplace(name, value);
  }
  Receiving receiving{request, {}, {}, {}};
  if (request.receive) receiving.listen(native);
  if (request.large_body) provide_body(native, *request.large_body, request.progress);
  else if (request.body && request.progress) provide_body(native, *request.body, request.progress);
  else if (request.body) native.body = *request.body;
  else if (request.progress && !request.receive) native.progress = [&](uint64_t done, uint64_t total) { request.progress(done, total); return true; };
  if (request.body && request.content_type.empty()) native.headers.emplace("Content-Type", "application/json");
  httplib::Response answer;
  httplib::Error error = httplib::Error::Success;
  TlsSession::forget_errors();
  if (!let_interrupt(native_.get())) return failed(request.method, url, "interrupted");
  const bool exchanged = native_->http->send(native, answer, error);
  let_interrupt(nullptr);
  if (!exchanged) {
    const std::string why = native_->failure(error);
    native_.reset();
    if (!receiving.refused.ok()) return base::invalid(receiving.refused.error().message());
    return failed(request.method, url, why);
  }
  if (request.receive) answer.body = std::move(receiving.small);
  HttpResponse response{answer.status, {}, std::move(answer.body), url, request.method};
  for (const auto& [name, value] : answer.headers) response.headers.emplace_back(name, value);
  return response;
}

bool Client::let_interrupt(Native* under_way) {
  base::MutexLock lock(interrupt_mutex_);
  under_way_ = under_way;
  return !interrupted_;
}

void Client::interrupt() {
  base::MutexLock lock(interrupt_mutex_);
  interrupted_ = true;
  if (under_way_ != nullptr) under_way_->http->stop();
}

std::string Client::curl_string(const HttpRequest& request) const {
  const auto quoted = [](std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\"'\"'") : std::string(1, c);
    return out + "' ";
  };
  const TlsOptions& tls = options_.tls;
  const bool trusts = !tls.ca_cert_file.empty() || !tls.ca_cert_pem.empty() || !tls.ca_path.empty();
  std::string text = "curl ";
  if (tls.skip_verify) text += "--insecure ";
  if (request.method != "GET") text += "-X " + request.method + " ";
  if (trusts) text += "--cacert " + quoted(tls.ca_cert_file.empty() ? "passed-in-memory" : tls.ca_cert_file);
  if (!tls.ca_path.empty()) text += "--capath " + quoted(tls.ca_path);
  if (!tls.client_cert_file.empty()) text += "--cert " + quoted(tls.client_cert_file);
  if (!tls.client_key_file.empty()) text += "--key " + quoted(tls.client_key_file);
  for (const auto& [name, value] : headers_of(request)) {
    text += "-H \"" + name + ": " + (name == "X-Vault-Token" ? "$(bao print token)" : value) + "\" ";
  }
  if (request.large_body) text += "--data-binary @- ";
  if (request.body && !request.body->empty()) text += "-d " + quoted(*request.body);
  const auto address = url(request);
  return text + "\"" + (address.ok() ? *address : address.error().message()) + "\"";
}

}  // namespace bao::api
