"""certbot and lego as their users call them, each with a folder of its own. Every call gives the finished process."""
import os
import subprocess
import sys
from pathlib import Path

HOOK = Path(__file__).resolve().parent / "dns_server.py"
SECONDS = 120


def run(command, environment):
    return subprocess.run(command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=SECONDS)


class Certbot:
    def __init__(self, folder, directory, ca, records):
        self.folder, self.directory, self.ca, self.records = Path(folder), directory, ca, records

    def call(self, *arguments):
        folders = [f"--{kind}-dir={self.folder}/{kind}" for kind in ("config", "work", "logs")]
        return run(["certbot", *arguments, "--non-interactive", "--server", self.directory, *folders], {"REQUESTS_CA_BUNDLE": self.ca})

    def obtain(self, challenge, *names, more=()):
        hook = f"{sys.executable} {HOOK} {self.records} certbot-"
        how = {"http-01": ["--standalone", "--preferred-challenges", "http"],
               "dns-01": ["--manual", "--preferred-challenges", "dns", "--manual-auth-hook", hook + "present",
                          "--manual-cleanup-hook", hook + "cleanup"]}[challenge]
        names = [f"--domain={name}" for name in names]
        return self.call("certonly", *how, *names, "--agree-tos", "--register-unsafely-without-email", *more)

    def renew(self, name):
        return self.call("renew", "--force-renewal", "--no-random-sleep-on-renew", "--cert-name", name)

    def revoke(self, name):
        return self.call("revoke", "--no-delete-after-revoke", "--cert-path", self.certificate(name))

    def revoke_by_its_key(self, name):
        return self.call("revoke", "--no-delete-after-revoke", "--cert-path", self.certificate(name), "--key-path", self.live(name) / "privkey.pem")

    def live(self, name):
        return self.folder / "config" / "live" / name

    def certificate(self, name):
        return self.live(name) / "cert.pem"


class Lego:
    def __init__(self, folder, directory, ca, records):
        self.folder, self.directory, self.ca = Path(folder), directory, ca
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hook = self.folder / "hook"
        self.hook.write_text(f"#!/bin/sh\nexec {sys.executable} {HOOK} {records} \"$@\"\n")
        self.hook.chmod(0o755)

    def call(self, challenge, names, *command, more=()):
        how = {"http-01": ["--http"], "tls-alpn-01": ["--tls"],
               "dns-01": ["--dns", "exec", "--dns.disable-cp", "--dns.resolvers", "127.0.0.1:53"]}[challenge]
        names = [f"--domains={name}" for name in names]
        return run(["lego", "--path", self.folder, "--server", self.directory, "--accept-tos", "--email", "someone@acme.test", *names, *how,
                    *more, *command], {"LEGO_CA_CERTIFICATES": self.ca, "EXEC_PATH": str(self.hook), "EXEC_SEQUENCE_INTERVAL": "1"})

    def obtain(self, challenge, *names, more=()):
        return self.call(challenge, names, "run", more=more)

    def renew(self, challenge, *names):
        return self.call(challenge, names, "renew", "--days", "10000", "--no-random-sleep")

    def revoke(self, *names):
        return self.call("http-01", names, "revoke", "--keep")

    def certificate(self, name):
        return self.folder / "certificates" / (name.replace("*", "_") + ".crt")
