// Runs testdata/core/*.txt: requests as they come over the wire and what the whole node answers, one fresh node a file.
//
//   # a remark
//   POST /v1/kv/a <- {"x":1}              method, target as sent, body
//   GET /v1/kv/a | x y                    shows only these members of the answer's data
//   POST /v1/auth/token/create <- {} => app     keeps the token of the answer (auth's or the wrapping one) as $app
//   200 {"x":1}                           the answer: status, then data, or the whole body where it is no envelope
//     warnings ["…"]                      and, where there are any: warnings, lease, auth, wrap, headers
//   AS app                                the token from here on: root, none, or one that was kept
//   WITH X-Vault-Wrap-TTL: 60             a header of the next request
//   FROM 10.1.2.3                         the client's address from here on
//   ADVANCE 61m                           moves the clock
//   CLUSTER node2 node3? node4!           first of all: the node is node1 and leads these; ? has no vote, ! is not reached
//
// The answers are compared as text; REWRITE=1 in the environment writes what was answered into the file instead.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "internal/base/time_format.h"
#include "internal/http/front.h"
#include "internal/http/request_parser.h"
#include "internal/testing/fake_cluster.h"
#include "internal/testing/test_core.h"

namespace bao::http {
namespace {

using codec::Json;

// Cuts " <mark> rest" off the end of the line.
std::string cut_behind(std::string& line, std::string_view mark) {
  const size_t at = line.rfind(mark);
  if (at == line.npos) return "";
  std::string behind = line.substr(at + mark.size());
  line.resize(at);
  return behind;
}

Json only(const Json& data, const std::string& names) {
  Json chosen = Json::object();
  std::istringstream in(names);
  for (std::string name; in >> name;) {
    if (const Json* value = data.find(name)) chosen.set(name, *value);
  }
  return chosen;
}

// What of an answer's auth and wrap_info is the same each time.
Json lasting(const Json& member) {
  return only(member, "policies token_policies lease_duration renewable num_uses token_type orphan metadata creation_path ttl");
}

// Headers that are the same each time.
bool is_shown(std::string_view name) {
  if (name == "Location" || name == "X-Vault-Namespace" || name == "Vary" || name == "Retry-After" || name == "X-Vault-Inline-Auth-Failed") return true;
  return name.starts_with("Access-Control-") || name.starts_with("X-Ratelimit-");
}

std::string one_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  for (size_t at = 0; (at = text.find('\n', at)) != text.npos; at += 2) text.replace(at, 1, "\\n");
  return text;
}

std::unique_ptr<testing::FakeCluster> cluster_of(const std::string& names) {
  auto cluster = std::make_unique<testing::FakeCluster>("node1", 1);
  std::istringstream in(names);
  uint64_t number = 2;
  for (std::string name; in >> name; ++number) {
    const bool votes = !name.ends_with('?'), reached = !name.ends_with('!');
    if (!votes || !reached) name.pop_back();
    cluster->add({testing::FakeCluster::record_of(name, number), false, votes, 100, reached});
  }
  return cluster;
}

core::CoreOptions options_with(core::Cluster* cluster) {
  core::CoreOptions options;
  options.cluster = cluster;
  return options;
}

class Node {
 public:
  explicit Node(std::unique_ptr<testing::FakeCluster> cluster) : cluster_(std::move(cluster)) {}

  std::string run(const std::string& line) {
    std::istringstream in(line);
    std::string word, rest;
    in >> word;
    std::getline(in >> std::ws, rest);
    if (word == "AS") return take_token(rest);
    if (word == "FROM") peer_.address = rest;
    else if (word == "WITH") headers_ += rest + "\r\n";
    else if (word == "ADVANCE") return advance(rest);
    else return ask(word, rest);
    return "";
  }

