// Chains of issuers: an issuer's certificate, those that issued it, and so on up, from the issuers of the mount. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace bao::engines::pki {

class Authorities;

// By issuer id, PEM, the issuer's own first. Nearer ones come before farther ones; every issuer stands in a chain once, so that
// authorities that signed each other end too. An issuer's manual chain counts in place of what is found.
std::map<std::string, std::vector<std::string>> chains_of(const Authorities& authorities);

}  // namespace bao::engines::pki
