// Profiles whole: what is asked, in which order, with which values; what is refused before, and what errors may not say.
#include "internal/request_profile/profile.h"

#include <gtest/gtest.h>

#include <map>

namespace bao::request_profile {
namespace {

using codec::Json;

Json json(std::string_view text) {
  const auto parsed = codec::parse_json(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? *parsed : Json();
}

// {"name": …, "operation": …}
Step step(std::string_view text) {
  const Json given = json(text);
  return {given["name"].as_string(), given["operation"], given["path"],          given["token"],
          given["data"],             given["headers"],   given["when"],          given["allow_failure"]};
}

Profile profile_of(std::vector<Block> blocks) { return {"initialize", std::move(blocks)}; }
Profile one_step(std::string_view text) { return profile_of({{"b", nullptr, {step(text)}}}); }
// A step that writes `data` to a path.
Profile with_data(const std::string& data) {
  return one_step(R"({"name": "s", "operation": "update", "path": "p", "data": )" + data + "}");
}

class Running {
 public:
  std::map<std::string, std::string> variables, files;
  std::map<std::string, Json> answers;          // by path
  std::map<std::string, std::string> failures;  // by path
  std::vector<std::string> asked;               // "update p {…}"
  std::vector<std::string> told;
  Asked last;

  Host host() {
    return {[this](const std::string& name) { return variables.contains(name) ? std::optional(variables[name]) : std::nullopt; },
            [this](const std::string& path) -> base::Result<std::string> {
              if (!files.contains(path)) return base::invalid("open " + path + ": no such file or directory");
              return files[path];
            },
            [this](const std::string& path) { return files.contains(path) ? base::Status() : base::Status(base::invalid("no " + path)); },
            [] { return base::Time(std::chrono::seconds(60)); }};
  }
  // "" or the error.
  std::string run(const Profile& profile) {
    const Surroundings around{host(), "root-token", [this](const Asked& what) { return answer(what); },
                              [this](Event event, const std::string& id, const std::string& why) {
                                const char* const names[] = {"done ", "skipped ", "failed "};
                                told.push_back(names[static_cast<int>(event)] + id + (why.empty() ? "" : ": " + why));
                              }};
    const base::Status done = request_profile::run(profile, around);
    return done.ok() ? "" : done.error().message();
  }
  // The data that a value in it came to, or the error.
  std::string value(const std::string& written) {
    const std::string error = run(with_data("{\"v\": " + written + "}"));
    return error.empty() ? codec::write_json(last.data["v"]) : error;
  }

 private:
  base::Result<Json> answer(const Asked& what) {
    last = what;
    asked.push_back(what.operation + " " + what.path + " " + codec::write_json(what.data) + (what.token == "root-token" ? "" : " by '" + what.token + "'"));
    if (failures.contains(what.path)) return base::invalid(failures[what.path]);
    return answers.contains(what.path) ? answers[what.path] : json(R"({"data": null})");
  }
};

std::string source(const std::string& name, const std::string& type, const std::string& members) {
  return R"({"eval_source": ")" + name + R"(", "eval_type": ")" + type + "\"" + (members.empty() ? "" : ", " + members) + "}";
}

TEST(Profile, AsksInOrderWithValuesInPlace) {
  Running node;
  node.variables["PASSWORD"] = "hunter22";
  const Profile profile = profile_of(
      {{"one", nullptr, {step(R"({"name": "mount", "operation": "update", "path": "/sys/auth/userpass", "data": {"type": "userpass"}})"),
                         step(R"({"name": "user", "operation": "update", "path": "auth/userpass/users/a", "token": "mine",
                                  "data": {"password": )" + source("env", "string", R"("env_var": "PASSWORD")") + R"(, "list": [{"deep": )" +
                              source("env", "string", R"("env_var": "PASSWORD")") + "}]}}")}},
       {"two", nullptr, {step(R"({"name": "read", "operation": "read", "path": "sys/mounts", "token": ""})")}}});
  EXPECT_EQ(node.run(profile), "");
  EXPECT_EQ(node.asked, (std::vector<std::string>{"update sys/auth/userpass {\"type\":\"userpass\"}",
                                                  "update auth/userpass/users/a {\"list\":[{\"deep\":\"hunter22\"}],\"password\":\"hunter22\"} by 'mine'",
                                                  "read sys/mounts {} by ''"}));
  EXPECT_EQ(node.told, (std::vector<std::string>{"done initialize[0].one.request[0].mount", "done initialize[0].one.request[1].user",
                                                 "done initialize[1].two.request[0].read"}));
}

TEST(Profile, LaterStepsSeeEarlierOnes) {
  Running node;
  node.answers["auth/token/create"] = json(R"({"auth": {"client_token": "s.made", "policies": ["a", "b"]}, "data": {"ttl": 60}})");
  const auto second = [](const std::string& data) {
    return profile_of({{"first", nullptr, {step(R"({"name": "make", "operation": "update", "path": "auth/token/create", "data": {"id": "x"}})")}},
                       {"then", nullptr, {step(R"({"name": "use", "operation": "update", "path": "p", "data": {"v": )" + data + "}}")}}});
  };
  const auto value = [&](const std::string& written) {
    const std::string error = node.run(second(written));
    return error.empty() ? codec::write_json(node.last.data["v"]) : error;
  };
  const std::string response = R"("initialize_name": "first", "response_name": "make")", request = R"("initialize_name": "first", "request_name": "make")";
  EXPECT_EQ(value(source("response", "string", response + R"(, "field_selector": ["auth", "client_token"])")), "\"s.made\"");
  EXPECT_EQ(value(source("response", "string", response + R"(, "field_selector": ["auth", "policies", 1])")), "\"b\"");
  EXPECT_EQ(value(source("response", "map", response + R"(, "field_selector": "data")")), "{\"ttl\":60}");
  EXPECT_EQ(value(source("request", "string", request + R"(, "field_selector": "path")")), "\"auth/token/create\"");
  EXPECT_EQ(value(source("request", "string", request + R"(, "field_selector": ["data", "id"])")), "\"x\"");
  EXPECT_EQ(value(source("request", "string", request + R"(, "field_selector": ["map", "id"])")), "\"x\"");
  EXPECT_EQ(value(source("cel", "string", R"("expression": "responses.first.make.auth.policies.join('-') + requests['first']['make'].path")")),
            "\"a-bauth/token/create\"");
  EXPECT_EQ(value(source("cel", "int", R"x("expression": "twice + int(responses.first.make.data.ttl)",
                                           "variables": [{"name": "once", "expression": "1"}, {"name": "twice", "expression": "once + once"}])x")), "62");
  EXPECT_EQ(value(source("template", "string", R"("template": "{{ .responses.first.make.auth.client_token }} {{ .requests.first.make.path }} {{ .data.ttl }}",
                                                  "data": {"data": )" + source("response", "map", response + R"(, "field_selector": "data")") + "}")),
            "\"s.made auth/token/create 60\"");
  EXPECT_NE(value(source("template", "string", R"("template": "{{ .responses.first.nothing }}")")).find("map has no entry for key \"nothing\""), std::string::npos);
  EXPECT_NE(value(source("response", "string", response + R"(, "field_selector": ["auth", "nothing"])")).find("field \"nothing\" at depth 1 is missing"),
            std::string::npos);
}

TEST(Profile, TypesAreAsForgivingAsTheReferences) {
  Running node;
  node.variables = {{"N", "0x10"}, {"F", "1.50"}, {"YES", "true"}, {"T", "a,b"}, {"EMPTY", ""}};
  const auto as = [&](const std::string& name, const std::string& type) { return node.value(source("env", type, R"("env_var": ")" + name + "\"")); };
  EXPECT_EQ(as("N", "int"), "16");
  EXPECT_EQ(as("F", "float64"), "1.5");
  EXPECT_EQ(as("YES", "bool"), "true");
  EXPECT_EQ(as("T", "[]string"), "[\"a,b\"]");
  EXPECT_EQ(as("T", "any"), "\"a,b\"");
  EXPECT_EQ(as("EMPTY", "int"), "0");
  EXPECT_EQ(as("EMPTY", "bool"), "false");
  EXPECT_EQ(as("ABSENT", "string"), "\"\"");
  EXPECT_NE(as("T", "int").find("conversion-error: cannot convert value to type 'int'"), std::string::npos);
  EXPECT_NE(as("T", "map").find("conversion-error: cannot convert value to type 'map'"), std::string::npos);
  EXPECT_EQ(node.value(source("cel", "string", R"("expression": "1.0e3")")), "\"1000\"");
  EXPECT_EQ(node.value(source("cel", "string", R"("expression": "true")")), "\"1\"");
  EXPECT_EQ(node.value(source("cel", "[]string", R"("expression": "[1, 2]")")), "[\"1\",\"2\"]");
  EXPECT_EQ(node.value(source("cel", "map", R"("expression": "{'a': {'b': 1}}")")), "{\"a\":{\"b\":1}}");
}

TEST(Profile, MembersOfAStepMayHaveSourcesToo) {
  Running node;
  node.variables = {{"OP", "read"}, {"NO", "false"}, {"H", "v"}};
  node.files["/path"] = "sys/mounts";
  const std::string no = source("env", "bool", R"("env_var": "NO")");
  EXPECT_EQ(node.run(one_step(R"({"name": "s", "operation": )" + source("env", "string", R"("env_var": "OP")") + R"(, "path": )" +
                              source("file", "string", R"("path": "/path")") + R"(, "headers": {"X-A": )" + source("env", "string", R"("env_var": "H")") +
                              R"(, "X-B": ["1", "2"]}})")), "");
  EXPECT_EQ(node.asked.back(), "read sys/mounts {}");
  const std::vector<std::pair<std::string, std::string>> headers = {{"X-A", "v"}, {"X-B", "1"}, {"X-B", "2"}};
  EXPECT_EQ(node.last.headers, headers);
  node.asked.clear();
  EXPECT_EQ(node.run(one_step(R"({"name": "s", "operation": "read", "path": "p", "when": )" + no + "}")), "");
  EXPECT_EQ(node.run(profile_of({{"b", json(no), {step(R"({"name": "s", "operation": "read", "path": "p"})")}}})), "");
  EXPECT_TRUE(node.asked.empty());
  EXPECT_EQ(node.told.back(), "skipped initialize[0].b.request[0].s");
}

TEST(Profile, AFailureEndsTheRunUnlessItIsAllowed) {
  Running node;
  node.failures["bad"] = "no handler";
  const auto profile = [](const std::string& allow) {
    return profile_of({{"a", nullptr, {step(R"({"name": "one", "operation": "read", "path": "bad", "allow_failure": )" + allow + "}"),
                                       step(R"({"name": "two", "operation": "read", "path": "good"})")}}});
  };
  EXPECT_EQ(node.run(profile("false")), "initialize.[a (0)]: request.[one (0)]: failed to evaluate request: no handler");
  EXPECT_EQ(node.asked.size(), 1u);
  EXPECT_EQ(node.run(profile("true")), "");
  EXPECT_EQ(node.asked.back(), "read good {}");
  EXPECT_EQ(node.told.front(), "failed initialize[0].a.request[0].one: no handler");
}

TEST(Profile, ErrorsHoldNoValueOfASource) {
  Running node;
  node.variables["PASSWORD"] = "hunter22-and-more";
  node.files["/policy"] = "path one\nsecret line\n";
  node.answers["make"] = json(R"({"auth": {"client_token": "s.token-of-somebody"}})");
  node.failures["p"] = "refused: hunter22-and-more, at \"secret line\", by root-token for s.token-of-somebody";
  const std::string error = node.run(profile_of({{"b", nullptr, {step(R"({"name": "make", "operation": "update", "path": "make"})"),
      step(R"({"name": "s", "operation": "update", "path": "p", "data": {"a": )" + source("env", "string", R"("env_var": "PASSWORD")") + R"(, "b": )" +
           source("file", "string", R"("path": "/policy")") + "}}")}}}));
  EXPECT_EQ(error, "initialize.[b (0)]: request.[s (1)]: failed to evaluate request: refused: (hidden), at \"(hidden)\", by (hidden) for (hidden)");
  EXPECT_EQ(node.value(source("env", "int", R"("env_var": "PASSWORD")")).find("hunter22"), std::string::npos);
}

TEST(Profile, WhatCannotRunIsFoundBefore) {
  const auto error = [](const Profile& profile) {
    const base::Status checked = check(profile);
    return checked.ok() ? "" : checked.error().message();
  };
  const auto of_value = [&](const std::string& written) {
    const std::string text = error(with_data("{\"v\": " + written + "}"));
    const std::string place = "initialize.[b (0)]: request.[s (0)]: data: v: ";
    return text.starts_with(place) ? text.substr(place.size()) : text;
  };
  EXPECT_EQ(of_value(source("env", "string", "")), "env source is missing required field 'env_var'");
  EXPECT_EQ(of_value(source("env", "string", R"("env_var": "A", "require_presant": true)")), "env source has no field 'require_presant'");
  EXPECT_EQ(of_value(source("vault", "string", "")), "unknown value for 'eval_source': vault");
  EXPECT_EQ(of_value(source("input", "string", "")), "unknown value for 'eval_source': input");
  EXPECT_EQ(of_value(source("env", "text", R"("env_var": "A")")), "unsupported type conversion: text");
  EXPECT_EQ(of_value(R"({"eval_source": "env"})"), "malformed object; missing either 'eval_type' or 'eval_source'");
  EXPECT_EQ(of_value(source("response", "string", R"("initialize_name": "b", "response_name": "s")")), "'b.s' is no request that comes before");
  EXPECT_NE(of_value(source("cel", "string", R"("expression": "1 +")")).find("CEL source failed to validate program"), std::string::npos);
  EXPECT_EQ(of_value(source("template", "string", R"("template": "{{ timestamp }}")")),
            "unable to parse template: template:1: function \"timestamp\" not defined");
  EXPECT_NE(of_value(source("cel", "string", R"("expression": "input.x")")).find("undeclared reference to 'input'"), std::string::npos);
  EXPECT_EQ(error(one_step(R"({"name": "s", "path": "p"})")), "initialize.[b (0)]: request.[s (0)]: operation must be specified");
  EXPECT_EQ(error(one_step(R"({"name": "s", "operation": "read"})")), "initialize.[b (0)]: request.[s (0)]: path must be specified");
  EXPECT_EQ(error(one_step(R"({"name": "s", "operation": "read", "path": "p", "data": false})")),
            "initialize.[b (0)]: request.[s (0)]: data: conversion-error: cannot convert value to type 'map'");
  EXPECT_EQ(error(one_step(R"({"name": "s", "operation": "read", "path": "p", "when": "maybe"})")),
            "initialize.[b (0)]: request.[s (0)]: when: conversion-error: cannot convert value to type 'bool'");
  EXPECT_NE(error(one_step(R"({"name": "1s", "operation": "read", "path": "p"})")).find("name '1s' is invalid"), std::string::npos);
  EXPECT_EQ(error(profile_of({{"a", nullptr, {}}, {"a", nullptr, {}}})), "duplicate initialize block 'a'");
  const Step twice = step(R"({"name": "s", "operation": "read", "path": "p"})");
  EXPECT_EQ(error(profile_of({{"a", nullptr, {twice, twice}}})), "duplicate request 's' in initialize 'a'");
}

TEST(Profile, WhatAMachineLacksIsFoundBefore) {
  Running node;
  const auto error = [&](const std::string& written) {
    const base::Status checked = check_host(with_data("{\"v\": " + written + "}"), node.host());
    return checked.ok() ? "" : checked.error().message();
  };
  const std::string needed = source("env", "string", R"("env_var": "A", "require_present": true)"), file = source("file", "string", R"("path": "/f")");
  EXPECT_EQ(error(needed), "initialize.[b (0)]: request.[s (0)]: env source required variable A to be present but was missing");
  EXPECT_EQ(error(file), "initialize.[b (0)]: request.[s (0)]: no /f");
  node.variables["A"] = "";
  node.files["/f"] = "";
  EXPECT_EQ(error(needed), "");
  EXPECT_EQ(error(file), "");
  EXPECT_EQ(error(source("env", "string", R"("env_var": "B")")), "");
}

}  // namespace
}  // namespace bao::request_profile
