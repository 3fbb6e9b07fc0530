// Profiles: requests that stand in a configuration, asked one after the other, each value either written down or taken from a source
// (openbao.org, "Profile system"). Plain values; README.md says what a source is and what runs when.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::request_profile {

// One request. Members are as written, null where nothing is; an object with `eval_source` and `eval_type`, at any depth, stands for
// what that source gives.
struct Step {
  std::string name;
  codec::Json operation, path, token, data, headers, when, allow_failure;
};

struct Block {
  std::string name;
  codec::Json when;
  std::vector<Step> steps;
};

struct Profile {
  std::string kind;  // what a block is called where it stands: "initialize"
  std::vector<Block> blocks;
};

// What sources see of the machine.
struct Host {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::function<base::Result<std::string>(const std::string& path)> file;
  // Whether `file` would find something, without reading it: some can be read once only.
  std::function<base::Status(const std::string& path)> file_is_there;
  std::function<base::Time()> now;
};

// A request with every value found.
struct Asked {
  std::string id;  // "initialize[0].identity.request[1].add-admin"
  std::string operation, path, token;
  codec::Json data = codec::Json::object();
  std::vector<std::pair<std::string, std::string>> headers;
};

enum class Event : uint8_t { done, skipped, failure_allowed };

struct Surroundings {
  Host host;
  std::string default_token;  // of steps without a token of their own
  // Whoever answers; the answer as later steps see it: {"data":…, "auth":…}.
  std::function<base::Result<codec::Json>(const Asked& asked)> ask;
  // What became of each step; `why` is an allowed failure's, and holds no value that a source gave.
  std::function<void(Event event, const std::string& id, const std::string& why)> tell;
};

// What is wrong with a profile before anything runs: names, members that are missing or unknown, sources and types that there are not,
// references to requests that do not come before, expressions that cannot be parsed. Errors: invalid, with the names of block and request.
base::Status check(const Profile& profile);
// Variables that must be there, files: what check() doesn't look at because it may be another machine's. Errors: invalid.
base::Status check_host(const Profile& profile, const Host& host);
// Asks everything in order, until a request fails that may not. Errors: as `ask` says, or invalid; in neither is a value that a source
// gave, an answer's secrets or the default token.
base::Status run(const Profile& profile, const Surroundings& surroundings);

}  // namespace bao::request_profile