 private:
  std::string take_token(const std::string& name) {
    if (name == "none") token_.clear();
    else if (name == "root") token_ = core_.root_token();
    else if (kept_.contains(name)) token_ = kept_[name];
    else return "no token was kept as " + name;
    return "";
  }
  std::string advance(const std::string& by) {
    const auto duration = base::parse_go_duration(by);
    if (!duration.ok()) return duration.error().message();
    core_.clock().advance(*duration);
    return "";
  }
  std::string ask(const std::string& method, std::string rest) {
    const std::string keep_as = cut_behind(rest, " => ");
    const std::string shown = cut_behind(rest, " | ");
    for (const auto& [name, token] : kept_) {
      for (size_t at; (at = rest.find("$" + name)) != rest.npos;) rest.replace(at, name.size() + 1, token);
    }
    const std::string body = cut_behind(rest, " <- ");
    std::string wire = method + " " + rest + " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    if (!token_.empty()) wire += "X-Vault-Token: " + token_ + "\r\n";
    wire += headers_ + "\r\n" + body;
    headers_.clear();
    RequestParser parser{ParserLimits{}};
    parser.feed(wire);
    if (parser.state() != RequestParser::State::complete) return "no request: " + parser.refusal().words.text();
    Answer answer = front_.answer(parser.request(), peer_);
    if (method == "HEAD") answer.body.clear();  // it stays away from the wire
    return text_of(answer, shown, keep_as);
  }
  std::string text_of(const Answer& answer, const std::string& shown, const std::string& keep_as) {
    std::string text = std::to_string(answer.status);
    const auto envelope = codec::parse_json(answer.body);
    const bool is_envelope = envelope.ok() && envelope->find("request_id") != nullptr && envelope->find("wrap_info") != nullptr;
    if (!is_envelope && !answer.body.empty()) text += " " + one_line(answer.body);
    if (is_envelope) text += envelope_text(*envelope, shown, keep_as);
    for (const auto& [name, value] : answer.headers) {
      if (is_shown(name)) text += "\n  " + name + ": " + value;
    }
    return text;
  }
  std::string envelope_text(const Json& envelope, const std::string& shown, const std::string& keep_as) {
    const Json &data = envelope["data"], &auth = envelope["auth"], &wrap = envelope["wrap_info"];
    std::string text = " " + codec::write_json(shown.empty() ? data : only(data, shown));
    if (!envelope["warnings"].is_null()) text += "\n  warnings " + codec::write_json(envelope["warnings"]);
    if (envelope["lease_duration"].text() != "0") text += "\n  lease " + envelope["lease_duration"].text();
    if (auth.is_object()) text += "\n  auth " + codec::write_json(lasting(auth));
    if (wrap.is_object()) text += "\n  wrap " + codec::write_json(lasting(wrap));
    if (!keep_as.empty()) kept_[keep_as] = wrap.is_object() ? wrap["token"].as_string() : auth["client_token"].as_string();
    return text;
  }

  const std::unique_ptr<testing::FakeCluster> cluster_;
  testing::TestCore core_{testing::TestCore::State::unsealed, options_with(cluster_.get())};
  Front front_{core_.core(), nullptr, FrontRules{}};
  Peer peer_{"127.0.0.1", 40000, {}};
  std::string token_ = core_.root_token(), headers_;
  std::map<std::string, std::string> kept_;
};

bool is_answer(const std::string& line) {
  return !line.empty() && (line.front() == ' ' || (line.front() >= '0' && line.front() <= '9'));
}

// The text with every answer replaced by what was answered.
std::string answered(const std::string& text) {
  constexpr std::string_view kCluster = "CLUSTER ";
  const size_t at = text.find(kCluster);
  Node node(at == text.npos ? nullptr : cluster_of(text.substr(at + kCluster.size(), text.find('\n', at) - at - kCluster.size())));
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (is_answer(line)) continue;
    out += line + "\n";
    if (line.empty() || line.front() == '#' || line.starts_with(kCluster)) continue;
    if (const std::string answer = node.run(line); !answer.empty()) out += answer + "\n";
  }
  return out;
}

// "" when equal, else the first line that differs.
std::string difference(const std::string& expected, const std::string& got) {
  std::istringstream left(expected), right(got);
  std::string want, have;
  for (int number = 1; std::getline(left, want); ++number) {
    if (!std::getline(right, have)) have = "(nothing)";
    if (want != have) return std::to_string(number) + "\n  expected " + want + "\n  answered " + have;
  }
  return std::getline(right, have) ? "the end\n  answered more: " + have : "";
}

TEST(RequestScenarios, AllFiles) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator("testdata/core")) {
    if (file.path().extension() != ".txt") continue;
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const std::string got = answered(text.str());
    if (std::getenv("REWRITE") != nullptr) std::ofstream(file.path()) << got;
    else EXPECT_EQ(difference(text.str(), got), "") << file.path();
    ++files;
  }
  EXPECT_GE(files, 11);
}

}  // namespace
}  // namespace bao::http
