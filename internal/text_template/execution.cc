// A tree and data into text.
#include <algorithm>
#include <deque>
#include <span>

#include "internal/text_template/functions.h"
#include "internal/text_template/limits.h"
#include "internal/text_template/parser.h"
#include "internal/text_template/template.h"
#include "internal/text_template/value.h"

namespace bao::text_template {
namespace {

using codec::Json;
using Found = base::Result<const Json*>;  // owned by the data, the tree or `made_`

enum class Flow { on, leaves, next };  // the loop that it is in

class Execution {
 public:
  Execution(const Json& data, base::Time now) : now_(now) { variables_.emplace_back("$", &data); }

  base::Result<std::string> run(const Node& root) {
    TRY(list(root.body, *variables_.front().second));
    return std::move(out_);
  }

 private:
  using Variable = std::pair<std::string, const Json*>;

  const Json* keep(Json value) { return &made_.emplace_back(std::move(value)); }

  base::Status spend(size_t steps) {
    if (steps > left_) return base::Error(base::Code::exhausted, "the template takes too many steps");
    left_ -= steps;
    return {};
  }

  base::Status write(std::string_view text) {
    if (out_.size() + text.size() > kOutputBytesMax) return base::Error(base::Code::exhausted, "the text is too long");
    out_ += text;
    return {};
  }

  base::Result<Flow> list(const std::vector<Node>& nodes, const Json& dot) {
    const size_t known = variables_.size();
    Flow flow = Flow::on;
    for (const Node& node : nodes) {
      TRY(spend(1));
      auto result = this->node(node, dot);
      if (!result.ok()) return result.error();
      flow = *result;
      if (flow != Flow::on) break;
    }
    variables_.resize(known);
    return flow;
  }

  base::Result<Flow> node(const Node& node, const Json& dot) {
    switch (node.kind) {
      case Node::Kind::text: TRY(write(node.text)); return Flow::on;
      case Node::Kind::leave: return Flow::leaves;
      case Node::Kind::next: return Flow::next;
      default: break;
    }
    const size_t known = variables_.size();
    const auto value = pipeline(node.pipeline, dot);
    if (!value.ok()) return in_line(node, value.error());
    if (node.kind == Node::Kind::action) {  // what it declares goes on to be known
      if (node.pipeline.variables.empty()) TRY(write(display(**value)));
      return Flow::on;
    }
    auto flow = block(node, **value, dot);
    variables_.resize(known);
    return flow;
  }

  // Once, by the innermost node.
  static base::Error in_line(const Node& node, const base::Error& error) {
    return {error.code(), "template:" + std::to_string(node.line) + ": " + error.message()};
  }

  base::Result<Flow> block(const Node& node, const Json& value, const Json& dot) {
    if (node.kind == Node::Kind::range) return range(node, value, dot);
    if (!is_true(value)) return list(node.otherwise, dot);
    return list(node.body, node.kind == Node::Kind::with ? value : dot);
  }

  base::Result<Flow> range(const Node& node, const Json& value, const Json& dot) {
    if (!value.is_array() && !value.is_object() && !value.is_null()) {
      return in_line(node, base::invalid("range can't iterate over " + std::string(type_name(value))));
    }
    if (value.empty()) return list(node.otherwise, dot);
    const std::vector<Json::Member> members = sorted(value);
    const size_t known = variables_.size();
    for (size_t i = 0; i < value.size(); ++i) {
      const Json& element = value.is_array() ? value.items()[i] : *keep(members[i].second);
      set_loop_variables(node.pipeline, value.is_array() ? Json(static_cast<int64_t>(i)) : Json(members[i].first), element);
      const auto flow = list(node.body, element);
      if (!flow.ok()) return flow.error();
      if (node.pipeline.declares) variables_.resize(known);
      if (*flow == Flow::leaves) break;
    }
    return Flow::on;
  }

  // In the order of their names.
  static std::vector<Json::Member> sorted(const Json& object) {
    std::vector<Json::Member> members = object.members();
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return members;
  }

  void set_loop_variables(const Pipeline& pipeline, Json key, const Json& element) {
    const std::vector<std::string>& names = pipeline.variables;
    if (names.size() == 2) set(names[0], keep(std::move(key)), pipeline.declares);
    if (!names.empty()) set(names.back(), &element, pipeline.declares);
  }

