#!/usr/bin/env python3
"""Secrets stay secret: marks are planted in every field of every endpoint of three nodes, in headers, tokens, requests for certificates
and addresses with a password in them; then none of them may stand in a log (at trace), an audit file, the data, a metric, a debug
bundle, the answer to another request, or a core file.

  leaks_test.py BAO [--seed N] [--keep DIR]
"""
import argparse
import base64
import http.client
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cluster_test"))
from cluster import API_PORT, Cluster, Failed  # noqa: E402
from marks import Marks  # noqa: E402
from planting import bodies, endpoints, fields_of  # noqa: E402

ENGINES = {"kv1": ("kv", {"version": "1"}), "kv2": ("kv", {"version": "2"}), "pki": ("pki", {}), "transit": ("transit", {}), "ssh": ("ssh", {}),
           "totp": ("totp", {}), "database": ("database", {})}
METHODS = ("userpass", "approle", "jwt", "cert", "kubernetes", "ldap", "radius")

# Fields that hold no secret and whose value an audit line shows, as OpenBao's does: what a token is called and belongs to, paths that are
# asked about, and names that an error or a warning quotes. Anywhere else they are leaks, too.
SHOWN_IN_AUDIT_LINES = {"display_name", "meta", "path", "paths", "mounts", "member_entity_ids", "member_group_ids", "bound_cidr_list",
                        "secret_id_bound_cidrs", "token_bound_cidrs", "issuer_ref", "allowed_issuers", "allowed_roles", "default_directory_policy",
                        "dns_resolver", "aia_path", "issuing_certificates", "crl_distribution_points", "ocsp_servers", "cn_validations"}


def is_shown_on_purpose(where, planted):
    return where.startswith("audit") and planted.split(" ")[1:2] and planted.split(" ")[1] in SHOWN_IN_AUDIT_LINES


