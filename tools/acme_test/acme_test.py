#!/usr/bin/python3
"""certbot and lego obtain, renew and revoke certificates of a real node by ACME. acme_test.py BAO [UNITTEST ARGUMENTS]

In a network namespace of its own, because the protocol fixes ports 80 and 443: as root, or as a user who may make user namespaces.
Where neither is allowed it fails and says so.
"""
import http.client
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "clients"))
import dns_server  # noqa: E402
from clients import Certbot, Lego  # noqa: E402
from node import Node  # noqa: E402

INSIDE = "BAO_ACME_TEST_NAMESPACE"
NOT_OPEN = "127.0.1.1"  # where inner.acme.test is
RESPONSE_HEADERS = ["Last-Modified", "Location", "Replay-Nonce", "Link"]
node, folder = None, None


def enter_namespace():
    """This program again, with loopback alone."""
    refusals = []
    for options in ([], ["--map-root-user"]):
        tried = subprocess.run(["unshare", "--net", *options, "true"], capture_output=True, text=True)
        if tried.returncode == 0:
            os.environ[INSIDE] = "1"
            os.execvp("unshare", ["unshare", "--net", *options, sys.executable, *sys.argv])
        refusals.append(tried.stderr.strip())
    sys.exit("this test needs a network namespace of its own (root, or user namespaces for everybody): " + "; ".join(refusals))


def openssl(*arguments):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, text=True).stdout


def prepare_mount():
    def write(path, body):
        status, answer = node.call("POST", path, body)
        if status >= 300:
            raise RuntimeError(f"{path}: {status} {answer}")
        return answer

    write("sys/mounts/pki", {"type": "pki", "config": {"allowed_response_headers": RESPONSE_HEADERS, "max_lease_ttl": "87600h",
                                                       "passthrough_request_headers": ["If-Modified-Since"]}})
    write("pki/config/cluster", {"path": f"{node.address}/v1/pki"})
    root = write("pki/root/generate/internal", {"common_name": "Root of the test", "key_type": "ec", "ttl": "87600h"})
    (folder / "root.pem").write_text(root["data"]["certificate"] + "\n")
    write("pki/roles/web", {"key_type": "any", "allowed_domains": "acme.test", "allow_subdomains": True, "max_ttl": "720h", "no_store": False})
    write("pki/config/acme", {"enabled": True, "dns_resolver": "127.0.0.1:53"})


