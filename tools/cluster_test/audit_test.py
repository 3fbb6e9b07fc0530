#!/usr/bin/env python3
"""Audit logs of a cluster of three processes: each request is told of once, by the node that answered it; files are rotated under load; a
full disk is told by its code and recovers by itself; headers and hashes are the same on every node.

  audit_test.py BAO [--keep DIR]
"""
import argparse
import json
import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path

from cluster import Cluster, Failed, wait_until

SECRET = "not-to-be-seen-8d21"
READS = 300
SIGNALS = 50


def check(condition, what):
    if not condition:
        raise Failed(what)


class Log:
    """The audit log of a node. The device is declared with a relative name: each node works in a folder of its own."""

    def __init__(self, node):
        self.file = Path(node.directory) / "audit.log"

    def lines(self, file=None):
        text = (file or self.file).read_text()
        check(text == "" or text.endswith("\n"), f"a line of {self.file} is cut off")
        return [json.loads(line) for line in text.splitlines()]

    def of(self, request_id, kind="response"):
        return [line for line in self.lines() if line["request"].get("id") == request_id and line["type"] == kind]


def set_up(cluster, folder):
    for node in cluster.nodes:
        node.directory = folder / f"work{node.number}"
        node.directory.mkdir()
        with open(folder / f"node{node.number}.hcl", "a") as config:
            config.write('audit "file" "log" {\n  options {\n    file_path = "audit.log"\n  }\n}\n')
    cluster.form()
    return {node: Log(node) for node in cluster.nodes}


def a_forwarded_write_has_one_id(cluster, logs):
    active = cluster.active()
    for standby in (n for n in cluster.nodes if n is not active):
        answer = standby.call("PUT", "sys/wrapping/wrap", {"value": SECRET}, cluster.root, headers={"X-Vault-Wrap-TTL": "60"})
        check(answer.status == 200, f"wrapping through a standby: {answer.status} {answer.raw}")
        told = [line for line in logs[active].lines() if line.get("forwarded_from") == f"n{standby.number}" and line["request"]["path"] == "sys/wrapping/wrap"]
        check(len(told) == 1, f"the active node tells of it once, and whence it came: {told}")
        request_id = told[0]["request"]["id"]
        check(logs[active].of(request_id)[0].get("forwarded"), "its answer was for another node")
        check(not logs[standby].of(request_id) and not logs[standby].of(request_id, "request"), "the standby passed it on, and told of nothing")
        answer = standby.call("POST", "auth/token/create", {"ttl": "1h"}, cluster.root)
        check(len(logs[active].of(answer.body["request_id"])) == 1, "the id that the client reads is that of the line")


def a_read_is_told_where_it_was_answered(cluster, logs):
    for node in cluster.nodes:
        answer = node.call("GET", "v2/config", token=cluster.root)
        tellers = [other.number for other in cluster.nodes if logs[other].of(answer.body["request_id"])]
        check(tellers == [node.number], f"node {node.number} answered, {tellers} told of it")


def files_are_rotated_under_load(cluster, logs):
    """Renamed, then SIGHUP, while clients go on: every request has its line, in one of the files, whole."""
    for node in cluster.nodes:
        ids, failures = [], []

        def load():
            try:
                for _ in range(READS):
                    answer = node.call("GET", "v2/config", token=cluster.root)
                    ids.append(answer.body["request_id"] if answer.status == 200 else failures.append(answer.raw))
            except Exception as e:
                failures.append(repr(e))

        clients = [threading.Thread(target=load) for _ in range(4)]
        for client in clients:
            client.start()
        log, old = logs[node].file, logs[node].file.with_suffix(".1")
        wait_until(lambda: len(ids) > READS or failures, "some requests")
        log.rename(old)
        for _ in range(SIGNALS):  # as many as a log rotator with a line for each file sends
            node.process.send_signal(signal.SIGHUP)
        for client in clients:
            client.join()
        check(not failures, f"requests failed while the log was rotated: {failures[:3]}")

        def reopened():
            check(node.call("GET", "v2/config", token=cluster.root).status == 200, "a read")
            return log.exists()

        wait_until(reopened, "a new file")
        told = {line["request"].get("id") for file in (old, log) for line in logs[node].lines(file) if line["type"] == "response"}
        check(set(ids) <= told, f"{len(set(ids) - told)} of {len(ids)} requests are in neither file")


