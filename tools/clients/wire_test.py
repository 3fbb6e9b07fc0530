#!/usr/bin/python3
"""Requests as Go's client and curl shape them, and bytes that nobody should send, against a real node. wire_test.py BAO"""
import json
import socket
import ssl
import subprocess
import sys
import unittest

from node import Node

node = None


class Wire:
    """One keep-alive TLS connection, spoken by hand."""

    def __init__(self):
        self.socket = node.tls.wrap_socket(socket.create_connection(("127.0.0.1", node.port), timeout=30), server_hostname="localhost")
        self.buffer = b""

    def send(self, text):
        self.socket.sendall(text if isinstance(text, bytes) else text.encode())

    def head(self, method, path, *lines):
        self.send("\r\n".join([f"{method} /v1/{path} HTTP/1.1", f"Host: 127.0.0.1:{node.port}", "User-Agent: Go-http-client/1.1",
                               f"X-Vault-Token: {node.root_token}", "X-Vault-Request: true", "Accept-Encoding: gzip", *lines, "", ""]))

    def line(self):
        while b"\r\n" not in self.buffer:
            got = self.socket.recv(65536)
            if not got:
                raise ConnectionError("closed")
            self.buffer += got
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line.decode("latin-1")

    def answer(self, of_head=False):
        status = int(self.line().split()[1])
        headers = {}
        while line := self.line():
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        size = int(headers.get("content-length", 0)) if not of_head and status not in (100, 204) else 0
        while len(self.buffer) < size:
            got = self.socket.recv(65536)
            if not got:
                raise ConnectionError("cut")
            self.buffer += got
        body, self.buffer = self.buffer[:size], self.buffer[size:]
        return status, headers, json.loads(body) if body[:1] in (b"{", b"[") else body

    def closed(self):
        try:
            return self.socket.recv(1) == b""
        except (ConnectionError, ssl.SSLError):
            return True

    def close(self):
        self.socket.close()


class WithWire(unittest.TestCase):
    def setUp(self):
        self.wire = Wire()
        self.addCleanup(self.wire.close)

    def put(self, path, value):
        body = json.dumps(value)
        self.wire.head("PUT", path, f"Content-Length: {len(body)}")
        self.wire.send(body)
        return self.wire.answer()


