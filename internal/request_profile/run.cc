// The order of things: blocks, steps, members of a step; and what of it an error may say.
#include "internal/request_profile/evaluation.h"
#include "internal/request_profile/history.h"
#include "internal/request_profile/step_name.h"
#include "internal/request_profile/weak_types.h"

namespace bao::request_profile {
namespace {

using codec::Json;

constexpr size_t kSecretBytesMin = 8;  // of an answer's texts, that errors may not hold

void collect_texts(const Json& value, std::vector<std::string>& texts) {
  if (value.is_string() && value.as_string().size() >= kSecretBytesMin) texts.push_back(value.as_string());
  for (const Json& item : value.items()) collect_texts(item, texts);
  for (const auto& [name, member] : value.members()) collect_texts(member, texts);
}

class Run {
 public:
  Run(const Profile& profile, const Surroundings& around) : profile_(profile), around_(around) {}

  base::Status all() {
    for (size_t b = 0; b < profile_.blocks.size(); ++b) {
      const base::Status done = block(b);
      if (!done.ok()) return without_secrets(done.error().within(name_of(profile_, b)));
    }
    return {};
  }

 private:
  base::Status block(size_t b) {
    const Block& block = profile_.blocks[b];
    if (!block.when.is_null()) {
      ASSIGN_OR_RETURN(const bool wanted, as(to_bool, block.when, "when"));
      if (!wanted) return {};
    }
    for (size_t s = 0; s < block.steps.size(); ++s) {
      const base::Status done = step(b, s);
      if (!done.ok()) return done.error().within(name_of(block, s));
    }
    return {};
  }

  base::Status step(size_t b, size_t s) {
    const Block& block = profile_.blocks[b];
    const Step& step = block.steps[s];
    Asked asked;
    asked.id = profile_.kind + "[" + std::to_string(b) + "]." + block.name + ".request[" + std::to_string(s) + "]." + step.name;
    const base::Status filled = fill(step, asked);
    if (!filled.ok()) return filled.error().within("in building request");
    ASSIGN_OR_RETURN(const bool may_fail, as(to_bool, step.allow_failure, "allow_failure"));
    ASSIGN_OR_RETURN(const bool wanted, as(to_bool, step.when.is_null() ? Json(true) : step.when, "when"));
    history_.add_request(block.name, step.name, asked);
    if (!wanted) return tell(Event::skipped, asked.id);
    auto answer = around_.ask(asked);
    if (answer.ok()) {
      history_.add_response(block.name, step.name, *std::move(answer));
      return tell(Event::done, asked.id);
    }
    if (!may_fail) return answer.error().within("failed to evaluate request");
    return tell(Event::failure_allowed, asked.id, without_secrets(answer.error()).message());
  }

  base::Status fill(const Step& step, Asked& asked) {
    ASSIGN_OR_RETURN(asked.operation, as(to_text, step.operation, "operation"));
    ASSIGN_OR_RETURN(asked.path, as(to_text, step.path, "path"));
    if (asked.path.starts_with('/')) asked.path.erase(0, 1);
    asked.token = around_.default_token;
    if (!step.token.is_null()) {  // also where it comes to nothing: a request without a token
      ASSIGN_OR_RETURN(asked.token, as(to_text, step.token, "token"));
    }
    ASSIGN_OR_RETURN(asked.data, as(to_object, step.data, "data"));
    ASSIGN_OR_RETURN(asked.headers, as(to_headers, step.headers, "headers"));
    return {};
  }

  template <typename Value>
  base::Result<Value> as(base::Result<Value> (*convert)(const Json&), const Json& written, const std::string& what) {
    const auto value = evaluation_.value_of(written);
    auto converted = value.ok() ? convert(*value) : base::Result<Value>(value.error());
    if (!converted.ok()) return converted.error().within("failed to evaluate " + what);
    return converted;
  }

  base::Status tell(Event event, const std::string& id, const std::string& why = {}) const {
    around_.tell(event, id, why);
    return {};
  }

  base::Error without_secrets(const base::Error& error) const {
    std::vector<std::string> also = {around_.default_token};
    collect_texts(history_.responses(), also);
    return {error.code(), evaluation_.without_secrets(error.message(), also)};
  }

  const Profile& profile_;
  const Surroundings& around_;
  History history_;
  const Scope scope_{profile_, around_.host, history_};
  Evaluation evaluation_{scope_};
};

}  // namespace

base::Status run(const Profile& profile, const Surroundings& surroundings) {
  TRY(check(profile));
  return Run(profile, surroundings).all();
}

}  // namespace bao::request_profile
