#include "internal/cel/check.h"

#include <algorithm>
#include <set>

#include "internal/cel/function.h"
#include "internal/cel/syntax_error.h"

namespace bao::cel {
namespace {

using Style = Overload::Style;
using TypeName = std::string;  // "": any
const TypeName kAny;

bool is_scalar(const TypeName& type) {
  static const std::set<TypeName> kScalars = {"bool", "int", "uint", "double", "string", "bytes", "null_type",
                                              "google.protobuf.Timestamp", "google.protobuf.Duration"};
  return kScalars.contains(type);
}

bool is_comparison(std::string_view function) {
  return function == "_==_" || function == "_!=_" || function == "_<_" || function == "_<=_" || function == "_>_" || function == "_>=_";
}

// As the reference's texts name types.
std::string shown(const TypeName& type) {
  if (type == "google.protobuf.Timestamp") return "timestamp";
  if (type == "google.protobuf.Duration") return "duration";
  if (type == "null_type") return "null";
  return type;
}

// What an operator of those plain operands comes to; nothing where none takes them.
std::optional<TypeName> type_of_operation(const std::string& function, const std::vector<TypeName>& operands) {
  const TypeName &a = operands[0], &b = operands.back();
  const bool number = a == "int" || a == "uint" || a == "double";
  if (function == "-_") return a == "int" || a == "double" ? std::optional(a) : std::nullopt;
  if (function == "!_") return a == "bool" ? std::optional(a) : std::nullopt;
  if (is_comparison(function)) {
    const bool equality = function == "_==_" || function == "_!=_";
    const bool numbers = number && (b == "int" || b == "uint" || b == "double");
    if (equality && (a == "null_type" || b == "null_type")) return "bool";
    return a == b || (numbers && !equality) ? std::optional<TypeName>("bool") : std::nullopt;
  }
  const bool time = a == "google.protobuf.Timestamp", span = b == "google.protobuf.Duration";
  if (function == "_+_" && ((time && span) || (a == "google.protobuf.Duration" && b == "google.protobuf.Timestamp"))) return "google.protobuf.Timestamp";
  if (function == "_-_" && time && span) return a;
  if (function == "_-_" && time && b == a) return "google.protobuf.Duration";
  if (a != b) return {};
  if (function == "_+_") return number || a == "string" || a == "bytes" || span ? std::optional(a) : std::nullopt;
  if (function == "_-_") return number || span ? std::optional(a) : std::nullopt;
  if (function == "_*_" || function == "_/_") return number ? std::optional(a) : std::nullopt;
  return number && a != "double" ? std::optional(a) : std::nullopt;  // %
}

bool is_checked_operator(const std::string& function) {
  static const std::set<std::string> kChecked = {"-_", "!_", "_+_", "_-_", "_*_", "_/_", "_%_"};
  return kChecked.contains(function) || is_comparison(function);
}

class Checker {
 public:
  Checker(const Environment& environment, const Declarations& declared, std::string_view source)
      : environment_(environment), declared_(declared), source_(source) {}

  TypeName run(const Node& node) {
    return std::visit([this, &node](const auto& content) { return on(node, content); }, node.content);
  }

  base::Status status() const {
    if (errors_.empty()) return {};
    return base::invalid(errors_);
  }

 private:
  void error(size_t offset, const std::string& message) {
    errors_ += (errors_.empty() ? "" : "\n") + error_at(source_, offset, message).message();
  }
  void undeclared(size_t offset, const std::string& name) {
    error(offset, "undeclared reference to '" + name + "' (in container '" + environment_.container + "')");
  }

  TypeName on(const Node&, const Literal& literal) { return literal.value.type_name(); }

  TypeName on(const Node& node, const Identifier& identifier) {
    if (const auto type = known(identifier.name)) return *type;
    undeclared(node.offset, identifier.name);
    return kAny;
  }

  TypeName on(const Node& node, const Select& select) {
    if (const std::string name = dotted_name(node); !name.empty()) {
      if (const auto type = known(name)) return *type;
    }
    const TypeName operand = run(*select.operand);
    if (select.test) return "bool";
    if (is_scalar(operand) || operand == "list") {
      error(node.offset, "type '" + shown(operand) + "' does not support field selection");
    } else if (const MessageType* message = message_named(operand); message != nullptr && message->find(select.field) == nullptr) {
      error(node.offset, "undefined field '" + select.field + "'");
    }
    return kAny;
  }

  TypeName on(const Node& node, const CallNode& call) {
    std::vector<TypeName> types;
    const std::string space = call.target == nullptr ? "" : space_of(*call.target, call.function);
    const bool method = call.target != nullptr && space.empty();
    if (method) types.push_back(run(*call.target));
    for (const NodePointer& argument : call.arguments) types.push_back(run(*argument));
    if (is_checked_operator(call.function)) return operation(node, call.function, types);
    if (call.function == "_&&_" || call.function == "_||_") return logic(node, call.function, types);
    if (call.function == "_?_:_") return conditional(node, types);
    if (call.function == "@in") return "bool";
    if (call.function == "_[_]" || call.function == "_[?_]") return kAny;
    std::string name = space.empty() ? call.function : space;
    if (name.starts_with('.')) name.erase(0, 1);
    if (!is_function(name, Style::function) && !is_function(name, Style::method)) {
      undeclared(node.offset, name);
    } else if (!is_function(name, method ? Style::method : Style::function)) {
      no_overload(node, name, types);
    }
    return kAny;
  }

