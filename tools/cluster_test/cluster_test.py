#!/usr/bin/env python3
"""A cluster of three processes under faults, and clients who check every answer. README.md says what is checked.

  cluster_test.py BAO CHECK_HISTORY FAULTY_MACHINE [--seconds N] [--seed N] [--folder DIR]
"""
import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

import verdict
from clients import Client, PolicyUser, TokenUser
from cluster import Cluster, Failed
from faults import Faults
from history import History

CLIENTS = 7


class Findings(list):
    """What was found wrong, and when."""

    def __init__(self):
        super().__init__()
        self.began = time.monotonic()

    def append(self, text):
        super().append(f"{text} [{time.monotonic() - self.began:.3f} s, {time.strftime('%H:%M:%S', time.gmtime())}]")


def play(cluster, faults, names, clients, seconds, stop):
    """Faults until the time is over: all of them in a random order, then again."""
    until, rounds = time.monotonic() + seconds, 0
    for client in clients:
        client.start()
    try:
        while True:
            for name in faults.random.sample(names, len(names)):
                if time.monotonic() > until:
                    return rounds
                faults.inject(name)
                rounds += 1
    finally:
        faults.mend()
        stop.set()
        for client in clients:
            client.join()


def run(arguments, folder, say):
    cluster, history, findings, stop = Cluster(arguments.bao, arguments.faulty_machine, folder), History(), Findings(), threading.Event()
    faults = Faults(cluster, history, findings, random.Random(f"{arguments.seed}/faults"), say)
    clients = [Client(n, arguments.seed, cluster, history, findings, stop) for n in range(1, CLIENTS + 1)]
    tokens = TokenUser(arguments.seed, cluster, findings, stop)
    policies = PolicyUser(arguments.seed, cluster, findings, stop)
    try:
        cluster.form()
        say("the cluster is formed")
        rounds = play(cluster, faults, arguments.faults, [*clients, tokens, policies], arguments.seconds, stop)
        cluster.settle()
        verdict.last_reads(cluster, history, findings)
        verdict.last_tokens(cluster, tokens, findings)
        verdict.counters(cluster, findings)
        say(f"{rounds} faults; {len(tokens.revoked)} tokens revoked, {tokens.refusals_seen} times refused; "
            f"policies decided {policies.grants_seen} times for and {policies.refusals_seen} times against")
    except Failed as e:
        findings.append(str(e))
    finally:
        findings += cluster.end()
    history.save(folder / "history.txt")
    verdict.logs(cluster, findings)
    findings += faults.failures()
    say(verdict.history_holds(arguments.check_history, folder / "history.txt", findings))
    for (kind, outcome), count in sorted(history.counts.items()):
        say(f"  {kind} {outcome}: {count}")
    for name, gaps in sorted(faults.gaps.items()):
        say(f"  longest time without a write, {name}: {max(gaps):.2f} s of {len(gaps)}")
    return findings


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bao")
    parser.add_argument("check_history")
    parser.add_argument("faulty_machine", help="the library that makes a node's disk fail")
    parser.add_argument("--seconds", type=float, default=25)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--faults", type=lambda text: text.split(","), default=Faults.ALL, help="some of them, comma-separated")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where the report of a failed run is kept")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cluster-test-", dir=arguments.folder))
    began = time.monotonic()

    def say(text):
        line = f"{time.monotonic() - began:6.1f} {text}"
        print(line, flush=True)
        with open(folder / "report.txt", "a") as report:
            report.write(line + "\n")

    say(f"again: {sys.argv[0]} {arguments.bao} {arguments.check_history} {arguments.faulty_machine} "
        f"--seconds {arguments.seconds:g} --seed {arguments.seed} --faults {','.join(arguments.faults)}")
    findings = run(arguments, folder, say)
    for finding in findings:
        say(f"FAILED: {finding}")
    if findings:
        print(f"logs, history and report are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
