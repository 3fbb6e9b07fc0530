#!/usr/bin/env python3
"""Snapshots restored on a cluster of three processes: through any node, under load, with a node away, with the active node killed on the way.

  restore_test.py BAO [--seed N] [--folder DIR]

All of the old data or all of the new is there afterwards, on every node alike; clients on the way see one or the other and are refused
nothing. Prints its seed.
"""
import argparse
import base64
import gzip
import hashlib
import http.client
import io
import json
import random
import shutil
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path

from cluster import API_PORT, Cluster, Failed, wait_until

VALUES, VALUE_BYTES = 40, 250_000  # more than one call between nodes takes, and many pieces of the log


def send(node, method, path, body=None, token=None):
    """(status, bytes), on a connection of its own."""
    connection = http.client.HTTPConnection(node.host, API_PORT, timeout=120)
    try:
        connection.request(method, "/v1/" + path, body, {"X-Vault-Token": token})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def state_of(archive):
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(archive))) as tar:
        return hashlib.sha256(tar.extractfile("state.bin").read()).hexdigest()


class Reader(threading.Thread):
    """Reads a value through one node all the time: the old one, or the new one."""

    def __init__(self, cluster, node, allowed, stop):
        super().__init__(daemon=True)
        self.cluster, self.node, self.allowed, self.stop, self.reads, self.wrong = cluster, node, allowed, stop, 0, []

    def run(self):
        while not self.stop.is_set():
            try:
                status, raw = send(self.node, "GET", "v1/which", token=self.cluster.root)
            except (OSError, http.client.HTTPException):
                continue
            if status >= 500:
                continue
            value = json.loads(raw)["data"]["value"] if status == 200 else status
            self.reads += 1
            if value not in self.allowed:
                self.wrong.append(f"node {self.node.number}: {value}")


class Test:
    def __init__(self, cluster, chance, say):
        self.cluster, self.chance, self.say = cluster, chance, say

    def put(self, path, value):
        self.cluster.must("PUT", "v1/" + path, {"value": value})

    def value(self, node, path):
        answer = node.call("GET", "v1/" + path, token=self.cluster.root)
        return answer.body["data"]["value"] if answer.status == 200 else answer.status

    def save(self, node):
        status, archive = send(node, "GET", "sys/storage/raft/snapshot", token=self.cluster.root)
        if status != 200:
            raise Failed(f"saving through node {node.number}: {status} {archive[:200]}")
        return archive

    def restore(self, node, archive):
        status, raw = send(node, "POST", "sys/storage/raft/snapshot", archive, self.cluster.root)
        if status != 204:
            raise Failed(f"restoring through node {node.number}: {status} {raw[:300]}")

    def everywhere(self, path, value):
        def same():
            for node in self.cluster.nodes:
                node.must_run()
            return all(self.value(node, path) == value for node in self.cluster.nodes)
        wait_until(same, f"{path} is {value} on every node", 30)

    def same_data(self):
        """Every node has the same records, byte by byte."""
        self.cluster.settle()
        # What is left to write (a node that took up) is written soon.
        wait_until(lambda: len({state_of(self.save(node)) for node in self.cluster.nodes}) == 1, "equal data on every node")

    def through_each_node_under_load(self, one, two):
        stop = threading.Event()
        readers = [Reader(self.cluster, node, ("one", "two"), stop) for node in self.cluster.nodes]
        for reader in readers:
            reader.start()
        try:
            for node, archive, value in [(n, a, v) for n in self.cluster.nodes for a, v in ((one, "one"), (two, "two"))]:
                begun = time.monotonic()
                self.restore(node, archive)
                self.say(f"restored through node {node.number} ({'active' if node is self.cluster.active() else 'standby'}) "
                         f"in {time.monotonic() - begun:.2f} s")
                if (seen := self.value(node, "which")) != value:
                    raise Failed(f"node {node.number} answered the restore, and reads {seen}, not {value}")
                self.everywhere("which", value)
        finally:
            stop.set()
            for reader in readers:
                reader.join()
        wrong = [text for reader in readers for text in reader.wrong]
        if wrong:
            raise Failed(f"reads of neither: {wrong[:5]}")
        self.say(f"{[reader.reads for reader in readers]} reads meanwhile")
        self.same_data()

    def with_a_node_away(self, one, two):
        self.restore(self.cluster.nodes[0], two)
        self.cluster.settle()
        away = next(n for n in self.cluster.nodes if n is not self.cluster.active())
        away.kill()
        self.restore(self.cluster.active(), one)
        away.start()
        self.cluster.settle(60)
        self.everywhere("which", "one")
        self.same_data()
        self.say("a node that was away has it")

    def with_the_active_node_killed(self, one, two):
        outcomes = []
        for delay in [0.02, 0.1, 0.2, 0.3, 0.5]:
            self.restore(self.cluster.active(), two)
            self.cluster.settle()
            active = self.cluster.active()
            standby = next(n for n in self.cluster.nodes if n is not active)
            status = []

            def ask():
                try:
                    status.append(send(standby, "POST", "sys/storage/raft/snapshot", one, self.cluster.root)[0])
                except (OSError, http.client.HTTPException):
                    status.append(0)
            asking = threading.Thread(target=ask)
            asking.start()
            time.sleep(delay * self.chance.uniform(0.5, 1.5))
            active.kill()
            asking.join()
            active.start()
            self.cluster.settle(60)
            which = self.value(standby, "which")
            if which not in ("one", "two") or (status == [204] and which != "one"):
                raise Failed(f"after a kill: {which}, and the restore was answered {status}")
            self.everywhere("which", which)
            self.everywhere("large/0", self.first[which])
            self.same_data()
            outcomes.append(f"{which} ({status[0]})")
        self.say("the active node was killed on the way: " + ", ".join(outcomes))

    def run(self):
        self.cluster.form()
        archives, self.first = {}, {}
        for name in ("one", "two"):
            for i in range(VALUES):
                value = base64.b64encode(self.chance.randbytes(VALUE_BYTES * 3 // 4)).decode()
                self.put(f"large/{i}", value)
                self.first.setdefault(name, value)
            self.put("which", name)
            archives[name] = self.save(self.cluster.nodes[0])
        self.say(f"archives of {[len(archive) for archive in archives.values()]} bytes")
        self.through_each_node_under_load(**archives)
        self.with_a_node_away(**archives)
        self.with_the_active_node_killed(**archives)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bao")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randint(1, 999_999))
    parser.add_argument("--folder", help="where the run's folder is made")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="restore-test-", dir=arguments.folder))
    print(f"seed {arguments.seed}; {folder}", flush=True)
    begun = time.monotonic()

    def say(text):
        print(f"[{time.monotonic() - begun:6.1f} s] {text}", flush=True)

    random.seed(arguments.seed)
    cluster, failures = Cluster(arguments.bao, None, folder), []
    try:
        Test(cluster, random.Random(arguments.seed), say).run()
    except Failed as e:
        failures.append(str(e))
    finally:
        failures += cluster.end()
    for failure in failures:
        print("FAILED:", failure)
    if failures:
        sys.exit(1)
    shutil.rmtree(folder)
    say("passed")


if __name__ == "__main__":
    main()
