#include "internal/cli/debug_chart.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bao::cli {
namespace {

// Of the drawing, in its own units; the page scales it.
constexpr double kWidth = 560, kHeight = 220, kLeft = 52, kRight = 64, kTop = 14, kBottom = 40;
constexpr double kRowHeight = 30, kNameWidth = 92;

std::string fixed(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

// 1, 2, 5, 10, 20, … : the step that makes about `count` of them.
double nice_step(double range, int count) {
  const double rough = std::max(range, 1e-9) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (rough <= factor * power) return factor * power;
  }
  return 10 * power;
}

struct Scale {
  double from, to, at, length;
  double operator()(double value) const { return at + (to > from ? (value - from) / (to - from) : 0) * length; }
};

std::string text(double x, double y, std::string_view style, std::string_view content) {
  return "<text x=\"" + fixed(x) + "\" y=\"" + fixed(y) + "\" class=\"" + std::string(style) + "\">" + html_escaped(content) + "</text>";
}

std::string line(double x1, double y1, double x2, double y2, std::string_view style) {
  return "<line x1=\"" + fixed(x1) + "\" y1=\"" + fixed(y1) + "\" x2=\"" + fixed(x2) + "\" y2=\"" + fixed(y2) + "\" class=\"" +
         std::string(style) + "\"/>";
}

std::string time_axis(const Scale& x, double bottom) {
  std::string out;
  const double step = std::max(1.0, nice_step(x.to - x.from, 6));
  for (double at = 0; at <= x.to + 1e-9; at += step) {
    out += line(x(at), bottom, x(at), bottom + 4, "axis") + text(x(at), bottom + 16, "tick middle", short_number(at));
  }
  return out + text(x.at + x.length / 2, bottom + 32, "label middle", "seconds since the capture began");
}

std::string value_axis(const Scale& y, double left, double right, const std::string& unit) {
  std::string out;
  const double step = std::max(1.0, nice_step(y.to - y.from, 4));
  for (double at = 0; at <= y.to + step * 1e-6; at += step) {
    out += line(left, y(at), right, y(at), at == 0 ? "axis" : "grid") + text(left - 8, y(at) + 4, "tick end", short_number(at));
  }
  const double middle = y.at + y.length / 2;
  return out + "<text class=\"label middle\" transform=\"translate(13 " + fixed(middle) + ") rotate(-90)\">" + html_escaped(unit) + "</text>";
}

// Broken where something is unknown; a single value is a dot.
std::string path_of(const ChartLine& chart_line, const std::vector<double>& times, const Scale& x, const Scale& y) {
  std::string path, dots;
  const std::string colour = "c" + std::to_string(chart_line.colour % 6);
  bool drawing = false;
  for (size_t i = 0; i < times.size(); ++i) {
    if (!chart_line.values[i]) {
      drawing = false;
      continue;
    }
    const std::string place = fixed(x(times[i])) + " " + fixed(y(*chart_line.values[i]));
    path += (drawing ? " L" : " M") + place;
    drawing = true;
    const std::string told = chart_line.name + ", " + short_number(times[i]) + " s: " + short_number(*chart_line.values[i]);
    dots += "<circle cx=\"" + fixed(x(times[i])) + "\" cy=\"" + fixed(y(*chart_line.values[i])) + "\" r=\"5\" class=\"hover " + colour +
            "\"><title>" + html_escaped(told) + "</title></circle>";
  }
  if (path.empty()) return "";
  return "<path d=\"" + path.substr(1) + "\" class=\"series " + colour + "\"/>" + dots;
}

struct EndLabel {
  double x, y;
  std::string text;
};

// Names stand at the ends of their lines, moved apart where these meet; of a line that ends earlier, there.
std::string end_labels(const LineChart& chart, const Scale& x, const Scale& y) {
  std::vector<EndLabel> labels;
  for (const ChartLine& one : chart.lines) {
    const auto last = std::find_if(one.values.rbegin(), one.values.rend(), [](const auto& value) { return value.has_value(); });
    if (last == one.values.rend()) continue;
    const size_t at = static_cast<size_t>(one.values.rend() - last) - 1;
    labels.push_back({x(chart.times[at]) + 8, y(**last) + 4, "<tspan class=\"c" + std::to_string(one.colour % 6) + "\">" + html_escaped(one.name) + "</tspan>"});
  }
  std::sort(labels.begin(), labels.end(), [](const EndLabel& a, const EndLabel& b) { return a.y > b.y; });
  std::string out;
  double below = kHeight;
  for (EndLabel& label : labels) {
    if (label.x >= x.at + x.length) {
      label.y = std::min(label.y, below - 13);
      below = label.y;
    }
    out += "<text x=\"" + fixed(label.x) + "\" y=\"" + fixed(label.y) + "\" class=\"name\">" + label.text + "</text>";
  }
  return out;
}

double largest(const LineChart& chart) {
  double most = 0;
  for (const ChartLine& one : chart.lines)
    for (const auto& value : one.values) most = std::max(most, value.value_or(0));
  return most;
}

std::string figure(const std::string& title, const std::string& note, const std::string& summary, double width, double height, std::string_view style,
                   const std::string& drawing) {
  return "<figure class=\"" + std::string(style) + "\"><figcaption><h3>" + html_escaped(title) + "</h3><p>" + html_escaped(note) +
         "</p></figcaption><svg viewBox=\"0 0 " + fixed(width) + " " + fixed(height) + "\" role=\"img\" aria-label=\"" +
         html_escaped(title + ". " + summary) + "\">" + drawing + "</svg></figure>\n";
}

std::string_view style_of(NodeState state) {
  switch (state) {
    case NodeState::active: return "is-active";
    case NodeState::standby: return "is-standby";
    default: return "is-silent";
  }
}

std::string_view word_of(NodeState state) {
  switch (state) {
    case NodeState::active: return "active";
    case NodeState::standby: return "standby";
    default: return "no answer";
  }
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string short_number(double value) {
  constexpr std::pair<double, const char*> kScales[] = {{1e9, "G"}, {1e6, "M"}, {1e4, "k"}};
  for (const auto& [scale, letter] : kScales) {
    if (value >= scale) return short_number(value / (scale == 1e4 ? 1e3 : scale)) + letter;
  }
  char text[32];
  const bool whole = std::abs(value - std::round(value)) < (value < 1 ? 0.005 : 0.05);
  std::snprintf(text, sizeof text, whole ? "%.0f" : value < 1 ? "%.2f" : "%.1f", value);
  return text;
}

std::string draw(const LineChart& chart) {
  const double most = largest(chart), step = std::max(1.0, nice_step(most, 4));
  const double top = std::max(1.0, std::ceil(std::max(most, 1.0) / step) * step);
  const Scale x{0, chart.times.empty() ? 1 : std::max(1.0, chart.times.back()), kLeft, kWidth - kLeft - kRight};
  const Scale y{0, top, kHeight - kBottom, -(kHeight - kBottom - kTop)};
  std::string drawing = value_axis(y, kLeft, kWidth - kRight, chart.unit) + time_axis(x, kHeight - kBottom);
  for (const ChartLine& one : chart.lines) drawing += path_of(one, chart.times, x, y);
  drawing += end_labels(chart, x, y);
  const bool known = std::any_of(chart.lines.begin(), chart.lines.end(), [](const ChartLine& one) {
    return std::any_of(one.values.begin(), one.values.end(), [](const auto& value) { return value.has_value(); });
  });
  if (most == 0) drawing += text(x.at + x.length / 2, kHeight / 2 - 12, "none middle", known ? "none during the capture" : "not known");
  return figure(chart.title, chart.note, "The largest value is " + short_number(most) + " " + chart.unit + ".", kWidth, kHeight, "chart", drawing);
}

std::string draw(const StateBand& band) {
  const double width = 2 * kWidth, height = kRowHeight * static_cast<double>(band.rows.size()) + kBottom + 6;
  const Scale x{0, std::max(1.0, band.until), kNameWidth, width - kNameWidth - 12};
  std::string drawing, summary;
  for (size_t row = 0; row < band.rows.size(); ++row) {
    const StateRow& one = band.rows[row];
    const double y = 4 + kRowHeight * static_cast<double>(row);
    drawing += text(kNameWidth - 12, y + 16, "name end", one.name);
    for (size_t i = 0; i < band.times.size();) {
      size_t next = i + 1;
      while (next < band.times.size() && one.states[next] == one.states[i]) ++next;
      const double from = band.times[i], to = next < band.times.size() ? band.times[next] : band.until;
      const std::string said = std::string(word_of(one.states[i])) + " from " + short_number(from) + " s to " + short_number(to) + " s";
      const double begin = x(from), wide = std::max(1.0, x(to) - begin);
      drawing += "<rect x=\"" + fixed(begin) + "\" y=\"" + fixed(y) + "\" width=\"" + fixed(wide) + "\" height=\"22\" class=\"" +
                 std::string(style_of(one.states[i])) + "\"><title>" + html_escaped(one.name + ": " + said) + "</title></rect>";
      const std::string_view word = word_of(one.states[i]);
      if (wide > 70) drawing += text(begin + 9, y + 15.5, "state", word);
      summary += one.name + " " + said + ". ";
      i = next;
    }
  }
  drawing += time_axis(x, kRowHeight * static_cast<double>(band.rows.size()) + 6);
  return figure(band.title, band.note, summary, width, height, "band", drawing);
}

}  // namespace bao::cli
