// Runs testdata/policy/*.txt: policies as text, then what they decide.
//
//   --- policy NAME          a policy's text follows (several add up)
//   --- decide               lines follow:
//       OPERATION PATH [{json}] [wrap=30s] [entity=ID|{json}] [at=+1h] -> allow|deny [sudo] [limit=N] [filter=TEMPLATE]
//       why OPERATION PATH … -> [REFUSAL by] RULE of POLICY, POLICY [granted by POLICY, POLICY]
//       capabilities PATH -> names        touches MOUNT/ -> yes|no        resultant -> {json}
//   --- error                the text that reading the policies above gives
// A `--- policy` behind a `--- decide` or `--- error` starts anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "internal/base/time_format.h"
#include "internal/core/policy/policy.h"

namespace bao::core {
namespace {

using logical::Operation;

const base::Time kStart = *base::parse_rfc3339("2026-01-02T03:04:05Z");

struct Named {
  std::string name, text;
};

std::string trimmed(std::string text) {
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// `"{…}"` stays one word.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; in >> word;) {
    if (word.front() == '{' && !codec::parse_json(word).ok()) {
      std::string rest;
      while (!codec::parse_json(word).ok() && in >> rest) word += " " + rest;
    }
    words.push_back(word);
  }
  return words;
}

Operation operation_of(const std::string& name) {
  constexpr std::pair<const char*, Operation> kNames[] = {
      {"create", Operation::create}, {"read", Operation::read}, {"update", Operation::update},
      {"patch", Operation::patch}, {"delete", Operation::remove}, {"list", Operation::list},
      {"scan", Operation::scan}, {"help", Operation::help}, {"renew", Operation::renew},
      {"revoke", Operation::revoke}, {"header", Operation::header}};
  for (const auto& [known, operation] : kNames) {
    if (name == known) return operation;
  }
  ADD_FAILURE() << "unknown operation " << name;
  return Operation::help;
}

logical::Identity::Metadata pairs_of(const codec::Json& json) {
  logical::Identity::Metadata pairs;
  for (const auto& [key, value] : json.members()) pairs[key] = value.as_string();
  return pairs;
}

// An id alone, or {"id":…,"name":…,"metadata":{…},"alias":{"mount_accessor":…,"name":…,…},"group":{"id":…,"name":…,…}}.
logical::Identity identity_of(const std::string& text) {
  logical::Identity identity{.id = text, .name = {}, .metadata = {}, .aliases = {}, .groups = {}};
  if (!text.starts_with('{')) return identity;
  const codec::Json json = *codec::parse_json(text);
  identity.id = json["id"].as_string();
  identity.name = json["name"].as_string();
  identity.metadata = pairs_of(json["metadata"]);
  const codec::Json &alias = json["alias"], &group = json["group"];
  identity.aliases.push_back({alias["id"].as_string(), alias["name"].as_string(), alias["mount_accessor"].as_string(),
                              pairs_of(alias["metadata"]), pairs_of(alias["custom_metadata"])});
  identity.groups.push_back({group["id"].as_string(), group["name"].as_string(), pairs_of(group["metadata"])});
  return identity;
}

class Scenario {
 public:
  explicit Scenario(std::string file) : file_(std::move(file)) {}

  void run() {
    std::ifstream in(file_);
    std::string line, mode;
    while (std::getline(in, line)) {
      ++line_number_;
      if (line.starts_with("--- ")) {
        finish_error(mode);
        mode = line.substr(4);
        if (mode.starts_with("policy ")) begin_policy(mode.substr(7));
      } else if (mode.starts_with("policy ")) {
        policies_.back().text += line + "\n";
      } else if (mode == "error") {
        error_ += (error_.empty() ? "" : "\n") + line;
      } else if (mode == "decide" && !line.empty() && line.front() != '#') {
        decide(line);
      }
    }
    finish_error(mode);
  }
  int decisions() const { return decisions_; }

 private:
  std::string where() const { return file_ + ":" + std::to_string(line_number_); }

  void begin_policy(const std::string& name) {
    if (used_) policies_.clear();
    used_ = false;
    policies_.push_back({name, ""});
  }

  void finish_error(const std::string& mode) {
    if (mode != "error") return;
    used_ = true;
    ++decisions_;
    std::string actual = "no error";
    for (const Named& named : policies_) {
      const auto policy = make_policy(named.name, named.text);
      if (!policy.ok()) actual = policy.error().message();
    }
    const auto plain = [](std::string text) {
      while (!text.empty() && text.back() == '\n') text.pop_back();
      return text;
    };
    EXPECT_EQ(plain(actual), plain(error_)) << where();
    error_.clear();
  }