class Run:
    def __init__(self, bao, folder, seed):
        self.bao, self.folder = bao, folder
        self.marks = Marks(random.Random(seed))
        self.cluster = Cluster(bao, None, folder)
        for node in self.cluster.nodes:
            (folder / f"audit{node.number}").mkdir()
            with open(folder / f"node{node.number}.hcl", "a") as configuration:
                configuration.write(f'log_level = "trace"\nraw_storage_endpoint = true\n'
                                    f'audit "file" "planted" {{\n  options {{\n    file_path = "{folder}/audit{node.number}/audit.log"\n  }}\n}}\n')
        self.answers = []   # to requests that hold no mark
        self.sent = 0

    def send(self, node, method, path, body=None, token=None, headers=None, raw=None):
        """Over a connection of its own: what a broken request leaves there is nobody's."""
        connection = http.client.HTTPConnection(node.host, API_PORT, timeout=30)
        try:
            sent = {"X-Vault-Token": token or self.cluster.root, **(headers or {})}
            connection.request(method, "/v1/" + path, raw if raw is not None else None if body is None else json.dumps(body), sent)
            answer = connection.getresponse()
            self.sent += 1
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, node, method, path, body=None):
        """What holds no mark: its answer may hold none either."""
        status, content = self.send(node, method, path, body)
        self.answers.append((f"{method} {path} on node {node.number}", content))
        return status, content

    # ---- what there is
    def mount_everything(self):
        first, mounted = self.cluster.nodes[0], []
        for path, (kind, options) in ENGINES.items():
            if self.send(first, "POST", f"sys/mounts/{path}", {"type": kind, "options": options})[0] == 204:
                mounted.append(path)
        for method in METHODS:
            if self.send(first, "POST", f"sys/auth/{method}", {"type": method})[0] == 204:
                mounted.append("auth/" + method)
        return mounted

    # ---- planting
    def plant_by_openapi(self):
        status, content = self.ask(self.cluster.nodes[0], "GET", "sys/internal/specs/openapi?generic_mount_paths=false")
        if status != 200:
            raise Failed(f"openapi: {status} {content[:200]}")
        openapi, count = json.loads(content), 0
        for path, method, operation in endpoints(openapi):
            count += 1
            node = self.cluster.nodes[count % 3]
            if method != "POST":
                self.send(node, method, path)
                continue
            for body in bodies(self.marks, path, fields_of(openapi, operation)):
                self.send(node, method, path, body)
        return count

    def plant_by_hand(self):
        """What no schema tells of: tokens, credentials in use, broken requests, headers, addresses with passwords."""
        mark, plain = self.marks.new, self.marks.plain
        for node in self.cluster.nodes:
            self.send(node, "GET", "kv1/planted", token="s." + plain("a token that is none"))
            self.send(node, "GET", "kv1/planted", headers={"Authorization": "Bearer " + plain("a bearer's token")})
            userinfo = base64.b64encode(f"user:{plain('userinfo')}".encode()).decode()
            self.send(node, "GET", "kv1/planted", headers={"Authorization": "Basic " + userinfo})
            self.send(node, "GET", "kv1/planted", headers={"X-Secret": plain("a header"), "Cookie": "t=" + plain("a cookie")})
            self.send(node, "POST", "kv1/planted", raw='{"password": "' + mark("a body that is cut off"))
            self.send(node, "POST", "kv1/planted", raw=mark("a body that is no JSON"))
            self.send(node, "POST", "sys/unseal", {"key": mark("a share")})
            self.send(node, "POST", f"auth/userpass/login/alice{node.number}", {"password": mark("a password of nobody")})
            password = mark("a password")
            self.send(node, "POST", f"auth/userpass/users/alice{node.number}", {"password": password})
            self.send(node, "POST", f"auth/userpass/login/alice{node.number}", {"password": password})
            self.send(node, "POST", f"auth/userpass/login/alice{node.number}", {"password": mark("a wrong password")})
            self.send(node, "POST", "auth/approle/role/app", {"bind_secret_id": True})
            self.send(node, "POST", "auth/approle/role/app/custom-secret-id", {"secret_id": plain("a secret id")})
            self.send(node, "POST", "auth/approle/login", {"role_id": mark("a role id"), "secret_id": mark("a secret id of nobody")})
            token = plain("a token of its own")
            self.send(node, "POST", "auth/token/create", {"id": token, "ttl": "1h"})
            self.send(node, "GET", "auth/token/lookup-self", token=token)
            self.send(node, "POST", f"kv1/secret{node.number}", {"password": mark("kv 1")})
            self.send(node, "GET", f"kv1/secret{node.number}")
            self.send(node, "GET", f"kv1/secret{node.number}", headers={"X-Vault-Wrap-TTL": "1h"})
            self.send(node, "POST", f"kv2/data/secret{node.number}", {"data": {"password": mark("kv 2")}})
            self.send(node, "GET", f"kv2/data/secret{node.number}")
            self.send(node, "POST", "sys/wrapping/wrap", {"password": mark("wrapped")}, headers={"X-Vault-Wrap-TTL": "1h"})
            self.send(node, "POST", "pki/root/sign-intermediate", {"csr": "-----BEGIN CERTIFICATE REQUEST-----\n" + mark("a csr") + "\n-----END CERTIFICATE REQUEST-----"})
            self.send(node, "POST", "pki/config/ca", {"pem_bundle": "-----BEGIN PRIVATE KEY-----\n" + mark("a private key") + "\n-----END PRIVATE KEY-----"})
            self.send(node, "POST", "sys/storage/raft/snapshot", raw=mark("a snapshot that is none"))
            self.send(node, "POST", "database/config/db", {"plugin_name": "postgresql-database-plugin",
                                                           "connection_url": f"postgresql://user:{plain('userinfo of a database')}@127.0.0.1:1/x"})
            self.send(node, "POST", "sys/mounts/other", {"type": "kv", "options": {"version": mark("a version")}})

    # ---- searching
    def look_around(self):
        """Requests without marks after all that: errors, lists, metrics, what a node says of itself."""
        for node in self.cluster.nodes:
            for method, path in (("GET", "sys/metrics"), ("GET", "sys/metrics?format=prometheus"), ("GET", "sys/node/raft"), ("GET", "sys/node/invalidations"),
                                 ("GET", "sys/node/forwarding"), ("GET", "sys/config/state/sanitized"), ("GET", "sys/host-info"), ("GET", "sys/seal-status"),
                                 ("GET", "sys/leader"), ("GET", "sys/nothing"), ("POST", "kv2/data/secret1"), ("GET", "auth/userpass/users/alice1"),
                                 ("LIST", "auth/token/accessors"), ("LIST", "auth/approle/role/app/secret-id"), ("GET", "sys/audit")):
                self.ask(node, method, path)

    def bundle(self):
        environment = {**os.environ, "BAO_ADDR": f"http://{self.cluster.nodes[1].host}:{API_PORT}", "BAO_TOKEN": self.cluster.root}
        out = self.folder / "bundle"
        made = subprocess.run([self.bao, "debug", "-duration=2s", "-interval=1s", "-metrics-interval=1s", "-compress=false", f"-output={out}"],
                              capture_output=True, env=environment, timeout=120)
        if made.returncode != 0:
            raise Failed(f"debug: {made.stderr.decode()}")
        return made.stdout + made.stderr

    def crash(self):
        """A node that ends by a fault leaves no memory behind."""
        node = self.cluster.nodes[2]
        limits = Path(f"/proc/{node.process.pid}/limits").read_text()
        if not any(line.split()[-3:-1] == ["0", "0"] for line in limits.splitlines() if line.startswith("Max core file size")):
            raise Failed("a node may leave core files behind")
        node.process.send_signal(6)
        node.process.wait()

    def everything(self, printed):
        for where, content in self.answers:
            yield where, content
        yield "what bao debug printed", printed
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                yield str(path.relative_to(self.folder)), path.read_bytes()

    def leaks(self, printed):
        """{(where it stands, where it was planted): what stands around it}"""
        found = {}
        for where, content in self.everything(printed):
            for form, planted, around in self.marks.found_in(content):
                if not is_shown_on_purpose(where, planted):
                    found.setdefault((where, form, planted), around)
        return found

    def run(self):
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        try:
            self.cluster.form()
            mounted = self.mount_everything()
            self.plant_by_hand()
            count = self.plant_by_openapi()
            self.cluster.settle()
            self.look_around()
            printed = self.bundle()
            self.crash()
        finally:
            self.cluster.end()
        print(f"{len(self.marks.planted)} marks in {self.sent} requests to {count} endpoints, mounts: {', '.join(mounted)}")
        return self.leaks(printed)


def the_search_finds(marks):
    """A search that finds nothing proves nothing, unless it finds what is there."""
    mark = marks.new("a field").encode()
    hidden = {"raw": mark, "escaped": json.dumps({"k": mark.decode()}).encode(), "hex": b"x" + mark.hex().upper().encode(),
              **{f"base64 {n}": base64.urlsafe_b64encode(b"n" * n + mark + b"z") for n in range(5)}}
    for how, content in hidden.items():
        if not list(marks.found_in(b"before " + content + b" behind")):
            raise Failed(f"the search does not find a mark that is {how}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bao")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--keep", help="keep the folder there")
    arguments = parser.parse_args()
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="bao-leaks-")).resolve()
    folder.mkdir(exist_ok=True)
    print(f"seed {arguments.seed}", flush=True)
    the_search_finds(Marks(random.Random(arguments.seed)))
    found = Run(os.path.abspath(arguments.bao), folder, arguments.seed).run()
    for (where, form, planted), around in sorted(found.items()):
        print(f"LEAK in {where} ({form}), planted in {planted}:\n     {around!r}")
    if not arguments.keep:
        shutil.rmtree(folder)
    print(f"{len(found)} leaks")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
