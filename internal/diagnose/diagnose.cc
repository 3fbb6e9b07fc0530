#include "internal/diagnose/diagnose.h"

#include <strings.h>

#include <algorithm>
#include <optional>

#include "internal/base/log.h"
#include "internal/cli/version.h"
#include "internal/cli/yaml.h"
#include "internal/diagnose/checks.h"
#include "internal/server/process.h"
#include "internal/server/self_initialization.h"

namespace bao::diagnose {
namespace {

constexpr int kUsage = 3, kNothingChecked = 4;

struct Check {
  const char* name;
  const char* skipped_as;  // of the flag -skip, besides the name; "": that alone
  void (*run)(const config::Config&, Finding&);
};
constexpr Check kChecks[] = {
    {"Check Operating System", "", check_system},
    {"Check Storage", "storage", check_storage},
    {"Create Vault Server Configuration Seals", "", check_seal},
    {"Check Addresses", "", check_addresses},
    {"Check Listener TLS", "listener", check_listener_tls},
    {"Create Listeners", "listener", check_listeners},
    {"Check Autounseal Encryption", "autounseal", check_auto_unseal},
    {"Check Self-Initialization", "", check_initialize},
    {"Check Cluster Nodes", "", check_peers},
};

std::string as_sentence(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text + ".";
}

std::optional<config::Config> read_configuration(const std::vector<std::string>& paths, bool all_warnings, Finding& into) {
  auto config = config::load(paths, server::environment());
  if (!config.ok()) {
    into.fail("Could not parse configuration: " + config.error().message() + ".");
    return std::nullopt;
  }
  for (const std::string& warning : config->warnings) {
    into.warn(as_sentence(warning));
    if (!all_warnings) return std::move(*config);
  }
  for (const std::string& note : config->notes) into.warn(as_sentence(note));
  return std::move(*config);
}

bool is_skipped(const Check& check, const std::vector<std::string>& skipped) {
  return std::any_of(skipped.begin(), skipped.end(), [&](const std::string& name) {
    return strcasecmp(name.c_str(), check.name) == 0 || strcasecmp(name.c_str(), check.skipped_as) == 0;
  });
}

enum class Shape { tree, json, yaml };

Shape shape_of(const std::string& format) {
  if (format == "json") return Shape::json;
  return format == "yaml" || format == "yml" ? Shape::yaml : Shape::tree;
}

int show(cli::Invocation& run, const Finding& found, const char* heading) {
  const Shape shape = shape_of(run.flags().text("format"));
  if (shape == Shape::tree) run.ui().output(cli::version_line() + "\n" + heading + found.text());
  else if (shape == Shape::yaml) run.ui().output(cli::write_yaml(found.json()));
  else run.ui().output(codec::write_json_indented(found.json()));
  switch (found.grade()) {
    case Grade::failure: return 1;
    case Grade::warning: return 2;
    default: return 0;
  }
}

}  // namespace

int diagnose(cli::Invocation& run) {
  const auto& paths = run.flags().list("config");
  if (paths.empty()) return run.fail(kUsage, "Must specify a configuration file using -config.");
  base::set_log_level(run.flags().boolean("debug") ? base::LogLevel::debug : base::LogLevel::error);
  Finding root("Vault Diagnose");
  const auto config = read_configuration(paths, true, root.add("Parse Configuration"));
  if (config) {
    for (const Check& check : kChecks) {
      Finding& branch = root.add(check.name);
      if (is_skipped(check, run.flags().list("skip"))) branch.skip("skipped as requested");
      else check.run(*config, branch);
    }
  }
  const int status = show(run, root, "\nResults:\n");
  return config ? status : kNothingChecked;
}

int validate_config(cli::Invocation& run) {
  const auto& paths = run.flags().list("config");
  if (paths.empty()) return run.fail(kUsage, "Must specify a configuration file using -config.");
  Finding root("Validate Config");
  if (const auto config = read_configuration(paths, false, root)) {
    const base::Status fine = server::check_initialize_blocks(config->initialize);
    if (!fine.ok()) root.fail(as_sentence(fine.error().message()));
  }
  return show(run, root, "");
}

}  // namespace bao::diagnose
