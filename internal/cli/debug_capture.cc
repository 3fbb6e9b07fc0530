// bao debug: captures a server, and beyond the reference every node of its cluster, for a while (openbao-cli.md 6). The server's own
// sections are taken at the intervals asked for; raft, forwarding and invalidations of all nodes once a second or less often, and the
// report is drawn from them.
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "internal/base/build_identity.h"
#include "internal/base/time_format.h"
#include "internal/cli/debug.h"
#include "internal/cli/debug_bundle.h"
#include "internal/cli/debug_nodes.h"
#include "internal/cli/debug_profiles.h"
#include "internal/cli/debug_report.h"
#include "internal/cli/go_values.h"
#include "internal/cli/invocation.h"
#include "internal/cli/log_stream.h"

namespace bao::cli {
namespace {

using base::Duration;
using codec::Json;
using Steady = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds kLeast{5};
constexpr int kTicksMax = 300;  // of the report
constexpr seconds kProfilesGrace{10};  // for profiles that are under way when the time is over
constexpr std::string_view kTargets[] = {"config", "host", "requests", "metrics", "pprof", "replication-status", "server-status", "log",
                                         "raft", "invalidations", "forwarding", "report"};

std::atomic<bool> interrupted{false};
void interrupt(int) { interrupted = true; }

// What is asked of the server again and again, and the file that it fills.
struct Section {
  std::string_view target, file;
  std::vector<std::string_view> paths;
  bool by_metrics_interval = false;
};
const Section kSections[] = {{"host", "host_info.json", {"sys/host-info"}},
                             {"requests", "requests.json", {"sys/in-flight-req"}},
                             {"metrics", "metrics.json", {"sys/metrics"}, true},
                             {"replication-status", "replication_status.json", {"sys/replication/status"}},
                             {"server-status", "server_status.json", {"sys/health", "sys/seal-status"}}};

// An address may carry a name and a password.
std::string without_password(std::string address) {
  const size_t scheme = address.find("://"), at = address.rfind('@');
  if (scheme != address.npos && at != address.npos && at > scheme) address.erase(scheme + 3, at - scheme - 2);
  return address;
}

struct Settings {
  Duration duration{0}, interval{0}, metrics_interval{0};
  std::set<std::string, std::less<>> targets;
  std::string output, log_format;
  bool compress = true;
};

class Capture {
 public:
  Capture(Invocation& run, Session& session, Settings settings, DebugBundle bundle)
      : run_(run), session_(session), settings_(std::move(settings)), bundle_(std::move(bundle)), began_(base::system_clock().now()) {}

  void take_static();
  void take_dynamic();
  base::Result<std::string> finish();
  bool failed() const { return failed_; }
  void learn(std::string server_version) { report_.server_version = std::move(server_version); }

 private:
  bool wants(std::string_view target) const { return settings_.targets.contains(target); }
  double elapsed() const { return std::chrono::duration<double>(Steady::now() - start_).count(); }
  base::Time now() const { return base::system_clock().now(); }
  void miss(std::string_view target, const std::string& error) { bundle_.add_error(std::string(target), error, now()); }
  base::Result<Json> get(std::string_view path);
  void take(const Section& section);
  void take_nodes();
  void take_invalidations();
  void take_profiles();
  void wait_until(Steady::time_point until) const;
  void keep(base::Status written);
  Json about() const;
  Json node_samples(std::string_view section) const;

