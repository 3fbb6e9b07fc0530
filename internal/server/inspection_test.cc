// Who sends SIGUSR2 finds in the log where every thread is, and profiles where the environment asked for them.
#include "internal/server/inspection.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "internal/base/log_watch.h"

namespace bao::server {
namespace {

class Inspection : public ::testing::Test {
 protected:
  Inspection() {
    std::string pattern = ::testing::TempDir() + "inspection-XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~Inspection() override { std::filesystem::remove_all(folder); }
  // What it logged.
  std::string inspected(const std::map<std::string, std::string, std::less<>>& variables) const {
    base::LogWatch watch(base::LogLevel::info, base::LogFormat::text);
    inspect([&](std::string_view name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
    return watch.next(std::chrono::milliseconds(0));
  }
  std::string content(const std::string& name) const {
    std::ifstream file(folder + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string folder;
};

TEST_F(Inspection, TellsInTheLogWhereEveryThreadIs) {
  const std::string log = inspected({});
  EXPECT_NE(log.find("server: thread: id="), std::string::npos) << log;
  EXPECT_NE(log.find("bao::server::inspect("), std::string::npos) << "the thread that asks is in its own stack: " << log;
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(Inspection, WritesFilesWhereTheEnvironmentAsksForThem) {
  const std::string log = inspected({{"STACKTRACE_WRITE_TO_FILE", "1"}, {"STACKTRACE_FILE_PATH", folder}, {"PPROF_WRITE_TO_FILE", "1"}, {"PPROF_FILE_PATH", folder}});
  EXPECT_NE(log.find("profiles, as files: path=" + folder), std::string::npos) << log;
  EXPECT_EQ(content("stacktrace").find("thread "), 0u);
  for (const char* profile : {"goroutine", "heap", "allocs", "threadcreate"}) {
    EXPECT_EQ(content(profile).substr(0, 2), "\x1f\x8b") << profile << " is no gzip'ed profile";
    struct stat found {};
    EXPECT_EQ(::stat((folder + "/" + profile).c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777u, 0600u) << profile;
  }
}

TEST_F(Inspection, SaysSoWhenThereIsNoSuchFolder) {
  const std::string log = inspected({{"PPROF_WRITE_TO_FILE", "1"}, {"PPROF_FILE_PATH", folder + "/nowhere"}});
  EXPECT_NE(log.find("nowhere is no folder"), std::string::npos) << log;
}

}  // namespace
}  // namespace bao::server
