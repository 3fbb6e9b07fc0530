#include "internal/storage/file/file_storage.h"

#include "internal/storage/file/entry_folder.h"
#include "internal/storage/inmem/inmem.h"

namespace bao::storage::file {
namespace {

// What the operations leave behind; of a key that comes twice the last one counts.
Changes changes_of(const std::vector<Operation>& operations) {
  Changes changes;
  for (const Operation& operation : operations) {
    if (operation.kind == Operation::Kind::put) changes[operation.key] = operation.value;
    if (operation.kind == Operation::Kind::remove) changes[operation.key] = std::nullopt;
  }
  return changes;
}

}  // namespace

base::Result<std::unique_ptr<Backend>> open(const std::string& path) {
  ASSIGN_OR_RETURN(std::shared_ptr<EntryFolder> folder, EntryFolder::open(path));
  ASSIGN_OR_RETURN(Records records, folder->load());
  return inmem::open({"file", std::move(records), [folder](const std::vector<Operation>& operations) {
                        return folder->write(changes_of(operations));
                      }});
}

}  // namespace bao::storage::file