  Invocation& run_;
  Session& session_;
  const Settings settings_;
  DebugBundle bundle_;
  const base::Time began_;
  Steady::time_point start_ = Steady::now();
  std::map<std::string_view, Json> taken_;  // by file: arrays of samples
  ClusterNodes cluster_;
  ReportInput report_;
  std::optional<LogCapture> log_;
  std::optional<ProfileCapture> profiles_;
  bool failed_ = false;
};

void Capture::keep(base::Status written) {
  if (written.ok()) return;
  failed_ = true;
  run_.ui().error(written.error().message());
}

base::Result<Json> Capture::get(std::string_view path) {
  // Any status of sys/health is an answer.
  ASSIGN_OR_RETURN(const auto response, session_.send({"GET", "/v1/" + std::string(path), {}, {}, ""}));
  if (path != "sys/health" && !api::succeeded(response)) {
    return base::invalid("status " + std::to_string(response.status) + " of " + std::string(path) + ": this server does not have it, or does not give it");
  }
  ASSIGN_OR_RETURN(Json body, codec::parse_json(response.body, {}, codec::Trailing::tolerate_json));
  const bool enveloped = body["request_id"].is_string() && !body["data"].is_null();
  return enveloped ? Json(body["data"]) : std::move(body);
}

void Capture::take_static() {
  if (wants("config")) {
    auto config = get("sys/config/state/sanitized");
    if (config.ok()) keep(bundle_.write("config.json", codec::write_json_indented(*config)));
    else miss("config", config.error().message());
  }
  if (wants("log")) log_.emplace(session_.options(), settings_.log_format);
  cluster_ = ClusterNodes::find(session_);
  if (!cluster_.trouble().empty()) miss("raft", cluster_.trouble());
  for (const auto& node : cluster_.nodes()) report_.nodes.push_back({node.id, without_password(node.address), {}, {}, ""});
}

void Capture::take(const Section& section) {
  if (!wants(section.target)) return;
  Json sample = Json::record({{"timestamp", base::format_rfc3339_seconds(now())}});
  bool anything = false;
  for (const std::string_view path : section.paths) {
    auto told = get(path);
    if (!told.ok()) {
      miss(section.target, told.error().message());
      continue;
    }
    anything = true;
    if (section.paths.size() > 1) {
      sample.set(path == "sys/health" ? "health" : "seal", std::move(*told));
      continue;
    }
    const std::string timestamp = sample["timestamp"].as_string();
    sample = std::move(*told);
    if (sample.find("timestamp") == nullptr) sample.set("timestamp", timestamp);
  }
  Json& samples = taken_.try_emplace(section.file, Json::array()).first->second;
  if (anything) samples.push_back(std::move(sample));
}

void Capture::take_nodes() {
  report_.times.push_back(elapsed());
  for (size_t i = 0; i < report_.nodes.size(); ++i) {
    ClusterNodes::Node& node = cluster_.nodes()[i];
    NodeTick tick;
    tick.raft = ClusterNodes::ask(node, "sys/node/raft");
    if (!tick.raft.is_null()) tick.forwarding = ClusterNodes::ask(node, "sys/node/forwarding");
    report_.nodes[i].unreachable = node.error;
    report_.nodes[i].ticks.push_back(std::move(tick));
  }
}

void Capture::take_invalidations() {
  for (size_t i = 0; i < report_.nodes.size(); ++i) {
    ClusterNodes::Node& node = cluster_.nodes()[i];
    Json told = ClusterNodes::ask(node, "sys/node/invalidations");
    if (!told.is_null()) report_.nodes[i].invalidations = std::move(told);
    if (!node.error.empty()) miss("invalidations", node.id + ": " + node.error);
  }
}

void Capture::take_profiles() {
  const ProfileCapture::Captured captured = profiles_->take();
  for (const auto& [name, content] : captured.files) keep(bundle_.write(name, content));
  for (const auto& [target, error] : captured.failures) miss(target, error);
}

void Capture::wait_until(Steady::time_point until) const {
  while (!interrupted && Steady::now() < until) {
    std::this_thread::sleep_for(std::min<Steady::duration>(until - Steady::now(), std::chrono::milliseconds(50)));
  }
}

void Capture::take_dynamic() {
  start_ = Steady::now();
  if (wants("pprof")) profiles_.emplace(session_.options(), settings_.duration, settings_.interval);
  const auto until = start_ + settings_.duration;
  const Duration tick = std::max<Duration>(seconds(1), settings_.duration / kTicksMax);
  std::map<const Section*, Steady::time_point> due;
  for (const Section& section : kSections) due[&section] = start_;
  const bool nodes = wants("raft") || wants("forwarding") || wants("invalidations") || wants("report");
  auto next = start_;
  while (!interrupted) {
    for (const Section& section : kSections) {
      if (due[&section] > next) continue;
      take(section);
      due[&section] = next + (section.by_metrics_interval ? settings_.metrics_interval : settings_.interval);
    }
    if (nodes) take_nodes();
    if (profiles_) take_profiles();
    next = std::max(next + tick, Steady::now());
    if (next > until) break;
    wait_until(next);
  }
  wait_until(until);
  if (nodes) take_invalidations();
  if (profiles_) {
    profiles_->end(interrupted ? Duration::zero() : Duration(kProfilesGrace));
    take_profiles();
  }
  report_.seconds = elapsed();
}

// What each node told, time by time.
Json Capture::node_samples(std::string_view section) const {
  Json all = Json::array();
  for (size_t i = 0; i < report_.times.size(); ++i) {
    Json nodes = Json::array();
    for (const NodeRecord& node : report_.nodes) {
      const Json& told = section == "raft" ? node.ticks[i].raft : node.ticks[i].forwarding;
      nodes.push_back(told.is_null() ? Json::record({{"node_id", node.id}, {"error", "no answer"}}) : told);
    }
    all.push_back(Json::record({{"second", Json::number(std::to_string(report_.times[i]))}, {"nodes", std::move(nodes)}}));
  }
  return all;
}

Json Capture::about() const {
  const auto whole = [](Duration duration) { return Json(static_cast<int64_t>(std::chrono::duration_cast<seconds>(duration).count())); };
  std::vector<std::string> targets(settings_.targets.begin(), settings_.targets.end());
  // As they took effect; never headers, tokens or keys.
  const std::vector<std::string> arguments = {"-duration=" + base::format_go_duration(settings_.duration),
                                              "-interval=" + base::format_go_duration(settings_.interval),
                                              "-metrics-interval=" + base::format_go_duration(settings_.metrics_interval),
                                              std::string("-compress=") + (settings_.compress ? "true" : "false")};
  return Json::record({{"version", 1},
                       {"vault_address", without_password(session_.address())},
                       {"client_version", report_.client_version},
                       {"server_version", report_.server_version},
                       {"timestamp", base::format_rfc3339_seconds(began_)},
                       {"duration_seconds", whole(settings_.duration)},
                       {"interval_seconds", whole(settings_.interval)},
                       {"metrics_interval_seconds", whole(settings_.metrics_interval)},
                       {"compress", settings_.compress},
                       {"raw_args", Json::strings(arguments)},
                       {"targets", Json::strings(targets)}});
}

base::Result<std::string> Capture::finish() {
  report_.address = without_password(session_.address());
  report_.client_version = std::string(base::kVersion);
  report_.started = base::format_rfc3339_seconds(began_);
  for (const auto& [file, samples] : taken_) {
    if (!samples.empty()) keep(bundle_.write(std::string(file), codec::write_json_indented(samples)));
  }
  if (log_) {
    const auto log = log_->end();
    if (log.ok()) keep(bundle_.write("bao.log", *log));
    else miss("log", log.error().message());
  }
  for (const NodeRecord& node : report_.nodes) {
    if (!node.unreachable.empty()) miss("raft", node.id + ": " + node.unreachable);
  }
  if (wants("raft")) keep(bundle_.write("raft.json", codec::write_json_indented(node_samples("raft"))));
  if (wants("forwarding")) keep(bundle_.write("forwarding.json", codec::write_json_indented(node_samples("forwarding"))));
  if (wants("invalidations")) {
    Json nodes = Json::array();
    for (const NodeRecord& node : report_.nodes) nodes.push_back(node.invalidations);
    keep(bundle_.write("invalidations.json", codec::write_json_indented(nodes)));
  }
  for (const Json& error : bundle_.errors().items()) report_.errors.emplace_back(error["target"].as_string(), error["error"].as_string());
  if (wants("report")) {
    keep(bundle_.write("report.html", report_html(report_)));
    run_.ui().output(verdict_of(report_));
  }
  return bundle_.finish(about(), now());
}

// ---- settings

// The time that a flag names, or what is taken in its place, which is told.
Duration taken_for(Invocation& run, const std::string& name, Duration given, Duration taken, const std::string& why) {
  if (given == taken) return given;
  run.ui().output("Overwriting " + name + " value " + go_quoted(base::format_go_duration(given)) + " to the " + why + " " +
                  go_quoted(base::format_go_duration(taken)));
  return taken;
}

Duration at_least(Invocation& run, const std::string& name, Duration given, Duration least) {
  return taken_for(run, name, given, std::max(given, least), "minimum value of");
}

Duration within(Invocation& run, const std::string& name, Duration given, Duration duration) {
  return taken_for(run, name, given, std::min(given, duration), "duration value");
}

std::set<std::string, std::less<>> targets_of(Invocation& run) {
  std::set<std::string, std::less<>> targets;
  std::string invalid;
  for (const std::string& target : run.flags().list("target")) {
    const bool known = std::find(std::begin(kTargets), std::end(kTargets), target) != std::end(kTargets);
    if (known) targets.insert(target);
    else invalid += (invalid.empty() ? "" : ", ") + target;
  }
  if (!invalid.empty()) run.ui().output("Ignoring invalid targets: " + invalid);
  if (run.flags().list("target").empty()) targets.insert(std::begin(kTargets), std::end(kTargets));
  return targets;
}

std::string default_output() {
  std::string name = "bao-debug-" + base::format_rfc3339_seconds(base::system_clock().now());
  std::replace(name.begin(), name.end(), ':', '-');
  return name;
}

Settings settings_of(Invocation& run) {
  Settings settings;
  settings.duration = at_least(run, "duration", run.flags().duration("duration"), kLeast);
  settings.interval = at_least(run, "interval", run.flags().duration("interval"), kLeast);
  settings.metrics_interval = at_least(run, "metrics interval", run.flags().duration("metrics-interval"), kLeast);
  settings.interval = within(run, "interval", settings.interval, settings.duration);
  settings.metrics_interval = within(run, "metrics interval", settings.metrics_interval, settings.duration);
  settings.targets = targets_of(run);
  settings.output = run.flags().text("output").empty() ? default_output() : run.flags().text("output");
  settings.log_format = run.flags().text("log-format");
  settings.compress = run.flags().boolean("compress");
  return settings;
}

std::string right_aligned(std::string_view name) { return std::string(23 - std::min<size_t>(23, name.size()), ' ') + std::string(name); }

void announce(Invocation& run, const Session& session, const Settings& settings, const std::string& server_version, const std::string& output) {
  std::string targets;
  for (const std::string& target : settings.targets) targets += (targets.empty() ? "" : ", ") + target;
  run.ui().output("==> Starting debug capture...");
  for (const auto& [name, value] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"OpenBao Address:", without_password(session.address())}, {"Client Version:", std::string(base::kVersion)}, {"Server Version:", server_version},
           {"Duration:", base::format_go_duration(settings.duration)}, {"Interval:", base::format_go_duration(settings.interval)},
           {"Metrics Interval:", base::format_go_duration(settings.metrics_interval)}, {"Targets:", targets}, {"Output:", output}}) {
    run.ui().output(right_aligned(name) + " " + value);
  }
}

}  // namespace

