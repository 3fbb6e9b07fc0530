#!/usr/bin/env python3
"""The active node is ended, steps down or stands still while clients write through all nodes. In order: nobody who asked before is left
without an answer or gets an error, and writes through the others go on. Standing still: who asked it through another node hears soon after
there is another leader that it is uncertain, and is not kept until it moves again.

  takeover_test.py BAO [--gap SECONDS] [--rounds N]
"""
import argparse
import http.client
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from cluster import Cluster, Failed, wait_until

WRITERS = 3  # through each node
STANDSTILL_MAX = 6.0  # seconds for an answer through another node: an election, and a second


class Writer(threading.Thread):
    """Writes through one node, one request after the other, and keeps what each came to: (begin, end, status; None: no answer)."""

    def __init__(self, cluster, node, number, stop):
        super().__init__(name=f"n{node.number}.{number}", daemon=True)
        self.cluster, self.node, self.stop, self.requests = cluster, node, stop, []

    def run(self):
        n = 0
        while not self.stop.is_set():
            n, begin, status = n + 1, time.monotonic(), None
            try:
                status = self.node.call("PUT", f"v1/{self.name}", {"n": n}, self.cluster.root, timeout=20).status
            except (OSError, http.client.HTTPException):
                self.stop.wait(0.01)
            self.requests.append((begin, time.monotonic(), status))


def longest_gap(requests, since):
    ends = sorted(end for _, end, status in requests if status == 204 and end > since)
    return max((b - a for a, b in zip([since, *ends], ends)), default=float("inf"))


def check(kind, writers, active, began, gap_max, say):
    """What went wrong."""
    failed = []
    elsewhere = [r for w in writers if w.node is not active for r in w.requests]
    here = [r for w in writers if w.node is active for r in w.requests]
    if kind == "stand_still":
        slowest = max(end - begin for begin, end, _ in elsewhere)
        say(f"{kind}: {longest_gap(elsewhere, began):.2f} s without a write through the others, the slowest took {slowest:.2f} s")
        refused = [f"{kind}: {status}" for _, _, status in elsewhere if status is not None and 400 <= status < 500]
        return refused + ([f"{kind}: an answer took {slowest:.2f} s, at most {STANDSTILL_MAX} are allowed"] if slowest > STANDSTILL_MAX else [])
    failed += [f"{kind}: {status} for a write through another node, {begin - began:+.3f} s" for begin, _, status in elsewhere if status != 204]
    failed += [f"{kind}: {status} for a write that the active node had begun, {begin - began:+.3f} s"
               for begin, _, status in here if begin < began and status != 204]
    failed += [f"{kind}: {status} from the node that was active, {begin - began:+.3f} s"
               for begin, _, status in here if status not in (204, None)]
    gap = longest_gap(elsewhere, began)
    slowest = max(end - begin for begin, end, _ in elsewhere)
    say(f"{kind}: {gap * 1000:.0f} ms without a write through the others, the slowest took {slowest * 1000:.0f} ms, "
        f"{len(elsewhere)} through them, {len(here)} through the active node")
    if gap > gap_max:
        failed.append(f"{kind}: {gap:.3f} s without a write through the others, at most {gap_max} are allowed")
    return failed


def end_active(_, active, __):
    active.terminate()


def step_down(cluster, active, _):
    answer = active.call("PUT", "sys/step-down", token=cluster.root, timeout=30)
    if answer.status != 204:
        raise Failed(f"step-down: {answer.status} {answer.raw}")
    if not any(n.health() == 200 for n in cluster.nodes if n is not active):
        raise Failed("step-down is done, and no other node says that it is active")


def stand_still(cluster, active, writers):
    others = [w for w in writers if w.node is not active]
    marks = [len(w.requests) for w in others]
    active.pause()
    try:
        wait_until(lambda: all(len(w.requests) > mark + 20 for w, mark in zip(others, marks)), "everybody else writes again")
    finally:
        active.resume()


def one_round(cluster, takeover, gap_max, say):
    active, stop = wait_until(cluster.active, "one node is active"), threading.Event()
    writers = [Writer(cluster, node, n, stop) for node in cluster.nodes for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    wait_until(lambda: all(len(w.requests) > 20 for w in writers), "everybody writes")
    began = time.monotonic()
    try:
        takeover(cluster, active, writers)
        marks = [len(w.requests) for w in writers]
        wait_until(lambda: all(len(w.requests) > mark + 20 for w, mark in zip(writers, marks)), "everybody writes again")
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    failed = check(takeover.__name__, writers, active, began, gap_max, say)
    if active.process.poll() is not None:
        active.start()
    cluster.settle()
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bao")
    parser.add_argument("--gap", type=float, default=1.0, help="seconds; the aim on a quiet machine is 0.2")
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="takeover-test-"))
    cluster, failed = Cluster(arguments.bao, None, folder), []
    try:
        cluster.form()
        for _ in range(arguments.rounds):
            for takeover in (end_active, step_down, stand_still):
                failed += one_round(cluster, takeover, arguments.gap, print)
    except Failed as e:
        failed.append(str(e))
    failed += cluster.end()
    for line in failed[:20]:
        print("FAILED:", line)
    if failed:
        print(f"{len(failed)} failures; logs are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
