// The language as text: testdata/cel/*.txt hold expressions, each with what it comes to on the indented line below.
//   => 3                    the value, an expression itself, of the same type
//   => error division by …  the error's beginning
//   => check undeclared …   what the checker says, somewhere in its text
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "internal/cel/budget.h"
#include "internal/cel/check.h"
#include "internal/cel/compare.h"
#include "internal/cel/evaluate.h"
#include "internal/cel/function.h"
#include "internal/cel/parser.h"
#include "internal/cel/program.h"
#include "internal/cel/text.h"

namespace bao::cel {
namespace {

const Types& types() {
  static const Types made = [] {
    using Kind = FieldType::Kind;
    Types all;
    MessageType& address = all.messages["test.Address"];
    address = {"test.Address", {{"city", Kind::string}, {"lines", Kind::string, true}}};
    all.messages["test.Person"] = {"test.Person",
                                   {{"name", Kind::string},
                                    {"age", Kind::int64},
                                    {"flags", Kind::uint32},
                                    {"home", Kind::message, false, &address},
                                    {"others", Kind::message, true, &address},
                                    {"born", Kind::timestamp},
                                    {"color", Kind::enumeration},
                                    {"adult", Kind::boolean},
                                    {"photo", Kind::bytes}}};
    all.constants["test.Color.RED"] = 1;
    return all;
  }();
  return made;
}

const Environment& environment() {
  static const Environment made{"test", &types()};
  return made;
}

Variables variables() {
  return {{"names", Value::strings({"ada", "bob"})},
          {"request", make_map({{Value("name"), Value("ada")}, {Value("age"), Value(36)}})},
          {"dotted.name", Value(7)},
          {"now", Value(Timestamp{1'700'000'000, 0})}};
}

Outcome value_of(std::string_view text) {
  ASSIGN_OR_RETURN(const NodePointer tree, parse(text));
  Budget budget;
  return evaluate(*tree, environment(), variables(), budget);
}

std::string checked(const std::string& text) {
  const auto tree = parse(text);
  if (!tree.ok()) return tree.error().message();
  const auto status = check(**tree, environment(), {{"names", "list"}, {"request", "map"}, {"now", "google.protobuf.Timestamp"}}, text);
  return status.ok() ? "nothing" : status.error().message();
}

void expect(const std::string& expression, const std::string& expected, const std::string& where) {
  if (expected.starts_with("check ")) {
    EXPECT_NE(checked(expression).find(expected.substr(6)), std::string::npos) << where << expression << "\n  " << checked(expression);
    return;
  }
  const Outcome value = value_of(expression);
  if (expected.starts_with("error ")) {
    ASSERT_FALSE(value.ok()) << where << expression << " is " << display_text(*value);
    EXPECT_TRUE(value.error().message().starts_with(expected.substr(6))) << where << expression << "\n  " << value.error().message();
    return;
  }
  const Outcome wanted = value_of(expected);
  ASSERT_TRUE(wanted.ok()) << where << expected << ": " << wanted.error().message();
  ASSERT_TRUE(value.ok()) << where << expression << ": " << value.error().message();
  Budget budget;
  EXPECT_EQ(value->kind(), wanted->kind()) << where << expression;
  const auto same = equal(budget, *value, *wanted);
  EXPECT_TRUE(same.ok() && *same) << where << expression << " is " << display_text(*value) << ", not " << expected;
}

TEST(Cel, EveryExpressionOfTheTablesComesToWhatStandsThere) {
  size_t cases = 0;
  for (const auto& file : std::filesystem::directory_iterator("testdata/cel")) {
    if (file.path().extension() != ".txt") continue;
    std::ifstream lines(file.path());
    std::string line, expression;
    for (int number = 1; std::getline(lines, line); ++number) {
      if (line.empty() || line.starts_with('#')) continue;
      if (!line.starts_with("    => ")) {
        expression = line;
        continue;
      }
      expect(expression, line.substr(7), file.path().filename().string() + ":" + std::to_string(number) + ": ");
      ++cases;
    }
  }
  EXPECT_GT(cases, 300u);
}

TEST(Cel, AnExpressionThatDoublesItselfEndsWithAnError) {
  Program program;
  program.variables.push_back({"v0", "'0123456789'"});
  for (int i = 1; i < 60; ++i) program.variables.push_back({"v" + std::to_string(i), "v" + std::to_string(i - 1) + " + v" + std::to_string(i - 1)});
  program.expression = "v59";
  const auto value = program.evaluate(environment(), {});
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().code(), base::Code::exhausted);
}

TEST(Cel, NoOperatorAbsorbsTheEndOfTheBudget) {
  const std::string numbers = "lists.range(1000)";
  const auto value = value_of(numbers + ".exists(a, " + numbers + ".exists(b, " + numbers + ".exists(c, a + b + c < 0))) || true");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().code(), base::Code::exhausted);
}

TEST(Cel, SharedListsAreNotComparedForEver) {
  Program program;
  program.variables = {{"a0", "[1]"}, {"b0", "[1]"}};
  for (int i = 1; i < 60; ++i) {
    for (const std::string name : {"a", "b"}) {
      const std::string before = name + std::to_string(i - 1);
      program.variables.push_back({name + std::to_string(i), "[" + before + ", " + before + "]"});
    }
  }
  program.expression = "a59 == b59";
  const auto value = program.evaluate(environment(), {});
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().code(), base::Code::exhausted);
}

TEST(Cel, DeepNestingIsRefusedBeforeItIsParsed) {
  const std::string deep(100'000 / 2 - 1, '(');
  EXPECT_FALSE(parse(deep + "1" + std::string(deep.size(), ')')).ok());
  std::string chain = "1";
  for (int i = 0; i < 1000; ++i) chain += " + 1";
  EXPECT_FALSE(parse(chain).ok());
  std::string either = "false";
  for (int i = 0; i < 5000; ++i) either += " || false";
  EXPECT_TRUE(parse(either).ok()) << "a long chain of || is not deep";
  EXPECT_FALSE(parse(std::string(100'001, ' ')).ok());
}

TEST(Cel, ProgramsAreReadRegardlessOfCaseAndWrittenInOrder) {
  Program program;
  const auto json = codec::parse_json(R"({"Expression":"a","variables":[{"name":"a","expression":"1"}],"other":3})");
  ASSERT_TRUE(json.ok());
  ASSERT_TRUE(program.take(*json).ok());
  EXPECT_EQ(codec::write_json(program.json()), R"({"variables":[{"name":"a","expression":"1"}],"expression":"a"})");
  const auto wrong = codec::parse_json(R"({"expression":1})");
  EXPECT_EQ(program.take(*wrong).error().message(),
            "decoding failed due to the following error(s):\n\n'expression' expected type 'string', got unconvertible type 'json.Number', value: '1'");
}

TEST(Cel, ErrorsOfProgramsSayWhichVariable) {
  Program program{{{"a", "1"}, {"b", "a / 0"}}, "b"};
  EXPECT_EQ(program.evaluate(environment(), {}).error().message(),
            "failed to evaluate variables: variable[1].b: failed to evaluate expression \"a / 0\": division by zero");
  program.variables[1].expression = "a +";
  EXPECT_TRUE(program.validate(environment(), {}).error().message().starts_with(
      "failed to validate variables: variable[1].b: failed to validate: invalid CEL syntax for variable 'b': ERROR: <input>:1:4: Syntax error: "
      "mismatched input '<EOF>' expecting {'[', '{'"));
  program.variables.clear();
  EXPECT_TRUE(program.validate(environment(), {}).error().message().starts_with("error type-checking CEL MainProgram: ERROR: <input>:1:1: undeclared"));
}

TEST(Cel, TypesAndOptionalsBecomePlainOnceTheyAreVariables) {
  const Program program{{{"t", "type(1)"}, {"o", "optional.of(2)"}, {"n", "optional.none()"}}, "t + string(o) + string(n == null)"};
  const auto value = program.evaluate(environment(), {});
  ASSERT_TRUE(value.ok()) << value.error().message();
  EXPECT_EQ(display_text(*value), "int2true");
}

}  // namespace
}  // namespace bao::cel
