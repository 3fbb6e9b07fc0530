#include "internal/http/answer.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iterator>

#include "internal/codec/json.h"
#include "internal/http/wire_request.h"
#include "internal/logical/render.h"

namespace bao::http {
namespace {

std::string_view reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 412: return "Precondition Failed";
    case 413: return "Request Entity Too Large";
    case 414: return "Request URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "status";
  }
}

// "Date: …\r\n", made once a second and thread.
std::string_view date_line() {
  thread_local std::time_t made_at = 0;
  thread_local char line[64];
  thread_local size_t size = 0;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    size = std::strftime(line, sizeof line, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    made_at = now;
  }
  return {line, size};
}

void append_number(std::string& out, size_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end.ptr);
}

// A header of text from outside stays one header.
void append_header(std::string& out, std::string_view name, std::string_view value) {
  const auto safe = [&out](std::string_view text, bool is_name) {
    const auto goes = [is_name](char c) {
      const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
      return !control && !(is_name && (c == ':' || c == ' '));
    };
    if (std::ranges::all_of(text, goes)) out += text;
    else std::ranges::copy_if(text, std::back_inserter(out), goes);
  };
  safe(name, true);
  out += ": ";
  safe(value, false);
  out += "\r\n";
}

bool class_covers(std::string_view wanted, int status) {
  if (wanted == "default") return true;
  const std::string code = std::to_string(status);
  return wanted == code || (wanted.size() == 3 && wanted.substr(1) == "xx" && wanted[0] == code[0]);
}

// Headers beyond the fixed ones, by name; those of the answer itself are put first and win.
class HeaderSet {
 public:
  void set(std::string_view name, std::string_view value) {
    for (auto& [known, text] : items_) {
      if (equal_names(known, name)) {
        text = value;
        return;
      }
    }
    items_.emplace_back(name, value);
  }
  bool has(std::string_view name) const {
    for (const auto& [known, text] : items_) {
      if (equal_names(known, name)) return true;
    }
    return false;
  }
  const std::vector<std::pair<std::string_view, std::string_view>>& items() const { return items_; }

 private:
  std::vector<std::pair<std::string_view, std::string_view>> items_;
};

constexpr int kUsualStatuses[] = {200, 204, 400, 403, 404};
constexpr size_t kHeadBytes = 512;  // roughly
constexpr std::string_view kStrictTransport = "max-age=31536000; includeSubDomains";

}  // namespace

AddedHeaders::AddedHeaders(std::vector<StatusHeaders> groups) : groups_(std::move(groups)) {
  for (const int status : kUsualStatuses) usual_.emplace_back(status, lines_for(Answer::empty(status)));
}

// What an answer brings itself, X-Vault-Index mostly, comes behind them, unless one of the two replaces the other.
void AddedHeaders::append_to(std::string& out, const Answer& answer) const {
  const auto usual = std::ranges::find(usual_, answer.status, &std::pair<int, std::string>::first);
  if (usual == usual_.end() || std::ranges::any_of(answer.headers, [this](const auto& header) { return replaces(header.first); })) {
    out += lines_for(answer);
    return;
  }
  out += usual->second;
  for (const auto& [name, value] : answer.headers) append_header(out, name, value);
}

bool AddedHeaders::replaces(std::string_view name) const {
  if (equal_names(name, "Cache-Control")) return true;
  return std::ranges::any_of(groups_, [name](const StatusHeaders& group) {
    return std::ranges::any_of(group.headers, [name](const auto& header) { return equal_names(header.first, name); });
  });
}

std::string AddedHeaders::lines_for(const Answer& answer) const {
  std::string out;
  HeaderSet set;
  for (const StatusHeaders& group : groups_) {
    if (!class_covers(group.status, answer.status)) continue;
    for (const auto& [name, value] : group.headers) set.set(name, value);
  }
  // A plugin's Cache-Control replaces the rule; what it repeats (Link) stays repeated.
  if (!set.has("Strict-Transport-Security")) append_header(out, "Strict-Transport-Security", kStrictTransport);
  bool cache_control = false;
  for (const auto& [name, value] : answer.headers) {
    if (set.has(name)) continue;
    cache_control = cache_control || equal_names(name, "Cache-Control");
    append_header(out, name, value);
  }
  if (!cache_control && !set.has("Cache-Control")) out += "Cache-Control: no-store\r\n";
  for (const auto& [name, value] : set.items()) append_header(out, name, value);
  return out;
}

Answer Answer::json(int status, std::string body) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}
Answer Answer::error(int status, base::Words text) {
  Answer answer = json(status, logical::render_errors(text.text()));
  if (status >= 500) answer.why = std::move(text);
  return answer;
}
Answer Answer::empty(int status) { return json(status, ""); }
Answer Answer::plain(int status, std::string_view text) {
  Answer answer = json(status, std::string(text));
  answer.content_type = "text/plain; charset=utf-8";
  return answer;
}

bool write_answer(std::string& out, const Answer& answer, const WireOptions& options) {
  out.reserve(out.size() + kHeadBytes + answer.body.size());
  out += options.version == 10 ? "HTTP/1.0 " : "HTTP/1.1 ";
  append_number(out, static_cast<size_t>(answer.status));
  out += ' ';
  out += reason(answer.status);
  out += "\r\n";
  static const AddedHeaders kNone;
  (options.added ? *options.added : kNone).append_to(out, answer);
  if (!answer.content_type) out += "Content-Type: application/json\r\n";
  else if (!answer.content_type->empty()) append_header(out, "Content-Type", *answer.content_type);
  out += date_line();
  const bool bodiless = answer.status == 204 || answer.status == 304;
  if (answer.stream) {
    if (options.version != 10) out += "Transfer-Encoding: chunked\r\n";
  } else if (!bodiless) {
    out += "Content-Length: ";
    append_number(out, answer.content().size());
    out += "\r\n";
  }
  if (answer.close || !options.keep_alive) out += "Connection: close\r\n";
  else if (options.version == 10) out += "Connection: keep-alive\r\n";
  out += "\r\n";
  if (bodiless || options.head) return false;
  if (!answer.spooled && !answer.stream) out += answer.body;
  return answer.spooled || answer.stream;
}

}  // namespace bao::http
