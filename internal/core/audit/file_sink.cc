// A file that lines are appended to; "stdout" and "discard" are none. Missing folders are made. A file is never left executable: what an API
// writes must not become a program (CVE-2025-54997).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <strings.h>

#include "internal/core/audit/descriptor.h"

namespace bao::core::audit {
namespace {

using base::Result;
using base::Status;

constexpr mode_t kExecutable = 0111;
constexpr mode_t kFolderMode = 0700;

class FileSink final : public Sink {
 public:
  FileSink(std::string path, mode_t mode) : path_(std::move(path)), mode_(mode) {}

  Status write(std::string_view line, SteadyTime until) override {
    if (!file_.open()) TRY(open());
    if (torn_) {  // a line that a full disk cut off is ended before the next one
      size_t ended = 0;
      TRY(kept(file_.write_all("\n", until, ended)));
      torn_ = false;
    }
    size_t written = 0;
    const Status status = file_.write_all(line, until, written);
    torn_ = !status.ok() && written > 0;
    return kept(status);
  }
  void reopen() override { file_ = Descriptor(); }

 private:
  // A file that refuses a line is opened anew for the next: it may have been put away meanwhile.
  Status kept(Status status) {
    if (!status.ok()) file_ = Descriptor();
    return status;
  }

  Status open() {
    const auto folder = std::filesystem::path(path_).parent_path();
    std::error_code ignored;
    if (!folder.empty() && !std::filesystem::exists(folder, ignored)) TRY(make_folders(folder));
    // Not blocking: a pipe that nobody reads would hold the request for ever.
    Descriptor file(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode_ == 0 ? 0600 : mode_));
    if (!file.open()) return system_error("open " + path_);
    TRY(set_mode(file));
    file_ = std::move(file);
    return {};
  }

  static Status make_folders(const std::filesystem::path& folder) {
    std::filesystem::path at;
    for (const auto& part : folder) {
      at /= part;
      if (::mkdir(at.c_str(), kFolderMode) != 0 && errno != EEXIST) return system_error("mkdir " + at.string());
    }
    return {};
  }

  Status set_mode(const Descriptor& file) const {
    struct stat found {};
    if (::fstat(file.number(), &found) != 0) return system_error("stat " + path_);
    if (!S_ISREG(found.st_mode)) return {};
    const mode_t now = found.st_mode & 07777;
    const mode_t wanted = (mode_ == 0 ? now : mode_) & ~kExecutable;
    return now == wanted || ::fchmod(file.number(), wanted) == 0 ? Status() : Status(system_error("chmod " + path_));
  }

  const std::string path_;
  const mode_t mode_;  // 0: as it is
  Descriptor file_;
  bool torn_ = false;
};

class StandardOutput final : public Sink {
 public:
  Status write(std::string_view line, SteadyTime until) override {
    Descriptor output(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!output.open()) return system_error("stdout");
    size_t written = 0;
    return output.write_all(line, until, written);
  }
  void reopen() override {}
};

class Discard final : public Sink {
 public:
  Status write(std::string_view, SteadyTime) override { return {}; }
  void reopen() override {}
};

Result<mode_t> parse_mode(const std::string& text) {
  unsigned mode = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) {
    return base::invalid("strconv.ParseUint: parsing \"" + text + "\": invalid syntax");
  }
  if (mode > 0777) return base::invalid("file mode does not represent a regular file");
  return static_cast<mode_t>(mode & ~kExecutable);
}

// Links are followed first: what counts is where the file lies.
Status check_folder(const std::string& path, const std::vector<std::string>& folders) {
  std::error_code failure;
  const auto file = std::filesystem::weakly_canonical(path, failure);
  const bool inside = folders.empty() || std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    const auto outer = std::filesystem::weakly_canonical(folder, failure) / "";
    return !failure && file.string().starts_with(outer.string());
  });
  return inside && (folders.empty() || !failure) ? Status() : Status(base::invalid("file_path lies outside of the folders that the server allows (audit_file_folders)"));
}

}  // namespace

Result<std::unique_ptr<Sink>> make_file_sink(const Options& options, const SinkRules& rules) {
  const std::string path = option(options, "file_path", option(options, "path", ""));
  if (path.empty()) return base::invalid("file_path is required");
  ASSIGN_OR_RETURN(const mode_t mode, parse_mode(option(options, "mode", "0600")));
  if (::strcasecmp(path.c_str(), "stdout") == 0) return std::unique_ptr<Sink>(std::make_unique<StandardOutput>());
  if (::strcasecmp(path.c_str(), "discard") == 0) return std::unique_ptr<Sink>(std::make_unique<Discard>());
  if (rules.maker == Maker::api) TRY(check_folder(path, rules.allowed.file_folders));
  return std::unique_ptr<Sink>(std::make_unique<FileSink>(path, mode));
}

}  // namespace bao::core::audit
