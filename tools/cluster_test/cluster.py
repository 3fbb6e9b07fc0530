"""Three nodes of a cluster as processes on addresses of their own: they start, die, pause and come back.

A node's addresses are 127.x.y.1 to 127.x.y.3, whose outgoing connections take ports of another range, so a port that is free while its
node is dead stays free. Nothing here waits for a length of time: it waits for conditions, with deadlines.
"""
import base64
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import threading
import time

from machine import Machine
from network import Network

API_PORT, CLUSTER_PORT, NETWORK_PORT = 18200, 18201, 18202  # who speaks with a member goes through the network's port
SEAL_KEY = base64.b64encode(b"cluster-test-static-seal-key-01!").decode()
BETWEEN_LOOKS = 0.02


class Failed(Exception):
    """The cluster did not do what it has to."""


def free_network():
    while True:
        network = f"127.{random.randint(1, 250)}.{random.randint(0, 250)}"
        try:
            for host in (1, 2, 3):
                for port in (API_PORT, CLUSTER_PORT, NETWORK_PORT):
                    with socket.socket() as s:
                        s.bind((f"{network}.{host}", port))
            return network
        except OSError:
            continue


def wait_until(condition, what, seconds=30):
    """What `condition` returned, once that is true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > until:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(BETWEEN_LOOKS)
    return found


class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        try:
            self.body = json.loads(raw) if raw else None
        except ValueError:
            self.body = None

    @property
    def behind(self):
        """The node says that it has not applied the change yet, so it promises nothing to whoever reads there."""
        return "warning" in self.headers


class Node:
    """Commands by the main thread; `call` and what is read here by any."""

    def __init__(self, bao, library, folder, number, network):
        self.bao, self.folder, self.number = bao, folder, number
        self.host = f"{network}.{number}"
        self.machine = Machine(library, folder / f"machine{number}", self.host) if library else None
        self.process, self.lives, self.paused, self.cut_off = None, 0, False, False
        self.directory = None  # that it works in; None: the test's
        self.connections = threading.local()
        join = "".join(f'  retry_join {{ leader_api_addr = "http://{network}.{other}:{API_PORT}" }}\n'
                       for other in (1, 2, 3) if number > 1 and other != number)
        (folder / f"data{number}").mkdir()
        (folder / f"node{number}.hcl").write_text(
            f'storage "raft" {{\n  path = "{folder}/data{number}"\n  node_id = "n{number}"\n{join}}}\n'
            f'listener "tcp" {{\n  address = "{self.host}:{API_PORT}"\n'
            f'  cluster_address = "{self.host}:{CLUSTER_PORT}"\n  tls_disable = true\n}}\n'
            f'api_addr = "http://{self.host}:{API_PORT}"\ncluster_addr = "https://{self.host}:{NETWORK_PORT if library else CLUSTER_PORT}"\n'
            f'disable_mlock = true\nseal "static" {{\n  current_key_id = "k1"\n  current_key = "{SEAL_KEY}"\n}}\n')

    @property
    def life(self):
        """Who answers: a node promises nothing across a restart."""
        return f"n{self.number}.{self.lives}"

    def start(self):
        self.lives += 1
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("BAO_", "VAULT_"))}
        with open(self.folder / f"node{self.number}.log", "a") as log:
            self.process = subprocess.Popen([self.bao, "server", f"-config={self.folder}/node{self.number}.hcl"], stdout=log, cwd=self.directory,
                                            stderr=log, stdin=subprocess.DEVNULL, env={**environment, **(self.machine.environment if self.machine else {})})

    def kill(self):
        self.must_run()
        self.process.kill()
        self.process.wait()
        self.paused = False

    def terminate(self):
        self.must_run()
        self.process.terminate()
        try:
            if code := self.process.wait(30):
                raise Failed(f"node {self.number} ended in order, but with exit status {code}")
        except subprocess.TimeoutExpired:
            raise Failed(f"node {self.number} did not end within 30 s of SIGTERM") from None

    def pause(self):
        self.must_run()
        self.paused = True
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)
        self.paused = False

    def reachable(self):
        """A client that knows better asks another node meanwhile."""
        return not self.paused and not self.cut_off

    def ended(self):
        return self.process.poll() is not None

    def must_run(self):
        if (code := self.process.poll()) is not None:
            raise Failed(f"node {self.number} ended by itself with exit status {code}")

    def call(self, method, path, body=None, token=None, timeout=5, headers=None):
        """Over this thread's connection. Errors: OSError, http.client.HTTPException; ConnectionRefusedError: nothing was sent."""
        kept = getattr(self.connections, "kept", None)
        if kept is None or kept.life != self.life:
            kept = http.client.HTTPConnection(self.host, API_PORT)
            kept.life = self.life
        self.connections.kept = None
        kept.timeout = timeout
        if kept.sock:
            kept.sock.settimeout(timeout)
        try:
            sent = {**(headers or {}), **({"X-Vault-Token": token} if token else {})}
            kept.request(method, "/v1/" + path, None if body is None else json.dumps(body), sent)
            got = kept.getresponse()
            answer = Answer(got.status, {k.lower(): v for k, v in got.getheaders()}, got.read())
        except BaseException:
            kept.close()
            raise
        self.connections.kept = kept
        return answer

    def health(self):
        """The status; 0: no answer."""
        try:
            return self.call("GET", "sys/health", timeout=2).status
        except (OSError, http.client.HTTPException):
            return 0

    def log_errors(self):
        text = (self.folder / f"node{self.number}.log").read_text(errors="replace")
        return [line for line in text.splitlines() if re.search(r"\[ERROR\]|\[FATAL\]|Sanitizer|runtime error:", line)]


