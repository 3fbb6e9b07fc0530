#!/usr/bin/env python3
"""Nodes that initialise themselves out of their configuration (`initialize` blocks): once, whole or not at all, one of a cluster.

  self_initialization_test.py BAO [--folder DIR]
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cluster import API_PORT, Failed, Node, free_network, wait_until

PASSWORD = "hunter22-of-the-environment"
POLICY = 'path "*" {\n  capabilities = ["create", "read", "update", "delete", "list", "sudo"]\n}\n'

MOUNT_USERPASS = '  request "mount-userpass" {\n    operation = "update"\n    path = "sys/auth/userpass"\n    data = { type = "userpass" }\n  }\n'
ADD_ADMIN = """  request "add-admin" {
    operation = "update"
    path = "auth/userpass/users/admin"
    data = {
      password = {
        eval_source = "env"
        eval_type = "string"
        env_var = "INITIAL_PASSWORD"
        require_present = true
      }
      token_policies = ["superuser"]
    }
  }
"""
IDENTITY = f'initialize "identity" {{\n{MOUNT_USERPASS}{ADD_ADMIN}}}\n'


def policy_block(file):
    return f"""initialize "policy" {{
  request "superuser" {{
    operation = "create"
    path = "/sys/policies/acl/superuser"
    data = {{ policy = {{
      eval_source = "file"
      eval_type = "string"
      path = "{file}"
    }} }}
  }}
}}
"""


def request(name, path, data="{}", more=""):
    return f'  request "{name}" {{\n    operation = "update"\n    path = "{path}"\n    data = {data}\n{more}  }}\n'


CAPTURE = 'initialize "proof" {\n' + request("mount", "sys/mounts/secret", '{ type = "kv" }') + \
    '  request "self" {\n    operation = "read"\n    path = "auth/token/lookup-self"\n  }\n' + \
    request("keep", "secret/root", """{ token = {
      eval_source = "response"
      eval_type = "string"
      initialize_name = "proof"
      response_name = "self"
      field_selector = ["data", "id"]
    } }""") + request("note", "secret/note", """{ text = {
      eval_source = "template"
      eval_type = "string"
      template = "{{ index .requests.identity \\"mount-userpass\\" \\"path\\" | uppercase }} by {{ .name }}"
      data = { name = { eval_source = "env", eval_type = "string", env_var = "ADMINISTRATOR" } }
    } }""") + '  request "skipped" {\n    operation = "update"\n    path = "sys/none"\n    when = false\n  }\n}\n'


class Test:
    def __init__(self, bao, folder):
        self.bao, self.folder, self.network, self.nodes, self.count = bao, folder, free_network(), [], 0
        (folder / "policy.hcl").write_text(POLICY)
        os.environ["INITIAL_PASSWORD"] = PASSWORD
        os.environ["ADMINISTRATOR"] = "somebody"

    def node(self, blocks, number=1, folder=None, shamir=False):
        """One that was never started."""
        if folder is None:
            self.count += 1
            folder = self.folder / str(self.count)
            folder.mkdir()
        node = Node(self.bao, None, folder, number, self.network)
        node.file, node.log = folder / f"node{number}.hcl", folder / f"node{number}.log"
        text = node.file.read_text()
        node.file.write_text((text[:text.index("seal \"static\"")] if shamir else text) + blocks)
        self.nodes.append(node)
        return node

    def serves(self, node):
        node.start()
        wait_until(lambda: node.ended() or node.health() == 200, f"node {node.number} is active")
        if node.ended():
            raise Failed(f"node {node.number} ended with {node.process.returncode}: {node.log.read_text()[-2000:]}")
        return node

    def ends(self, node, *said):
        """A start that comes to nothing; what it says is in the log, and the password is not."""
        before = len(node.log.read_text()) if node.log.exists() else 0
        node.start()
        wait_until(node.ended, "a start that cannot go well ends")
        text = node.log.read_text()[before:]
        if node.process.returncode != 1:
            raise Failed(f"exit status {node.process.returncode}: {text}")
        for words in said:
            if words not in text:
                raise Failed(f"the log does not say {words!r}: {text}")
        if PASSWORD in text:
            raise Failed("the password is in the log")

    def login(self, node, password=PASSWORD):
        """The token, or the status."""
        answer = node.call("PUT", "auth/userpass/login/admin", {"password": password})
        return answer.body["auth"]["client_token"] if answer.status == 200 else answer.status

    def must(self, node, method, path, body=None, token=None):
        answer = node.call(method, path, body, token, timeout=30)
        if answer.status >= 300:
            raise Failed(f"{method} {path}: {answer.status} {answer.raw}")
        return answer

    # ---- the parts

    def requests_are_made_once(self):
        audit = self.folder / "audit.log"
        block = 'initialize "audit" {\n' + request("file", "sys/audit/file", f'{{ type = "file", options = {{ file_path = "{audit}" }} }}') + "}\n"
        node = self.serves(self.node("unsafe_allow_api_audit_creation = true\n" + block + policy_block(self.folder / "policy.hcl") + IDENTITY + CAPTURE))
        token = self.login(node)
        root = self.must(node, "GET", "secret/root", token=token).body["data"]["token"]
        if node.call("GET", "auth/token/lookup-self", token=root).status != 403:
            raise Failed("the root token that the requests were made with is of use still")
        if self.must(node, "GET", "sys/policies/acl/superuser", token=token).body["data"]["policy"] != POLICY:
            raise Failed("the policy is not what stands in its file")
        if (note := self.must(node, "GET", "secret/note", token=token).body["data"]["text"]) != "SYS/AUTH/USERPASS by somebody":
            raise Failed(f"a template came to {note!r}")
        status = self.must(node, "GET", "sys/seal-status").body
        if (status["t"], status["n"], status["initialized"], status["sealed"]) != (0, 0, True, False):
            raise Failed(f"seal-status: {status}")
        lines = audit.read_text()
        ids = {json.loads(line)["request"]["id"] for line in lines.splitlines()}
        for wanted in ("initialize[1].policy.request[0].superuser", "initialize[2].identity.request[1].add-admin", "self-init-revoke-root"):
            if wanted not in ids:
                raise Failed(f"no line of the audit device is about {wanted}: {sorted(ids)}")
        for where, text in (("audit device", lines), ("log", node.log.read_text())):
            for secret in (PASSWORD, root):
                if secret in text:
                    raise Failed(f"a secret is in what the {where} wrote")
        if "initialize has no effect" in node.log.read_text():
            raise Failed("the blocks are said to have no effect")
        self.must(node, "PUT", "auth/userpass/users/admin/password", {"password": "changed-by-now"}, token)
        node.terminate()
        del os.environ["INITIAL_PASSWORD"]
        self.serves(node)
        os.environ["INITIAL_PASSWORD"] = PASSWORD
        if self.login(node) != 400 or not isinstance(self.login(node, "changed-by-now"), str):
            raise Failed("the second start has set the password again")
        node.terminate()

    def a_failure_is_final_unless_allowed(self):
        def bad(allowed):
            return request("bad", "sys/none", more=f"    allow_failure = {allowed}\n")
        node = self.node(IDENTITY + 'initialize "late" {\n' + bad("false") + "}\n")
        self.ends(node, "failed to initialize", "initialize.[late (1)]: request.[bad (0)]: failed to evaluate request")
        self.ends(node, "self-initialization failed: refusing to unseal")
        allowed = self.node(IDENTITY + 'initialize "late" {\n' + bad("true") + request("good", "sys/mounts/kv", '{ type = "kv" }') + "}\n")
        self.serves(allowed)
        if not isinstance(self.login(allowed), str) or "request failed, which it may" not in allowed.log.read_text():
            raise Failed("an allowed failure is not passed over, or not said")
        allowed.terminate()

    def a_crash_on_the_way_is_found(self):
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        node = self.node(IDENTITY + 'initialize "late" {\n' + request("waits", "sys/policies/acl/x", f"""{{ policy = {{
          eval_source = "file"
          eval_type = "string"
          path = "{pipe}"
        }} }}""") + "}\n")

        def reaches_the_pipe(times):
            node.start()
            wait_until(lambda: node.ended() or node.log.read_text().count("request[1].add-admin") == times, "the requests before the last one are made")
            node.must_run()
        reaches_the_pipe(1)
        node.kill()
        self.ends(node, "self-initialization failed: refusing to unseal")
        shutil.rmtree(node.folder / "data1")
        (node.folder / "data1").mkdir()
        reaches_the_pipe(2)
        pipe.write_text(POLICY)
        wait_until(lambda: node.ended() or node.health() == 200, "without the data it starts again")
        if not isinstance(self.login(node), str):
            raise Failed("the requests were not made again")
        node.terminate()

    def mistakes_cost_nothing(self):
        """They are found before anything is written: put right, the same node starts."""
        missing = self.folder / "not-yet.hcl"
        node = self.node(policy_block(missing) + IDENTITY)
        self.ends(node, f"initialize.[policy (0)]: request.[superuser (0)]: open {missing}: no such file or directory")
        missing.write_text(POLICY)
        del os.environ["INITIAL_PASSWORD"]
        self.ends(node, "env source required variable INITIAL_PASSWORD to be present but was missing")
        os.environ["INITIAL_PASSWORD"] = PASSWORD
        text = node.file.read_text()
        node.file.write_text(text.replace('"env"', '"vault"'))
        self.ends(node, "unknown value for 'eval_source': vault")
        checked = subprocess.run([self.bao, "operator", "validate-config", f"-config={node.file}"], capture_output=True, text=True, timeout=60)
        if checked.returncode != 1 or "vault" not in checked.stdout:
            raise Failed(f"validate-config: {checked.returncode} {checked.stdout}")
        node.file.write_text(text)
        self.serves(node).terminate()
        shares = self.node(IDENTITY, shamir=True)
        self.ends(shares, "self-initialization requires auto-unseal as there is no way to persist the Shamir's keys")

    def one_node_of_a_cluster_initialises(self):
        folder = self.folder / "cluster"
        folder.mkdir()
        blocks = policy_block(self.folder / "policy.hcl") + IDENTITY
        nodes = [self.node(blocks, number, folder) for number in (1, 2, 3)]
        for node in reversed(nodes):
            node.start()
        wait_until(lambda: any(n.ended() for n in nodes) or all(n.health() in (200, 429) for n in nodes), "all nodes are unsealed")
        if any(n.ended() for n in nodes):
            raise Failed("a node ended")
        token = wait_until(lambda: isinstance(t := self.login(nodes[0]), str) and t, "the administrator logs in")

        def voters():
            answer = nodes[0].call("GET", "sys/storage/raft/configuration", token=token)
            return answer.status == 200 and sum(s["voter"] for s in answer.body["data"]["config"]["servers"]) == 3
        wait_until(voters, "three voters")
        clusters = {n.call("GET", "sys/health").body["cluster_id"] for n in nodes}
        if len(clusters) != 1 or not all(isinstance(self.login(n), str) for n in nodes):
            raise Failed(f"clusters {clusters}, or a node does not know the administrator")
        for node in nodes[1:]:
            if "its initialize blocks are left to the node" not in node.log.read_text() or "request made" in node.log.read_text():
                raise Failed(f"node {node.number} does not leave its blocks to node 1")
            if node.log_errors():
                raise Failed(f"node {node.number}: {node.log_errors()}")
        nodes[1].terminate()
        nodes[1].start()
        wait_until(lambda: nodes[1].health() in (200, 429), "a standby starts again")
        for node in nodes:
            node.terminate()

    def development_mode_makes_the_requests_too(self):
        file = self.folder / "dev.json"
        file.write_text(json.dumps({"initialize": [{"kv": {"request": [
            {"mount": {"operation": "update", "path": "sys/mounts/more", "data": {"type": "kv"}}},
            {"fill": {"operation": "update", "path": "more/a", "data": {"v": {"eval_source": "env", "eval_type": "string", "env_var": "INITIAL_PASSWORD"}}}}]}}]}))
        node = self.node("")
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("BAO_", "VAULT_"))}
        with open(node.log, "a") as log:
            node.process = subprocess.Popen([self.bao, "server", "-dev", "-dev-no-store-token", "-dev-root-token-id=developer", f"-config={file}",
                                             f"-dev-listen-address={node.host}:{API_PORT}"], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        wait_until(lambda: node.ended() or node.health() == 200, "a development server answers")
        if self.must(node, "GET", "more/a", token="developer").body["data"]["v"] != PASSWORD:
            raise Failed("the value is not the variable's")
        node.terminate()

    PARTS = (requests_are_made_once, a_failure_is_final_unless_allowed, a_crash_on_the_way_is_found, mistakes_cost_nothing,
             one_node_of_a_cluster_initialises, development_mode_makes_the_requests_too)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bao")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where the logs of a failed run are kept")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="self-initialization-test-", dir=arguments.folder))
    test, began = Test(os.path.abspath(arguments.bao), folder), time.monotonic()
    try:
        for part in Test.PARTS:
            part(test)
            print(f"{time.monotonic() - began:6.1f} {part.__name__.replace('_', ' ')}", flush=True)
    except (Failed, OSError, subprocess.TimeoutExpired) as e:
        print(f"{time.monotonic() - began:6.1f} FAILED in {part.__name__}: {e}\nlogs are in {folder}")
        return 1
    finally:
        for node in test.nodes:
            if node.process and node.process.poll() is None:
                node.process.kill()
                node.process.wait()
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
