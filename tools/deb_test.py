#!/usr/bin/python3
"""The Debian package: built, looked into, installed into a root of its own, and its server started. deb_test.py BUILD_FOLDER

Installing runs the package's scripts by dpkg with --root, as root or under fakeroot. The server then runs from there with the
configuration that was installed, in a network of its own, where port 8200 is free.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEADLINE_SECONDS = 60
EXPOSURE_MAX = 2.0  # of 10, as systemd-analyze judges the unit
build = None


def output_of(*command, **more):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **more).stdout


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="bao-deb-")
        cls.package = Path(cls.folder.name) / "bao.deb"
        output_of(HERE.parent / "packaging/deb/build.sh", build, cls.package)
        cls.root = Path(cls.folder.name) / "root"
        dpkg = cls.root / "var/lib/dpkg"
        for name in ("info", "updates", "triggers"):
            (dpkg / name).mkdir(parents=True)
        (dpkg / "status").touch()
        (cls.root / "etc").mkdir()
        (cls.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (cls.root / "etc/group").write_text("root:x:0:\n")
        fake = [] if os.geteuid() == 0 else ["fakeroot"]
        cls.install = [*fake, "dpkg", f"--root={cls.root}", "--force-depends", "--force-script-chrootless", f"--log={cls.root}/log"]
        cls.said = subprocess.run([*cls.install, "-i", str(cls.package)], capture_output=True, text=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_what_it_says_of_itself(self):
        fields = output_of("dpkg-deb", "-f", self.package)
        self.assertRegex(fields, r"(?m)^Version: \d+\.\d+\.\d+-1$")
        self.assertRegex(fields, r"(?m)^Depends: .*libc6 .*libssl3 ")
        listing = output_of("dpkg-deb", "-c", self.package)
        for line in listing.splitlines():
            self.assertIn(" root/root ", line)

    def test_it_installs(self):
        self.assertEqual(self.said.returncode, 0, self.said.stderr)
        for path in ("usr/bin/bao", "usr/lib/systemd/system/bao.service", "usr/share/man/man1/bao.1.gz", "usr/share/man/man1/bao-operator.1.gz",
                     "usr/share/bash-completion/completions/bao", "usr/share/zsh/site-functions/_bao",
                     "usr/share/fish/vendor_completions.d/bao.fish", "usr/lib/sysusers.d/bao.conf", "etc/bao/bao.toml"):
            self.assertTrue((self.root / path).is_file(), path)
        self.assertRegex((self.root / "etc/passwd").read_text(), r"(?m)^bao:")
        self.assertEqual((self.root / "etc/bao").stat().st_mode & 0o777, 0o750)
        self.assertEqual((self.root / "etc/bao/bao.toml").stat().st_mode & 0o777, 0o640)
        if os.geteuid() == 0:
            group = next(line.split(":")[2] for line in (self.root / "etc/group").read_text().splitlines() if line.startswith("bao:"))
            self.assertEqual(str((self.root / "etc/bao/bao.toml").stat().st_gid), group)

    def test_a_changed_configuration_stays(self):
        file = self.root / "etc/bao/bao.toml"
        before = file.read_text()
        self.addCleanup(file.write_text, before)
        file.write_text(before + "# mine\n")
        subprocess.run([*self.install, "-i", str(self.package)], check=True, capture_output=True)
        self.assertTrue(file.read_text().endswith("# mine\n"))

    def test_the_unit_is_right_and_confined(self):
        unit = self.root / "usr/lib/systemd/system/bao.service"
        self.assertIn("ExecStart=/usr/bin/bao server ", unit.read_text())
        # As it would be if this root were the machine's.
        here = Path(self.folder.name) / "bao.service"
        here.write_text(unit.read_text().replace("ExecStart=", f"ExecStart={self.root}"))
        verified = subprocess.run(["systemd-analyze", "verify", "--man=no", str(here)], capture_output=True, text=True)
        self.assertEqual([line for line in verified.stderr.splitlines() if "bao.service" in line], [])
        judged = output_of("systemd-analyze", "security", "--offline=yes", "--no-pager", f"--root={self.root}", "bao.service")
        exposure = float(judged.rsplit("bao.service: ", 1)[1].split()[0])
        self.assertLessEqual(exposure, EXPOSURE_MAX, judged)

    def test_the_server_starts(self):
        run = subprocess.run(["unshare", "-rn", sys.executable, __file__, "--serve", str(self.root)], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)


def ask(method, path, body=None):
    request = urllib.request.Request("http://127.0.0.1:8200/v1/" + path, method=method, data=body and json.dumps(body).encode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def serve(root):
    """Within a network of its own: from the installed files to an unsealed server."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    data = Path(root) / "var/lib/bao"  # the unit has systemd make it
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = {"PATH": "/usr/bin:/bin", "BAO_RAFT_PATH": str(data)}
    command = [root + "/usr/bin/bao", "server", "-config=" + root + "/etc/bao/bao.toml"]
    checked = subprocess.run([command[0], "operator", "validate-config", command[2]], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in server.stdout:
            if "server started" in line:
                break
        init = ask("POST", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
        assert not ask("POST", "sys/unseal", {"key": init["keys"][0]})["sealed"]
        until = time.monotonic() + DEADLINE_SECONDS
        while not ask("GET", "sys/leader").get("is_self"):
            assert time.monotonic() < until, "the node does not lead"
        assert (data / "state.db").exists()
    finally:
        server.terminate()
        server.communicate(timeout=DEADLINE_SECONDS)
    assert server.returncode == 0, server.returncode


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(sys.argv[2])
    else:
        build = sys.argv.pop(1)
        unittest.main(verbosity=1)
