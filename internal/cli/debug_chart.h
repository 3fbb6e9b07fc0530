// Charts of a report as inline SVG: lines over time and a band of states, in the colours of the page (debug_report.cc). Readable without
// script; every text is escaped. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bao::cli {

// For HTML and SVG, in texts and attributes.
std::string html_escaped(std::string_view text);

struct ChartLine {
  std::string name;
  size_t colour = 0;                          // which of the page's
  std::vector<std::optional<double>> values;  // one a time; nothing: unknown, the line is broken there
};

struct LineChart {
  std::string title, unit, note;  // "Lag behind the leader", "ms", a sentence on what it is
  std::vector<double> times;      // seconds since the capture began, rising
  std::vector<ChartLine> lines;
};
std::string draw(const LineChart& chart);

enum class NodeState : uint8_t { silent, standby, active };
struct StateRow {
  std::string name;
  std::vector<NodeState> states;  // one a time
};
struct StateBand {
  std::string title, note;
  std::vector<double> times;
  double until = 0;  // the last state lasts until then
  std::vector<StateRow> rows;
};
std::string draw(const StateBand& band);

// "0", "1.5", "12k": short, for axes.
std::string short_number(double value);

}  // namespace bao::cli
