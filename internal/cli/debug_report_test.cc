// A report says in one sentence what happened, shows it without network and script, and nothing in it is taken for markup.
#include "internal/cli/debug_report.h"

#include <gtest/gtest.h>

#include "internal/cli/debug_chart.h"

namespace bao::cli {
namespace {

using codec::Json;

NodeTick tick(const char* role, int lag, int commit, int forwarded = 0) {
  NodeTick one;
  one.raft = Json::object({{"role", role}, {"lag_entries", lag}, {"lag_milliseconds", 10 * lag}, {"queue_milliseconds", 0}, {"commit_index", commit}});
  one.forwarding = Json::object({{"counts", Json::object({{"forward.requests{kind=write,result=answered}", forwarded}, {"confirm.refusals", 0}})}});
  return one;
}

ReportInput three_nodes() {
  ReportInput input{"https://n1:8200", "2.6.2", "2.6.2", "2026-11-28T22:00:00Z", 3, {0, 1, 2}, {}, {}};
  input.nodes = {{"n1", "https://n1:8200", {tick("standby", 0, 10), tick("standby", 4, 20), tick("standby", 0, 30)}, {}, ""},
                 {"n2", "https://n2:8200", {tick("active", 0, 10), tick("active", 0, 20), tick("active", 0, 30)}, {}, ""},
                 {"n3", "https://n3:8200", {tick("standby", 0, 10), tick("standby", 1, 20), tick("standby", 0, 30)}, {}, ""}};
  for (NodeRecord& node : input.nodes) node.invalidations = Json::object({{"divergences", 0}});
  return input;
}

TEST(DebugReport, AQuietClusterInOneSentence) {
  EXPECT_EQ(verdict_of(three_nodes()), "3 of 3 nodes answered; n2 was active throughout; largest lag 4 entries and 40 ms; 0 divergences.");
}

TEST(DebugReport, ATakeoverAndASilentNodeInOneSentence) {
  ReportInput input = three_nodes();
  input.nodes[1].ticks[1] = input.nodes[1].ticks[2] = {};
  input.nodes[1].unreachable = "connection refused";
  input.nodes[2].ticks[2] = tick("active", 0, 30);
  input.nodes[0].invalidations = Json::object({{"divergences", 1}});
  EXPECT_EQ(verdict_of(input), "2 of 3 nodes answered; active were n2 and then n3; largest lag 4 entries and 40 ms; 1 divergence.");
  EXPECT_NE(report_html(input).find("class=\"verdict bad\""), std::string::npos);
}

TEST(DebugReport, ANodeThatCameBackIsNotAllTheTime) {
  ReportInput input = three_nodes();
  input.nodes[2].ticks[1] = {};
  EXPECT_EQ(verdict_of(input).find("3 of 3 nodes answered, not all of them all the time; n2 was active throughout"), 0u);
  EXPECT_NE(report_html(input).find("class=\"verdict note\""), std::string::npos);
  EXPECT_NE(report_html(three_nodes()).find("class=\"verdict\""), std::string::npos);
}

TEST(DebugReport, NobodyAnsweringIsSaidToo) {
  ReportInput input{"https://n1:8200", "2.6.2", "", "2026-11-28T22:00:00Z", 0, {}, {}, {{"raft", "permission denied"}}};
  EXPECT_EQ(verdict_of(input), "0 of 0 nodes answered; no node was seen active; largest lag 0 entries and 0 ms; 0 divergences.");
  EXPECT_NE(report_html(input).find("permission denied"), std::string::npos);
}

TEST(DebugReport, NeedsNothingElseAndTakesNothingForMarkup) {
  ReportInput input = three_nodes();
  const std::string evil = "<script>alert('x')</script>\"&";
  input.address = input.nodes[0].id = input.nodes[1].address = input.nodes[2].unreachable = evil;
  input.errors.emplace_back(evil, evil);
  input.nodes[0].invalidations.set("caches", Json::array({Json::object({{"cache", evil}})}));
  input.nodes[0].invalidations.set("owners", Json::array({Json::object({{"owner", evil}, {"marks", 1}, {"prefixes", Json::strings({evil})}})}));
  input.nodes[0].ticks[2].raft.set("hostname", evil);
  const std::string page = report_html(input);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  for (const char* outside : {"src=", "href=", "url(", "@import", "<link", "<iframe", "<img", " onload", " onclick"})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(page.find("prefers-color-scheme:dark"), std::string::npos);
}

TEST(DebugReport, EveryChartNamesItsAxes) {
  const std::string page = report_html(three_nodes());
  size_t charts = 0;
  for (size_t at = page.find("<figure class=\"chart\""); at != std::string::npos; at = page.find("<figure class=\"chart\"", at + 1)) {
    ++charts;
    const std::string chart = page.substr(at, page.find("</figure>", at) - at);
    EXPECT_NE(chart.find("seconds since the capture began"), std::string::npos);
    EXPECT_NE(chart.find("rotate(-90)"), std::string::npos) << "the unit of its values";
    EXPECT_NE(chart.find("aria-label=\""), std::string::npos);
  }
  EXPECT_EQ(charts, 8u);
}

TEST(DebugChart, ALineIsBrokenWhereNothingIsKnown) {
  const LineChart chart{"Lag", "ms", "", {0, 1, 2, 3}, {{"n1", 0, {1.0, 2.0, std::nullopt, 3.0}}}};
  const std::string drawing = draw(chart);
  const std::string path = drawing.substr(drawing.find("<path d=\""));
  const std::string d = path.substr(9, path.find('"', 9) - 9);
  EXPECT_EQ(std::count(d.begin(), d.end(), 'M'), 2);
  EXPECT_EQ(std::count(d.begin(), d.end(), 'L'), 1);
}

TEST(DebugChart, NumbersOnAxesAreShort) {
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.25), "0.25");
  EXPECT_EQ(short_number(1.5), "1.5");
  EXPECT_EQ(short_number(9999), "9999");
  EXPECT_EQ(short_number(12'000), "12k");
  EXPECT_EQ(short_number(2'500'000), "2.5M");
}

}  // namespace
}  // namespace bao::cli
