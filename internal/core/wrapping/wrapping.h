// Response wrapping (openbao-api.md 1.8): an answer kept in the cubbyhole of a one-use token. Views are over the whole
// barrier. Thread-safe, holds no state.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "internal/core/mounts/mount_table.h"
#include "internal/core/token/token_store.h"
#include "internal/logical/request.h"
#include "internal/logical/response.h"
#include "internal/storage/view.h"

namespace bao::core {

class Wrapping {
 public:
  // `api_address` is named in signed tokens; may be "".
  Wrapping(const TokenStore& tokens, const MountTable& mounts, const base::Clock& clock, std::string api_address = "")
      : tokens_(tokens), mounts_(mounts), clock_(clock), api_address_(std::move(api_address)) {}

  // Keeps `response` (rendered as its envelope, or raw) and answers with wrap_info alone, whose token is signed where the
  // request asks for that form. An empty list isn't wrapped: absent "unsupported path".
  logical::Reply wrap(storage::WriteView& all, const logical::Request& request, const logical::Response& response,
                      base::Duration ttl, std::string_view creation_path = {}) const;
  // The kept answer of a wrapping token, which is used up: its cubbyhole is emptied in the same transaction. The caller has
  // checked `valid` in this transaction, before the token's use was taken. Error: invalid "wrapping token is not valid or does
  // not exist".
  logical::Reply unwrap(storage::WriteView& all, std::string_view token) const;
  // {"creation_path", "creation_time", "creation_ttl"}; uses nothing up.
  logical::Reply lookup(const storage::ReadView& all, std::string_view token) const;
  // A new token for the same content, with the original TTL.
  logical::Reply rewrap(storage::WriteView& all, const logical::Request& request, std::string_view token) const;
  // Whether the token is a living wrapping token: policies exactly ["response-wrapping"].
  base::Result<bool> valid(const storage::ReadView& all, std::string_view token) const;

 private:
  struct Content;
  logical::Reply keep(storage::WriteView& all, const logical::Request& request, const Content& content) const;
  base::Result<TokenEntry> entry_of(const storage::ReadView& all, std::string_view token) const;
  base::Result<std::string> take(storage::WriteView& all, const TokenEntry& entry) const;

  const TokenStore& tokens_;
  const MountTable& mounts_;
  const base::Clock& clock_;
  const std::string api_address_;
};

}  // namespace bao::core
