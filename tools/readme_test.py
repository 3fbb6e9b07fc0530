#!/usr/bin/env python3
"""The README's commands of an internal CA, run as they stand there against a server in development mode.

  readme_test.py PATH_OF_BAO

What comes out has to be what the README promises: a certificate that openssl accepts, with its key, from the CA that anybody can fetch.
"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEADING = "## An internal CA in five commands"


def commands():
    """The indented lines below the heading; a comment at the end of a line is the shell's to pass over."""
    section = (ROOT / "README.md").read_text().split(HEADING + "\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^    (\S.*)$", section, re.MULTILINE)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(server, address):
    until = time.time() + 30
    while time.time() < until and server.poll() is None:
        try:
            return urllib.request.urlopen(address + "/v1/sys/health", timeout=5)
        except (OSError, urllib.error.URLError):
            time.sleep(0.01)  # between two attempts at a server that is starting
    raise SystemExit("the server did not start")


def check(folder, address):
    issued = json.loads((folder / "db.json").read_text())["data"]
    (folder / "db.pem").write_text(issued["certificate"])
    (folder / "db.key").write_text(issued["private_key"])
    (folder / "ca.pem").write_bytes(urllib.request.urlopen(address + "/v1/pki/ca/pem").read())
    subprocess.run(["openssl", "verify", "-x509_strict", "-verify_hostname", "db.internal.example", "-CAfile", folder / "ca.pem", folder / "db.pem"],
                   check=True)
    keys = [subprocess.run(command + [folder / file], check=True, capture_output=True).stdout
            for command, file in ((["openssl", "x509", "-noout", "-pubkey", "-in"], "db.pem"), (["openssl", "pkey", "-pubout", "-in"], "db.key"))]
    if keys[0] != keys[1]:
        raise SystemExit("the key is of another certificate")


def main():
    bao = Path(sys.argv[1]).absolute()
    lines = commands()
    if len(lines) != 5:
        raise SystemExit(f"the README promises five commands and has {len(lines)}")
    with tempfile.TemporaryDirectory(prefix="bao-readme-") as name:
        folder, port = Path(name), free_port()
        address = f"http://127.0.0.1:{port}"
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("BAO_", "VAULT_"))}
        environment |= {"BAO_ADDR": address, "BAO_TOKEN": "root", "HOME": name, "PATH": f"{bao.parent}:{os.environ['PATH']}"}
        with open(folder / "server.log", "w") as log:
            server = subprocess.Popen([bao, "server", "-dev", "-dev-root-token-id=root", f"-dev-listen-address=127.0.0.1:{port}"],
                                      stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment)
        try:
            wait_for(server, address)
            for line in lines:
                print("$", line, flush=True)
                subprocess.run(["sh", "-euc", line], cwd=folder, env=environment, check=True)
            check(folder, address)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
