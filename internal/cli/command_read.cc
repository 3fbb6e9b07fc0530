// bao read, list, scan.
#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/output.h"

namespace bao::cli {
namespace {

int read_raw(Invocation& run, Session& session, const std::string& path, Query query) {
  const auto response = session.call("GET", path, {}, std::move(query));
  if (!response.ok()) return run.fail("Error reading: " + path + ": " + response.error().message());
  return print_raw(run.ui(), response->body);
}

int read(Invocation& run) {
  if (run.arguments().empty()) return run.fail(1, "Not enough arguments (expected 1, got 0)");
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string path = run.path_argument();
  auto query = parse_query_arguments({run.arguments().begin() + 1, run.arguments().end()}, run.no_stdin());
  if (!query.ok()) return run.fail(1, "Failed to parse K=V data: " + query.error().message());
  if (run.ui().format() == Format::raw) return read_raw(run, *session, path, *query);
  const auto secret = session->read(path, *query);
  if (!secret.ok()) return run.fail("Error reading " + path + ": " + secret.error().message());
  if (!*secret) return run.fail("No value found at " + path);
  if (!run.field().empty()) return print_field(run.ui(), **secret, run.field());
  return print_secret(run.ui(), **secret);
}

// What `list` and `scan` show of an answer.
int print_listing(Invocation& run, const std::string& path, const std::optional<Secret>& secret) {
  if (secret && secret->wrapped()) return print_secret(run.ui(), *secret);
  const bool has_keys = secret && secret->keys() != nullptr;
  if (!run.table() && !has_keys) {
    print_data(run.ui(), codec::Json::object());
    return 2;
  }
  if (!secret) return run.fail("No value found at " + path);
  if (secret->data.is_null()) return print_secret(run.ui(), *secret);
  if (!has_keys) return run.fail("No entries found at " + path);
  return print_list(run.ui(), *secret);
}

// Paging is asked for only when wanted: a server says of parameters that an endpoint doesn't know.
Query paging(const FlagValues& flags) {
  if (flags.text("after").empty() && flags.integer("limit") <= 0) return {};
  return {{"after", flags.text("after")}, {"limit", std::to_string(flags.integer("limit"))}};
}

int list(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string path = run.path_argument();
  const auto secret = session->list(path, paging(run.flags()));
  if (!secret.ok()) return run.fail("Error listing " + path + ": " + secret.error().message());
  return print_listing(run, path, *secret);
}

int scan(Invocation& run) {
  if (!run.takes(1)) return 1;
  Session* session = run.session();
  if (session == nullptr) return 2;
  const std::string path = run.path_argument();
  const auto secret = session->scan(path, paging(run.flags()));
  if (!secret.ok()) return run.fail("Error scanning " + path + ": " + secret.error().message());
  return print_listing(run, path, *secret);
}

constexpr Flag kPagingFlags[] = {
    {.name = "after", .text = "Begin behind this entry, which need not exist."},
    {.name = "limit", .kind = FlagKind::integer, .text = "How many entries to show at most.", .fallback = "-1"},
};

constexpr Command kCommands[] = {
    {.path = "read", .synopsis = "Read data and retrieves secrets", .usage = "[options] PATH",
     .text = "  Reads what is at a path: a secret, configuration, credentials made on the spot, a status.\n\n"
             "  Show a secret of a KV v1 engine:\n\n      $ bao read kv/app/database\n\n"
             "  Print one field of it, for use in a script:\n\n      $ bao read -field=password kv/app/database\n\n"
             "  Further arguments of the form K=V become query parameters.",
     .output = kFormatField, .run = read, .raw_format = true},
    {.path = "list", .synopsis = "List data or secrets", .usage = "[options] PATH",
     .text = "  Lists the names below a path. Names that end in a slash have further names below them.\n\n"
             "      $ bao list kv/app",
     .output = kFormatDetailed, .flags = kPagingFlags, .run = list},
    {.path = "scan", .synopsis = "Scan (recursively list) data or secrets", .usage = "[options] PATH",
     .text = "  Lists every name below a path, at any depth.\n\n      $ bao scan kv/app",
     .output = kFormatDetailed, .flags = kPagingFlags, .run = scan},
};

}  // namespace

std::span<const Command> read_commands() { return kCommands; }

}  // namespace bao::cli
