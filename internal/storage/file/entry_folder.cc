#include "internal/storage/file/entry_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "internal/storage/file/layout.h"

namespace bao::storage::file {
namespace {

constexpr mode_t kFileMode = S_IRUSR | S_IWUSR;
constexpr const char* kJournal = ".journal";
constexpr const char* kNewFile = ".new";

base::Status write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return base::Error(base::Code::unavailable, std::strerror(errno));
    text.remove_prefix(static_cast<size_t>(written));
  }
  if (fsync(descriptor) != 0) return base::Error(base::Code::unavailable, std::strerror(errno));
  return {};
}

base::Status write_file(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode);
  if (descriptor < 0) return system_error(path, "creating the file");
  const auto written = write_all(descriptor, text);
  ::close(descriptor);
  if (!written.ok()) return written.error().within(path);
  return {};
}

base::Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.is_open() || in.bad()) return base::Error(base::Code::unavailable, path + ": reading the file failed");
  return text;
}

// A folder that was removed again needs no sync.
base::Status sync_folder(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno == ENOENT ? base::Status() : system_error(path, "opening the folder");
  const int code = fsync(descriptor);
  ::close(descriptor);
  return code == 0 ? base::Status() : system_error(path, "fsync of the folder");
}

std::string parent_of(const std::string& file) {
  const size_t slash = file.rfind('/');
  return slash == file.npos ? "" : file.substr(0, slash);
}

std::string file_text(const std::string& file, const std::string& key, const std::string& value) {
  return write_entry({file.starts_with(kOtherFolder) ? key : "", value});
}

// The entry of one file; nothing for files that are none, and for the empty ones that a full disk leaves behind.
base::Status load_file(const std::string& path, const std::string& file, Records& records) {
  const bool other = parent_of(file) == kOtherFolder;
  const auto key = key_of(file);
  if (!other && !key) return {};
  ASSIGN_OR_RETURN(const std::string text, read_file(path));
  if (text.empty()) return {};
  auto entry = read_entry(text);
  if (!entry.ok()) return entry.error().within(path);
  if (other && file_of(entry->key) != file) return base::corrupt(path + ": the entry belongs to another key");
  records.emplace_back(other ? entry->key : *key, entry->value.value_or(""));
  return {};
}

// Every file below the folder, by its name there.
base::Status each_file(const std::string& folder, const std::function<base::Status(const std::string& path, const std::string& file)>& visit) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator walk(folder, error), end;
  for (; !error && walk != end; walk.increment(error)) {
    if (!walk->is_regular_file(error)) continue;
    const std::string path = walk->path().string();
    TRY(visit(path, path.substr(folder.size() + 1)));
  }
  if (error) return base::Error(base::Code::unavailable, folder + ": reading the folder: " + error.message());
  return {};
}

std::string without_slash(const std::string& path) {
  return path.size() > 1 && path.ends_with('/') ? without_slash(path.substr(0, path.size() - 1)) : path;
}

}  // namespace

base::Result<Records> read_folder(const std::string& path) {
  const std::string folder = without_slash(path);
  if (access((folder + "/" + kJournal).c_str(), F_OK) == 0)
    return base::invalid(folder + ": a transaction is unfinished: start the server on it once");
  Records records;
  TRY(each_file(folder, [&](const std::string& entry, const std::string& file) { return load_file(entry, file, records); }));
  return records;
}

base::Result<std::unique_ptr<EntryFolder>> EntryFolder::open(const std::string& path) {
  ASSIGN_OR_RETURN(LockedFolder locked, LockedFolder::open(without_slash(path), ".lock"));
  std::unique_ptr<EntryFolder> folder(new EntryFolder(std::move(locked)));
  TRY(folder->finish_journal());
  return folder;
}

