// sys/metrics: all metrics of this node, as Prometheus' text or as JSON (openbao-api.md 2.1).
#include <utility>

#include "internal/base/time_format.h"
#include "internal/core/system/node_samples.h"
#include "internal/core/system/paths.h"

namespace bao::core::sys {
namespace {

using codec::Json;
using logical::Call;
using logical::Operation;
using logical::Path;
using logical::Reads;
using logical::Reply;
using logical::Response;

struct Name {
  std::string_view plain;
  std::vector<std::pair<std::string_view, std::string_view>> labels;
};

// "forward.requests{kind=read,result=answered}"
Name parse_name(std::string_view text) {
  const size_t open = text.find('{');
  Name name{text.substr(0, open), {}};
  if (open == text.npos) return name;
  std::string_view rest = text.substr(open + 1, text.size() - open - 2);
  while (!rest.empty()) {
    const std::string_view label = rest.substr(0, rest.find(','));
    const size_t equals = label.find('=');
    name.labels.emplace_back(label.substr(0, equals), equals == label.npos ? std::string_view() : label.substr(equals + 1));
    rest.remove_prefix(std::min(rest.size(), label.size() + 1));
  }
  return name;
}

// Names with what Prometheus allows: letters, digits, '_' and ':'.
std::string prometheus_name(std::string_view name) {
  std::string out = "bao_";
  for (const char c : name) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':';
    out += allowed ? c : '_';
  }
  return out;
}

std::string prometheus_labels(const Name& name) {
  std::string out;
  for (const auto& [label, value] : name.labels) {
    out += (out.empty() ? "{" : ",") + std::string(label) + "=\"";
    for (const char c : value) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out.empty() ? out : out + "}";
}

std::string prometheus_text(const std::vector<base::Sample>& samples) {
  std::string out, typed;
  for (const base::Sample& sample : samples) {
    const Name parts = parse_name(sample.name);
    const std::string name = prometheus_name(parts.plain);
    if (std::exchange(typed, name) != name) out += "# TYPE " + name + (sample.gauge ? " gauge\n" : " counter\n");
    out += name + prometheus_labels(parts) + " " + std::to_string(sample.value) + "\n";
  }
  return out;
}

// Counters since the start in the members that go-metrics has for an interval: sums and counts are the same here.
Json sample_json(const base::Sample& sample) {
  const Name parts = parse_name(sample.name);
  Json labels = Json::object();
  for (const auto& [label, value] : parts.labels) labels.set(label, std::string(value));
  Json json = Json::record({{"Name", "bao." + std::string(parts.plain)}});
  json.set(sample.gauge ? "Value" : "Count", sample.value);
  if (!sample.gauge) json.set("Sum", sample.value);
  json.set("Labels", std::move(labels));
  return json;
}

std::string metrics_json(const std::vector<base::Sample>& samples, base::Time now) {
  Json gauges = Json::array(), counters = Json::array();
  for (const base::Sample& sample : samples) (sample.gauge ? gauges : counters).push_back(sample_json(sample));
  Json document = Json::record();
  document.set("Timestamp", base::format_rfc3339_seconds(now));
  document.set("Gauges", std::move(gauges));
  document.set("Points", Json::array());
  document.set("Counters", std::move(counters));
  document.set("Samples", Json::array());
  return codec::write_json(document);
}

bool wants_prometheus(const Call& call) {
  const std::string format = call.fields.string("format");
  if (!format.empty()) return format == "prometheus";
  for (const auto& [name, value] : call.request.headers) {
    if (name != "Accept") continue;
    return value.starts_with("prometheus/telemetry") || value.starts_with("application/openmetrics-text");
  }
  return false;
}

Reply metrics(const Core::Parts& parts, const Call& call) {
  const std::string format = call.fields.string("format");
  if (!format.empty() && format != "prometheus") {
    return base::invalid("metric response format \"" + format + "\" unknown");
  }
  const std::vector<base::Sample> samples = all_samples(parts);
  Response response;
  response.raw = wants_prometheus(call) ? logical::RawBody{200, "text/plain; version=0.0.4", prometheus_text(samples)}
                                        : logical::RawBody{200, "application/json", metrics_json(samples, call.now)};
  return response;
}

}  // namespace

Paths metrics_paths(Core::Parts& parts) {
  Path path;
  path.pattern = "metrics";
  path.fields = {{.name = "format", .description = "Format to export metrics into: prometheus, or JSON without it.", .query = true}};
  path.handlers = {{.operation = Operation::read,
                    .effect = Reads{[&parts](const Call& call, const storage::ReadView&) { return metrics(parts, call); }},
                    .summary = "Export the metrics of this node."}};
  path.synopsis = "Export the metrics of this node.";
  return {path};
}

}  // namespace bao::core::sys
