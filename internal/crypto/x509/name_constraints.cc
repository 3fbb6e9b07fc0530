#include "internal/crypto/x509/name_constraints.h"

#include "internal/crypto/x509/der.h"
#include "internal/crypto/x509/text.h"

namespace bao::crypto::x509 {
namespace {

// Choices of GeneralName.
constexpr int kEmail = 1, kDns = 2, kUri = 6, kAddress = 7;

base::Status add(std::string& trees, int choice, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (choice != kAddress && !is_ascii(name)) return base::invalid("x509: \"" + name + "\" cannot be encoded as an IA5String");
    trees += der::sequence({der::element(der::context(choice), {name})});
  }
  return {};
}

base::Result<std::string> encode(const NameTrees& names) {
  std::string trees;
  TRY(add(trees, kDns, names.dns));
  TRY(add(trees, kAddress, names.ranges));
  TRY(add(trees, kEmail, names.emails));
  TRY(add(trees, kUri, names.uris));
  return trees;
}

}  // namespace

base::Result<std::string> encode(const NameConstraints& constraints) {
  ASSIGN_OR_RETURN(const std::string permitted, encode(constraints.permitted));
  ASSIGN_OR_RETURN(const std::string excluded, encode(constraints.excluded));
  return der::sequence({permitted.empty() ? "" : der::element(der::context_constructed(0), {permitted}),
                        excluded.empty() ? "" : der::element(der::context_constructed(1), {excluded})});
}

}  // namespace bao::crypto::x509