class WithNode(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        place = folder / cls.__name__
        place.mkdir(exist_ok=True)
        records = folder / "records"
        directory = f"{node.address}/v1/pki/roles/web/acme/directory"
        cls.certbot = Certbot(place / "certbot", directory, node.ca, records)
        cls.lego = Lego(place / "lego", directory, node.ca, records)

    def succeeds(self, process):
        self.assertEqual(process.returncode, 0, process.stdout + node.log()[-4000:])

    def serial(self, certificate):
        text = openssl("x509", "-in", certificate, "-noout", "-serial").strip().partition("=")[2].lower()
        return ":".join(text[i:i + 2] for i in range(0, len(text), 2))

    def check_certificate(self, certificate, *names):
        openssl("verify", "-x509_strict", "-CAfile", folder / "root.pem", certificate)
        shown = openssl("x509", "-in", certificate, "-noout", "-ext", "subjectAltName")
        self.assertEqual(sorted(shown.split("\n")[1].replace("DNS:", "").replace(" ", "").split(",")), sorted(names))

    def raw(self, method, path, body=None, headers=None):
        connection = http.client.HTTPSConnection("127.0.0.1", node.port, context=node.tls, timeout=30)
        connection.request(method, "/v1/" + path, body=body, headers=headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.assertEqual(answer.status, 200)
        return content

    def ocsp_status(self, certificate):
        request, response = folder / "ocsp.request", folder / "ocsp.response"
        openssl("ocsp", "-issuer", folder / "root.pem", "-cert", certificate, "-reqout", request, "-no_nonce")
        response.write_bytes(self.raw("POST", "pki/ocsp", request.read_bytes(), {"Content-Type": "application/ocsp-request"}))
        said = openssl("ocsp", "-issuer", folder / "root.pem", "-cert", certificate, "-respin", response, "-no_nonce", "-CAfile", folder / "root.pem")
        return next(line.partition(": ")[2] for line in said.splitlines() if line.startswith(f"{certificate}: "))

    def check_revoked(self, certificate):
        serial = self.serial(certificate)
        self.assertEqual(self.ocsp_status(certificate), "revoked")
        crl = folder / "crl.pem"
        crl.write_bytes(self.raw("GET", "pki/crl/pem"))
        self.assertIn(serial.replace(":", "").upper(), openssl("crl", "-in", crl, "-noout", "-text"))
        self.assertGreater(node.call("GET", f"pki/cert/{serial}")[1]["data"]["revocation_time"], 0)


class ByCertbot(WithNode):
    def test_http_01_obtained_renewed_and_revoked_by_the_account(self):
        self.succeeds(self.certbot.obtain("http-01", "one.acme.test", "two.acme.test"))
        certificate = self.certbot.certificate("one.acme.test")
        self.check_certificate(certificate, "one.acme.test", "two.acme.test")
        before = self.serial(certificate)
        self.succeeds(self.certbot.renew("one.acme.test"))
        self.assertNotEqual(self.serial(certificate), before)
        self.assertEqual(self.ocsp_status(certificate), "good")
        self.succeeds(self.certbot.revoke("one.acme.test"))
        self.check_revoked(certificate)

    def test_dns_01_with_a_wildcard_revoked_by_the_certificates_key(self):
        self.succeeds(self.certbot.obtain("dns-01", "*.wild.acme.test", "wild.acme.test"))
        certificate = self.certbot.certificate("wild.acme.test")
        self.check_certificate(certificate, "*.wild.acme.test", "wild.acme.test")
        self.succeeds(self.certbot.revoke_by_its_key("wild.acme.test"))
        self.check_revoked(certificate)

    def test_a_name_outside_of_the_role_is_refused(self):
        process = self.certbot.obtain("http-01", "elsewhere.test")
        self.assertNotEqual(process.returncode, 0, process.stdout)


class ByLego(WithNode):
    def test_http_01_obtained_renewed_and_revoked(self):
        self.succeeds(self.lego.obtain("http-01", "three.acme.test"))
        certificate = self.lego.certificate("three.acme.test")
        self.check_certificate(certificate, "three.acme.test")
        before = self.serial(certificate)
        self.succeeds(self.lego.renew("http-01", "three.acme.test"))
        self.assertNotEqual(self.serial(certificate), before)
        self.succeeds(self.lego.revoke("three.acme.test"))
        self.check_revoked(certificate)

    def test_tls_alpn_01(self):
        self.succeeds(self.lego.obtain("tls-alpn-01", "four.acme.test"))
        self.check_certificate(self.lego.certificate("four.acme.test"), "four.acme.test")

    def test_dns_01_with_a_wildcard(self):
        self.succeeds(self.lego.obtain("dns-01", "*.five.acme.test", "five.acme.test"))
        self.check_certificate(self.lego.certificate("*.five.acme.test"), "*.five.acme.test", "five.acme.test")


class ExternalBinding(WithNode):
    """Accounts of those who were given a key: others get none."""

    def setUp(self):
        self.assertLess(node.call("POST", "pki/config/acme", {"eab_policy": "always-required"})[0], 300)
        self.addCleanup(node.call, "POST", "pki/config/acme", {"eab_policy": "not-required"})
        status, answer = node.call("POST", "pki/roles/web/acme/new-eab", {})
        self.assertEqual(status, 200, answer)
        self.key = answer["data"]

    def test_by_certbot(self):
        self.assertNotEqual(self.certbot.obtain("http-01", "six.acme.test").returncode, 0)
        self.succeeds(self.certbot.obtain("http-01", "six.acme.test", more=["--eab-kid", self.key["id"], "--eab-hmac-key", self.key["key"]]))

    def test_by_lego(self):
        self.assertNotEqual(self.lego.obtain("http-01", "seven.acme.test").returncode, 0)
        self.succeeds(self.lego.obtain("http-01", "seven.acme.test", more=["--eab", "--kid", self.key["id"], "--hmac", self.key["key"]]))


class AddressRule(WithNode):
    def test_an_address_that_is_not_open_is_never_connected_to(self):
        """By the library under certbot: the clients themselves would wait for all of the server's attempts."""
        from acme import client, challenges, crypto_util, messages
        from cryptography.hazmat.primitives.asymmetric import rsa
        import josepy

        with socket.create_server((NOT_OPEN, 80)) as inner:
            network = client.ClientNetwork(josepy.JWKRSA(key=rsa.generate_private_key(65537, 2048)), verify_ssl=node.ca)
            acme = client.ClientV2(client.ClientV2.get_directory(self.lego.directory, network), network)
            acme.new_account(messages.NewRegistration.from_data(email="someone@acme.test", terms_of_service_agreed=True))
            key = openssl("genrsa", "2048").encode()
            authorization = acme.new_order(crypto_util.make_csr(key, ["inner.acme.test"])).authorizations[0]
            challenge = next(c for c in authorization.body.challenges if isinstance(c.chall, challenges.HTTP01))
            acme.answer_challenge(challenge, challenge.response(network.key))
            until = time.monotonic() + 60
            while (error := self.error_of(acme, authorization)) is None:
                self.assertLess(time.monotonic(), until, "the challenge was not looked at")
                time.sleep(0.05)
            self.assertIn("inner.acme.test has no address that this server connects to", error.detail)
            inner.setblocking(False)
            with self.assertRaises(BlockingIOError):
                inner.accept()

    @staticmethod
    def error_of(acme, authorization):
        polled, _ = acme.poll(authorization)
        return next((c.error for c in polled.body.challenges if c.error), None)


def main():
    global node, folder
    if INSIDE not in os.environ:
        enter_namespace()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    bao = sys.argv.pop(1)
    with tempfile.TemporaryDirectory(prefix="bao-acme-") as place:
        folder = Path(place)
        dns_server.serve(folder / "records", {"inner.acme.test": NOT_OPEN})
        with Node(bao, 'outbound_requests {\n  allow_private = ["127.0.0.1/32"]\n}\n') as node:
            node.initialize()
            prepare_mount()
            program = unittest.main(exit=False, verbosity=2)
    sys.exit(0 if program.result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