  TypeName on(const Node&, const ListNode& list) {
    for (const auto& item : list.items) run(*item.first);
    return "list";
  }

  TypeName on(const Node&, const MapNode& map) {
    for (const MapNode::Entry& entry : map.entries) {
      run(*entry.key);
      run(*entry.value);
    }
    return "map";
  }

  TypeName on(const Node& node, const MessageNode& message) {
    const MessageType* type = environment_.find_message(message.type);
    if (type == nullptr) undeclared(node.offset, message.type);
    for (const MessageNode::Field& field : message.fields) {
      run(*field.value);
      if (type != nullptr && type->find(field.name) == nullptr) error(field.offset, "undefined field '" + field.name + "'");
    }
    return type == nullptr ? kAny : type->name;
  }

  TypeName on(const Node& node, const Comprehension& comprehension) {
    using Kind = Comprehension::Kind;
    const TypeName range = run(*comprehension.range);
    if (is_scalar(range) || message_named(range) != nullptr) {
      error(comprehension.range->offset, "expression of type '" + shown(range) + "' cannot be range of a comprehension (must be list, map, or dynamic)");
    }
    locals_.push_back(comprehension.name);
    if (comprehension.filter != nullptr) run(*comprehension.filter);
    const TypeName body = run(*comprehension.body);
    locals_.pop_back();
    const bool predicate = comprehension.kind == Kind::all || comprehension.kind == Kind::exists || comprehension.kind == Kind::exists_one;
    if (predicate && is_scalar(body) && body != "bool") {
      no_overload(node, comprehension.kind == Kind::all ? "_&&_" : "_||_", {"bool", body});
    }
    if (predicate) return "bool";
    return comprehension.kind == Kind::map || comprehension.kind == Kind::filter || comprehension.kind == Kind::sort_by ? "list" : kAny;
  }

  void no_overload(const Node& node, const std::string& function, const std::vector<TypeName>& types) {
    std::string shown_types;
    for (const TypeName& type : types) shown_types += (shown_types.empty() ? "" : ", ") + (type.empty() ? "dyn" : shown(type));
    error(node.offset, "found no matching overload for '" + function + "' applied to '(" + shown_types + ")'");
  }

  TypeName operation(const Node& node, const std::string& function, const std::vector<TypeName>& types) {
    const TypeName whatever = is_comparison(function) ? "bool" : kAny;
    if (!std::all_of(types.begin(), types.end(), is_scalar)) return whatever;
    if (auto type = type_of_operation(function, types)) return *type;
    no_overload(node, function, types);
    return whatever;
  }

  TypeName logic(const Node& node, const std::string& function, const std::vector<TypeName>& types) {
    for (const TypeName& type : types) {
      if (is_scalar(type) && type != "bool") {
        no_overload(node, function, types);
        break;
      }
    }
    return "bool";
  }

  TypeName conditional(const Node& node, const std::vector<TypeName>& types) {
    if (is_scalar(types[0]) && types[0] != "bool") no_overload(node, "_?_:_", types);
    return kAny;
  }

  const MessageType* message_named(const TypeName& type) const { return type.empty() ? nullptr : environment_.find_message("." + type); }

  bool is_local(std::string_view name) const { return std::find(locals_.begin(), locals_.end(), name.substr(0, name.find('.'))) != locals_.end(); }

  // The type of what that dotted name names, nothing where nothing is named so.
  std::optional<TypeName> known(const std::string& name) const {
    if (is_local(name)) return name.find('.') == std::string::npos ? std::optional(kAny) : std::nullopt;
    for (const std::string& candidate : environment_.candidates(name)) {
      if (const auto found = declared_.find(candidate); found != declared_.end()) return found->second;
      if (const auto constant = environment_.find_constant(candidate)) return constant->type_name();
    }
    return {};
  }

  std::string space_of(const Node& target, const std::string& function) const {
    std::string space = dotted_name(target);
    if (space.empty() || is_local(space)) return "";
    if (space.starts_with('.')) space.erase(0, 1);
    const std::string name = space + "." + function;
    return is_function(name, Style::function) ? name : "";
  }

  const Environment& environment_;
  const Declarations& declared_;
  std::string_view source_;
  std::vector<std::string> locals_;
  std::string errors_;
};

}  // namespace

base::Status check(const Node& root, const Environment& environment, const Declarations& declared, std::string_view source) {
  Checker checker(environment, declared, source);
  checker.run(root);
  return checker.status();
}

}  // namespace bao::cel
