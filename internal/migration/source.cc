#include "internal/migration/source.h"

#include <algorithm>

#include "internal/migration/openbao_folder.h"
#include "internal/storage/file/entry_folder.h"

namespace bao::migration {
namespace {

// `storage "file"`, of OpenBao or of this server: the layout is the same.
class FileSource final : public Source {
 public:
  explicit FileSource(storage::file::Records records) : records_(std::move(records)) {}
  base::Status each(const Visit& visit) override {
    for (const auto& [key, value] : records_) TRY(visit(key, value));
    return {};
  }

 private:
  const storage::file::Records records_;
};

base::Result<std::unique_ptr<Source>> open_file(const std::string& path) {
  ASSIGN_OR_RETURN(auto records, storage::file::read_folder(path));
  std::sort(records.begin(), records.end());
  return std::unique_ptr<Source>(std::make_unique<FileSource>(std::move(records)));
}

}  // namespace

base::Result<std::unique_ptr<Source>> open_source(const config::Storage& storage) {
  if (storage.path.empty()) return base::invalid("path is not set");
  if (storage.type == "raft") return OpenbaoFolder::open(storage.path);
  if (storage.type == "file") return open_file(storage.path);
  return base::invalid("storage type " + storage.type + " cannot be migrated from: there are raft (a folder of OpenBao) and file");
}

}  // namespace bao::migration
