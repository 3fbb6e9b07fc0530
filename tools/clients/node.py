"""A real node for tests with clients that aren't ours: raft storage on disk, TLS on a free loopback port.

  with Node(bao) as node: node.initialize(); ... node.address, node.ca, node.root_token, node.shares
"""
import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Node:
    def __init__(self, bao, extra_configuration=""):
        self.bao = str(Path(bao).resolve())
        self.folder = tempfile.TemporaryDirectory(prefix="bao-clients-")
        self.path = Path(self.folder.name)
        self.port, self.cluster_port = free_port(), free_port()
        self.address = f"https://127.0.0.1:{self.port}"
        self.ca = str(self.path / "c.pem")
        self.process, self.root_token, self.shares = None, "", []
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                        self.path / "k.pem", "-out", self.ca, "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
        (self.path / "data").mkdir()
        (self.path / "node.hcl").write_text(
            f'storage "raft" {{\n  path = "{self.path}/data"\n  node_id = "n1"\n}}\n'
            f'listener "tcp" {{\n  address = "127.0.0.1:{self.port}"\n  cluster_address = "127.0.0.1:{self.cluster_port}"\n'
            f'  tls_cert_file = "{self.ca}"\n  tls_key_file = "{self.path}/k.pem"\n}}\n'
            f'api_addr = "{self.address}"\ncluster_addr = "https://127.0.0.1:{self.cluster_port}"\ndisable_mlock = true\n'
            + extra_configuration)
        self.tls = ssl.create_default_context(cafile=self.ca)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.folder.cleanup()

    def start(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("BAO_", "VAULT_"))}
        with open(self.path / "node.log", "a") as log:
            self.process = subprocess.Popen([self.bao, "server", f"-config={self.path}/node.hcl"], stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL, env=environment)
        self.wait_until_it_answers()

    def stop(self, sig=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(sig)
            self.process.wait(20)

    def log(self):
        return (self.path / "node.log").read_text()

    def wait_until_it_answers(self, seconds=30):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError("the node ended:\n" + self.log())
            try:
                self.call("GET", "sys/health")
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the node does not answer:\n" + self.log())

    def wait_for(self, status, seconds=30):
        until = time.monotonic() + seconds
        while self.call("GET", "sys/health")[0] != status:
            if time.monotonic() > until:
                raise RuntimeError(f"health is not {status}:\n" + self.log())
            time.sleep(0.02)

    def call(self, method, path, body=None, token=None):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls, timeout=30)
        try:
            connection.request(method, "/v1/" + path, body=None if body is None else json.dumps(body),
                               headers={"X-Vault-Token": token or self.root_token})
            answer = connection.getresponse()
            raw = answer.read()
            return answer.status, json.loads(raw) if raw else None
        finally:
            connection.close()

    def initialize(self, shares=3, threshold=2):
        status, answer = self.call("PUT", "sys/init", {"secret_shares": shares, "secret_threshold": threshold})
        if status != 200:
            raise RuntimeError(f"init: {status} {answer}")
        self.root_token, self.shares = answer["root_token"], answer["keys"]
        self.unseal(threshold)
        return self

    def unseal(self, threshold=2):
        for share in self.shares[:threshold]:
            self.call("PUT", "sys/unseal", {"key": share})
        self.wait_for(200)
