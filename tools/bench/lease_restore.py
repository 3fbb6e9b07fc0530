#!/usr/bin/env python3
"""A node with very many leases whose data was restored from a snapshot, which holds no index of them: do requests go on while it is made?

  lease_restore.py --bao PATH [--tokens 1000000] [--seconds 5] [--check]

A real node (bench.py's: raft storage on disk, TLS) is filled by the API, its snapshot taken and restored. KV reads are measured before, and
from then on until the node says that the index is complete. Between them a token that ends within seconds is made, and has to
end in time: leases are ended whether or not the older ones have been gone through.

With --check the exit status is 1 when requests are refused, or the index is not complete within an hour: for a test.
"""
import sys
import time

sys.dont_write_bytecode = True
import bench  # noqa: E402
import scale  # noqa: E402
from lease_scale import make_tokens, read  # noqa: E402

P99_TIMES = 2  # while the index is made
HOUR = 3600


def snapshot(node, file):
    connection = node.connect(timeout=HOUR)
    connection.request("GET", "/v1/sys/storage/raft/snapshot", headers={"X-Vault-Token": node.token})
    answer = connection.getresponse()
    with open(file, "wb") as out:
        while part := answer.read(1 << 20):
            out.write(part)
    return file.stat().st_size


def restore(node, file):
    connection = node.connect(timeout=HOUR)
    with open(file, "rb") as content:
        connection.request("POST", "/v1/sys/storage/raft/snapshot-force", body=content,
                           headers={"X-Vault-Token": node.token, "Content-Length": str(file.stat().st_size)})
        answer = connection.getresponse()
        if answer.status >= 300:
            raise RuntimeError(f"restore: {answer.status} {answer.read()}")


def completed(node):
    return "the index of leases is complete" in (node.dir / "n0.log").read_text()


def ends_in_time(node):
    """A token of two seconds, made now, is refused after them: leases are judged by their own time."""
    made = node.must("POST", "auth/token/create", {"ttl": "2s"})["auth"]["client_token"]
    time.sleep(2.2)
    return node.call("GET", "auth/token/lookup-self", token=made)[0] == 403


def measure(node, options):
    node.up()
    token = bench.with_kv(node, 2)
    make_tokens(node, options.tokens, int(time.time()) + 86_400)
    file = node.dir / "snapshot"
    print(f"a snapshot of {snapshot(node, file) / 2**20:.0f} MiB", flush=True)
    quiet = read(node, token, options.seconds)
    began = time.time()
    restore(node, file)
    node.wait(0, (200,))
    restored = time.time()
    windows, in_time = [], True
    while not completed(node) and time.time() - restored < HOUR:
        windows.append(read(node, token, options.seconds))
        in_time = in_time and ends_in_time(node)
    worst = max((window["p99"] for window in windows), default=0)
    print(f"restored in {restored - began:.1f} s; its index complete {time.time() - restored:.0f} s later; read p99 {quiet['p99']:.2f} -> "
          f"{worst:.2f} ms, {quiet['ops']:.0f} -> {min((w['ops'] for w in windows), default=0):.0f} reads/s; {scale.memory(node):.0f} MiB")
    wrong = [] if completed(node) else ["the index is not complete"]
    if not in_time:
        wrong.append("a token outlived its time")
    if not options.check and worst > P99_TIMES * quiet["p99"]:
        wrong.append("making the index disturbs who reads")
    return wrong


if __name__ == "__main__":
    sys.exit(scale.main(measure, tokens=1_000_000))
