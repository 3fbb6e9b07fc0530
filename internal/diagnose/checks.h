// The checks, each a branch of the tree. They change nothing: what has to be written to be measured is removed again, and the data of
// a node is not opened, so that a server may run meanwhile.
#pragma once

#include "internal/config/config.h"
#include "internal/diagnose/finding.h"

namespace bao::diagnose {

// Descriptors; space where the data lies.
void check_system(const config::Config& config, Finding& into);
// The storage's kind; its folder's place, owner, permissions, what lies in it; how long an fsync takes there.
void check_storage(const config::Config& config, Finding& into);
// Files of certificates and keys: chains, expiry, whether they belong together.
void check_listener_tls(const config::Config& config, Finding& into);
// Whether every address can be listened at.
void check_listeners(const config::Config& config, Finding& into);
// The seal is made, and, if it unseals by itself, encrypts and decrypts.
void check_seal(const config::Config& config, Finding& into);
void check_auto_unseal(const config::Config& config, Finding& into);
// The initialize blocks, as far as can be said before they run; what a first start would miss on this machine is a warning.
void check_initialize(const config::Config& config, Finding& into);
// api_addr and cluster_addr: there, and apart.
void check_addresses(const config::Config& config, Finding& into);
// The nodes that the configuration names: who answers, how many of them are needed, and whether their clocks agree with ours.
void check_peers(const config::Config& config, Finding& into);

}  // namespace bao::diagnose
