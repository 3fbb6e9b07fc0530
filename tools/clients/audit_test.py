#!/usr/bin/python3
"""Audit devices of type http against Python's own HTTPS server, and what lines say of clients with certificates. audit_test.py BAO"""
import contextlib
import http.client
import http.server
import json
import socket
import ssl
import subprocess
import sys
import threading
import unittest

from node import Node, free_port

AUTHORIZATION = "Bearer of-the-log-server"
node, server = None, None


class LogServer:
    """Keeps what is posted to it. Another one can take its place on the same port."""

    def __init__(self, certificate, key, port=0):
        self.certificate, self.key, self.posts, self.connections = certificate, key, [], []
        log = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                super().setup()
                log.connections.append(self.connection)

            def do_POST(self):
                log.posts.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        self.http = Server(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def lines(self, path):
        return [line for line in map(json.loads, (body for _, _, body in self.posts)) if line["request"]["path"] == path]

    def stop(self):
        self.http.shutdown()
        self.http.server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def make_certificate(name):
    key, certificate = node.path / f"{name}-k.pem", node.path / f"{name}-c.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
    return certificate, key


def configure():
    """A file beside the server's, so that a device that fails can be looked at alone; and a listener for clients with certificates."""
    node.verifying_port = free_port()
    (node.path / "authorization").write_text(AUTHORIZATION + "\n")
    with open(node.path / "node.hcl", "a") as configuration:
        configuration.write(
            f'audit "http" "web" {{\n  options {{\n    uri = "https://localhost:{server.port}/in?from=bao"\n    tls_ca_file = "{server.certificate}"\n'
            f'    headers = "{{\\"Authorization\\":[\\"file://{node.path}/authorization\\"]}}"\n  }}\n}}\n'
            f'listener "tcp" {{\n  address = "127.0.0.1:{node.verifying_port}"\n  cluster_address = "127.0.0.1:{free_port()}"\n'
            f'  tls_cert_file = "{node.ca}"\n  tls_key_file = "{node.path}/k.pem"\n'
            f'  tls_client_ca_file = "{node.client[0]}"\n  tls_require_and_verify_client_cert = true\n}}\n')


class HttpDevice(unittest.TestCase):
    def test_1_lines_arrive_over_one_connection_that_is_verified(self):
        for _ in range(3):
            self.assertEqual(node.call("GET", "sys/mounts")[0], 200)
        self.assertEqual([line["type"] for line in server.lines("sys/mounts")], ["request", "response"] * 3)
        self.assertEqual(len(server.connections), 1)
        path, headers, body = server.posts[-1]
        self.assertEqual((path, headers["Authorization"], headers["Host"]), ("/in?from=bao", AUTHORIZATION, f"localhost:{server.port}"))
        self.assertTrue(body.endswith(b"}\n"))

    def test_2_nobody_else_is_told_and_nothing_is_answered_until_the_server_is_back(self):
        global server
        server.stop()
        stranger = LogServer(*make_certificate("stranger"), port=server.port)
        status, answer = node.call("GET", "sys/mounts")
        self.assertEqual(status, 503, answer)
        self.assertEqual(stranger.posts, [], "a server that the device's authority does not vouch for")
        stranger.stop()
        server = LogServer(server.certificate, server.key, port=server.port)
        self.assertEqual(node.call("GET", "sys/mounts")[0], 200)
        self.assertEqual([line["type"] for line in server.lines("sys/mounts")], ["request", "response"])

    def test_3_a_verified_certificate_is_named_by_its_number(self):
        certificate, key = node.client
        serial = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-serial"], check=True, capture_output=True, text=True).stdout
        context = ssl.create_default_context(cafile=node.ca)
        context.load_cert_chain(certificate, key)
        for port, named in ((node.verifying_port, str(int(serial.split("=")[1], 16))), (node.port, None)):
            connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
            connection.request("GET", "/v1/sys/auth", headers={"X-Vault-Token": node.root_token})
            self.assertEqual(connection.getresponse().status, 200)
            connection.close()
            self.assertEqual(server.lines("sys/auth")[-1]["request"].get("client_certificate_serial_number"), named)


if __name__ == "__main__":
    node = Node(sys.argv.pop(1))
    server = LogServer(*make_certificate("log"))
    node.client = make_certificate("client")
    configure()
    with node:
        node.initialize()
        unittest.main(verbosity=1, warnings="ignore")
