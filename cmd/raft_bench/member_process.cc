#include "cmd/raft_bench/member_process.h"

#include <sys/resource.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <thread>

#include "cmd/raft_bench/expect.h"
#include "cmd/raft_bench/load.h"
#include "internal/base/log.h"
#include "internal/base/metrics.h"
#include "internal/testing/cluster/member.h"

namespace bao::raft_bench {
namespace {

using testing::cluster::Member;
using Arguments = std::istringstream;

constexpr std::chrono::milliseconds kPoll{1};

std::unique_ptr<Member> start_member(const std::string& folder, uint64_t id, uint64_t voters) {
  std::filesystem::create_directories(folder);
  testing::cluster::MemberOptions options{folder, raft::NodeId{id}, {}, value_of(testing::cluster::make_credentials(folder))};
  std::map<raft::NodeId, std::string> contexts;
  for (uint64_t voter = 1; voter <= voters; ++voter) contexts[raft::NodeId{voter}] = "member";
  if (voters > 0) options.first = value_of(raft::first_configuration(contexts));
  std::ofstream(folder + kCertificateFile) << options.credentials.certificate;
  return value_of(Member::start(std::move(options)));
}

std::string cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return std::to_string(seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

std::string resident() {
  std::ifstream status("/proc/self/status");
  std::string word, now, most;
  while (status >> word) {
    if (word == "VmRSS:") status >> now;
    if (word == "VmHWM:") status >> most;
  }
  std::ofstream("/proc/self/clear_refs") << "5";  // the most begins anew
  return now + " " + most;
}

template <typename T>
T next(Arguments& in) {
  T value{};
  expect(static_cast<bool>(in >> value), "a command lacks an argument");
  return value;
}

class Commands {
 public:
  explicit Commands(Member& member) : member_(member) {}
  std::string run(const std::string& line);

 private:
  std::string peer(Arguments& in);
  std::string introduce(Arguments&) {
    member_.introduce(peers_);
    return "done";
  }
  std::string lead(Arguments&);
  std::string load(Arguments& in);
  std::string end(Arguments&) { return encode(load_->end()); }
  std::string fill(Arguments& in) {
    raft_bench::fill(member_, next<int>(in));
    return "done";
  }
  std::string add(Arguments& in) { return change(raft::ChangeStep::Kind::add_learner, in); }
  std::string promote(Arguments& in) { return change(raft::ChangeStep::Kind::promote, in); }
  std::string last(Arguments&) { return std::to_string(view().last.index.value); }
  std::string start(Arguments&) { return std::to_string(view().start.position.index.value); }
  std::string wait(Arguments& in);
  std::string cpu(Arguments&) { return cpu_seconds(); }
  std::string memory(Arguments&) { return resident(); }
  std::string counter(Arguments& in) { return std::to_string(base::counter(next<std::string>(in)).value()); }

  std::string change(raft::ChangeStep::Kind kind, Arguments& in);
  raft::View view() { return value_of(member_.driver().status()).view; }

  Member& member_;
  raft::Peers peers_;
  std::unique_ptr<Load> load_;
};

std::string Commands::run(const std::string& line) {
  static const std::map<std::string, std::string (Commands::*)(Arguments&)> commands = {
      {"peer", &Commands::peer},   {"introduce", &Commands::introduce}, {"lead", &Commands::lead},
      {"load", &Commands::load},   {"end", &Commands::end},             {"fill", &Commands::fill},
      {"add", &Commands::add},     {"promote", &Commands::promote},     {"last", &Commands::last},
      {"start", &Commands::start}, {"wait", &Commands::wait},           {"cpu", &Commands::cpu},
      {"memory", &Commands::memory}, {"counter", &Commands::counter}};
  Arguments in(line);
  const auto command = commands.find(next<std::string>(in));
  expect(command != commands.end(), "no such command: " + line);
  return (this->*command->second)(in);
}

std::string Commands::peer(Arguments& in) {
  const raft::NodeId id{next<uint64_t>(in)};
  raft::Peer known;
  known.address = next<std::string>(in);
  known.incarnation = next<std::string>(in);
  std::ifstream file(next<std::string>(in) + kCertificateFile);
  known.certificates.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  peers_[id] = std::move(known);
  return "done";
}

std::string Commands::lead(Arguments&) {
  member_.driver().campaign();
  while (!view().term_committed) std::this_thread::sleep_for(kPoll);
  return "leads";
}

std::string Commands::load(Arguments& in) {
  const int proposers = next<int>(in);
  load_ = std::make_unique<Load>(member_, proposers, next<int>(in));
  return "begun";
}

std::string Commands::change(raft::ChangeStep::Kind kind, Arguments& in) {
  const raft::NodeId id{next<uint64_t>(in)};
  return std::to_string(value_of(member_.driver().change({{kind, id, "member"}})).value);
}

std::string Commands::wait(Arguments& in) {
  const base::Index until{next<uint64_t>(in)};
  while (member_.driver().applied() < until) std::this_thread::sleep_for(kPoll);
  return "applied";
}

}  // namespace

void run_member(const std::string& folder, uint64_t id, uint64_t voters) {
  base::set_log_level(base::LogLevel::warn);
  const auto member = start_member(folder, id, voters);
  const raft::Peer self = member->as_peer();
  std::cout << self.address << ' ' << self.incarnation << std::endl;
  Commands commands(*member);
  for (std::string line; std::getline(std::cin, line);) std::cout << commands.run(line) << std::endl;
}

}  // namespace bao::raft_bench
