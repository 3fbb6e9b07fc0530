#include "internal/cli/pki_new_issuer.h"

#include "internal/cli/output.h"
#include "internal/cli/pki_issuer.h"

namespace bao::cli {
namespace {

using codec::Json;

// How far it came, and what that left on the server.
struct Progress {
  const NewIssuer& asked;
  std::string parent_mount;
  std::string csr{}, key_id{};             // once requested
  std::string serial_number{}, chain{};    // once signed
  std::string issuer_id{};                 // once imported
  bool named = false;

  std::string how_to_continue() const;
  std::string how_to_abort() const;
  std::string report() const;
};

std::string Progress::how_to_continue() const {
  std::string out;
  if (serial_number.empty()) {
    out += "You can continue to work with this Certificate Signing Request CSR PEM, by saving it as `pki_int.csr`: " + csr +
           " \n Then call `vault write " + asked.parent +
           "/sign-intermediate csr=@pki_int.csr ...` adding the same key-value arguments as to `pki issue` (except key_type and issuer_name) "
           "to generate the certificate and ca_chain";
  }
  if (issuer_id.empty()) {
    if (!chain.empty()) {
      out += "The certificate chain, signed by " + asked.parent + ", for this new certificate is: " + chain;
    }
    out += "You can continue to work with this Certificate (and chain) by saving it as chain.pem and importing it as `vault write " +
           asked.mount + "/issuers/import/cert pem_bundle=@chain.pem`";
  }
  if (named) return out;
  if (issuer_id.empty()) out += "The issuer_id is returned as the key in a key_value map from importing the certificate chain.";
  return out + "You can name the newly imported issuer by calling `vault patch " + asked.mount + "/issuer/" +
         (issuer_id.empty() ? "<issuer-uuid>" : issuer_id) + " issuer_name=" + asked.name + "`";
}

std::string Progress::how_to_abort() const {
  if (serial_number.empty() && key_id.empty()) {
    return "No state was created by running this command.  Try rerunning this command after resolving the error.";
  }
  std::string out;
  if (!key_id.empty()) {
    out += " A key, with key ID " + key_id + " was created on mount " + asked.mount +
           " as part of this command.  If you do not with to use this key and corresponding CSR/cert, you can delete that information by "
           "calling `vault delete " + asked.mount + "/key/" + key_id + "`";
  }
  if (!serial_number.empty()) {
    out += "A certificate with serial number " + serial_number + " was signed by mount " + parent_mount +
           " as part of this command. If you do not want to use this certificate, consider revoking it by calling `vault write " +
           parent_mount + "/revoke/" + serial_number + "`";
  }
  return out;
}

std::string Progress::report() const {
  std::string out = "A failure has occurred";
  if (!csr.empty()) out += " after \n a Certificate Signing Request was successfully generated on mount " + asked.mount;
  if (!serial_number.empty()) out += " and after \n that Certificate Signing Request was successfully signed by mount " + parent_mount;
  if (!issuer_id.empty()) {
    out += " and after \n the signed certificate was reimported into mount " + asked.mount + " , with issuerID " + issuer_id;
  }
  if (!csr.empty()) out += "\n\nTO CONTINUE: \n" + how_to_continue();
  if (!csr.empty() && issuer_id.empty()) out += "\n\nTO ABORT: \n" + how_to_abort();
  return out + "\n";
}

int fail_after(Invocation& run, const Progress& progress, const std::string& what) {
  run.ui().error(progress.report());
  return run.fail(1, what);
}

int refuse_request(Invocation& run, const NewIssuer& asked, const std::string& error) {
  const auto says = [&error](const char* words) { return error.find(words) != std::string::npos; };
  if (says("no handler for route")) return run.fail(1, "Given Intermediate Mount " + asked.mount + " Does Not Exist: " + error);
  if (says("unsupported path")) return run.fail(1, "Given Intermeidate Mount " + asked.mount + " Is Not a PKI Mount: " + error);
  return run.fail(1, "Failled to Generate Intermediate CSR on " + asked.mount + ": " + error);
}

// The id that one certificate got, or has had.
base::Result<std::string> import_one(Session& session, const std::string& mount, const std::string& pem) {
  ASSIGN_OR_RETURN(const auto imported, session.write(mount + "/issuers/import/cert", Json::object({{"pem_bundle", pem}})));
  const Json mapping = imported ? imported->data["mapping"] : Json();
  if (mapping.size() != 1) return base::invalid("one issuer was expected, the server tells of " + std::to_string(mapping.size()));
  return mapping.members()[0].first;
}

base::Status name_issuer(Session& session, const std::string& mount, const std::string& id, const std::string& name) {
  if (name.empty() || name == "default") return {};
  const auto named = session.merge_patch(mount + "/issuer/" + id, Json::object({{"issuer_name", name}}));
  return named.ok() ? base::Status() : named.error().within("error naming issuer " + id + " to " + name);
}

// The parent's name in the new mount may be taken: that is no reason to fail.
base::Status import_parent(Invocation& run, Session& session, const Progress& progress, const std::string& pem) {
  const NewIssuer& asked = progress.asked;
  ASSIGN_OR_RETURN(const std::string id, import_one(session, asked.mount, pem));
  const std::string name = asked.parent.substr(asked.parent.rfind('/') + 1);
  if (const base::Status named = name_issuer(session, asked.mount, id, name); !named.ok()) {
    run.ui().warn("Unable to Set Name on Parent Cert from " + name + " Imported Into " + asked.mount + " with serial " +
                  progress.serial_number + ", err: " + named.error().message());
  }
  return {};
}

}  // namespace

int make_issuer(Invocation& run, Session& session, NewIssuer asked) {
  const size_t reference = asked.parent.find("/issuer/");
  if (reference == std::string::npos) {
    return run.fail(1, "Parent Issuer " + asked.parent + " is Not a PKI Issuer Path of the format /mount/issuer/issuer-ref");
  }
  if (const auto parent = read_issuer(session, asked.parent); !parent.ok()) {
    return run.fail(1, "Unable to access parent issuer " + asked.parent + ": " + parent.error().message());
  }
  Progress progress{.asked = asked, .parent_mount = asked.parent.substr(0, reference)};

  const auto requested = session.write(asked.mount + "/intermediate/generate/" + asked.key_source, asked.parameters);
  if (!requested.ok()) return refuse_request(run, asked, requested.error().message());
  const Json request = *requested ? (*requested)->data : Json();
  if (request["csr"].as_string().empty()) {
    return run.fail(1, "Failed to Generate Intermediate CSR on " + asked.mount + ": the answer holds no csr");
  }
  progress.csr = request["csr"].as_string();
  if (asked.key_source == "internal") progress.key_id = request["key_id"].as_string();

  asked.parameters.set("csr", Json(progress.csr));
  const auto signed_by_parent = session.write(asked.parent + "/sign-intermediate", asked.parameters);
  if (!signed_by_parent.ok()) return fail_after(run, progress, "Error Signing Intermiate On " + signed_by_parent.error().message());
  const Json made = *signed_by_parent ? (*signed_by_parent)->data : Json();
  progress.serial_number = made["serial_number"].as_string();
  for (const Json& link : made["ca_chain"].items()) progress.chain += link.as_string() + "\n";

  const std::string& certificate = made["certificate"].as_string();
  const auto could_not_import = [&](const std::string& error) {
    return fail_after(run, progress, "Error Importing Into " + asked.mount + " Newly Created Issuer " + certificate + ": " + error);
  };
  const auto imported = import_one(session, asked.mount, certificate);
  if (!imported.ok()) return could_not_import(imported.error().message());
  progress.issuer_id = *imported;
  if (const base::Status named = name_issuer(session, asked.mount, *imported, asked.name); !named.ok()) {
    return fail_after(run, progress, "Error Naming Newly Imported Issuer: " + named.error().message());
  }
  progress.named = true;
  if (const base::Status parent = import_parent(run, session, progress, made["issuing_ca"].as_string()); !parent.ok()) {
    return could_not_import(parent.error().message());
  }
  if (made["ca_chain"].size() > 2) {  // more than the certificate and its parent
    const auto rest = session.write(asked.mount + "/issuers/import/cert", Json::object({{"pem_bundle", progress.chain}}));
    if (!rest.ok()) return fail_after(run, progress, "Error Importing CaChain into " + asked.mount + ": " + rest.error().message());
  }
  const std::string path = asked.mount + "/issuer/" + *imported;
  const auto shown = session.read(path);
  if (!shown.ok() || !*shown) {  // which changes nothing about the issuer: 0
    const std::string why = shown.ok() ? "the server has nothing there" : shown.error().message();
    return run.fail(0, "Error Reading Fully Imported Certificate from " + path + " : " + why);
  }
  return print_secret(run.ui(), **shown);
}

}  // namespace bao::cli