def a_full_disk_is_told_and_recovers(cluster, logs):
    """On a standby and on the active node; the others go on meanwhile."""
    for node in cluster.nodes:
        log = logs[node].file
        log.rename(log.with_suffix(".2"))
        log.symlink_to("/dev/full")
        node.process.send_signal(signal.SIGHUP)
        refused = wait_until(lambda: (a := node.call("GET", "v2/config", token=cluster.root)).status == 503 and a, f"node {node.number} refuses")
        check(refused.headers.get("x-bao-code") == "audit_unavailable", f"the code says why: {refused.headers}")
        role = "active" if node is cluster.active() else "standby"
        check((refused.headers.get("x-bao-node"), refused.headers.get("x-bao-role")) == (f"n{node.number}", role), f"and the node who: {refused.headers}")
        check("audit" in refused.headers.get("x-bao-advice", ""), f"and what to do: {refused.headers}")
        check(SECRET not in str(refused.raw), "nothing of the answer is shown")
        for other in (n for n in cluster.nodes if n is not node):
            check(other.call("GET", "v2/config", token=cluster.root).status == 200, f"node {other.number} goes on")
        log.unlink()  # there is room again
        check(node.call("GET", "v2/config", token=cluster.root).status == 200, "it recovers by itself")


def a_pipe_without_a_reader_is_not_waited_for(cluster, logs):
    node = next(n for n in cluster.nodes if n is not cluster.active())
    log = logs[node].file
    log.rename(log.with_suffix(".3"))
    os.mkfifo(log)
    node.process.send_signal(signal.SIGHUP)
    wait_until(lambda: node.call("GET", "v2/config", token=cluster.root).status == 503, "it is refused, soon")
    log.unlink()
    check(node.call("GET", "v2/config", token=cluster.root).status == 200, "it recovers by itself")


def headers_and_hashes_are_the_same_everywhere(cluster, logs):
    cluster.must("PUT", "sys/config/auditing/request-headers/X-Canary", {"hmac": True})
    cluster.must("PUT", "sys/config/auditing/request-headers/X-Shown", {"hmac": False})
    cluster.settle()
    hashes = set()
    for node in cluster.nodes:
        answer = node.call("GET", "v2/config", token=cluster.root, headers={"X-Canary": SECRET, "X-Shown": "shown", "X-Other": SECRET})
        headers = logs[node].of(answer.body["request_id"])[0]["request"]["headers"]
        check(headers.keys() == {"x-canary", "x-shown"} and headers["x-shown"] == ["shown"], f"node {node.number} shows {headers}")
        hashes.add(headers["x-canary"][0])
        hashes.add(node.call("PUT", "sys/audit-hash/log", {"input": SECRET}, cluster.root).body["data"]["hash"])
    check(len(hashes) == 1 and hashes.pop().startswith("hmac-sha256:"), "one salt")


def no_secrets(cluster, folder):
    for file in sorted(folder.glob("work*/audit*")) + sorted(folder.glob("node*.log")):
        text = file.read_text(errors="replace")
        for secret in (SECRET, cluster.root):
            check(secret not in text, f"{file} shows a secret: {text[max(0, text.find(secret) - 200):][:300]}")


def run(bao, folder):
    cluster = Cluster(bao, None, folder)
    try:
        logs = set_up(cluster, folder)
        for part in (a_forwarded_write_has_one_id, a_read_is_told_where_it_was_answered, files_are_rotated_under_load,
                     a_full_disk_is_told_and_recovers, a_pipe_without_a_reader_is_not_waited_for, headers_and_hashes_are_the_same_everywhere):
            part(cluster, logs)
            print(f"{part.__name__}: ok", flush=True)
        no_secrets(cluster, folder)
    finally:
        failures = cluster.end()
    check(not failures, "; ".join(failures))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bao")
    parser.add_argument("--keep", help="keep the folder there")
    arguments = parser.parse_args()
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="bao-audit-test-"))
    folder.mkdir(exist_ok=True)
    run(os.path.abspath(arguments.bao), folder.resolve())
    if not arguments.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
