"""Tokens, leases and logins: their bounds hold whichever node is asked, however many at once, and over a change of the active node."""
import base64
import http.client
import itertools
import json
import os
import threading
import time
from pathlib import Path

from cluster import API_PORT, wait_until
from regression import LOST, Regression


def inline(path, **parameters):
    """The headers of a request that brings its login along."""
    headers = {"X-Vault-Inline-Auth-Path": path}
    for key, value in parameters.items():
        text = json.dumps({"key": key, "value": value}).encode()
        headers[f"X-Vault-Inline-Auth-Parameter-{key}"] = base64.urlsafe_b64encode(text).decode().rstrip("=")
    return headers


def cpu_seconds(node):
    fields = Path(f"/proc/{node.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Tokens(Regression):
    def ask_from(self, source, node, method, path, token, body=None):
        """The status, for a client at that address."""
        connection = http.client.HTTPConnection(node.host, API_PORT, timeout=15, source_address=(source, 0))
        try:
            connection.request(method, "/v1/" + path, body=json.dumps(body) if body is not None else None, headers={"X-Vault-Token": token})
            return connection.getresponse().status
        finally:
            connection.close()

    def enable_userpass(self, name):
        """Ann may write below v1/. The answer behind which every node knows her."""
        self.ask(self.nodes[0], "PUT", "sys/policies/acl/writer", {"policy": 'path "v1/*" { capabilities = ["create", "read", "update"] }'})
        self.ask(self.nodes[0], "POST", f"sys/auth/{name}", {"type": "userpass"})
        return self.ask(self.nodes[0], "POST", f"auth/{name}/users/ann", {"password": "correct horse", "token_policies": "writer"})

    def test_N04_a_bound_token_serves_its_addresses_alone_through_every_node(self):
        """A forwarded request comes from where its client is, not from the node that passes it on."""
        self.ask(self.nodes[0], "PUT", "sys/policies/acl/n04", {"policy": 'path "v1/*" { capabilities = ["create", "read", "update"] }'})
        self.ask(self.nodes[0], "PUT", "v1/n04", {"value": "x"})
        self.ask(self.nodes[0], "PUT", "auth/token/roles/n04", {"token_bound_cidrs": "127.77.0.0/16", "allowed_policies": "n04"})
        token, made = self.new_token(self.nodes[0], "n04", path="auth/token/create/n04")
        limited, made = self.new_token(self.nodes[0], "n04", path="auth/token/create/n04", num_uses=100)
        for node in self.nodes:
            self.ask(node, "GET", "v1/n04", status=200, behind=made)
            for each in (token, limited):
                for method, body in (("GET", None), ("PUT", {"value": "y"})):
                    self.assertIn(self.ask_from("127.77.0.9", node, method, "v1/n04", each, body), (200, 204))
                    self.assertEqual(self.ask_from("127.78.0.9", node, method, "v1/n04", each, body), 403)

    def use_up(self, token, meanwhile=None):
        """Many use the token through all nodes until it is spent: how many were let in, and how many cannot know."""
        counts, lock = {"in": 0, "unknown": 0}, threading.Lock()

        def use(first):
            for turn in itertools.count(first):
                try:
                    status = self.nodes[turn % 3].call("GET", "v1/n05", None, token, 25).status
                except ConnectionRefusedError:
                    continue
                except LOST:
                    status = 500
                with lock:
                    counts["in"] += status == 200
                    counts["unknown"] += status >= 500
                if status == 403:
                    return

        threads = [threading.Thread(target=use, args=(first,)) for first in range(9)]
        for thread in threads:
            thread.start()
        if meanwhile:
            wait_until(lambda: counts["in"] > 10, "the token is used")
            meanwhile()
        for thread in threads:
            thread.join()
        return counts["in"], counts["unknown"]

    def test_N05_a_limited_token_is_used_as_often_as_it_may_be_and_no_more(self):
        self.ask(self.nodes[0], "PUT", "v1/n05", {"value": "x"})
        token, _ = self.new_token(self.nodes[0], "reader", num_uses=60)
        self.assertEqual(self.use_up(token), (60, 0))
        for change in (self.step_down, lambda: self.active().kill()):
            token, _ = self.new_token(self.active(), "reader", num_uses=300)
            let_in, unknown = self.use_up(token, change)
            self.assertLessEqual(let_in, 300)
            self.assertGreaterEqual(let_in + unknown, 300)
            for node in self.nodes:
                if node.ended():
                    node.start()
            self.cluster.settle()
            for node in self.nodes:
                self.ask(node, "GET", "v1/n05", token=token, status=403)

    def test_N06_leases_end_whatever_becomes_of_the_active_node(self):
        kept = [self.new_token(n, "reader", ttl="1h")[0] for n in self.nodes for _ in range(5)]
        until = time.time() + 6
        brief = [self.new_token(n, "reader", ttl=f"{max(1, round(until - time.time()))}s") for n in self.nodes for _ in range(120)]
        accessors = {answer.body["auth"]["accessor"] for _, answer in brief}
        wait_until(lambda: time.time() >= until - 0.5, "they are about to end")
        active = self.active()
        active.kill()
        other = wait_until(self.cluster.active, "another node is active")
        wait_until(lambda: not accessors & set(self.ask(other, "LIST", "auth/token/accessors", status=200).body["data"]["keys"]),
                   "all of them have ended", seconds=60)
        active.start()
        self.cluster.settle()
        for node in self.nodes:
            for token in kept:
                self.ask(node, "GET", "auth/token/lookup-self", token=token, status=200)
            self.assertEqual(self.ask(node, "GET", "sys/leases/count?type=irrevocable", status=200).body["data"]["lease_count"], 0)

    def test_R51_a_request_that_brings_its_login_along_leaves_nothing_behind(self):
        self.enable_userpass("r51")
        # Who logs in for the first time is new to identity, which is a write.
        self.ask(self.nodes[0], "POST", "auth/r51/login/ann", {"password": "correct horse"}, token="", status=200)
        made = self.ask(self.nodes[0], "PUT", "v1/r51", {"value": "x"})
        right, wrong = inline("auth/r51/login/ann", password="correct horse"), inline("auth/r51/login/ann", password="wrong")
        for node in self.nodes:
            self.ask(node, "GET", "v1/r51", status=200, behind=made)
            before = self.metric(node, "http.forwarded")
            self.ask(node, "GET", "v1/r51", token="", status=200, headers=right)
            self.assertEqual(self.metric(node, "http.forwarded"), before, "it is answered by the node that was asked")
            self.ask(node, "PUT", "v1/r51", {"value": "y"}, token="", status=204, headers=right)
            self.ask(node, "GET", "v1/r51", status=400, headers=right)
            refused = self.ask(node, "GET", "v1/r51", token="", status=400, headers=wrong)
            self.assertEqual(refused.headers.get("x-vault-inline-auth-failed"), "true")
            self.ask(node, "GET", "sys/policies/acl", token="", status=403, headers=right)
            leases = self.ask(node, "LIST", "sys/leases/lookup/auth/r51/login/ann", status=200).body["data"]["keys"]
            self.assertEqual(len(leases), 1, "that of the login that came alone")

    def test_N07_a_password_is_hashed_once_whichever_node_is_asked(self):
        made = self.enable_userpass("n07")
        node, active = self.standbys()[0], self.active()
        self.ask(node, "GET", "sys/auth", status=200, behind=made)
        used = [cpu_seconds(each) for each in (node, active)]
        for _ in range(20):
            self.ask(node, "POST", "auth/n07/login/ann", {"password": "correct horse"}, token="", status=200)
        by_standby, by_active = (cpu_seconds(each) - before for each, before in zip((node, active), used))
        self.assertLess(by_standby, by_active / 2)
