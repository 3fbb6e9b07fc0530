// bao pki …
#include "internal/base/clock.h"
#include "internal/cli/columns.h"
#include "internal/cli/invocation.h"
#include "internal/cli/key_values.h"
#include "internal/cli/output.h"
#include "internal/cli/paths.h"
#include "internal/cli/pki_health.h"
#include "internal/cli/pki_issuer.h"
#include "internal/cli/pki_new_issuer.h"
#include "internal/cli/pki_template.h"
#include "internal/cli/yaml.h"

namespace bao::cli {
namespace {

using codec::Json;

// Names with true or false. Errors: invalid for a format that shows no such thing.
base::Status print_findings(Ui& ui, const Json& findings, const std::string& name, const std::string& value) {
  if (ui.format() == Format::json) {
    ui.output(codec::write_json_indented(findings));
    return {};
  }
  if (ui.format() == Format::yaml) {
    ui.output(write_yaml(findings));
    return {};
  }
  if (ui.format() != Format::table) return base::invalid("unknown output format: pretty");
  std::vector<Row> rows = {{name, value}};
  for (const auto& [key, holds] : findings.members()) rows.push_back({key, holds.as_bool() ? "true" : "false"});
  ui.output(table(rows));
  ui.output("\n");
  return {};
}

// What speaks for the issuer having issued what is at `path`.
base::Result<IssuerMatch> match_with(Session& session, const PkiIssuer& issuer, const std::string& path) {
  const auto issued = read_issuer(session, path);
  if (!issued.ok()) return issued.error().within("error: unable to fetch issuer " + path);
  return match_issuer(issuer, *issued, std::chrono::floor<std::chrono::seconds>(base::system_clock().now()));
}

int verify_sign(Invocation& run) {
  const auto& arguments = run.arguments();
  if (arguments.empty()) return run.fail(1, "Not enough arguments (expected potential issuer and issued, got nothing)");
  if (arguments.size() == 1) return run.fail(1, "Not enough arguments (expected both potential issuer and issued, got only one)");
  if (arguments.size() > 2) {
    return run.fail(1, "Too many arguments (expected only potential issuer and issued, got " + std::to_string(arguments.size()) + " arguments)");
  }
  const std::string parent = without_slashes(trimmed(arguments[0])), child = without_slashes(trimmed(arguments[1]));
  Session* session = run.session();
  if (session == nullptr) return 1;
  const auto issuer = read_issuer(*session, parent);
  if (!issuer.ok()) return run.fail(1, "Failed to read issuer: " + parent + ": " + issuer.error().message());
  const auto match = match_with(*session, *issuer, child);
  if (!match.ok()) return run.fail(1, "Failed to run verification: " + match.error().message());
  if (run.table()) {
    run.ui().output("issuer:" + parent);
    run.ui().output("issued:" + child + "\n");
  }
  const base::Status printed = print_findings(run.ui(), match->to_json(), "field", "value");
  return printed.ok() ? 0 : run.fail(1, "Failed to output results: " + printed.error().message());
}

// What -use_names shows of an issuer: its name, if it has one.
std::string shown_reference(Invocation& run, Session& session, const std::string& mount, const std::string& id) {
  if (!run.flags().boolean("use_names")) return id;
  const auto issuer = session.read(mount + "/issuer/" + id);
  if (!issuer.ok()) run.ui().warn("Unable to Fetch Issuer to Recover Name at: " + mount + "/issuer/" + id);
  if (!issuer.ok() || !*issuer) return id;
  const std::string& name = (*issuer)->data["issuer_name"].as_string();
  return name.empty() ? id : name;
}

base::Status add_issuers_of(Invocation& run, Session& session, const std::string& mount, std::vector<std::string>& paths) {
  const auto listed = session.list(mount + "/issuers");
  if (!listed.ok()) return listed.error().within("failed to read list of issuers within mount " + mount);
  if (!*listed) return {};
  for (const Json& id : (*listed)->data["keys"].items()) {
    paths.push_back(mount + "/issuer/" + shown_reference(run, session, mount, id.as_string()));
  }
  return {};
}

bool names_certificate(const std::string& path) {
  for (const char* part : {"/issuer/", "/certs/", "/revoked/"}) {
    if (path.find(part) != std::string::npos) return true;
  }
  return false;
}

// Those named, those of the mounts named; without any, those of every PKI mount.
base::Result<std::vector<std::string>> candidates(Invocation& run, Session& session) {
  std::vector<std::string> paths;
  const auto& arguments = run.arguments();
  for (size_t i = 1; i < arguments.size(); ++i) {
    const std::string path = without_slashes(trimmed(arguments[i]));
    if (names_certificate(path)) paths.push_back(path);
    else TRY(add_issuers_of(run, session, path, paths));
  }
  if (arguments.size() > 1) return paths;
  const auto mounts = session.read("sys/mounts");
  if (!mounts.ok()) return mounts.error().within("Failed to Read List of Mounts With Potential Issuers");
  if (!*mounts) return paths;
  for (const auto& [path, mount] : (*mounts)->data.members()) {
    if (mount["type"].as_string() == "pki") TRY(add_issuers_of(run, session, without_slashes(path), paths));
  }
  return paths;
}

int list_intermediates(Invocation& run) {
  if (run.arguments().empty()) return run.fail(1, "Not enough arguments (expected potential parent, got nothing)");
  const std::string parent = without_slashes(trimmed(run.arguments()[0]));
  Session* session = run.session();
  if (session == nullptr) return 1;
  const auto paths = candidates(run, *session);
  if (!paths.ok()) return run.fail(1, paths.error().message());
  const auto issuer = read_issuer(*session, parent);
  if (!issuer.ok()) return run.fail(1, "Failed to read parent issuer on path " + parent + ": " + issuer.error().message());
  const auto asks_not = [&run](const char* flag) { return !run.flags().boolean(flag); };
  Json findings = Json::object();
  for (const std::string& path : *paths) {
    const auto match = match_with(*session, *issuer, path);
    if (!match.ok()) return run.fail(1, "Failed to run verification on path " + path + ": " + match.error().message());
    findings.set(path, Json((match->subject || asks_not("subject_match")) && (match->key_id || asks_not("key_id_match")) &&
                            (match->path || asks_not("path_match")) && (match->signature || asks_not("direct_sign")) &&
                            (match->trust || asks_not("indirect_sign"))));
  }
  const base::Status printed = print_findings(run.ui(), findings, "intermediate", "match?");
  return printed.ok() ? 0 : run.fail(1, printed.error().message());
}

base::Result<Json> parameters_from(Invocation& run, size_t first) {
  const auto& arguments = run.arguments();
  ASSIGN_OR_RETURN(Json given, parse_key_values({arguments.begin() + static_cast<std::ptrdiff_t>(first), arguments.end()}, run.no_stdin()));
  return given.is_null() ? Json::object() : std::move(given);
}

NewIssuer issuer_asked(Invocation& run, const std::string& mount, Json parameters) {
  return {.parent = without_slashes(trimmed(run.arguments()[0])),
          .mount = without_slashes(trimmed(mount)),
          .name = run.flags().text("issuer_name"),
          .key_source = run.flags().text("type"),
          .parameters = std::move(parameters)};
}

int issue(Invocation& run) {
  if (run.arguments().size() < 3) {
    return run.fail(1, "Not enough arguments expected parent issuer and child-mount location and some key_value argument");
  }
  auto parameters = parameters_from(run, 2);
  if (!parameters.ok()) return run.fail(1, "Failed to parse K=V data: " + parameters.error().message());
  Session* session = run.session();
  if (session == nullptr) return 1;
  return make_issuer(run, *session, issuer_asked(run, run.arguments()[1], std::move(*parameters)));
}

int reissue(Invocation& run) {
  if (run.arguments().size() < 3) {
    return run.fail(1, "Not enough arguments: expected parent issuer and child-mount location and some key_value argument");
  }
  const auto changes = parameters_from(run, 3);
  if (!changes.ok()) return run.fail(1, "Failed to parse K=V data: " + changes.error().message());
  Session* session = run.session();
  if (session == nullptr) return 1;
  const std::string path = without_slashes(trimmed(run.arguments()[1]));
  const auto pattern = read_issuer(*session, path);
  if (!pattern.ok()) return run.fail(1, "Error fetching template certificate " + path + " : " + pattern.error().message());
  const bool same_key = run.flags().text("type") == "existing";
  if (same_key && pattern->key_id.empty()) {
    return run.fail(1, "Template issuer " + path + " did not have a key id field set in response which is required");
  }
  Json parameters = changed_template(template_of(pattern->certificate, same_key ? pattern->key_id : ""), *changes);
  return make_issuer(run, *session, issuer_asked(run, run.arguments()[2], std::move(parameters)));
}

constexpr Flag kPkiHealthCheckFlags[] = {
    {.name = "default-disabled", .kind = FlagKind::boolean,
     .text = "Run only the checks that the configuration names.",
     .fallback = "false"},
    {.name = "health-config",
     .text = "A file (JSON) with parameters of checks."},
    {.name = "list", .kind = FlagKind::boolean,
     .text = "Print the checks and their parameters.",
     .fallback = "false"},
    {.name = "return-indicator",
     .text = "From which finding on the exit status says so: default, informational, warning, critical, permission.",
     .fallback = "default"},
};
constexpr Flag kPkiIssueFlags[] = {
    {.name = "issuer_name",
     .text = "The name of the new issuer."},
    {.name = "type",
     .text = "How the key is made: internal, existing or kms.",
     .fallback = "internal"},
};
constexpr Flag kPkiListIntermediatesFlags[] = {
    {.name = "direct_sign", .kind = FlagKind::boolean,
     .text = "Match by the signature of the parent itself.",
     .fallback = "true"},
    {.name = "indirect_sign", .kind = FlagKind::boolean,
     .text = "Match by whether who trusts the parent trusts the issuer.",
     .fallback = "true"},
    {.name = "key_id_match", .kind = FlagKind::boolean,
     .text = "Match by the key identifier.",
     .fallback = "true"},
    {.name = "path_match", .kind = FlagKind::boolean,
     .text = "Match by the chain of issuers.",
     .fallback = "false"},
    {.name = "subject_match", .kind = FlagKind::boolean,
     .text = "Match by the subject.",
     .fallback = "true"},
    {.name = "use_names", .kind = FlagKind::boolean,
     .text = "Show issuers by name.",
     .fallback = "false"},
};
constexpr Command kCommands[] = {
    {.path = "pki", .synopsis = "Interact with OpenBao's PKI Secrets Engine",
     .usage = "<subcommand> [options] [args]",
     .text = "  Works with PKI engines.\n\n      $ bao pki health-check pki"},
    {.path = "pki health-check", .synopsis = "Check a PKI Secrets Engine mount's health and operational status",
     .usage = "[options] MOUNT",
     .text = "  Looks for what is wrong or unwise about a PKI mount: authorities and lists that end soon, roles that let too much\n"
             "  through, tidying, audit, ACME. The exit status is that of the worst finding: 0 well, 2 informational, 3 warning,\n"
             "  4 critical, 5 the server is too old, 6 the token may not see it; 1 is an error.\n\n"
             "      $ bao pki health-check pki",
     .output = kFormat,
     .flags = kPkiHealthCheckFlags,
     .run = pki_health_check},
    {.path = "pki issue", .synopsis = "Given a parent certificate and a list of generation parameters, creates an issuer on a specified mount",
     .usage = "PARENT CHILD_MOUNT options",
     .text = "  Makes an intermediate issuer in one mount, signed by another.\n\n"
             "      $ bao pki issue -issuer_name=2026 root/issuer/default int common_name=\"Intermediate 2026\" key_type=ec ttl=17520h",
     .output = kFormat,
     .flags = kPkiIssueFlags,
     .run = issue},
    {.path = "pki list-intermediates", .synopsis = "Determine which of a list of certificates, were issued by a given parent certificate",
     .usage = "PARENT [CHILD] [CHILD] [CHILD] ...",
     .text = "  Shows which issuers a parent signed.",
     .output = kFormat,
     .flags = kPkiListIntermediatesFlags,
     .run = list_intermediates},
    {.path = "pki reissue", .synopsis = "Uses a parent certificate and a template certificate to create a new issuer on a child mount",
     .usage = "PARENT TEMPLATE CHILD_MOUNT options",
     .text = "  Makes an issuer like another one, in a mount of its own or the same: subject, names, kind of key and lifetime are copied\n"
             "  unless KEY=VALUE arguments say otherwise.\n\n"
             "      $ bao pki reissue -issuer_name=2027 root/issuer/default int/issuer/2026 int ttl=17520h",
     .output = kFormat,
     .flags = kPkiIssueFlags,
     .run = reissue},
    {.path = "pki verify-sign", .synopsis = "Check whether one certificate validates another specified certificate",
     .usage = "POSSIBLE-ISSUER POSSIBLE-ISSUED",
     .text = "  Shows what speaks for one issuer having signed another.\n\n"
             "      $ bao pki verify-sign root/issuer/default int/issuer/default",
     .output = kFormat,
     .run = verify_sign},
};

}  // namespace

std::span<const Command> pki_commands() { return kCommands; }

}  // namespace bao::cli
