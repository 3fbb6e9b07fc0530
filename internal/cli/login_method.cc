#include "internal/cli/login_method.h"

#include "internal/cli/environment.h"
#include "internal/cli/prompt.h"

namespace bao::cli {
namespace {

using codec::Json;

// As given, else asked for: "Password (will be hidden): ".
base::Result<std::string> given_or_asked(const std::string* given, std::string_view question, const LoginRequest& request,
                                         std::string_view refusal) {
  if (given != nullptr) return *given;
  if (request.non_interactive) return base::invalid(std::string(refusal));
  return ask_hidden(stderr, std::string(question) + " (will be hidden): ");
}

// `below`: what follows "login" in the path.
base::Result<Secret> send_login(Session& session, const LoginRequest& request, const std::string& below, const Json& body) {
  ASSIGN_OR_RETURN(std::optional<Secret> secret, session.write("auth/" + request.mount + "/login" + below, body));
  if (!secret) return base::invalid("empty response from credential provider");
  return std::move(*secret);
}

base::Result<Secret> log_in_by_password(Session& session, const LoginRequest& request) {
  const std::string* username = request.find("username");
  if (username == nullptr || username->empty()) return base::invalid("'username' must be specified");
  const std::string* given = request.find("password");
  if (given != nullptr && given->empty()) given = nullptr;
  ASSIGN_OR_RETURN(const std::string password, given_or_asked(given, "Password", request,
                                                              "'password' must be specified and refusing to pull from stdin"));
  return send_login(session, request, "/" + *username, Json::object({{"password", Json(password)}}));
}

// As by a password, but user and password may come from the environment.
base::Result<Secret> log_in_by_ldap(Session& session, const LoginRequest& request) {
  const std::string* given_name = request.find("username");
  std::string username = given_name != nullptr ? *given_name : environment_or_empty("LOGNAME");
  if (given_name == nullptr && username.empty()) username = environment_or_empty("USER");
  if (given_name == nullptr && username.empty()) {
    return base::invalid("'username' not supplied and neither 'LOGNAME' nor 'USER' env vars set");
  }
  const std::string* given = request.find("password");
  const std::string from_environment = environment_or_empty("BAO_LDAP_PASSWORD");
  if (given == nullptr && !from_environment.empty()) given = &from_environment;
  ASSIGN_OR_RETURN(const std::string password,
                   given_or_asked(given, "Password", request, "'password' not supplied and refusing to pull from stdin"));
  return send_login(session, request, "/" + username, Json::object({{"password", Json(password)}}));
}

base::Result<Secret> log_in_by_certificate(Session& session, const LoginRequest& request) {
  const std::string* role = request.find("name");
  return send_login(session, request, "", Json::object({{"name", Json(role == nullptr ? "" : *role)}}));
}

base::Result<Secret> log_in_by_kubernetes(Session& session, const LoginRequest& request) {
  const std::string* role = request.find("role");
  if (role == nullptr) return base::invalid("'role' must be supplied");
  ASSIGN_OR_RETURN(const std::string jwt, given_or_asked(request.find("jwt"), "JWT", request,
                                                         "'jwt' not supplied and refusing to pull from stdin"));
  return send_login(session, request, "", Json::object({{"jwt", Json(jwt)}, {"role", Json(*role)}}));
}

constexpr LoginMethod kMethods[] = {
    {.name = "token",
     .help = "Usage: bao login TOKEN [CONFIG K=V...]\n\n"
             "  Logs in with a token that you have. It is looked up, and kept for later commands.\n\n"
             "      $ bao login\n      $ bao login s.oQ7Z3kzgHNkTPtHmCeDcDjDP\n\n"
             "Configuration:\n\n"
             "  token=<string>\n      The token.\n\n"
             "  lookup=<bool>\n      Whether the token is looked up first. The default is true.",
     .log_in = log_in_by_token},
    {.name = "userpass",
     .help = "Usage: bao login -method=userpass [CONFIG K=V...]\n\n"
             "  Logs in as a user that the server keeps itself, by name and password.\n\n"
             "      $ bao login -method=userpass username=ada\n      Password (will be hidden):\n\n"
             "Configuration:\n\n"
             "  username=<string>\n      Who logs in.\n\n"
             "  password=<string>\n      The password. By default it is asked for; password=- reads it from stdin.",
     .log_in = log_in_by_password},
    {.name = "radius",
     .help = "Usage: bao login -method=radius [CONFIG K=V...]\n\n"
             "  Logs in as a user of a RADIUS server, by name and password.\n\n"
             "      $ bao login -method=radius username=ada\n      Password (will be hidden):\n\n"
             "Configuration:\n\n"
             "  username=<string>\n      Who logs in.\n\n"
             "  password=<string>\n      The password. By default it is asked for; password=- reads it from stdin.",
     .log_in = log_in_by_password},
    {.name = "ldap",
     .help = "Usage: bao login -method=ldap [CONFIG K=V...]\n\n"
             "  Logs in as a user of a directory, by name and password.\n\n"
             "      $ bao login -method=ldap username=ada\n      Password (will be hidden):\n\n"
             "Configuration:\n\n"
             "  username=<string>\n      Who logs in. The default is that of LOGNAME, else of USER.\n\n"
             "  password=<string>\n      The password. The default is that of BAO_LDAP_PASSWORD; without it it is asked for.",
     .log_in = log_in_by_ldap},
    {.name = "cert",
     .help = "Usage: bao login -method=cert [CONFIG K=V...]\n\n"
             "  Logs in by the certificate of the connection, which -client-cert and -client-key name.\n\n"
             "      $ bao login -method=cert -client-cert=cert.pem -client-key=key.pem\n\n"
             "Configuration:\n\n"
             "  name=<string>\n      The role to log in by. By default any that the certificate fits.",
     .log_in = log_in_by_certificate},
    {.name = "kubernetes",
     .help = "Usage: bao login -method=kubernetes [CONFIG K=V...]\n\n"
             "  Logs in by the token of a Kubernetes service account.\n\n"
             "      $ bao login -method=kubernetes role=build jwt=@/var/run/secrets/kubernetes.io/serviceaccount/token\n\n"
             "Configuration:\n\n"
             "  role=<string>\n      The role to log in by.\n\n"
             "  jwt=<string>\n      The service account's token. By default it is asked for.",
     .log_in = log_in_by_kubernetes},
    {.name = "oidc",
     .help = "Usage: bao login -method=oidc [CONFIG K=V...]\n\n"
             "  Logs in through an OpenID Connect provider in a browser. This build doesn't know how yet."},
    {.name = "kerberos",
     .help = "Usage: bao login -method=kerberos [CONFIG K=V...]\n\n"
             "  Logs in by Kerberos. This build doesn't know how yet."},
};

}  // namespace

const std::string* LoginRequest::find(const std::string& key) const {
  const auto found = values.find(key);
  return found == values.end() ? nullptr : &found->second;
}

const LoginMethod* find_login_method(std::string_view name) {
  for (const LoginMethod& method : kMethods) {
    if (method.name == name) return &method;
  }
  return nullptr;
}

}  // namespace bao::cli