class LikeGo(WithWire):
    def test_many_requests_share_a_connection(self):
        for n in range(50):
            self.assertEqual(self.put("kv/keep", {"n": n})[0], 204)
            self.wire.head("GET", "kv/keep")
            status, _, body = self.wire.answer()
            self.assertEqual((status, body["data"]), (200, {"n": n}))

    def test_delete_without_a_length(self):
        self.put("kv/gone", {"a": "b"})
        self.wire.head("DELETE", "kv/gone")
        self.assertEqual(self.wire.answer()[0], 204)
        self.wire.head("GET", "kv/gone")
        self.assertEqual(self.wire.answer()[0], 404)

    def test_post_without_a_body(self):
        self.wire.head("POST", "auth/token/renew-self")
        self.assertIn(self.wire.answer()[0], (200, 400))
        self.wire.head("PUT", "auth/token/lookup", "Content-Length: 0")
        self.assertEqual(self.wire.answer()[0], 200)

    def test_answers_are_never_compressed(self):
        self.put("kv/big", {"v": "x" * 5000})
        self.wire.head("GET", "kv/big")
        _, headers, body = self.wire.answer()
        self.assertNotIn("content-encoding", headers)
        self.assertEqual(len(body["data"]["v"]), 5000)

    def test_chunked_bodies(self):
        self.wire.head("POST", "kv/chunked", "Transfer-Encoding: chunked", "Content-Type: application/json")
        for part in ('{"a"', ':', '"bc', 'd"}'):
            self.wire.send(f"{len(part):x}\r\n{part}\r\n")
        self.wire.send("0\r\n\r\n")
        self.assertEqual(self.wire.answer()[0], 204)
        self.wire.head("GET", "kv/chunked")
        self.assertEqual(self.wire.answer()[2]["data"], {"a": "bcd"})

    def test_a_body_may_wait_for_100_continue(self):
        self.wire.head("PUT", "kv/expect", "Content-Length: 9", "Expect: 100-continue")
        self.assertEqual(self.wire.answer()[0], 100)
        self.wire.send('{"a":"b"}')
        self.assertEqual(self.wire.answer()[0], 204)

    def test_form_bodies(self):
        self.wire.head("POST", "kv/form", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 11")
        self.wire.send("a=b+c&d=%26")
        self.assertEqual(self.wire.answer()[0], 204)
        self.wire.head("GET", "kv/form")
        self.assertEqual(self.wire.answer()[2]["data"], {"a": "b c", "d": "&"})

    def test_lists_by_verb_and_by_query(self):
        self.put("kv/list/a", {"a": "b"})
        for method, path in (("LIST", "kv/list"), ("GET", "kv/list?list=true"), ("GET", "kv/list/?list=true")):
            self.wire.head(method, path)
            self.assertEqual(self.wire.answer()[2]["data"], {"keys": ["a"]}, (method, path))

    def test_a_body_of_a_get_is_not_the_next_request(self):
        self.put("kv/keep", {"n": 1})
        smuggled = "GET /v1/sys/seal-status HTTP/1.1\r\nHost: x\r\n\r\n"
        self.wire.head("GET", "kv/keep", f"Content-Length: {len(smuggled)}")
        self.wire.send(smuggled)
        self.assertEqual(self.wire.answer()[2]["data"], {"n": 1})
        self.wire.head("GET", "sys/health")
        self.assertIn("initialized", self.wire.answer()[2])

    def test_requests_sent_ahead_are_answered_in_order(self):
        self.put("kv/one", {"n": 1})
        self.put("kv/two", {"n": 2})
        self.wire.head("GET", "kv/one")
        self.wire.head("GET", "kv/two")
        self.assertEqual([self.wire.answer()[2]["data"]["n"] for _ in range(2)], [1, 2])


class BadInput(WithWire):
    def refused(self, status, of_head=False):
        got, _, body = self.wire.answer(of_head)
        self.assertEqual(got, status, body)
        return body

    def tearDown(self):  # whatever came in, the node answers the next one
        other = Wire()
        other.head("GET", "sys/health")
        self.assertEqual(other.answer()[0], 200)
        other.close()

    def test_malformed_json(self):
        for text in ('{"a":', '{"a" "b"}', '{a:1}', "\x00", '{"a":"\x01"}'):
            self.wire.head("POST", "kv/bad", f"Content-Length: {len(text)}")
            self.wire.send(text)
            self.assertTrue(self.refused(400)["errors"])

    def test_deeply_nested_json(self):
        text = '{"a":' + "[" * 100000 + "]" * 100000 + "}"
        self.wire.head("POST", "kv/deep", f"Content-Length: {len(text)}")
        self.wire.send(text)
        self.refused(400)

    def test_a_body_over_the_limit(self):
        self.wire.head("POST", "kv/huge", f"Content-Length: {33 << 20}")
        try:
            for _ in range(33):
                self.wire.send(b"x" * (1 << 20))
        except OSError:
            pass  # it may stop listening
        try:
            self.refused(413)
        except ConnectionError:
            pass

    def test_a_chunked_body_without_end(self):
        self.wire.head("POST", "kv/endless", "Transfer-Encoding: chunked")
        chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
        with self.assertRaises((OSError, ConnectionError)):
            for _ in range(64):
                self.wire.send(chunk)
            self.refused(413)
            self.assertTrue(self.wire.closed())
            raise ConnectionError

    def test_ten_thousand_header_lines(self):
        try:
            self.wire.head("GET", "sys/health", *[f"X-{n}: y" for n in range(10000)])
            status = self.wire.answer()[0]
        except (OSError, ConnectionError):
            return
        self.assertIn(status, (400, 431))

    def test_paths_that_climb_or_hold_control_characters(self):
        for path in ("kv/%2e%2e/sys/mounts", "kv/a%00b", "kv/a%0Ab", "kv/%2e%2e%2f%2e%2e"):
            self.wire.head("GET", path)
            self.refused(400)
        for path in ("kv/../sys/mounts", "kv//a", "kv/./a"):
            self.wire.head("GET", path)
            self.assertEqual(self.wire.answer()[0], 307, path)

    def test_paths_that_are_not_utf8(self):
        self.wire.head("PUT", "kv/%ff%fe", "Content-Length: 9")
        self.wire.send('{"a":"b"}')
        self.assertIn(self.wire.answer()[0], (400, 204))

    def test_doubtful_framing(self):
        for lines in (("Transfer-Encoding: gzip, chunked",), ("Content-Length: 4", "Content-Length: 5"),
                      ("Content-Length: 4", "Transfer-Encoding: chunked"), ("Content-Length: -1",)):
            wire = Wire()
            wire.head("POST", "kv/doubt", *lines)
            try:
                self.assertIn(wire.answer()[0], (400, 501))
                self.assertTrue(wire.closed())
            except ConnectionError:
                pass
            wire.close()

    def test_bytes_that_are_no_http(self):
        self.wire.send(b"\x00\x01\x02 rubbish\r\n\r\n")
        try:
            self.assertEqual(self.wire.answer()[0], 400)
        except ConnectionError:
            pass

    def test_plain_http_on_a_tls_port(self):
        with socket.create_connection(("127.0.0.1", node.port), timeout=30) as plain:
            plain.sendall(b"GET /v1/sys/health HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn(b"400", plain.recv(4096) or b"400")

    def test_a_wrong_share(self):
        self.wire.head("PUT", "sys/unseal", "Content-Length: 14")
        self.wire.send('{"key":"zzzz"}')
        self.assertIn(self.wire.answer()[0], (200, 400))


class Curl(unittest.TestCase):
    def curl(self, *arguments):
        done = subprocess.run(["curl", "-sS", "--cacert", node.ca, "-H", f"X-Vault-Token: {node.root_token}", "-w", "\n%{http_code}",
                               *arguments], capture_output=True, text=True, check=True)
        body, status = done.stdout.rsplit("\n", 1)
        return int(status), json.loads(body) if body.strip() else None

    def test_a_first_secret(self):
        url = node.address + "/v1/kv/curl"
        self.assertEqual(self.curl("-X", "POST", "-d", '{"a":"b"}', url)[0], 204)  # curl's default type is a form
        self.assertEqual(self.curl("--compressed", url)[1]["data"], {"a": "b"})
        self.assertEqual(self.curl("-X", "LIST", node.address + "/v1/kv")[0], 200)
        self.assertEqual(self.curl("-X", "DELETE", url)[0], 204)
        self.assertEqual(self.curl(url), (404, {"errors": []}))

    def test_no_token(self):
        done = subprocess.run(["curl", "-sS", "--cacert", node.ca, node.address + "/v1/kv/x"], capture_output=True, text=True, check=True)
        self.assertEqual(json.loads(done.stdout), {"errors": ["permission denied"]})


if __name__ == "__main__":
    with Node(sys.argv.pop(1)) as node:
        node.initialize()
        node.call("POST", "sys/mounts/kv", {"type": "kv", "options": {"version": "1"}})
        unittest.main(verbosity=1, warnings="ignore")
