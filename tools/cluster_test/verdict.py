"""What has to be true when the faults are over and the clients have ended."""
import subprocess
import time

from clients import Client
from history import OK

# What a node may log as an error while others die around it.
ALLOWED_ERRORS = (
    "the disk is almost full: writes are refused until there is room",
    "applying waits for room on the disk",
    "the disk has no room for the log; this node takes no more entries until it has",
)


def last_reads(cluster, history, findings):
    """Every key through every node, which agree; noted as reads that see everything."""
    states = []
    for node in cluster.nodes:
        since = time.monotonic_ns()
        if not cluster.fence(node):
            findings.append(f"node {node.number} does not take a write at the end")
        state = {}
        for key in sorted(history.keys):
            path = key if key.startswith("v1/") else key.replace("v2/", "v2/data/", 1)
            answer = node.call("GET", path, token=cluster.root)
            state[key] = Client.found_in(answer)
            if state[key] is None:
                findings.append(f"node {node.number} does not tell what {key} holds: {answer.status} {answer.raw}")
            else:
                history.add(since, time.monotonic_ns(), node.life, OK, "get", key, state[key][1])
        for path in ("v1/", "v2/metadata/"):
            answer = node.call("LIST", path, token=cluster.root)
            state[path] = sorted(answer.body["data"]["keys"]) if answer.status == 200 else answer.status
        states.append(state)
    for node, state in zip(cluster.nodes[1:], states[1:]):
        for what in states[0]:
            if state[what] != states[0][what]:
                findings.append(f"{what}: node 1 has {states[0][what]}, node {node.number} has {state[what]}")


def last_tokens(cluster, tokens, findings):
    for node in cluster.nodes:
        for token in tokens.kept:
            tokens.must_let_in(node, token, "that nobody revoked")
        for token in tokens.revoked:
            tokens.must_refuse(node, token)


def counters(cluster, findings):
    for node in cluster.nodes:
        answer = node.call("GET", "sys/metrics", token=cluster.root)
        if answer.status != 200:
            findings.append(f"node {node.number} shows no metrics: {answer.status}")
            continue
        values = {c["Name"]: c["Count"] for c in answer.body["Counters"]}
        if wrong := values.get("bao.core.wrong_declarations", 0):
            findings.append(f"node {node.number}: {wrong} operations are declared as reading but write")
        if wrong := sum(c["Count"] for c in answer.body["Counters"] if c["Name"] == "bao.audit.divergences"):
            findings.append(f"node {node.number}: {wrong} cached objects are not what storage holds")


def logs(cluster, findings):
    for node in cluster.nodes:
        for line in node.log_errors():
            if not any(allowed in line for allowed in ALLOWED_ERRORS):
                findings.append(f"node {node.number} logged: {line}")


def history_holds(check_history, path, findings):
    done = subprocess.run([check_history, path], capture_output=True, text=True)
    if done.returncode != 0:
        findings.append(f"check_history says {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout.splitlines()[0] if done.stdout else ""
