// report.html of a bundle: one page that needs nothing else, with what a cluster did while it was watched. Pure functions.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "internal/codec/json.h"

namespace bao::cli {

// What a node told at one moment; null where it did not answer.
struct NodeTick {
  codec::Json raft, forwarding;
};

struct NodeRecord {
  std::string id, address;
  std::vector<NodeTick> ticks;  // one a time
  codec::Json invalidations;    // told last; null: never
  std::string unreachable;      // the last reason for not answering; "" when it answered last
};

struct ReportInput {
  std::string address, client_version, server_version, started;
  double seconds = 0;           // how long the capture took
  std::vector<double> times;    // of the ticks, seconds since it began
  std::vector<NodeRecord> nodes;
  std::vector<std::pair<std::string, std::string>> errors;  // target, what is missing and why
};

// One sentence: who answered, who was active, the largest lag, divergences.
std::string verdict_of(const ReportInput& input);
std::string report_html(const ReportInput& input);

}  // namespace bao::cli
