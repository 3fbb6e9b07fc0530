#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/paths.h"
#include "internal/cli/raft.h"
#include "internal/codec/compression.h"

namespace bao::cli {
namespace {

constexpr size_t kArchiveBytesMax = size_t{4} << 30;  // unpacked, when a saved archive is checked

// The only argument; nothing when there isn't one, which was said.
std::optional<std::string> file_argument(Invocation& run, std::string_view missing) {
  if (run.arguments().size() != 1) {
    run.fail("Incorrect arguments (expected 1, got " + std::to_string(run.arguments().size()) + ")");
    return std::nullopt;
  }
  std::string path = trimmed(run.arguments()[0]);
  if (!path.empty()) return path;
  run.fail(missing);
  return std::nullopt;
}

// A snapshot that was cut short lacks its last entry.
base::Status check_archive(const std::string& archive) {
  ASSIGN_OR_RETURN(const std::string tar, codec::gunzip(archive, kArchiveBytesMax));
  ASSIGN_OR_RETURN(const std::vector<codec::TarEntry> entries, codec::read_tar(tar));
  for (const codec::TarEntry& entry : entries) {
    if (entry.name == "SHA256SUMS.sealed") return {};
  }
  return base::invalid("incomplete snapshot, did not find SHA256SUMS.sealed");
}

base::Status write_private_file(const std::string& path, std::string_view content) {
  const int descriptor = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return base::invalid("open " + path + ": " + std::strerror(errno));
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const std::string why = std::strerror(errno);
      close(descriptor);
      return base::invalid("write " + path + ": " + why);
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  if (close(descriptor) != 0) return base::invalid("close " + path + ": " + std::strerror(errno));
  return {};
}

}  // namespace

int snapshot_save(Invocation& run) {
  const auto path = file_argument(run, "Output file name is required");
  if (!path) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const auto response = session->call("GET", "sys/storage/raft/snapshot");
  const std::string what = "Error taking the snapshot: ";
  if (!response.ok()) return run.fail(what + response.error().message());
  if (const auto status = check_archive(response->body); !status.ok()) return run.fail(what + status.error().message());
  if (const auto status = write_private_file(*path, response->body); !status.ok()) return run.fail(what + status.error().message());
  return 0;
}

int snapshot_restore(Invocation& run) {
  const auto path = file_argument(run, "Snapshot file name is required");
  if (!path) return 1;
  auto archive = read_file(*path);
  if (!archive.ok()) return run.fail("Error opening snapshot file: " + archive.error().message());
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string endpoint = run.flags().boolean("force") ? "/v1/sys/storage/raft/snapshot-force" : "/v1/sys/storage/raft/snapshot";
  const auto response = session->send({"POST", endpoint, {}, std::move(archive).value(), "application/gzip"});
  const std::string what = "Error installing the snapshot: ";
  if (!response.ok()) return run.fail(what + response.error().message());
  if (!api::succeeded(*response)) return run.fail(what + api::error_text(*response));
  return 0;
}

}  // namespace bao::cli