class Cluster:
    def __init__(self, bao, library, folder):
        """Without `library` (faulty_machine.cc) machines and network are the host's own, and can't be made to fail."""
        network = free_network()
        self.folder, self.root = folder, None
        self.nodes = [Node(bao, library, folder, number, network) for number in (1, 2, 3)]
        ways = [(f"{n.host}:{NETWORK_PORT}", f"{n.host}:{CLUSTER_PORT}") for n in self.nodes]
        self.network = Network(ways) if library else None

    def form(self):
        for node in self.nodes:
            node.start()
        first = self.nodes[0]
        wait_until(lambda: first.health() == 501, "node 1 waits to be initialised")
        answer = first.call("PUT", "sys/init", {"recovery_shares": 1, "recovery_threshold": 1}, timeout=30)
        if answer.status != 200:
            raise Failed(f"init: {answer.status} {answer.raw}")
        self.root = answer.body["root_token"]
        wait_until(self.has_voters, "three voters")
        self.must("PUT", "sys/mounts/v1", {"type": "kv", "options": {"version": "1"}})
        self.must("PUT", "sys/mounts/v2", {"type": "kv", "options": {"version": "2"}})
        self.must("PUT", "sys/policies/acl/reader", {"policy": 'path "v1/*" { capabilities = ["read"] }'})
        self.settle()
        wait_until(lambda: all(n.call("GET", "v2/config", token=self.root).status == 200 for n in self.nodes), "v2 is served everywhere")

    def must(self, method, path, body=None):
        answer = self.nodes[0].call(method, path, body, self.root, timeout=30)
        if answer.status >= 300:
            raise Failed(f"{method} {path}: {answer.status} {answer.raw}")
        return answer

    def has_voters(self):
        answer = self.nodes[0].call("GET", "sys/storage/raft/configuration", token=self.root)
        return answer.status == 200 and sum(s["voter"] for s in answer.body["data"]["config"]["servers"]) == 3

    def active(self):
        """The node that says it is active; None: nobody, or two (one that was deposed and does not know yet)."""
        say_so = [n for n in self.nodes if not n.paused and n.process.poll() is None and n.health() == 200]
        return say_so[0] if len(say_so) == 1 else None

    def settle(self, seconds=30):
        """Until one node is active, two are standbys and a write passes through each."""
        def settled():
            for node in self.nodes:
                node.must_run()
            if sorted(n.health() for n in self.nodes) != [200, 429, 429]:
                return False
            return all(self.fence(n) for n in self.nodes)
        wait_until(settled, "one active node, two standbys, writes through each", seconds)

    def fence(self, node):
        """A write through `node`: what reads there afterwards sees all that was acknowledged anywhere before this was called."""
        try:
            answer = node.call("PUT", f"v1/fence/n{node.number}", {"value": str(time.monotonic_ns())}, self.root)
            return answer.status == 204 and not answer.behind
        except (OSError, http.client.HTTPException):
            return False

    def end(self):
        """In order; what does not end is killed."""
        failures = []
        for node in self.nodes:
            if node.process and node.process.poll() is None:
                if node.paused:
                    node.resume()
                try:
                    node.terminate()
                except Failed as e:
                    failures.append(str(e))
                    node.process.kill()
                    node.process.wait()
        if self.network:
            self.network.end()
        return failures
