// Flags as Go's flag package reads them (openbao-cli.md 1.2, ARCHITECTURE D17): -x v, -x=v and --x are one, reading stops at
// the first positional or at "--", values are taken as they are. Flags are described by constant tables.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"

namespace bao::cli {

enum class FlagKind {
  text,
  boolean,          // -x, -x=false
  boolean_or_unset, // as boolean, where not given is a third state
  integer,
  unsigned_integer,
  duration,         // 30s, 1h, 2d, seconds; "system" is -1 s
  list,             // repeat; each value trimmed
  map,              // repeat; key=value
  keys,             // repeat or comma list of PGP keys: files or keybase:NAME
};

struct Flag {
  std::string_view name;
  FlagKind kind = FlagKind::text;
  std::string_view text;          // what it does, one or more sentences
  std::string_view fallback = {}; // the default as shown and as read; empty: the kind's zero, not shown
  std::string_view environment = {};
  std::string_view alias = {};
  std::string_view example = {};  // shown as -name=<example>; empty: by kind
  std::string_view section = "Command Options";
  bool hidden = false;
};

// Flags with the values that a command line and the environment gave them. A plain value.
class FlagValues {
 public:
  // Takes defaults and environment: a variable that is set but not readable as the flag's kind is ignored.
  explicit FlagValues(std::vector<const Flag*> flags);

  // Reads arguments up to the first positional; what is left becomes positionals(). On an error (invalid, Go's wording: "flag
  // provided but not defined: -x") positionals() hold what had not been read yet.
  base::Status parse(const std::vector<std::string>& arguments);
  const std::vector<std::string>& positionals() const { return positionals_; }

  bool given(std::string_view name) const;  // on the command line
  const std::string& text(std::string_view name) const;
  bool boolean(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  base::Duration duration(std::string_view name) const;
  const std::vector<std::string>& list(std::string_view name) const;
  std::map<std::string, std::string> map(std::string_view name) const;

 private:
  struct Value {
    const Flag* flag;
    bool given = false;
    std::vector<std::string> texts;  // of list, map and keys: all; else one
  };
  Value* find(std::string_view name);
  const Value& at(std::string_view name) const;
  base::Status parse_one(const std::vector<std::string>& arguments, size_t& at);

  std::vector<Value> values_;
  std::vector<std::string> positionals_;
};

// Go's strconv.ParseBool; error "parse error".
base::Result<bool> parse_boolean(std::string_view text);

}  // namespace bao::cli
