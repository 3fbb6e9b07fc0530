#include "internal/cli/pki_health.h"

#include <algorithm>

#include "internal/base/clock.h"
#include "internal/cli/columns.h"
#include "internal/cli/health_check/check.h"
#include "internal/cli/key_values.h"
#include "internal/cli/paths.h"
#include "internal/cli/yaml.h"

namespace bao::cli {
namespace {

using codec::Json;

class Server final : public health::Source {
 public:
  explicit Server(Session& session) : session_(session) {}
  base::Result<std::optional<Json>> read(const std::string& path) override { return get(path, {}); }
  base::Result<std::optional<Json>> list(const std::string& path) override { return get(path, {{"list", "true"}}); }
  bool has_token() const override { return !session_.token().empty(); }
  base::Status find_acme_directory(const std::string& url) override;

 private:
  base::Result<std::optional<Json>> get(const std::string& path, Query query);
  Session& session_;
};

// Unlike other commands it has to know why there is nothing: a path that an older server lacks is told by its words.
base::Result<std::optional<Json>> Server::get(const std::string& path, Query query) {
  ASSIGN_OR_RETURN(const api::HttpResponse response, session_.send({"GET", "/v1/" + path, std::move(query), {}, ""}));
  ASSIGN_OR_RETURN(std::optional<Secret> secret, parse_secret(response.body));
  if (secret && api::succeeded(response)) return std::optional(std::move(secret->data));
  if (response.status == 404 && response.body.find("unsupported path") == std::string::npos) return std::optional<Json>();
  if (!api::succeeded(response)) return base::invalid(api::error_text(response));
  return std::optional<Json>();
}

base::Status Server::find_acme_directory(const std::string& url) {
  const size_t path = url.find('/', url.find("//") + 2);
  api::ClientOptions options;
  options.address = url.substr(0, path);
  options.tls.skip_verify = true;
  options.timeout = session_.options().timeout;
  options.retries_max = 0;
  api::Client client(std::move(options));
  const auto answer = client.send({"GET", path == std::string::npos ? "/" : url.substr(path), {}, {}, ""});
  if (!answer.ok()) return answer.error();
  if (answer->status != 200) return base::Error(base::Code::unavailable, "it answers with status " + std::to_string(answer->status));
  const auto directory = codec::parse_json(answer->body);
  if (!directory.ok() || (*directory)["newOrder"].as_string().empty()) return base::Error(base::Code::unavailable, "what answers is no ACME directory");
  return {};
}

// Whether there is a PKI engine, as far as the token can tell.
base::Status check_is_pki(Server& server, const std::string& path) {
  if (path.starts_with("auth/") || path.starts_with("/auth/")) {
    return base::invalid("refusing to run PKI health-check on auth mount; this command is only relevant to PKI secrets engines.");
  }
  for (const char* tells : {"sys/mounts/", "sys/internal/ui/mounts/"}) {
    const auto mount = server.read(tells + without_slashes(path));
    if (!mount.ok() || !*mount) continue;
    const std::string& type = (**mount)["type"].as_string();
    if (type == "pki") return {};
    if (!type.empty()) return base::invalid("refusing to run pki health-check on mount of type " + type);
  }
  const auto authority = server.read(without_slashes(path) + "/cert/ca");
  if (!authority.ok()) return authority.error().within("detection of PKI mount failed:\n\t");
  if (!*authority) {
    return base::invalid("refusing to run PKI health-check on non-PKI mount: path cert/ca did not exist: route entry not found");
  }
  if ((**authority).find("certificate") != nullptr) return {};
  return base::invalid("refusing to run PKI health-check on non-PKI mount: path cert/ca returned invalid data");
}

int print_defaults(Ui& ui) {
  Json all = Json::object();
  for (const health::Check& check : health::checks()) all.set(check.name, defaults_of(check));
  if (ui.format() != Format::json) ui.output("Default health check config:");
  ui.output(codec::write_json_indented(all));
  return 0;
}

using Results = std::vector<std::pair<std::string, health::Findings>>;

Json document_of(const Results& results) {
  Json document = Json::object();
  for (const auto& [check, findings] : results) {
    Json list = Json::array();
    for (const health::Finding& finding : findings) {
      list.push_back(Json::record({{"status_code", static_cast<int>(finding.status)},
                                   {"status", std::string(health::status_name(finding.status))},
                                   {"endpoint", finding.endpoint},
                                   {"message", finding.message}}));
    }
    document.set(check, std::move(list));
  }
  return document;
}

void print_tables(Ui& ui, const Results& results) {
  for (const auto& [check, findings] : results) {
    ui.output(check);
    ui.output(std::string(check.size(), '-'));
    std::vector<Row> rows = {{"status", "endpoint", "message"}};
    for (const health::Finding& finding : findings) rows.push_back({std::string(health::status_name(finding.status)), finding.endpoint, finding.message});
    ui.output(table(rows));
    ui.output("\n");
  }
}

void print_results(Ui& ui, const Results& results) {
  switch (ui.format()) {
    case Format::table: return print_tables(ui, results);
    case Format::json: return ui.output(codec::write_json_indented(document_of(results)));
    case Format::yaml: return ui.output(write_yaml(document_of(results)));
    default: return ui.error("Failed to render results for display: unknown output format: pretty");
  }
}

// The least finding that the exit status tells of.
std::optional<health::Status> indicator(const std::string& name) {
  if (name.empty() || name == "default" || name == "informational") return health::Status::informational;
  if (name == "warning") return health::Status::warning;
  if (name == "critical") return health::Status::critical;
  if (name == "permission") return health::Status::invalid_version;
  return std::nullopt;
}

int exit_status(const Results& results, health::Status least) {
  health::Status worst = health::Status::not_applicable;
  for (const auto& result : results) {
    for (const health::Finding& finding : result.second) worst = std::max(worst, finding.status);
  }
  return worst >= least ? static_cast<int>(worst) : 0;
}

// What -health-config says, errors in words that are shown as they are.
base::Result<Json> configuration(const std::string& file) {
  if (file.empty()) return Json::object();
  const auto text = read_file(file);
  if (!text.ok()) return text.error().within("Failed to read configuration file " + file);
  auto parsed = codec::parse_json(*text);
  if (!parsed.ok()) return parsed.error().within("Failed to parse configuration file " + file);
  if (!parsed->is_object()) return base::invalid("Failed to parse configuration file " + file + ": it holds no object");
  return std::move(*parsed);
}

}  // namespace

int pki_health_check(Invocation& run) {
  const auto& arguments = run.arguments();
  const bool lists = run.flags().boolean("list");
  if (!lists && arguments.empty()) return run.fail(1, "Not enough arguments (expected mount path, got nothing)");
  if (!lists && arguments.size() > 1) {
    return run.fail(1, "Too many arguments (expected only mount path, got " + std::to_string(arguments.size()) + " arguments)");
  }
  const auto least = indicator(run.flags().text("return-indicator"));
  if (!least) {
    return run.fail(1, "Invalid flag -return-indicator=" + run.flags().text("return-indicator") +
                           "; known options are default, informational, warning, critical, and permission");
  }
  Session* session = run.session();
  if (session == nullptr) return 1;
  Server server(*session);
  const std::string path = arguments.size() == 1 ? arguments[0] : "<mount>";
  if (const base::Status pki = check_is_pki(server, path); !pki.ok()) return run.fail(1, pki.error().message());
  if (lists && run.ui().format() == Format::yaml) return run.fail(1, "YAML output format is not supported by the --list command");
  if (lists) return print_defaults(run.ui());

  const auto changes = configuration(run.flags().text("health-config"));
  if (!changes.ok()) return run.fail(1, changes.error().message());
  const auto chosen = health::choose_checks(*changes, !run.flags().boolean("default-disabled"));
  if (!chosen.ok()) return run.fail(1, "Failed to build health check configuration: " + chosen.error().message());

  health::Mount mount(server, without_slashes(trimmed(path)), base::system_clock().now());
  Results results;
  for (const auto& [check, parameters] : *chosen) {
    auto findings = check->run(parameters, mount);
    if (!findings.ok()) {
      return run.fail(1, "Failed to run health check: failed to fetch resources " + std::string(check->name) + ": " + findings.error().message());
    }
    results.emplace_back(check->name, std::move(*findings));
  }
  print_results(run.ui(), results);
  return exit_status(results, *least);
}

}  // namespace bao::cli
