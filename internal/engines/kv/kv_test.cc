// Text scenarios of both versions (testdata/kv); see scenario.h for their language.
#include "internal/engines/kv/kv.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "internal/logical/scenario/scenario.h"

namespace bao::engines {
namespace {

class KvScenario : public testing::TestWithParam<std::string> {};

TEST_P(KvScenario, AnswersAsWritten) {
  EXPECT_EQ(logical::scenario::check_file(kv_backend(), "testdata/kv/" + GetParam() + ".txt"), "");
}

std::vector<std::string> scenario_names() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator("testdata/kv")) {
    if (file.path().extension() == ".txt") names.push_back(file.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(Files, KvScenario, testing::ValuesIn(scenario_names()),
                         [](const auto& parameter) { return parameter.param; });

TEST(KvFactory, AnUnknownVersionIsRefused) {
  logical::BackendConfig config;
  config.type = "kv";
  config.options["version"] = "3";
  EXPECT_EQ(kv_backend()(config).error().message(), "nil backend of type \"kv\" returned from factory");
}

}  // namespace
}  // namespace bao::engines
