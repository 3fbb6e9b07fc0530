// A KV v2 mount that OpenBao 2.6.2 wrote is read, written on, and stays readable (testdata/kv/openbao-2.6.2.json).
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "internal/codec/encoding.h"
#include "internal/codec/json.h"
#include "internal/engines/kv/kv.h"
#include "internal/logical/scenario/scenario.h"

namespace bao::engines {
namespace {

using codec::Json;

Json load_fixture() {
  std::stringstream text;
  text << std::ifstream("testdata/kv/openbao-2.6.2.json").rdbuf();
  const auto fixture = codec::parse_json(text.str());
  EXPECT_TRUE(fixture.ok());
  return fixture.ok() ? *fixture : Json();
}

// Every member that is expected is there; numbers by value, since the reference rounds them to 64-bit floats.
bool holds(const Json& expected, const Json& actual) {
  if (expected.is_number() && actual.is_number()) {
    return std::strtod(expected.text().c_str(), nullptr) == std::strtod(actual.text().c_str(), nullptr);
  }
  if (expected.is_array() && actual.is_array()) {
    if (expected.size() != actual.size()) return false;
    for (size_t i = 0; i < expected.size(); ++i) {
      if (!holds(expected.items()[i], actual.items()[i])) return false;
    }
    return true;
  }
  if (!expected.is_object() || !actual.is_object()) return expected == actual;
  for (const auto& [name, value] : expected.members()) {
    const Json* found = actual.find(name);
    if (found == nullptr || !holds(value, *found)) return false;
  }
  return true;
}

class OpenBaoData : public testing::Test {
 protected:
  OpenBaoData() : fixture(load_fixture()), runner(kv_backend()) {
    runner.request("ADVANCE 17520h");  // past the fixture's times
    for (const auto& [key, value] : fixture["entries"].members()) {
      EXPECT_TRUE(runner.put(key, *codec::from_base64(value.as_string())).ok());
    }
    EXPECT_TRUE(runner.mount({{"version", "2"}}, fixture["uuid"].as_string()).ok());
  }
  const Json fixture;
  logical::scenario::Runner runner;
};

TEST_F(OpenBaoData, AnswersAsThere) {
  for (const Json& step : fixture["requests"].items()) {
    std::string line = step["method"].as_string() + " " + *codec::percent_decode(step["path"].as_string());
    if (step.find("body") != nullptr) line += " <- " + codec::write_json(step["body"]);
    const std::string answer = runner.request(line);
    EXPECT_EQ(answer.substr(0, 3), step["status"].text()) << line << "\n" << answer;
    const auto actual = answer.size() > 4 ? codec::parse_json(answer.substr(4)) : base::Result<Json>(Json());
    ASSERT_TRUE(actual.ok()) << answer;
    const bool data_holds = step.find("data") == nullptr || holds(step["data"], *actual);
    const bool errors_hold = step.find("errors") == nullptr || holds(step["errors"], (*actual)["errors"]);
    EXPECT_TRUE(data_holds && errors_hold) << line << "\n" << answer;
  }
}

TEST_F(OpenBaoData, MountingChangesNothing) {
  for (const auto& [key, value] : fixture["entries"].members()) {
    EXPECT_EQ(codec::to_base64(**runner.get(key)), value.as_string()) << key;
  }
}

TEST_F(OpenBaoData, ScanFindsEveryKey) {
  const std::string answer = runner.request("SCAN metadata/");
  for (const auto* key : {"\"app\"", "\"many\"", "\"app/db\"", "\"ünïcode/пароль\"", "\"empty/only-metadata\""}) {
    EXPECT_NE(answer.find(key), std::string::npos) << key << " in " << answer;
  }
}

}  // namespace
}  // namespace bao::engines
