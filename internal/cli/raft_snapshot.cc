// bao operator raft snapshot save, restore, verify.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include <memory>
#include <set>

#include "internal/archive/snapshot_archive.h"
#include "internal/base/spool_file.h"
#include "internal/cli/file_view.h"
#include "internal/cli/invocation.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/progress.h"
#include "internal/cli/raft.h"

namespace bao::cli {
namespace {

using codec::Json;

constexpr size_t kArchiveBytesMax = size_t{64} << 30;  // unpacked, when an archive is checked
constexpr base::Duration kTransferTime = std::chrono::minutes(30);
// Without one of them no server comes up with what it restored.
constexpr std::string_view kIndispensable[] = {"core/keyring", "core/seal-config", "core/hsm/barrier-unseal-keys",
                                               "core/cluster/local/info", "sys/token/salt"};

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

// One that was cut short lacks its last entry, or what its sums say.
base::Result<archive::SnapshotArchive> read_whole(std::string_view bytes) {
  ASSIGN_OR_RETURN(archive::SnapshotArchive snapshot, archive::read_snapshot_archive(bytes, kArchiveBytesMax));
  if (snapshot.sealed_sums.empty()) return base::invalid("incomplete snapshot, did not find SHA256SUMS.sealed");
  return snapshot;
}

// "shamir, 3 of 5 shares".
std::string seal_of(std::string_view config) {
  const auto json = codec::parse_json(config);
  if (!json.ok() || !json->is_object()) return "unknown";
  const std::string type = (*json)["type"].as_string();
  if (type != "shamir") return type;
  return type + ", " + std::string((*json)["secret_threshold"].text()) + " of " + std::string((*json)["secret_shares"].text()) + " shares";
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

// Into a temporary file; the one that is named is written when all is there and sound.
base::Result<api::HttpResponse> receive_snapshot(Session& session, std::unique_ptr<base::SpoolFile>& received) {
  ProgressLine line("Saving");
  auto response = session.send({.method = "GET", .path = "/v1/sys/storage/raft/snapshot", .query = {}, .body = {}, .content_type = "",
                                .progress = [&](uint64_t done, uint64_t) { line.show(done, 0); },
                                .receive = [&]() -> base::Result<api::HttpRequest::TakePiece> {
                                  ASSIGN_OR_RETURN(received, base::SpoolFile::create());
                                  return api::HttpRequest::TakePiece([&received](std::string_view piece) { return received->append(piece); });
                                }});
  if (received) TRY(received->finish());
  return response;
}

}  // namespace

int snapshot_save(Invocation& run) {
  const auto path = file_argument(run, "Output file name is required");
  if (!path) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  session->wait_at_least(kTransferTime);
  std::unique_ptr<base::SpoolFile> received;
  const auto response = receive_snapshot(*session, received);
  const std::string what = "Error taking the snapshot: ";
  if (!response.ok()) return run.fail(what + response.error().message());
  if (!api::succeeded(*response)) return run.fail(what + api::error_text(*response));
  const std::string_view bytes = received ? received->view() : std::string_view();
  if (const auto whole = read_whole(bytes); !whole.ok()) return run.fail(what + whole.error().message());
  if (const auto status = write_private_file(*path, bytes); !status.ok()) return run.fail(what + status.error().message());
  return 0;
}

int snapshot_restore(Invocation& run) {
  const auto path = file_argument(run, "Snapshot file name is required");
  if (!path) return 1;
  const auto archive = FileView::open(*path);
  if (!archive.ok()) return run.fail("Error opening snapshot file: " + archive.error().message());
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string endpoint = run.flags().boolean("force") ? "/v1/sys/storage/raft/snapshot-force" : "/v1/sys/storage/raft/snapshot";
  session->wait_at_least(kTransferTime);
  const auto response = [&] {
    ProgressLine line("Restoring");
    return session->send({.method = "POST", .path = endpoint, .query = {}, .body = {}, .content_type = "application/gzip",
                          .progress = [&](uint64_t done, uint64_t total) { line.show(done, total); },
                          .large_body = (*archive)->bytes()});
  }();
  const std::string what = "Error installing the snapshot: ";
  if (!response.ok()) return run.fail(what + response.error().message());
  if (!api::succeeded(*response)) return run.fail(what + api::error_text(*response));
  return 0;
}

// Without a server: what only its seal can tell is told when the snapshot is restored.
int snapshot_verify(Invocation& run) {
  const auto path = file_argument(run, "Snapshot file name is required");
  if (!path) return 1;
  const auto file = FileView::open(*path);
  if (!file.ok()) return run.fail("Error opening snapshot file: " + file.error().message());
  const auto snapshot = read_whole((*file)->bytes());
  if (!snapshot.ok()) return run.fail("The snapshot is damaged: " + snapshot.error().message());
  uint64_t records = 0;
  std::set<std::string_view> missing(std::begin(kIndispensable), std::end(kIndispensable));
  std::string seal;
  (void)archive::each_record(snapshot->state, [&](std::string_view key, std::string_view value) {
    ++records;
    missing.erase(key);
    if (key == "core/seal-config") seal = seal_of(value);
    return base::Status();
  });
  Json report = Json::record({{"index", snapshot->index.value},
                              {"term", snapshot->term.value},
                              {"records", records},
                              {"state_bytes", static_cast<uint64_t>(snapshot->state.size())},
                              {"seal", seal},
                              {"checksums", "match"},
                              {"sealed_checksums", "present; the server that restores it opens them"}});
  if (!missing.empty()) return run.fail("The snapshot is whole, and yet cannot be restored: " + std::string(*missing.begin()) + " is missing");
  return print_data(run.ui(), report);
}

}  // namespace bao::cli
