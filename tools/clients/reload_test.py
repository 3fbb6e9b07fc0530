#!/usr/bin/python3
"""Certificates exchanged by SIGHUP while clients are connected, against a real node. reload_test.py BAO"""
import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import unittest

from node import Node

node = None
DEADLINE_SECONDS = 60


def make_certificate():
    """A new key and certificate where the node looks for them, each file replaced at once."""
    key, certificate = node.path / "new-k.pem", node.path / "new-c.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                    "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    os.replace(key, node.path / "k.pem")
    os.replace(certificate, node.ca)


class Connection:
    """One connection that is held open."""

    def __init__(self, context):
        self.http = http.client.HTTPSConnection("127.0.0.1", node.port, context=context, timeout=30)
        self.http.connect()
        self.socket = self.http.sock

    def certificate(self):
        return self.socket.getpeercert(binary_form=True)

    def ask(self, method, path, body=None):
        self.http.request(method, "/v1/" + path, body=None if body is None else json.dumps(body),
                          headers={"X-Vault-Token": node.root_token})
        answer = self.http.getresponse()
        raw = answer.read()
        return answer.status, json.loads(raw) if raw else None

    def close(self):
        self.http.close()


def trusting_the_file():
    return ssl.create_default_context(cafile=node.ca)


class Reload(unittest.TestCase):
    def connect(self, context):
        connection = Connection(context)
        self.addCleanup(connection.close)
        return connection

    def wait_until(self, happened, what):
        until = time.monotonic() + DEADLINE_SECONDS
        while not happened():
            self.assertLess(time.monotonic(), until, f"{what}:\n{node.log()}")
            time.sleep(0.01)

    def new_connection_is_trusted(self):
        try:
            Connection(trusting_the_file()).close()
            return True
        except ssl.SSLError:
            return False

    def test_a_held_connection_goes_on_and_a_new_one_sees_the_new_certificate(self):
        old_context = trusting_the_file()
        held = self.connect(old_context)
        self.assertEqual(held.ask("PUT", "kv/held", {"n": 1})[0], 204)
        before = held.certificate()
        make_certificate()
        self.assertEqual(self.connect(old_context).certificate(), before)  # until it is told
        node.process.send_signal(signal.SIGHUP)
        self.wait_until(self.new_connection_is_trusted, "no new certificate")

        self.assertEqual(held.ask("GET", "kv/held")[1]["data"], {"n": 1})
        self.assertEqual(held.ask("PUT", "kv/held", {"n": 2})[0], 204)
        self.assertIs(held.http.sock, held.socket, "the client was made to connect again")
        self.assertEqual(held.certificate(), before)
        fresh = self.connect(trusting_the_file())
        self.assertNotEqual(fresh.certificate(), before)
        self.assertEqual(fresh.ask("GET", "kv/held")[1]["data"], {"n": 2})
        with self.assertRaises(ssl.SSLCertVerificationError):
            self.connect(old_context)
        node.tls = trusting_the_file()

    def test_a_broken_certificate_leaves_the_old_one_in_force(self):
        held = self.connect(trusting_the_file())
        before = held.certificate()
        kept = (node.path / "c.pem").read_text()
        context = trusting_the_file()
        (node.path / "c.pem").write_text("no certificate\n")
        told = node.log().count("error loading TLS cert")
        node.process.send_signal(signal.SIGHUP)
        self.wait_until(lambda: node.log().count("error loading TLS cert") > told, "nobody says that it is broken")
        (node.path / "c.pem").write_text(kept)
        self.assertEqual(held.ask("GET", "sys/health")[0], 200)
        self.assertEqual(self.connect(context).certificate(), before)

    def test_a_request_under_way_is_finished(self):
        held = self.connect(trusting_the_file())
        body = json.dumps({"n": "x" * 1000})
        held.http.putrequest("PUT", "/v1/kv/slow")
        held.http.putheader("X-Vault-Token", node.root_token)
        held.http.putheader("Content-Length", str(len(body)))
        held.http.endheaders(body[:10].encode())
        make_certificate()
        node.process.send_signal(signal.SIGHUP)
        self.wait_until(self.new_connection_is_trusted, "no new certificate")
        held.http.send(body[10:].encode())
        answer = held.http.getresponse()
        self.assertEqual((answer.status, answer.read()), (204, b""))
        node.tls = trusting_the_file()


if __name__ == "__main__":
    with Node(sys.argv.pop(1)) as node:
        node.initialize()
        node.call("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "1"}})
        unittest.main(verbosity=1, warnings="ignore")