  std::shared_ptr<const Acl> compile(const std::string& entity, base::Time now) {
    std::vector<std::shared_ptr<const Policy>> policies;
    for (const Named& named : policies_) {
      auto policy = make_policy(named.name, named.text);
      EXPECT_TRUE(policy.ok()) << where() << ": " << policy.error().message();
      if (!policy.ok()) return nullptr;
      if (named.name.starts_with("wild")) policy->allow_wildcards_in_identity_templates = true;
      if (named.name.starts_with("slash")) policy->allow_slashes_in_identity_templates = true;
      policies.push_back(std::make_shared<const Policy>(std::move(*policy)));
    }
    const logical::Identity identity = identity_of(entity);
    auto acl = Acl::compile(policies, entity.empty() ? nullptr : &identity, now);
    EXPECT_TRUE(acl.ok()) << where() << ": " << acl.error().message();
    return acl.ok() ? *acl : nullptr;
  }

  void decide(const std::string& line) {
    used_ = true;
    ++decisions_;
    const size_t arrow = line.rfind(" -> ");
    ASSERT_NE(arrow, std::string::npos) << where();
    const std::string wanted = trimmed(line.substr(arrow + 4));
    std::vector<std::string> words = words_of(line.substr(0, arrow));
    const bool why = words[0] == "why";
    if (why) words.erase(words.begin());
    logical::Request request;
    std::string entity;
    base::Time now = kStart;
    if (words.size() > 1) request.path = words[1] == "\"\"" ? "" : words[1];
    for (size_t i = 2; i < words.size(); ++i) {
      const std::string value = words[i].substr(words[i].find('=') + 1);
      if (words[i].front() == '{') request.data = *codec::parse_json(words[i]);
      else if (words[i].starts_with("wrap=")) request.wrap_ttl = *base::parse_api_duration(value);
      else if (words[i].starts_with("entity=")) entity = value;
      else if (words[i].starts_with("at=+")) now = kStart + *base::parse_api_duration(value.substr(1));
      else ADD_FAILURE() << where() << ": " << words[i];
    }
    const auto acl = compile(entity, now);
    if (acl == nullptr) return;
    const std::string actual = why ? reason(acl->allow(request, operation_of(words[0]), now)) : answer(*acl, words[0], request, now);
    EXPECT_EQ(actual, wanted) << where();
  }

  static std::string reason(const Decision& decision) {
    std::string text, policies, granting;
    if (!decision.allowed) text = refusal_name(decision.refusal);
    if (decision.rules != nullptr) {
      for (const auto& rule : decision.rules->rules) policies += (policies.empty() ? " of " : ", ") + rule.policy;
      text += (text.empty() ? "" : " by ") + decision.rules->path + policies;
    }
    for (const auto name : decision.granting_policies()) granting.append(granting.empty() ? " granted by " : ", ").append(name);
    return trimmed(text + granting);
  }

  static std::string answer(const Acl& acl, const std::string& verb, const logical::Request& request, base::Time now) {
    if (verb == "touches") return acl.touches_mount(request.path) ? "yes" : "no";
    if (verb == "resultant") return codec::write_json(acl.resultant());
    if (verb == "capabilities") {
      std::string names;
      const auto list = acl.is_root() ? std::vector<std::string>{"root"}
                                      : capability_names(acl.capabilities(request.path, now));
      for (const std::string& name : list) names += (names.empty() ? "" : " ") + name;
      return names;
    }
    const Decision decision = acl.allow(request, operation_of(verb), now);
    std::string text = decision.allowed ? "allow" : "deny";
    if (decision.root) return text + " root";
    if (decision.sudo) text += " sudo";
    if (decision.limit) text += " limit=" + std::to_string(*decision.limit);
    if (!decision.response_keys_filter_path.empty()) text += " filter=" + std::string(decision.response_keys_filter_path);
    return text;
  }

  std::string file_, error_;
  int line_number_ = 0, decisions_ = 0;
  std::vector<Named> policies_;
  bool used_ = false;
};

TEST(PolicyScenarios, DecideAsWritten) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator("testdata/policy")) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  ASSERT_FALSE(files.empty());
  for (const std::string& file : files) {
    Scenario scenario(file);
    scenario.run();
    EXPECT_GT(scenario.decisions(), 0) << file;
  }
}

}  // namespace
}  // namespace bao::core
