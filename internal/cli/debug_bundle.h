// What `bao debug` leaves behind: files in a directory of its own (0700, files 0600), told of in index.json, packed into one archive if
// asked for (openbao-cli.md 6). Owned by the main thread.
#pragma once

#include <string>
#include <vector>

#include "internal/base/clock.h"
#include "internal/base/result.h"
#include "internal/codec/json.h"

namespace bao::cli {

class DebugBundle {
 public:
  // `output` may end in .tar.gz; nothing of that name may be there yet. Errors: invalid, saying what is in the way.
  static base::Result<DebugBundle> make(const std::string& output, bool compress);

  // A name may be that of a file in a folder of the bundle: "2026-11-29T13-20-00Z/heap.prof".
  base::Status write(const std::string& name, const std::string& content);
  // Each text about a target once.
  void add_error(const std::string& target, const std::string& error, base::Time now);
  const codec::Json& errors() const { return errors_; }
  // Writes index.json with `about` in front, then packs. What the bundle is called at last. Errors: what could not be written; the
  // directory stays.
  base::Result<std::string> finish(codec::Json about, base::Time now);
  const std::string& folder() const { return folder_; }

 private:
  DebugBundle(std::string folder, std::string archive) : folder_(std::move(folder)), archive_(std::move(archive)) {}
  base::Status pack(base::Time now) const;
  codec::Json layout() const;

  std::string folder_, archive_;  // archive_ is "" when it stays a directory
  std::vector<std::string> files_;
  codec::Json errors_ = codec::Json::array();
};

}  // namespace bao::cli
