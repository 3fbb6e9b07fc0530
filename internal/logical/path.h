// Path patterns of a backend, with fields and operations. Immutable after construction; matching takes no lock and
// allocates for captures only.
//
// Pattern language (no regular expressions on the request path):
//   data/{path:all}       literal text; a capture up to the end, may be empty and hold slashes
//   roles/{name}          a capture of class "name":  \w(([\w-.]+)?\w)?
//   users/{name:name_at}  the same with '@' allowed
//   x/{ref:segment}       one path segment of any characters, not empty
//   hash[/{algorithm}]    a part that may be missing
//   {fmt:der|pem|json}    one of the words
//   mounts/{path:any}     as all, but not empty
//   a/?                   an optional trailing slash
// Patterns are anchored and tried in the order given; the first match counts.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/logical/field.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"
#include "internal/storage/view.h"

namespace bao::logical {

// What a handler gets beside its view.
struct Call {
  const Request& request;
  const Fields& fields;
  base::Time now;
};

using ReadHandler = std::function<Reply(const Call&, const storage::ReadView&)>;
using WriteHandler = std::function<Reply(const Call&, storage::WriteView&)>;
enum class Where : uint8_t { local, active };
using Planner = std::function<base::Result<Where>(const Call&, const storage::ReadView&)>;

// What an operation does to storage, known before anything runs (D7).
struct Reads { ReadHandler run; };
struct Writes { WriteHandler run; };
struct ReadsUnless { Planner plan; ReadHandler local; WriteHandler active; };
// Writes in transactions of its own, for what doesn't fit one or isn't storage alone: revoking a tree of tokens, removing
// a mount's data, sealing. Core backends only; counts as `writes`, but where it is of the node that was asked alone
// (sealing it, its log levels), active or not.
enum class Of : uint8_t { cluster, node };
struct Manages {
  std::function<Reply(const Call&)> run;
  Of of = Of::cluster;
};
using Effect = std::variant<Reads, Writes, ReadsUnless, Manages>;

enum class Access : uint8_t {
  token,            // a valid token whose policies allow the path
  sudo,             // and the capability sudo
  unauthenticated,  // no token needed; one that is sent is not looked at
};

struct Handler {
  Operation operation;
  Effect effect;
  std::string summary{};    // OpenAPI
  bool creates_lease = false;  // counts as writing
  bool is_login = false;       // answers with an Auth that becomes a token
};

struct Path {
  std::string pattern{};
  std::vector<Field> fields{};      // captures first
  std::vector<Handler> handlers{};  // `update` serves create too when there is no create handler
  // Decides between create and update for the ACL; without it every write is an update.
  std::function<base::Result<bool>(const Call&, const storage::ReadView&)> exists{};
  Access access = Access::token;
  bool takes_any_fields = false;  // no warning about fields that the schema doesn't name (KV)
  bool published = true;          // listed in OpenAPI documents and in the mount's help
  std::string synopsis{};         // help
  std::string description{};

  // The handler of that operation; `update` serves create.
  const Handler* find(Operation operation) const;
  // The fields of a request that matched. Errors (invalid) carry the reference's prefix "Field validation failed: ", but
  // not for writes of paths with an existence check, which stumbles first.
  base::Result<Fields> read_fields(Operation operation, std::vector<std::pair<std::string, std::string>> captures,
                                   const codec::Json& data) const;
};

struct Match {
  const Path* path = nullptr;
  std::vector<std::pair<std::string, std::string>> captures;  // of every capture of the pattern; "" when it was left out
};

struct PatternPart;  // path_pattern.h

class PathTable {
 public:
  PathTable();
  // ENSURE: patterns are well-formed.
  explicit PathTable(std::vector<Path> paths);
  ~PathTable();
  PathTable(PathTable&&) noexcept;
  PathTable& operator=(PathTable&&) noexcept;
  // Of a path relative to the mount; nothing when no pattern fits.
  std::optional<Match> match(std::string_view relative_path) const;
  const std::vector<Path>& paths() const { return paths_; }

 private:
  std::vector<Path> paths_;
  std::vector<std::vector<PatternPart>> patterns_;  // one a path
};

}  // namespace bao::logical
