#!/usr/bin/python3
"""What `make install` leaves below DESTDIR, and that the completions complete in real shells. install_test.py BUILD_FOLDER

Each shell runs on a terminal of its own and loads its file as its users' shells do; `bao` is a function there that says with
which words it was called. A shell that isn't installed is named loudly; bash must be there.
"""
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

DEADLINE_SECONDS = 60
build = None
root = None  # DESTDIR
prefix = "/usr/local"


class Shell:
    """An interactive shell on a terminal. What it prints is waited for, never time."""

    def __init__(self, arguments, environment):
        self.seen = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.execvpe(arguments[0], arguments, {"PATH": "/usr/bin:/bin", "TERM": "xterm", "LANG": "C.UTF-8", **environment})

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, text):
        until = time.monotonic() + DEADLINE_SECONDS
        while text not in self.seen:
            ready, _, _ = select.select([self.terminal], [], [], max(0, until - time.monotonic()))
            if not ready:
                raise AssertionError(f"{text!r} did not come, but:\n{self.seen}")
            try:
                self.seen += os.read(self.terminal, 65536).decode(errors="replace")
            except OSError:
                raise AssertionError(f"the shell ended before {text!r}:\n{self.seen}") from None

    def close(self):
        os.close(self.terminal)
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)


class Installed(unittest.TestCase):
    def test_everything_is_below_destdir(self):
        for path, mode in (("bin/bao", 0o755), ("share/man/man1/bao.1", 0o644), ("share/man/man1/bao-kv.1", 0o644),
                           ("share/bash-completion/completions/bao", 0o644), ("share/zsh/site-functions/_bao", 0o644),
                           ("share/fish/vendor_completions.d/bao.fish", 0o644), ("lib/systemd/system/bao.service", 0o644),
                           ("share/doc/bao/examples/bao.toml", 0o644)):
            file = Path(root + prefix) / path
            self.assertTrue(file.is_file(), path)
            self.assertEqual(file.stat().st_mode & 0o777, mode, path)

    def test_the_binary_runs_and_the_unit_names_it(self):
        version = subprocess.run([root + prefix + "/bin/bao", "version"], capture_output=True, text=True, check=True).stdout
        self.assertIn(" v2.", version)
        unit = Path(root + prefix + "/lib/systemd/system/bao.service").read_text()
        self.assertIn(f"ExecStart={prefix}/bin/bao ", unit)
        self.assertNotRegex(unit, r"@\w+@")


class Completions(unittest.TestCase):
    def completes(self, shell, arguments, ready, environment=None):
        if shutil.which(shell, path="/usr/bin:/bin") is None:
            message = f"{shell} IS NOT INSTALLED: its completions were NOT tested (tools/packages.txt names it)"
            self.assertNotEqual(shell, "bash", message)
            print("\n" + "!" * 100 + f"\n{message}\n" + "!" * 100, flush=True)
            self.skipTest(message)
        home = tempfile.TemporaryDirectory(prefix="bao-install-home-")
        self.addCleanup(home.cleanup)
        terminal = Shell(arguments, {"HOME": home.name, "XDG_CONFIG_HOME": home.name, **(environment or {})})
        self.addCleanup(terminal.close)
        for line in ready:
            terminal.type(line + "\n")
        terminal.type("echo the shell is 'ready'\n")
        terminal.wait_for("the shell is ready")
        terminal.type("bao kv met\t\n")
        terminal.wait_for("called with <kv metadata")
        terminal.type("bao kv metadata put -custom-m\tx\n")
        terminal.wait_for("called with <kv metadata put -custom-metadata")
        terminal.type("bao operator unse\t -ca-c\tx\n")
        terminal.wait_for("called with <operator unseal -ca-cert")

    def test_bash(self):
        file = f"{root}{prefix}/share/bash-completion/completions/bao"
        self.completes("bash", ["bash", "--norc", "--noprofile", "-i"],
                       [f"source {file}", 'bao() { echo "called with <$*>"; }', "bind 'set bell-style none'"])

    def test_zsh(self):
        folder = f"{root}{prefix}/share/zsh/site-functions"
        self.completes("zsh", ["zsh", "-f", "-i"],
                       [f"fpath=({folder} $fpath); autoload -Uz compinit; compinit -u -D", 'bao() { echo "called with <$*>"; }'])

    def test_fish(self):
        self.completes("fish", ["fish", "-i"], ['function bao; echo "called with <$argv>"; end'],
                       {"XDG_DATA_DIRS": f"{root}{prefix}/share:/usr/share"})


if __name__ == "__main__":
    build = sys.argv.pop(1)
    with tempfile.TemporaryDirectory(prefix="bao-install-") as root:
        subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, capture_output=True,
                       env={**os.environ, "DESTDIR": root})
        unittest.main(verbosity=1)
