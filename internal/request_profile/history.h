// What a run has asked so far and what was answered, as later steps may look at it. Holds secrets: they are wiped when it ends. Owned by
// one run.
#pragma once

#include <string>
#include <vector>

#include "internal/base/result.h"
#include "internal/codec/json.h"
#include "internal/request_profile/profile.h"

namespace bao::request_profile {

class History {
 public:
  History() = default;
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  ~History();

  void add_request(const std::string& block, const std::string& name, const Asked& asked);
  void add_response(const std::string& block, const std::string& name, codec::Json response);

  // By block and name.
  const codec::Json& requests() const { return requests_; }
  const codec::Json& responses() const { return responses_; }

 private:
  codec::Json requests_ = codec::Json::object(), responses_ = codec::Json::object();
};

// The part that `selector` leads to: a member's name, an index, or a list of such; all of it where the selector is null. Errors: invalid.
base::Result<codec::Json> select(const codec::Json& whole, const codec::Json& selector);

}  // namespace bao::request_profile
