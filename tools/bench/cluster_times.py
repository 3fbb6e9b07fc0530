#!/usr/bin/env python3
"""Times that users of a cluster see and that bench.py does not measure: how long it takes to form, when a write is seen on another
node, and how long a takeover takes with much data. Prints a line a figure.

  cluster_times.py BAO [--only form,seen,takeover] [--secrets 100000] [--leases 20000] [--rounds 3]
"""
import argparse
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "cluster_test"))
from clients import LOST
from cluster import Cluster, wait_until

WRITES_A_SECOND = 500
LOOKS = 400


def milliseconds(seconds):
    return f"{1000 * seconds:.1f} ms"


def share(times, of_hundred):
    return sorted(times)[min(len(times) - 1, len(times) * of_hundred // 100)]


class Load:
    """Writes at a fixed rate through `node`, by a few threads."""

    THREADS = 4

    def __init__(self, cluster, node, rate):
        self.cluster, self.node, self.rate = cluster, node, rate
        self.stop, self.count, self.acknowledged = threading.Event(), 0, []
        self.threads = [threading.Thread(target=self.write, args=(n,), daemon=True) for n in range(self.THREADS)]
        self.began = time.monotonic()
        for thread in self.threads:
            thread.start()

    def write(self, number):
        due = time.monotonic()
        while not self.stop.is_set():
            due += self.THREADS / self.rate
            try:
                node = self.node if self.node else self.cluster.nodes[(number + len(self.acknowledged)) % 3]
                if node.call("PUT", f"v1/load/{number}", {"value": "x" * 500}, self.cluster.root, timeout=10).status == 204:
                    self.acknowledged.append(time.monotonic())
            except LOST:
                pass
            self.stop.wait(max(0, due - time.monotonic()))

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        return len(self.acknowledged) / (time.monotonic() - self.began)


def started(bao, folder):
    cluster = Cluster(bao, None, folder)
    for node in cluster.nodes:
        node.start()
    wait_until(lambda: cluster.nodes[0].health() == 501, "node 1 waits to be initialised")
    return cluster


def form(bao, folder, arguments):
    """From the answer of init until three voters serve."""
    times = []
    for n in range(arguments.rounds):
        (folder / f"form{n}").mkdir()
        cluster = started(bao, folder / f"form{n}")
        try:
            began = time.monotonic()
            cluster.root = cluster.nodes[0].call("PUT", "sys/init", {"recovery_shares": 1, "recovery_threshold": 1}, timeout=30).body["root_token"]
            wait_until(cluster.has_voters, "three voters")
            wait_until(lambda: sorted(n.health() for n in cluster.nodes) == [200, 429, 429], "three nodes serve")
            times.append(time.monotonic() - began)
        finally:
            cluster.end()
    print(f"init to three voters that serve: {milliseconds(statistics.median(times))} (median of {len(times)}, most {milliseconds(max(times))})")


def seen(bao, folder, arguments):
    """A write through one node, then reads through another, without a header, until it is seen there; beside a load of writes."""
    cluster = Cluster(bao, None, folder)
    try:
        cluster.form()
        active = wait_until(cluster.active, "one node is active")
        standby = next(n for n in cluster.nodes if n is not active)
        load = Load(cluster, active, WRITES_A_SECOND)
        for writer, reader, what in ((active, standby, "written through the active node, seen on a standby"),
                                     (standby, active, "written through a standby, seen on the active node"),
                                     (standby, standby, "written through a standby, seen there")):
            times, stale = [], 0
            for n in range(LOOKS):
                wait_until(lambda: writer.call("PUT", "v1/seen", {"value": n}, cluster.root).status == 204, "a write")
                began, looks = time.monotonic(), 0
                while (reader.call("GET", "v1/seen", token=cluster.root).body.get("data") or {}).get("value") != n:
                    looks += 1
                # A read's own time is not the delay of what it shows.
                times.append(time.monotonic() - began if looks else 0.0)
                stale += bool(looks)
            print(f"{what}: first read stale {stale} of {LOOKS}, seen after p50 {milliseconds(share(times, 50))}, p99 {milliseconds(share(times, 99))}")
        print(f"  beside {load.end():.0f} writes a second")
    finally:
        cluster.end()


def takeover(bao, folder, arguments):
    """With little and with much data. The active node is killed: the longest time without a write through the others, most of which is
    the election's timeout, drawn anew each time (0.8 to 1.6 s, the shorter of two); and its restart. It steps down: the same without
    that wait, which is what could grow with the data."""
    cluster = Cluster(bao, None, folder)
    try:
        cluster.form()
        measure_takeovers(cluster, "empty", arguments.rounds)
        fill(cluster, arguments)
        measure_takeovers(cluster, f"{arguments.secrets} secrets, {arguments.leases} leases", arguments.rounds)
    finally:
        cluster.end()


def fill(cluster, arguments):
    def in_parallel(count, one):
        def part(number):
            for n in range(number, count, 8):
                answer = active.call(*one(n), token=cluster.root, timeout=30)
                if answer.status >= 300:
                    raise SystemExit(f"filling: {answer.status} {answer.raw}")
        active = wait_until(cluster.active, "one node is active")
        threads = [threading.Thread(target=part, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    in_parallel(arguments.secrets, lambda n: ("PUT", f"v1/many/{n // 1000}/{n}", {"value": "v" * 200}))
    in_parallel(arguments.leases, lambda n: ("POST", "auth/token/create", {"policies": ["reader"], "ttl": "24h"}))


def longest_pause(cluster, end_reign):
    """The longest time without a write through another node, while `end_reign` is done to the active one; and that node."""
    cluster.settle(60)
    active = wait_until(cluster.active, "one node is active")
    load = Load(cluster, next(n for n in cluster.nodes if n is not active), 200)
    wait_until(lambda: len(load.acknowledged) > 50, "writes")
    end_reign(active)
    mark = len(load.acknowledged)
    wait_until(lambda: len(load.acknowledged) > mark + 50, "writes afterwards")
    load.end()
    return max(b - a for a, b in zip(load.acknowledged, load.acknowledged[1:])), active


def measure_takeovers(cluster, what, rounds):
    step_downs, gaps, restarts = [], [], []
    for _ in range(rounds):
        step_downs.append(longest_pause(cluster, lambda n: n.call("PUT", "sys/step-down", token=cluster.root))[0])
        gap, active = longest_pause(cluster, lambda n: n.kill())
        gaps.append(gap)
        began = time.monotonic()
        active.start()
        wait_until(lambda: active.health() == 429, "the node is back", 60)
        restarts.append(time.monotonic() - began)
    for name, times in (("takeover after a kill, without a write", gaps), ("after a step-down, likewise", step_downs), ("restart until it serves", restarts)):
        print(f"{what}: {name}: {milliseconds(statistics.median(times))} (mean {milliseconds(statistics.mean(times))}, most {milliseconds(max(times))} of {len(times)})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bao")
    parser.add_argument("--only", type=lambda text: text.split(","), default=["form", "seen", "takeover"])
    parser.add_argument("--secrets", type=int, default=100_000)
    parser.add_argument("--leases", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    for name in arguments.only:
        with tempfile.TemporaryDirectory(prefix="bao-times-") as folder:
            {"form": form, "seen": seen, "takeover": takeover}[name](arguments.bao, Path(folder), arguments)


if __name__ == "__main__":
    main()