  void set(const std::string& name, const Json* value, bool declares) {
    if (declares) {
      variables_.emplace_back(name, value);
      return;
    }
    for (size_t i = variables_.size(); i > 0; --i) {
      if (variables_[i - 1].first != name) continue;
      variables_[i - 1].second = value;
      return;
    }
  }

  Found pipeline(const Pipeline& pipeline, const Json& dot) {
    const Json* value = nullptr;
    for (const Command& command : pipeline.commands) {
      ASSIGN_OR_RETURN(value, this->command(command, value, dot));
    }
    if (pipeline.variables.size() == 1) set(pipeline.variables[0], value, pipeline.declares);
    return value;
  }

  Found command(const Command& command, const Json* last, const Json& dot) {
    TRY(spend(1));
    const Operand& first = command.operands.front();
    if (first.kind != Operand::Kind::function) return operand(first, dot);
    return call(*first.function, std::span(command.operands).subspan(1), last, dot);
  }

  Found call(const Function& function, std::span<const Operand> operands, const Json* last, const Json& dot) {
    const size_t count = operands.size() + (last == nullptr ? 0 : 1);
    if (count < function.arguments_min || count > function.arguments_max) {
      return base::invalid("wrong number of args for " + std::string(function.name) + ": " + std::to_string(count));
    }
    std::vector<Json> arguments;
    for (size_t i = 0; i < count; ++i) {
      const Json* argument = last;
      if (i < operands.size()) {
        ASSIGN_OR_RETURN(argument, operand(operands[i], dot));
      }
      const bool decides = function.ends != Function::Ends::with_all && is_true(*argument) == (function.ends == Function::Ends::with_true);
      if (decides || (function.ends != Function::Ends::with_all && i + 1 == count)) return argument;
      TRY(spend(size_of(*argument)));
      arguments.push_back(*argument);
    }
    auto value = function.call(arguments, now_);
    if (!value.ok()) return value.error().within("error calling " + std::string(function.name));
    TRY(spend(size_of(*value)));
    return keep(*std::move(value));
  }

  // What copying it costs.
  static size_t size_of(const Json& value) {
    size_t size = 1 + value.text().size() / 16;
    for (const Json& item : value.items()) size += size_of(item);
    for (const auto& [name, member] : value.members()) size += size_of(member);
    return size;
  }

  Found operand(const Operand& operand, const Json& dot) {
    const Json* value = &dot;
    switch (operand.kind) {
      case Operand::Kind::dot: break;
      case Operand::Kind::literal: value = &operand.literal; break;
      case Operand::Kind::variable: value = variable(operand.name); break;
      case Operand::Kind::pipeline: {
        ASSIGN_OR_RETURN(value, pipeline(*operand.pipeline, dot));
        break;
      }
      case Operand::Kind::function: {
        ASSIGN_OR_RETURN(value, call(*operand.function, {}, nullptr, dot));
        break;
      }
    }
    for (const std::string& name : operand.fields) {
      ASSIGN_OR_RETURN(value, field(*value, name));
    }
    return value;
  }

  const Json* variable(const std::string& name) const {
    for (size_t i = variables_.size(); i > 0; --i) {
      if (variables_[i - 1].first == name) return variables_[i - 1].second;
    }
    return variables_.front().second;
  }

  static Found field(const Json& value, const std::string& name) {
    if (!value.is_object()) return base::invalid("can't evaluate field " + name + " in type " + std::string(type_name(value)));
    const Json* member = value.find(name);
    if (member == nullptr) return base::invalid("map has no entry for key \"" + name + "\"");
    return member;
  }

  const base::Time now_;
  std::vector<Variable> variables_;
  std::deque<Json> made_;
  std::string out_;
  size_t left_ = kStepsMax;
};

}  // namespace

base::Result<Template> Template::parse(std::string_view text) {
  ASSIGN_OR_RETURN(std::vector<Token> tokens, read_tokens(text));
  ASSIGN_OR_RETURN(Node root, parse_tokens(std::move(tokens)));
  return Template(std::make_shared<const Node>(std::move(root)));
}

base::Result<std::string> Template::fill(const Json& data, base::Time now) const { return Execution(data, now).run(*root_); }

}  // namespace bao::text_template
