// Runs testdata/linear/*.txt: histories by hand, each with a line `# expect: linearizable` or the checks that must find
// something: `# expect: indexes order`.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "internal/testing/linear/brute_force.h"
#include "internal/testing/linear/checks.h"
#include "internal/testing/linear/history_text.h"

namespace bao::testing::linear {
namespace {

std::set<std::string> expectation_of(const std::string& text) {
  static const std::string kMark = "# expect: ";
  std::istringstream words(text.substr(text.find(kMark) + kMark.size(), text.find('\n', text.find(kMark)) - text.find(kMark) - kMark.size()));
  return {std::istream_iterator<std::string>(words), {}};
}

class Scenario : public ::testing::TestWithParam<std::filesystem::path> {};

TEST_P(Scenario, IsJudgedAsItSays) {
  std::ifstream in(GetParam());
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  ASSERT_NE(text.find("# expect: "), text.npos);
  const auto history = parse_history(text);
  ASSERT_TRUE(history.ok()) << history.error().message();
  const Report report = check(*history);
  std::set<std::string> found;
  for (const Finding& finding : report.findings) found.insert(finding.check);
  EXPECT_EQ(report.verdict, found.empty() ? Verdict::linearizable : Verdict::violation);
  if (found.empty()) found.insert("linearizable");
  EXPECT_EQ(found, expectation_of(text)) << describe(report, *history);
}

// What is written by hand may be wrong too: the definition itself judges the search's part.
TEST_P(Scenario, AgreesWithTheDefinition) {
  std::ifstream in(GetParam());
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  const auto history = parse_history(text);
  ASSERT_TRUE(history.ok());
  std::set<std::string> keys;
  for (const Operation& o : history->operations) keys.insert(o.key);
  bool has_order = true;
  for (const std::string& key : keys) {
    std::vector<Operation> own;
    std::copy_if(history->operations.begin(), history->operations.end(), std::back_inserter(own),
                 [&](const Operation& o) { return o.key == key; });
    has_order = has_order && BruteForce(own).has_order();
  }
  EXPECT_EQ(has_order, expectation_of(text).count("order") == 0);
}

std::vector<std::filesystem::path> scenarios() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator("testdata/linear")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, Scenario, ::testing::ValuesIn(scenarios()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace bao::testing::linear
