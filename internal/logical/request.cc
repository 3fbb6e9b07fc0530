#include "internal/logical/request.h"

namespace bao::logical {

std::string_view operation_name(Operation operation) {
  switch (operation) {
    case Operation::create: return "create";
    case Operation::read: return "read";
    case Operation::update: return "update";
    case Operation::patch: return "patch";
    case Operation::remove: return "delete";
    case Operation::list: return "list";
    case Operation::scan: return "scan";
    case Operation::header: return "header";
    case Operation::help: return "help";
    case Operation::renew: return "renew";
    case Operation::revoke: return "revoke";
  }
  return "unknown";
}

const Namespace& root_namespace() {
  static const Namespace kRoot;
  return kRoot;
}

}  // namespace bao::logical