base::Result<Records> EntryFolder::load() {
  Records records;
  std::vector<std::string> strays;
  const base::Status loaded = each_file(folder_.path(), [&](const std::string& path, const std::string& file) -> base::Status {
    const size_t before = records.size();
    TRY(load_file(path, file, records));
    if (records.size() == before || file_of(records.back().first) == file) return {};
    const auto& [key, value] = records.back();
    strays.push_back(file);
    return put(file_of(key), file_text(file_of(key), key, value));
  });
  TRY(loaded);
  TRY(sync_touched());
  for (const std::string& file : strays) TRY(remove(file));
  TRY(sync_touched());
  touched_.clear();
  return records;
}

base::Status EntryFolder::write(const Changes& changes) {
  if (broken_) return base::Error(base::Code::unavailable, folder_.path() + ": an earlier write failed; restart the server");
  if (changes.empty()) return {};
  std::string journal;
  for (const auto& [key, value] : changes) journal += write_entry({key, value});
  if (const auto kept = write_file(below(kNewFile), journal); !kept.ok()) return kept;
  broken_ = true;  // until all of it is done
  const auto done = [&]() -> base::Status {
    if (std::rename(below(kNewFile).c_str(), below(kJournal).c_str()) != 0) return system_error(folder_.path(), "renaming");
    TRY(sync_folder(folder_.path()));
    return apply(changes);
  }();
  if (!done.ok()) return base::Error(base::Code::uncertain, done.error().message());
  broken_ = false;
  return {};
}

// One entry a line, as write() left them.
base::Status EntryFolder::finish_journal() {
  if (access(below(kJournal).c_str(), F_OK) != 0) return {};
  ASSIGN_OR_RETURN(const std::string text, read_file(below(kJournal)));
  Changes changes;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size() - 1);
    ASSIGN_OR_RETURN(Entry entry, read_entry(rest.substr(0, end + 1)));
    if (entry.key.empty()) return base::corrupt(below(kJournal) + ": an entry without a key");
    changes[entry.key] = std::move(entry.value);
    rest.remove_prefix(end + 1);
  }
  return apply(changes);
}

// Ends by taking the journal away, durably: an old one would undo later writes.
base::Status EntryFolder::apply(const Changes& changes) {
  touched_.clear();
  for (const auto& [key, value] : changes) {
    const std::string file = file_of(key);
    if (value) {
      TRY(put(file, file_text(file, key, *value)));
    } else {
      TRY(remove(file));
    }
  }
  TRY(sync_touched());
  if (unlink(below(kJournal).c_str()) != 0) return system_error(below(kJournal), "removing");
  return sync_folder(folder_.path());
}

base::Status EntryFolder::put(const std::string& file, std::string_view text) {
  TRY(make_parents(file));
  TRY(write_file(below(kNewFile), text));
  if (std::rename(below(kNewFile).c_str(), below(file).c_str()) != 0) return system_error(below(file), "renaming");
  touched_.insert(parent_of(file));
  return {};
}

base::Status EntryFolder::make_parents(const std::string& file) {
  for (size_t slash = file.find('/'); slash != file.npos; slash = file.find('/', slash + 1)) {
    const std::string folder = file.substr(0, slash);
    if (mkdir(below(folder).c_str(), S_IRWXU) == 0) {
      touched_.insert(parent_of(folder));
    } else if (errno != EEXIST) {
      return system_error(below(folder), "making the folder");
    }
  }
  return {};
}

// Folders that became empty go with the file.
base::Status EntryFolder::remove(const std::string& file) {
  if (unlink(below(file).c_str()) != 0 && errno != ENOENT) return system_error(below(file), "removing");
  std::string folder = parent_of(file);
  touched_.insert(folder);
  for (; !folder.empty() && rmdir(below(folder).c_str()) == 0; folder = parent_of(folder)) {
    touched_.insert(parent_of(folder));
  }
  return {};
}

base::Status EntryFolder::sync_touched() {
  for (const std::string& folder : touched_) TRY(sync_folder(below(folder)));
  return {};
}

}  // namespace bao::storage::file
