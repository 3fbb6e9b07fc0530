#!/usr/bin/env python3
"""Nodes join, are lost, move, and are recovered, as an operator does it: by the command line, with Shamir shares, over TLS.

  membership_test.py BAO [--folder DIR]
"""
import argparse
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cluster import Failed, free_network, wait_until

API_PORT, CLUSTER_PORT = 18200, 18201
REFUSALS_LOGGED_MAX = 12  # of a few hundred


class Member:
    """A process and its configuration. `port`: of the cluster port, which may change."""

    def __init__(self, test, number):
        self.test, self.number = test, number
        self.host, self.port, self.process = f"{test.network}.{number}", CLUSTER_PORT, None
        self.data, self.log = test.folder / f"data{number}", test.folder / f"node{number}.log"
        self.address = f"https://{self.host}:{API_PORT}"
        self.known = ()  # whom it asks where the others are

    def start(self):
        self.data.mkdir(exist_ok=True)
        asked = "".join(f'  retry_join {{\n    leader_api_addr = "{other.address}"\n    leader_ca_cert_file = "{self.test.ca}"\n  }}\n'
                        for other in self.known)
        (self.test.folder / f"node{self.number}.hcl").write_text(
            f'storage "raft" {{\n  path = "{self.data}"\n  node_id = "n{self.number}"\n{asked}}}\n'
            f'listener "tcp" {{\n  address = "{self.host}:{API_PORT}"\n  cluster_address = "{self.host}:{self.port}"\n'
            f'  tls_cert_file = "{self.test.ca}"\n  tls_key_file = "{self.test.key}"\n}}\n'
            f'api_addr = "{self.address}"\ncluster_addr = "https://{self.host}:{self.port}"\ndisable_mlock = true\n')
        with open(self.log, "a") as log:
            self.process = subprocess.Popen([self.test.bao, "server", f"-config={self.test.folder}/node{self.number}.hcl"], stdout=log,
                                            stderr=log, stdin=subprocess.DEVNULL, env=self.test.environment)
        wait_until(lambda: self.process.poll() is not None or self.status() is not None, f"node {self.number} answers")

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def wipe(self):
        self.kill()
        shutil.rmtree(self.data)

    def run(self, *arguments, check=True):
        done = subprocess.run([self.test.bao, *arguments], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env={**self.test.environment, "BAO_ADDR": self.address, "BAO_CACERT": str(self.test.ca),
                                   **({"BAO_TOKEN": self.test.root} if self.test.root else {})})
        if check and done.returncode != 0:
            raise Failed(f"node {self.number}: bao {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def ask(self, *arguments):
        """What the command prints as JSON; None when it fails."""
        done = self.run(*arguments, "-format=json", check=False)
        try:
            return json.loads(done.stdout) if done.returncode == 0 else None
        except ValueError:
            return None

    def status(self):
        done = self.run("status", "-format=json", check=False)
        return json.loads(done.stdout) if done.returncode in (0, 2) else None

    def unseal(self):
        for share in self.test.shares[:2]:
            self.run("operator", "unseal", share)

    def unsealed(self):
        status = self.status()
        return status is not None and not status["sealed"]

    def serves(self):
        """A value is written through it, and read."""
        value = f"v{time.monotonic_ns()}"
        return self.run("kv", "put", "-mount=v1", "k", f"value={value}", check=False).returncode == 0 and \
            self.run("kv", "get", "-mount=v1", "-field=value", "k", check=False).stdout.strip() == value

    def peers(self):
        """Address and vote by name, as this node's cluster has them."""
        listed = self.ask("operator", "raft", "list-peers")
        return {s["node_id"]: (s["address"], s["voter"]) for s in listed["data"]["config"]["servers"]} if listed else {}

    def lines(self, text):
        return sum(text in line for line in self.log.read_text(errors="replace").splitlines())


class Test:
    def __init__(self, bao, folder):
        self.bao, self.folder, self.network = bao, folder, free_network()
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("BAO_", "VAULT_"))}
        self.environment["HOME"] = str(folder)
        self.root, self.shares = None, []
        self.ca, self.key = folder / "cert.pem", folder / "key.pem"
        names = ",".join(f"IP:{self.network}.{n}" for n in range(1, 5))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                        "/CN=test", "-addext", f"subjectAltName={names}", "-keyout", self.key, "-out", self.ca], check=True, capture_output=True)
        self.members = [Member(self, number) for number in (1, 2, 3, 4)]

    def settled(self, members, voters):
        """Each of them is unsealed, serves, and knows the same members with that many votes."""
        seen = {json.dumps(m.peers(), sort_keys=True) for m in members}
        return len(seen) == 1 and sum(vote for _, vote in members[0].peers().values()) == voters and all(m.serves() for m in members)

    # ---- the parts, one after the other

    def joins_with_shares(self):
        one, two, three, four = self.members
        one.start()
        made = json.loads(one.run("operator", "init", "-key-shares=3", "-key-threshold=2", "-format=json").stdout)
        self.root, self.shares = made["root_token"], made["unseal_keys_b64"]
        one.unseal()
        wait_until(lambda: one.run("secrets", "enable", "-path=v1", "-version=1", "kv", check=False).returncode == 0, "a mount")
        joined = {two: (one, ()), three: (two, ("-retry",)), four: (one, ("-non-voter",))}  # the third through a standby
        for node, (through, flags) in joined.items():
            node.start()
            node.run("operator", "raft", "join", *flags, f"-leader-ca-cert=@{self.ca}", through.address)
            # -retry asks in the background: shares are taken once it knows the cluster's seal
            wait_until(lambda n=node: (n.status() or {}).get("t") == 2, f"node {node.number} waits for two shares")
            node.unseal()
            wait_until(node.unsealed, f"node {node.number} is unsealed")
            if node is two:
                wait_until(lambda: two.peers() and two.peers().get("n2", ("", False))[1], "node 2 votes")
        wait_until(lambda: self.settled(self.members, 3), "three voters and one who does not vote")
        if self.members[0].peers()["n4"][1]:
            raise Failed("node 4 joined as a non-voter and votes")
        four.run("operator", "raft", "remove-peer", "n4")
        four.kill()

    def a_wiped_node_comes_back(self):
        one, two, three, _ = self.members
        three.wipe()
        three.start()
        wait_until(lambda: three.run("operator", "raft", "join", f"-leader-ca-cert=@{self.ca}", one.address, check=False).returncode == 0,
                   "the cluster takes the wiped node in, once it does not take the old one for alive")
        three.unseal()
        wait_until(three.unsealed, "the wiped node is unsealed")
        wait_until(lambda: self.settled([one, two, three], 3), "the wiped node votes and serves")

    def all_move_at_once(self):
        nodes = self.members[:3]
        for node in nodes:
            node.kill()
        for node in nodes:
            node.port += 10
            node.known = [other for other in nodes if other is not node]
            node.start()
            node.unseal()
        wait_until(lambda: self.settled(nodes, 3), "all nodes found each other at their new addresses")
        for node in nodes:
            if node.peers()[f"n{node.number}"][0] != f"{node.host}:{node.port}":
                raise Failed(f"node {node.number} is known at {node.peers()}")

    def bad_input_is_refused(self):
        """Nothing that a stranger sends reaches Raft, stays, or fills the log."""
        one = self.members[0]
        strangers = 60
        context = ssl._create_unverified_context()
        context.set_alpn_protocols(["h2"])
        stranger = ssl._create_unverified_context()
        stranger.set_alpn_protocols(["h2"])
        stranger.load_cert_chain(self.ca, self.key)
        giant = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff\xff\xff\x00\x00\x00\x00\x00\x00" + b"x" * 65536
        for sent, tls in ((b"\x00garbage" * 1000, None), (b"GET / HTTP/1.1\r\n\r\n", None), (giant, context), (giant, stranger)):
            for _ in range(strangers):
                self.send(one, sent, tls)
        for _ in range(strangers):
            one.ask("write", "sys/storage/raft/bootstrap/answer", "server_id=x", "answer=QUFBQQ==") if _ < 3 else \
                self.post(one, "sys/storage/raft/bootstrap/answer", {"server_id": "x" * 20_000, "answer": "QUFB"})
        if not one.serves():
            raise Failed("node 1 serves no more after what strangers sent")
        for text in ("certificate of nobody", "stream was refused", "is tried again"):
            if (count := one.lines(text)) > REFUSALS_LOGGED_MAX:
                raise Failed(f"{count} lines of node 1's log say {text!r}")
        wait_until(lambda: self.settled(self.members[:3], 3), "the cluster goes on")

    def send(self, node, data, tls):
        try:
            with socket.create_connection((node.host, node.port), timeout=5) as s:
                s.settimeout(5)
                with (tls.wrap_socket(s) if tls else s) as connection:
                    connection.sendall(data)
                    while connection.recv(65536):
                        pass
        except OSError:
            pass

    def post(self, node, path, body):
        import http.client
        connection = http.client.HTTPSConnection(node.host, API_PORT, timeout=5, context=ssl.create_default_context(cafile=str(self.ca)))
        connection.request("POST", "/v1/" + path, json.dumps(body))
        status = connection.getresponse().status
        connection.close()
        if status != 400:
            raise Failed(f"a wrong answer to the challenge: {status}")

    def recovered_by_peers_json(self):
        one, two, three, _ = self.members
        for node in (one, two, three):
            node.kill()
        recovery = three.data / "raft" / "peers.json"
        recovery.parent.mkdir(exist_ok=True)
        recovery.write_text('[{"id": "n9", "address": "x:1"}]')
        three.start()
        if three.process.wait(30) == 0 or not three.lines("peers.json"):
            raise Failed("a node starts with a peers.json that names a stranger")
        recovery.write_text(json.dumps([{"id": "n3", "address": f"{three.host}:{three.port}", "non_voter": False}]))
        three.start()
        three.unseal()
        wait_until(lambda: three.serves() and list(three.peers()) == ["n3"], "node 3 goes on alone")
        wait_until(lambda: not recovery.exists(), "peers.json is gone")
        one.start()
        one.unseal()  # it knows of nothing, and is nobody to node 3
        two.wipe()
        two.known = ()
        two.start()
        two.run("operator", "raft", "join", f"-leader-ca-cert=@{self.ca}", three.address)
        two.unseal()
        wait_until(lambda: self.settled([two, three], 2), "the second joins anew")
        if "n1" in three.peers():
            raise Failed("a member that was left out of peers.json is a member")

    PARTS = (joins_with_shares, a_wiped_node_comes_back, all_move_at_once, bad_input_is_refused, recovered_by_peers_json)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bao")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where the logs of a failed run are kept")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="membership-test-", dir=arguments.folder))
    test, began = Test(os.path.abspath(arguments.bao), folder), time.monotonic()
    try:
        for part in Test.PARTS:
            part(test)
            print(f"{time.monotonic() - began:6.1f} {part.__name__.replace('_', ' ')}", flush=True)
    except (Failed, subprocess.TimeoutExpired) as e:
        print(f"{time.monotonic() - began:6.1f} FAILED in {part.__name__}: {e}\nlogs are in {folder}")
        return 1
    finally:
        for member in test.members:
            member.kill()
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
