// The paths of the protocol, a file each, in every directory.
#pragma once

#include <vector>

#include "internal/engines/pki/acme/acme.h"
#include "internal/logical/path.h"

namespace bao::engines::pki::acme {

std::vector<logical::Path> directory_paths(Acme& acme);      // directory, new-nonce
std::vector<logical::Path> account_paths(Acme& acme);        // new-account, account/…
std::vector<logical::Path> key_change_paths(Acme& acme);     // key-change
std::vector<logical::Path> order_paths(Acme& acme);          // new-order, orders, order/…
std::vector<logical::Path> authorization_paths(Acme& acme);  // authorization/…, challenge/…
std::vector<logical::Path> revoke_paths(Acme& acme);         // revoke-cert

}  // namespace bao::engines::pki::acme