int debug_capture(Invocation& run) {
  if (!run.arguments().empty()) return run.fail(1, "Too many arguments (expected 0, got " + std::to_string(run.arguments().size()) + ")");
  Settings settings = settings_of(run);
  Session* session = run.session();
  if (session == nullptr) return 1;
  const auto health = session->send({"GET", "/v1/sys/health", {}, {}, ""});
  if (!health.ok()) return run.fail(1, "Error during validation: unable to connect to the server: " + health.error().message());
  const auto told = codec::parse_json(health->body);
  const std::string server_version = told.ok() ? (*told)["version"].as_string() : "";
  auto bundle = DebugBundle::make(settings.output, settings.compress);
  if (!bundle.ok()) return run.fail(1, "Error during validation: " + bundle.error().message());
  struct sigaction action {};
  action.sa_handler = interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  announce(run, *session, settings, server_version, settings.compress ? bundle->folder() + ".tar.gz" : bundle->folder());
  const std::string folder = bundle->folder();
  Capture capture(run, *session, std::move(settings), std::move(*bundle));
  capture.learn(server_version);
  run.ui().output("\n==> Capturing static information...");
  capture.take_static();
  run.ui().output("\n==> Capturing dynamic information...");
  capture.take_dynamic();
  run.ui().output("\nFinished capturing information, bundling files...");
  const auto done = capture.finish();
  if (!done.ok()) return run.fail(1, "Error bundling the capture: " + done.error().message() + "\nData written to: " + folder);
  run.ui().output("Success! Bundle written to: " + *done);
  return capture.failed() ? 2 : 0;
}

}  // namespace bao::cli
