#include "internal/cli/global_flags.h"

namespace bao::cli {
namespace {

constexpr std::string_view kHttp = "HTTP Options", kOutput = "Output Options";

constexpr Flag kHttpFlags[] = {
    {.name = "address", .text = "The server to talk to: http(s)://host:port or unix:///path.",
     .fallback = "https://127.0.0.1:8200", .environment = "BAO_ADDR", .section = kHttp},
    {.name = "agent-address", .text = "The address of an agent, used in place of -address.",
     .environment = "BAO_AGENT_ADDR", .section = kHttp},
    {.name = "ca-cert", .text = "A file with the certificate (PEM) of the CA that the server's certificate is verified by. Where both are given "
                              "it goes before -ca-path.",
     .environment = "BAO_CACERT", .section = kHttp},
    {.name = "ca-path", .text = "A directory whose files hold CA certificates (PEM) by which the server is verified.",
     .environment = "BAO_CAPATH", .section = kHttp},
    {.name = "client-cert", .text = "A file with the certificate (PEM) that is shown to the server. Needs -client-key too.",
     .environment = "BAO_CLIENT_CERT", .section = kHttp},
    {.name = "client-key", .text = "A file with the private key (PEM) that belongs to the certificate of -client-cert.",
     .environment = "BAO_CLIENT_KEY", .section = kHttp},
    {.name = "disable-redirects", .kind = FlagKind::boolean,
     .text = "Take a redirect as the answer; otherwise one redirect is followed.", .fallback = "false",
     .environment = "BAO_DISABLE_REDIRECTS", .section = kHttp},
    {.name = "header", .kind = FlagKind::map,
     .text = "A header sent with each request, as name=value. Names that begin with X-Vault- are refused. May be repeated.",
     .section = kHttp},
    {.name = "mfa", .kind = FlagKind::list, .text = "Credentials for multi-factor authentication. May be repeated.",
     .environment = "BAO_MFA", .section = kHttp},
    {.name = "namespace", .text = "The namespace in which paths are meant. -ns is short for it.", .fallback = "(not set)",
     .environment = "BAO_NAMESPACE", .section = kHttp},
    {.name = "non-interactive", .kind = FlagKind::boolean, .text = "Fail where a value would be asked for on the terminal.",
     .fallback = "false", .section = kHttp},
    {.name = "ns", .text = "Short for -namespace, and goes before it.", .fallback = "(not set)", .section = kHttp,
     .hidden = true},
    {.name = "output-curl-string", .kind = FlagKind::boolean,
     .text = "Send nothing; print a curl command that would send the same request.", .fallback = "false", .section = kHttp},
    {.name = "output-policy", .kind = FlagKind::boolean,
     .text = "Send nothing; print a policy (HCL) that would allow the request.", .fallback = "false", .section = kHttp},
    {.name = "policy-override", .kind = FlagKind::boolean,
     .text = "Ask that policies which may be overridden are.", .fallback = "false", .section = kHttp},
    {.name = "tls-server-name", .text = "The name sent to the server by SNI, and the one its certificate is checked for.",
     .environment = "BAO_TLS_SERVER_NAME", .section = kHttp},
    {.name = "tls-skip-verify", .kind = FlagKind::boolean,
     .text = "Trust any certificate. Whoever sits on the network can then read and change everything; do not use this "
             "outside of tests.",
     .fallback = "false", .environment = "BAO_SKIP_VERIFY", .section = kHttp},
    {.name = "unlock-key", .text = "The key that unlocks the API of a locked namespace.", .section = kHttp},
    {.name = "wrap-ttl", .kind = FlagKind::duration,
     .text = "Have the answer wrapped in a token that lives this long, for example 30s or 5m; \"bao unwrap\" takes it out.",
     .environment = "BAO_WRAP_TTL", .section = kHttp},
};

}  // namespace

const Flag kFieldFlag{
    .name = "field",
    .text = "Print this field alone, without a final newline unless stdout is a terminal. Goes before other output flags.",
    .section = kOutput};
const Flag kFormatFlag{
    .name = "format",
    .text = "How to print: \"table\", \"json\", \"yaml\" or \"pretty\"; \"raw\" too for \"bao read\".",
    .fallback = "table", .environment = "BAO_FORMAT", .section = kOutput};
const Flag kDetailedFlag{.name = "detailed", .kind = FlagKind::boolean, .text = "Show what more is known of each entry.",
                         .fallback = "false", .environment = "BAO_DETAILED", .section = kOutput};

std::span<const Flag> http_flags() { return kHttpFlags; }

}  // namespace bao::cli
