// Keys for external account binding (RFC 8555 7.3.4): given out by an operator, each good for one account of one directory. Values.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/base/secret.h"
#include "internal/codec/json.h"
#include "internal/logical/path.h"
#include "internal/storage/view.h"

namespace bao::engines::pki::acme {

struct ExternalKey {
  std::string id;
  std::string directory;  // "acme/", as accounts name it
  std::string type = "hs";
  base::Time created{};
  std::shared_ptr<const base::SecretBytes> key{};  // shared by the copies of this entry

  codec::Json entry() const;
  static base::Result<ExternalKey> parse(std::string id, const codec::Json& entry);
};

base::Result<std::optional<ExternalKey>> read_external_key(const storage::ReadView& view, const std::string& id);
base::Status remove_external_key(storage::WriteView& view, const std::string& id);

// …/new-eab of every directory, eab and eab/….
std::vector<logical::Path> external_key_paths();

}  // namespace bao::engines::pki::acme
