#!/usr/bin/env python3
"""What an operator sees of a cluster of three processes: metrics and lag of each node, `bao debug invalidations`, a bundle of `bao debug`
while the active node is killed. No secret is in any of it.

  debug_test.py BAO [--keep DIR]
"""
import argparse
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
from pathlib import Path

from cluster import SEAL_KEY, Cluster, Failed, wait_until

SECRET = "not-to-be-seen-3f9c"


def check(condition, what):
    if not condition:
        raise Failed(what)


class Operator:
    """Runs the command line against one node."""

    def __init__(self, bao, cluster):
        self.bao, self.cluster = bao, cluster

    def environment(self, node):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("BAO_", "VAULT_"))}
        return {**kept, "BAO_ADDR": f"http://{node.host}:18200", "BAO_TOKEN": self.cluster.root}

    def run(self, node, *arguments):
        return subprocess.run([self.bao, *arguments], capture_output=True, text=True, env=self.environment(node), timeout=60)

    def start(self, node, *arguments):
        return subprocess.Popen([self.bao, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=self.environment(node))


def metrics(cluster, node):
    body = node.call("GET", "sys/metrics", token=cluster.root).body
    return {g["Name"]: g["Value"] for g in body["Gauges"] if not g["Labels"]}


def every_node_tells_its_lag(cluster):
    roles = {node.number: metrics(cluster, node)["bao.core.active"] for node in cluster.nodes}
    check(sorted(roles.values()) == [0, 0, 1], f"one node says that it is active: {roles}")
    active = cluster.active()
    # A standby that hears nobody grows older: by the clock that the test looks at, too.
    standby = next(n for n in cluster.nodes if n is not active)
    active.pause()
    try:
        wait_until(lambda: metrics(cluster, standby)["bao.raft.unheard_milliseconds"] >= 150
                   or metrics(cluster, standby)["bao.raft.leads"] == 1, "silence shows")
    finally:
        active.resume()
    cluster.settle()
    indexes = wait_until(lambda: level(cluster), "all nodes serve the same index")
    check(indexes > 0, "an index")


def level(cluster):
    served = {metrics(cluster, node)["bao.raft.served_index"] for node in cluster.nodes}
    return served.pop() if len(served) == 1 else None


def invalidations(operator, cluster):
    standby = next(n for n in cluster.nodes if n is not cluster.active())
    shown = operator.run(standby, "debug", "invalidations", "-format=json")
    check(shown.returncode == 0, f"debug invalidations: {shown.stderr}")
    told = json.loads(shown.stdout)
    check(len(told["nodes"]) == 3 and not told["unreachable"], f"three nodes: {shown.stdout}")
    check(sorted(n["role"] for n in told["nodes"]) == ["active", "standby", "standby"], "each answers for itself")
    check(told["divergences"] == 0, "nothing differs")
    for node in told["nodes"]:
        owners = {o["owner"]: o for o in node["owners"]}
        check(owners["policy"]["marks"] > 0 and owners["policy"]["prefixes"] == ["sys/policy/"], f"policies were changed: {owners['policy']}")
        check({c["cache"] for c in node["caches"]} == {"tokens", "policies", "mounts", "keyring", "records"}, "all caches")
    table = operator.run(standby, "debug", "invalidations")
    check(table.returncode == 0 and all(f"n{n}" in table.stdout for n in (1, 2, 3)), f"a table: {table.stdout}")
    return [shown.stdout, table.stdout]


def audited(cluster):
    """All that is kept in memory, on every node, is what its storage holds."""
    for node in cluster.nodes:
        answer = node.call("POST", "sys/node/invalidations", {}, token=cluster.root, timeout=60)
        check(answer.status == 200 and answer.body["data"]["divergences"] == 0, f"node {node.number}: {answer.raw}")
        check(all(c["compared"] > 0 for c in answer.body["data"]["caches"] if c["cache"] in ("mounts", "keyring")), "compared")


class Traffic(threading.Thread):
    """Writes through every node until it is told to stop."""

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.cluster, self.stop = cluster, threading.Event()

    def run(self):
        number = 0
        while not self.stop.is_set():
            for node in self.cluster.nodes:
                try:
                    node.call("PUT", f"v1/debug/{number % 50}", {"value": SECRET}, self.cluster.root)
                except Exception:  # one of them is killed
                    pass
                number += 1


def profiles(files):
    """Of the beginning, of which a CPU profile and a trace were taken as well, and of the end."""
    moments = sorted({name.split("/")[0] for name in files if "/" in name})
    check(len(moments) == 2, f"two moments: {moments}")
    always = {"threadcreate.prof", "allocs.prof", "block.prof", "mutex.prof", "goroutine.prof", "heap.prof", "goroutines.txt"}
    for moment, expected in zip(moments, (always | {"profile.prof", "trace.out"}, always)):
        there = {name.split("/")[1] for name in files if name.startswith(moment + "/")}
        check(there == expected, f"{moment}: {sorted(there)}")
    check(b"bao::http::Connection" in gzip.decompress(files[moments[0] + "/profile.prof"]), "the CPU profile names functions of the server")
    stacks = files[moments[0] + "/goroutines.txt"].decode()
    check("http [" in stacks and "raft-core [" in stacks and "bao::raft" in stacks, f"threads and where they are: {stacks[:2000]}")
    events = json.loads(files[moments[0] + "/trace.out"])["traceEvents"]
    check(any(event["ph"] == "X" for event in events), "something was done meanwhile")


def bundle(operator, cluster, folder):
    active = cluster.active()
    standby = next(n for n in cluster.nodes if n is not active)
    traffic = Traffic(cluster)
    traffic.start()
    capture = operator.start(standby, "debug", "-duration=6s", f"-output={folder}/bundle", "-header=X-Secret=" + SECRET)
    samples = Path(folder) / "bundle" / "config.json"
    wait_until(samples.exists, "the capture began")
    active.kill()
    out, errors = capture.communicate(timeout=60)
    traffic.stop.set()
    traffic.join()
    check(capture.returncode == 0, f"debug: {capture.returncode} {out}{errors}")
    with tarfile.open(fileobj=io.BytesIO((folder / "bundle.tar.gz").read_bytes())) as archive:
        raw = {m.name.removeprefix("bundle/"): archive.extractfile(m).read() for m in archive.getmembers() if m.isfile()}
    profiles(raw)
    files = {name: (gzip.decompress(content) if name.endswith(".prof") else content).decode(errors="replace") for name, content in raw.items()}
    (folder / "report.html").write_text(files["report.html"])
    index = json.loads(files["index.json"])
    named = {f"{folder}/{file}" for folder, of in index["output"].items() if folder != "files" for file in of["files"]}
    check(set(index["output"]["files"]) | named | {"index.json"} == set(files), f"index.json names what there is: {sorted(files)}")
    for name in ("config.json", "host_info.json", "metrics.json", "server_status.json", "raft.json", "forwarding.json", "invalidations.json",
                 "bao.log", "report.html"):
        check(name in files, f"no {name}")
    missing = {e["target"] for e in index["errors"]}
    terms = set(re.findall(r"raft: .* term=(\d+)", files["bao.log"]))
    check(len(terms) > 1, f"the log shows the takeover, whoever took over: terms {terms}")
    check({"replication-status", "raft"} <= missing, f"what is missing is said: {missing}")
    check("/v1/sys/in-flight-req" in files["requests.json"], "requests under way are told")
    verdict = re.search(r"\d of 3 nodes answered[^<]*", files["report.html"])[0]
    check(verdict.startswith("2 of 3 nodes answered"), verdict)
    check(f"active were n{active.number} and then n" in verdict, verdict)
    active.start()
    cluster.settle()
    return [out, errors, *files.values()], verdict


def no_secrets(cluster, texts):
    for secret in (cluster.root, SEAL_KEY, SECRET):
        for text in texts:
            check(secret not in text, f"a secret is shown: {text[max(0, text.find(secret) - 80):][:160]}")


def run(bao, folder):
    cluster = Cluster(bao, None, folder)
    operator = Operator(bao, cluster)
    try:
        cluster.form()
        every_node_tells_its_lag(cluster)
        texts = invalidations(operator, cluster)
        files, verdict = bundle(operator, cluster, folder)
        audited(cluster)
        no_secrets(cluster, texts + files)
    finally:
        failures = cluster.end()
    check(not failures, "; ".join(failures))
    return verdict


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bao")
    parser.add_argument("--keep", help="keep the folder, with report.html, there")
    arguments = parser.parse_args()
    folder = Path(arguments.keep or tempfile.mkdtemp(prefix="bao-debug-test-"))
    folder.mkdir(exist_ok=True)
    print(run(os.path.abspath(arguments.bao), folder.resolve()))
    if not arguments.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
