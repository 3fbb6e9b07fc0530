// Settings of mounts, which secrets engines and auth methods share: their flags, and the bodies made of them.
#pragma once

#include <string>

#include "internal/cli/flags.h"
#include "internal/cli/invocation.h"

namespace bao::cli {

inline constexpr Flag kMountDescription{.name = "description", .text = "What it is for, in words."};
inline constexpr Flag kMountPathFlag{.name = "path", .text = "Where it is mounted; by default at its type's name."};
inline constexpr Flag kMountDefaultTtl{.name = "default-lease-ttl", .kind = FlagKind::duration,
                                       .text = "How long leases and tokens last unless asked otherwise; the server's own default "
                                               "unless set."};
inline constexpr Flag kMountMaxTtl{.name = "max-lease-ttl", .kind = FlagKind::duration,
                                   .text = "How long leases and tokens last at most; the server's own maximum unless set."};
inline constexpr Flag kMountRequestKeys{.name = "audit-non-hmac-request-keys", .kind = FlagKind::list,
                                        .text = "A name in requests whose value audit logs show in the clear. May be repeated."};
inline constexpr Flag kMountResponseKeys{.name = "audit-non-hmac-response-keys", .kind = FlagKind::list,
                                         .text = "A name in answers whose value audit logs show in the clear. May be repeated."};
inline constexpr Flag kMountVisibility{.name = "listing-visibility",
                                       .text = "\"unauth\" lists it to those who haven't logged in; \"hidden\" does not."};
inline constexpr Flag kMountRequestHeaders{.name = "passthrough-request-headers", .kind = FlagKind::list,
                                           .text = "A header of requests that is handed on. May be repeated."};
inline constexpr Flag kMountResponseHeaders{.name = "allowed-response-headers", .kind = FlagKind::list,
                                            .text = "A header that answers may set. May be repeated."};
inline constexpr Flag kMountOptions{.name = "options", .kind = FlagKind::map,
                                    .text = "An option of the type's own, as name=value. May be repeated."};
inline constexpr Flag kMountLocal{.name = "local", .kind = FlagKind::boolean, .text = "Keep it out of replication.",
                                  .fallback = "false"};
inline constexpr Flag kMountSealWrap{.name = "seal-wrap", .kind = FlagKind::boolean,
                                     .text = "Wrap its critical values by the seal too.", .fallback = "false"};
inline constexpr Flag kMountEntropy{.name = "external-entropy-access", .kind = FlagKind::boolean,
                                    .text = "Let it use the seal's source of randomness.", .fallback = "false"};
inline constexpr Flag kMountPluginName{.name = "plugin-name", .text = "The plugin's name, where the type is \"plugin\"."};
inline constexpr Flag kMountPluginVersion{.name = "plugin-version", .text = "The plugin's version."};
inline constexpr Flag kMountVersion{.name = "version", .kind = FlagKind::integer, .text = "The version of a kv engine: 1 or 2."};
inline constexpr Flag kMountTokenType{.name = "token-type",
                                      .text = "What tokens it gives: \"default-service\", \"default-batch\", \"service\", \"batch\"."};

// options with -version in it; null when there are none.
codec::Json mount_options(const FlagValues& flags);
// The "config" of a mount that is made: what is not given is left to the server.
codec::Json config_of_new_mount(const FlagValues& flags, bool with_cache_setting);
// The body of a tune: only what is given.
codec::Json config_of_tuned_mount(const FlagValues& flags);
// The body by which a mount is made.
codec::Json body_of_new_mount(const FlagValues& flags, const std::string& type, bool with_cache_setting);
// "Success! Enabled … at: …": the type, or the plugin and its version.
std::string mounted_thing(const FlagValues& flags, const std::string& type, const std::string& kind);

}  // namespace bao::cli
