// An answer before it goes out, and its bytes on the wire. Header names and values that come from elsewhere lose
// anything that could end a line. Owned by one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/result.h"
#include "internal/base/spool_file.h"
#include "internal/logical/body_stream.h"

namespace bao::http {

struct Answer {
  int status = 200;
  std::optional<std::string> content_type;  // absent: application/json; "": no such header
  std::string body;
  std::shared_ptr<const base::SpoolFile> spooled{};  // in place of `body`, for what is too large for memory; else nullptr
  std::shared_ptr<logical::BodyStream> stream{};  // in place of `body`, for what goes on until somebody ends it; else nullptr
  std::vector<std::pair<std::string, std::string>> headers;  // beside the ones on every answer; same names replace those
  bool close = false;  // the connection ends with it
  std::optional<base::Code> code;  // of the error that this answers; absent: the status says it
  std::optional<base::Words> why;  // of a 5xx: what the log may be told
  std::string told_as;             // of a 5xx: the id of the request in the line that the log has of it; "": it has none yet

  std::string_view content() const { return spooled ? spooled->view() : std::string_view(body); }

  static Answer json(int status, std::string body);
  // {"errors":[text]}, or {"errors":[]} for an empty text.
  static Answer error(int status, base::Words text);
  static Answer empty(int status);                            // with application/json and no body, as 204 goes out
  static Answer plain(int status, std::string_view text);     // text/plain
};

// Headers that the configuration adds: for a class of status codes ("default", "2xx", "404"), later classes win.
struct StatusHeaders {
  std::string status;
  std::vector<std::pair<std::string, std::string>> headers;
};

// The headers that every answer has, as text by status, made once: they are the same thousands of times a second. Immutable,
// thread-safe.
class AddedHeaders {
 public:
  AddedHeaders() : AddedHeaders(std::vector<StatusHeaders>()) {}
  explicit AddedHeaders(std::vector<StatusHeaders> groups);
  // Lines with their ends.
  void append_to(std::string& out, const Answer& answer) const;

 private:
  std::string lines_for(const Answer& answer) const;
  // Whether a header of an answer and one of these may not both go out.
  bool replaces(std::string_view name) const;
  std::vector<StatusHeaders> groups_;
  std::vector<std::pair<int, std::string>> usual_;
};

struct WireOptions {
  int version = 11;
  bool keep_alive = true;
  bool head = false;  // HEAD: the body stays away
  const AddedHeaders* added = nullptr;
};

// Appends the whole answer: status line, headers, body. True: what is spooled, for it doesn't belong in memory, or streamed, in chunks, has to follow.
bool write_answer(std::string& out, const Answer& answer, const WireOptions& options);

}  // namespace bao::http
