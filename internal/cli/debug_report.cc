#include "internal/cli/debug_report.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>

#include "internal/cli/debug_chart.h"

namespace bao::cli {
namespace {

using codec::Json;

// Light and dark by what the reader's system asks for; on paper it is light.
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1b2330;--soft:#5b6675;--line:#dfe4ea;--grid:#edf0f4;--good:#127a4f;
--good-bg:#e5f5ed;--bad:#b3261e;--bad-bg:#fdecea;--note:#7a5200;--note-bg:#fdf3d8;--standby:#c9d6e6;--active:#1f6feb;--silent:#f3b7b2;--on-active:#fff;--on-other:#1b2330;
--c0:#1f6feb;--c1:#c2570c;--c2:#0f8a5f;--c3:#8250df;--c4:#bf3989;--c5:#6e7781}
@media (prefers-color-scheme:dark){:root{--page:#0f141b;--card:#171e28;--ink:#e6ebf2;--soft:#9aa6b5;--line:#2a3441;--grid:#212a35;--good:#58d19b;
--good-bg:#12301f;--bad:#ff8f86;--bad-bg:#3a1917;--note:#f0c66b;--note-bg:#33290f;--standby:#33465e;--active:#4c8dff;--silent:#6e2f2b;--on-active:#08111f;--on-other:#e6ebf2;
--c0:#6ea8ff;--c1:#f0974e;--c2:#4fd0a0;--c3:#b794ff;--c4:#f27fbd;--c5:#a3adb8}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{max-width:1180px;margin:0 auto;padding:36px 24px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:18px;margin:40px 0 12px;letter-spacing:-.005em}
h3{font-size:15px;margin:0}
p{margin:0}.soft,figcaption p,td.soft{color:var(--soft)}
.verdict{margin:22px 0 26px;padding:16px 20px;border-radius:10px;font-size:18px;font-weight:600;background:var(--good-bg);color:var(--good)}
.verdict.note{background:var(--note-bg);color:var(--note)}.verdict.bad{background:var(--bad-bg);color:var(--bad)}
.facts{display:flex;flex-wrap:wrap;gap:6px 28px;margin:10px 0 0;padding:0;list-style:none;color:var(--soft);font-size:14px}
.facts b{color:var(--ink);font-weight:600}
figure,.card{margin:0;padding:16px 18px 12px;background:var(--card);border:1px solid var(--line);border-radius:10px}
figcaption p{font-size:13px;min-height:2.8em;margin-top:2px}.band figcaption p{min-height:0;margin-bottom:8px}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(440px,1fr));gap:16px;margin-top:16px}
svg{display:block;width:100%;height:auto;font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
svg text{fill:var(--soft)}svg .name{font-weight:600;fill:var(--ink)}svg .label{font-size:11.5px}svg .tick{font-variant-numeric:tabular-nums}
svg .none{font-size:13px}
.middle{text-anchor:middle}.end{text-anchor:end}
.axis{stroke:var(--soft);stroke-width:1}.grid{stroke:var(--grid);stroke-width:1}
.series{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.hover{fill:transparent;stroke:none}.hover:hover{fill:currentColor}
path.c0{stroke:var(--c0)}path.c1{stroke:var(--c1)}path.c2{stroke:var(--c2)}path.c3{stroke:var(--c3)}path.c4{stroke:var(--c4)}path.c5{stroke:var(--c5)}
tspan.c0{fill:var(--c0)}tspan.c1{fill:var(--c1)}tspan.c2{fill:var(--c2)}tspan.c3{fill:var(--c3)}tspan.c4{fill:var(--c4)}tspan.c5{fill:var(--c5)}
.is-active{fill:var(--active)}.is-standby{fill:var(--standby)}.is-silent{fill:var(--silent)}
svg .state{font-size:12px;font-weight:600;fill:var(--on-other)}.is-active+.state{fill:var(--on-active)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}
th{font-weight:600;color:var(--soft);text-align:left;font-size:12.5px;white-space:nowrap}
th,td{padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}tr:last-child td{border-bottom:0}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.bad{color:var(--bad);font-weight:600}
.tag{display:inline-block;padding:1px 9px;border-radius:99px;font-size:12.5px;font-weight:600;background:var(--standby);color:var(--on-other)}
.tag.active{background:var(--active);color:var(--on-active)}.tag.silent{background:var(--silent);color:var(--on-other)}
details{margin-top:16px}summary{cursor:pointer;color:var(--soft)}code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
@media print{body{background:#fff}figure,.card{break-inside:avoid}}
@media (max-width:520px){main{padding:20px 12px}.charts{grid-template-columns:1fr}}
)";

std::optional<double> number(const Json& json) {
  const auto value = json.as_int();
  if (!json.is_number() || !value.ok()) return std::nullopt;
  return static_cast<double>(*value);
}

NodeState state_of(const NodeTick& tick) {
  if (tick.raft.is_null()) return NodeState::silent;
  return tick.raft["role"].as_string() == "active" ? NodeState::active : NodeState::standby;
}

// ---- what the verdict is made of

int64_t largest(const ReportInput& input, std::string_view member) {
  double most = 0;
  for (const NodeRecord& node : input.nodes)
    for (const NodeTick& tick : node.ticks) most = std::max(most, number(tick.raft[member]).value_or(0));
  return static_cast<int64_t>(most);
}

int64_t divergences(const ReportInput& input) {
  double all = 0;
  for (const NodeRecord& node : input.nodes) all += number(node.invalidations["divergences"]).value_or(0);
  return static_cast<int64_t>(all);
}

size_t nodes_that_answered(const ReportInput& input, bool throughout) {
  return static_cast<size_t>(std::count_if(input.nodes.begin(), input.nodes.end(), [&](const NodeRecord& node) {
    const auto answered = [](const NodeTick& tick) { return !tick.raft.is_null(); };
    if (node.ticks.empty()) return false;
    return throughout ? std::all_of(node.ticks.begin(), node.ticks.end(), answered) : answered(node.ticks.back());
  }));
}

// Who was active, tick by tick; "" for nobody, repeated names once.
std::vector<std::string> reigns(const ReportInput& input) {
  std::vector<std::string> names;
  for (size_t i = 0; i < input.times.size(); ++i) {
    std::string active;
    for (const NodeRecord& node : input.nodes) {
      if (i < node.ticks.size() && state_of(node.ticks[i]) == NodeState::active) active = node.id;
    }
    if (names.empty() || names.back() != active) names.push_back(active);
  }
  return names;
}

std::string reigns_told(const ReportInput& input) {
  std::vector<std::string> all = reigns(input);
  const bool gap = std::any_of(all.begin(), all.end(), [](const std::string& name) { return name.empty(); });
  std::erase(all, "");
  if (all.empty()) return "no node was seen active";
  if (all.size() == 1) return all.front() + (gap ? " was active, not all the time" : " was active throughout");
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::string told = "active were ";
  for (size_t i = 0; i < all.size(); ++i) told += (i == 0 ? "" : i + 1 == all.size() ? " and then " : ", ") + all[i];
  return told;
}

// Green: nothing happened. Red: something is wrong now. Between them: something happened, and it is over.
std::string_view colour_of_verdict(const ReportInput& input) {
  if (input.nodes.empty() || nodes_that_answered(input, false) < input.nodes.size() || divergences(input) > 0) return " bad";
  const auto all = reigns(input);
  const bool quiet = nodes_that_answered(input, true) == input.nodes.size() && all.size() == 1 && !all.front().empty();
  return quiet ? "" : " note";
}

// ---- charts

using Value = std::function<std::optional<double>(const NodeTick&)>;

std::vector<ChartLine> lines_of(const ReportInput& input, const Value& value) {
  std::vector<ChartLine> lines;
  for (size_t i = 0; i < input.nodes.size(); ++i) {
    ChartLine line{input.nodes[i].id, i, {}};
    for (const NodeTick& tick : input.nodes[i].ticks) line.values.push_back(value(tick));
    line.values.resize(input.times.size());
    lines.push_back(std::move(line));
  }
  return lines;
}

Value of_raft(std::string member) {
  return [member = std::move(member)](const NodeTick& tick) { return tick.raft.is_null() ? std::nullopt : number(tick.raft[member]); };
}

// The sum of counters whose names begin so and hold `part`.
Value of_counts(std::string begin, std::string part = "") {
  return [begin = std::move(begin), part = std::move(part)](const NodeTick& tick) -> std::optional<double> {
    if (tick.forwarding.is_null()) return std::nullopt;
    double sum = 0;
    for (const auto& [name, count] : tick.forwarding["counts"].members()) {
      if (name.starts_with(begin) && name.find(part) != std::string::npos) sum += number(count).value_or(0);
    }
    return sum;
  };
}

// How much more a second than at the time before; a counter that fell is of a process that began anew.
std::vector<ChartLine> a_second(const std::vector<double>& times, std::vector<ChartLine> lines) {
  for (ChartLine& line : lines) {
    const auto counts = line.values;
    for (size_t i = 0; i < counts.size(); ++i) {
      line.values[i].reset();
      if (i == 0 || !counts[i] || !counts[i - 1] || *counts[i] < *counts[i - 1] || times[i] <= times[i - 1]) continue;
      line.values[i] = (*counts[i] - *counts[i - 1]) / (times[i] - times[i - 1]);
    }
  }
  return lines;
}

std::string charts_of(const ReportInput& input) {
  const auto draw_lines = [&](std::string title, std::string unit, std::string note, std::vector<ChartLine> lines) {
    return draw(LineChart{std::move(title), std::move(unit), std::move(note), input.times, std::move(lines)});
  };
  const auto rate = [&](const Value& value) { return a_second(input.times, lines_of(input, value)); };
  std::string out = "<h2>Keeping up</h2><div class=\"charts\">";
  out += draw_lines("Lag behind the leader", "ms", "How old what a standby serves is at most. It rises between two heartbeats even when nothing is written.",
                    lines_of(input, of_raft("lag_milliseconds")));
  out += draw_lines("Lag in entries", "entries", "Entries that are agreed on and not yet in what a node serves.", lines_of(input, of_raft("lag_entries")));
  out += draw_lines("Queue of the applier", "ms", "How long the oldest entry waits to be applied.", lines_of(input, of_raft("queue_milliseconds")));
  out += draw_lines("Entries committed", "a second", "Progress of the replicated log as each node sees it: writes, and what they bring about.",
                    rate(of_raft("commit_index")));
  out += "</div><h2>Requests between nodes</h2><div class=\"charts\">";
  out += draw_lines("Forwarded to the active node", "a second", "Requests that write, or ask for what the leader alone knows, by the node that sent them.",
                    rate(of_counts("forward.requests")));
  out += draw_lines("Forwarding that failed", "a second", "No active node was reached, or its answer was lost.",
                    rate([](const NodeTick& tick) -> std::optional<double> {
                      const auto unavailable = of_counts("forward.requests", "result=unavailable")(tick);
                      if (!unavailable) return std::nullopt;
                      return *unavailable + of_counts("forward.requests", "result=uncertain")(tick).value_or(0);
                    }));
  out += draw_lines("Refusals confirmed", "a second", "Refused requests (token unknown, denied, no route) that were confirmed with the leader first.",
                    rate(of_counts("confirm.refusals")));
  out += draw_lines("Refusals taken back", "a second", "And were allowed once the node had caught up: somebody read right behind a write.",
                    rate(of_counts("confirm.changed_mind")));
  return out + "</div>";
}

std::string band_of(const ReportInput& input) {
  StateBand band{"Who was active when", "One node writes, the others answer reads. Light: standby; red: it did not answer.", input.times, input.seconds, {}};
  for (const NodeRecord& node : input.nodes) {
    StateRow row{node.id, {}};
    for (const NodeTick& tick : node.ticks) row.states.push_back(state_of(tick));
    row.states.resize(input.times.size());
    band.rows.push_back(std::move(row));
  }
  return draw(band);
}

// ---- tables

std::string shown(const Json& json, std::string_view unit = "") {
  if (json.is_null()) return "–";
  return html_escaped(json.is_string() ? json.as_string() : json.text()) + std::string(unit);
}

std::string cell(const std::string& content, std::string_view style = "") {
  return style.empty() ? "<td>" + content + "</td>" : "<td class=\"" + std::string(style) + "\">" + content + "</td>";
}

std::string heading(std::initializer_list<std::string_view> names, size_t numbers_from) {
  std::string out = "<thead><tr>";
  size_t i = 0;
  for (const std::string_view name : names) out += (i++ >= numbers_from ? "<th class=\"n\">" : "<th>") + std::string(name) + "</th>";
  return out + "</tr></thead>";
}

const Json& last_raft(const NodeRecord& node) {
  static const Json kNothing;
  for (auto tick = node.ticks.rbegin(); tick != node.ticks.rend(); ++tick)
    if (!tick->raft.is_null()) return tick->raft;
  return kNothing;
}

std::string nodes_table(const ReportInput& input) {
  std::string rows;
  for (const NodeRecord& node : input.nodes) {
    const Json& raft = last_raft(node);
    const bool answers = node.unreachable.empty() && !raft.is_null();
    const std::string role = answers ? raft["role"].as_string() : "no answer";
    rows += "<tr><td><b>" + html_escaped(node.id) + "</b></td>" +
            cell("<span class=\"tag " + std::string(!answers ? "silent" : role == "active" ? "active" : "") + "\">" + html_escaped(role) + "</span>") +
            cell("<code>" + html_escaped(node.address) + "</code>") + cell(shown(raft["hostname"])) + cell(shown(raft["version"]));
    for (const char* member : {"term", "commit_index", "served_index"}) rows += cell(shown(raft[member]), "n");
    rows += cell(shown(node.invalidations["divergences"]), number(node.invalidations["divergences"]).value_or(0) > 0 ? "n bad" : "n") + "</tr>";
    if (!node.unreachable.empty()) rows += "<tr><td></td><td colspan=\"8\" class=\"soft\">" + html_escaped(node.unreachable) + "</td></tr>";
  }
  return "<h2>Nodes at the end</h2><div class=\"card scroll\"><table>" +
         heading({"Node", "Role", "Address", "Host", "Version", "Term", "Committed", "Served", "Divergences"}, 5) + "<tbody>" + rows +
         "</tbody></table></div>";
}

std::string caches_table(const ReportInput& input) {
  std::string rows;
  for (const NodeRecord& node : input.nodes) {
    for (const Json& cache : node.invalidations["caches"].items()) {
      rows += "<tr>" + cell(html_escaped(node.id)) + cell(shown(cache["cache"]));
      for (const char* member : {"objects", "stale", "compared"}) rows += cell(shown(cache[member]), "n");
      rows += cell(shown(cache["divergences"]), number(cache["divergences"]).value_or(0) > 0 ? "n bad" : "n") + "</tr>";
    }
  }
  if (rows.empty()) return "";
  return "<h2>Caches</h2><p class=\"soft\">A background audit compares what each node keeps in memory with its storage; differences must stay 0. "
         "Stale objects were changed and are loaded anew by whoever asks for them next.</p><div class=\"card scroll\" style=\"margin-top:12px\"><table>" +
         heading({"Node", "Cache", "Objects", "Stale", "Compared", "Divergences"}, 2) + "<tbody>" + rows + "</tbody></table></div>";
}

std::string owners_table(const ReportInput& input) {
  std::string rows;
  for (const NodeRecord& node : input.nodes) {
    for (const Json& owner : node.invalidations["owners"].items()) {
      if (number(owner["marks"]).value_or(0) == 0) continue;
      std::string prefixes;
      for (const Json& prefix : owner["prefixes"].items()) prefixes += (prefixes.empty() ? "" : " ") + prefix.as_string();
      const auto age = number(owner["last_age_milliseconds"]);
      rows += "<tr>" + cell(html_escaped(node.id)) + cell(shown(owner["owner"])) + cell("<code>" + html_escaped(prefixes) + "</code>", "soft") +
              cell(shown(owner["marks"]), "n") + cell(shown(owner["last_index"]), "n") +
              cell(age ? short_number(*age / 1000) + " s" : "–", "n") + "</tr>";
    }
  }
  if (rows.empty()) return "";
  return "<details><summary>Invalidations by owner</summary><div class=\"card scroll\" style=\"margin-top:12px\"><table>" +
         heading({"Node", "Owner", "Prefixes", "Changed keys", "Last index", "Last one ago"}, 3) + "<tbody>" + rows +
         "</tbody></table></div></details>";
}

std::string missing_table(const ReportInput& input) {
  if (input.errors.empty()) return "";
  std::string rows;
  for (const auto& [target, error] : input.errors) rows += "<tr>" + cell(html_escaped(target)) + cell(html_escaped(error), "soft") + "</tr>";
  return "<h2>Not captured</h2><div class=\"card scroll\"><table>" + heading({"Section", "Why"}, 2) + "<tbody>" + rows + "</tbody></table></div>";
}

std::string facts(const ReportInput& input) {
  const auto fact = [](std::string_view name, const std::string& value) {
    return "<li>" + std::string(name) + " <b>" + html_escaped(value) + "</b></li>";
  };
  return "<ul class=\"facts\">" + fact("Captured through", input.address) + fact("from", input.started) +
         fact("for", short_number(input.seconds) + " s") + fact("server", input.server_version) + fact("client", input.client_version) + "</ul>";
}

}  // namespace

std::string verdict_of(const ReportInput& input) {
  const size_t answered = nodes_that_answered(input, false);
  std::string verdict = std::to_string(answered) + " of " + std::to_string(input.nodes.size()) + " nodes answered";
  if (nodes_that_answered(input, true) < answered) verdict += ", not all of them all the time";
  const int64_t entries = largest(input, "lag_entries"), found = divergences(input);
  verdict += "; " + reigns_told(input) + "; largest lag " + std::to_string(entries) + (entries == 1 ? " entry" : " entries") + " and " +
             std::to_string(largest(input, "lag_milliseconds")) + " ms; " + std::to_string(found) + (found == 1 ? " divergence" : " divergences");
  return verdict + ".";
}

std::string report_html(const ReportInput& input) {
  std::string out = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";
  out += "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";
  out += "<title>" + html_escaped("bao debug: " + input.address + ", " + input.started) + "</title><style>" + std::string(kStyle) + "</style></head><body><main>\n";
  out += "<h1>The cluster from " + html_escaped(input.started) + ", for " + short_number(input.seconds) + " seconds</h1>" + facts(input);
  out += "<p class=\"verdict" + std::string(colour_of_verdict(input)) + "\">" + html_escaped(verdict_of(input)) + "</p>\n";
  if (!input.nodes.empty()) out += band_of(input) + nodes_table(input);
  if (!input.times.empty() && !input.nodes.empty()) out += charts_of(input);
  out += caches_table(input) + owners_table(input) + missing_table(input);
  return out + "</main></body></html>\n";
}

}  // namespace bao::cli
