#!/usr/bin/env python3
"""A node with very many leases: do start, memory and requests stay as they were, and what when many end at once?

  lease_scale.py --bao PATH [--tokens 1000000] [--ending 100000] [--seconds 5] [--check]

A real node (bench.py's: raft storage on disk, TLS) is measured empty, then with that many tokens, each with its lease, made by the API.
Then `--ending` more are made that all end in the same second, and KV reads are measured before and while the node ends them.

With --check the exit status is 1 when something grew with the number of leases, or not all of them end: for a test, with bounds that a
busy machine keeps.
"""
import re
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
import bench  # noqa: E402
import scale  # noqa: E402
from scale import CONNECTIONS, memory  # noqa: E402

MIB_MAX = 150
P99_TIMES = 2  # while leases end

MAKE = """
local headers = {["X-Vault-Token"] = "%(token)s", ["Content-Type"] = "application/json"}
local answered, bad = 0, 0
function request()
  return wrk.format("POST", "/v1/auth/token/create", headers, string.format('{"policies":["default"],"ttl":"%%ds"}', %(until)d - os.time()))
end
function response(status)
  if status ~= 200 then bad = bad + 1 end
  answered = answered + 1
  if answered >= %(count)d then os.exit(bad == 0) end  -- wrk itself would wait for its time to be over
end
"""


def make_tokens(node, count, until):
    """At least `count` tokens that end then: as many more may have been made as there are connections. How many a second."""
    script = node.dir / "make.lua"
    script.write_text(MAKE % {"token": node.token, "count": count, "until": until})
    began, before = time.time(), node.cpu()
    subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", "-d7200s", "--timeout", "20s", "-s", script, f"https://127.0.0.1:{node.ports[0]}"],
                   stdout=subprocess.DEVNULL, check=True, timeout=7200)
    took = time.time() - began
    print(f"{count} tokens made in {took:.0f} s, {count / took:.0f}/s, {(node.cpu() - before) / count * 1e6:.0f} us of CPU each", flush=True)
    return count / took


def ended(node, connection):
    connection.request("GET", "/v1/sys/metrics?format=prometheus", headers={"X-Vault-Token": node.token})
    found = re.search(r"expire_leases_ended\S* (\d+)", connection.getresponse().read().decode())
    return int(found.group(1)) if found else 0


def read(node, token, seconds):
    load = bench.wrk(node, bench.lua("GET", '"/v1/kv/data/k" .. r', token), 16, seconds)
    if load["errors"]:
        raise RuntimeError("reads were refused")
    return load


def figures(node, token, seconds):
    """Start, memory and reading as they are now."""
    found = scale.restarted(node, lambda: node.must("GET", "auth/token/lookup-self"))
    load = read(node, token, seconds)
    return {**found, "MiB after reading": memory(node), "read us of CPU": load["cpu"], "read p99 ms": load["p99"]}


def end_many(node, token, count, rate, seconds):
    """Reads while `count` tokens end in one second: p99 before and meanwhile, and how long it took."""
    connection = node.connect()
    until = int(time.time() + 10 + 2 * seconds + 2 * count / rate)
    make_tokens(node, count, until)
    before = ended(node, connection)
    quiet = read(node, token, seconds)
    time.sleep(max(0.0, until - time.time()))
    windows, done = [], threading.Event()

    def watch():
        own = node.connect()
        deadline = time.time() + 600
        while ended(node, own) - before < count and time.time() < deadline:
            time.sleep(0.2)
        done.set()

    thread = threading.Thread(target=watch)
    thread.start()
    while not done.is_set():
        windows.append(read(node, token, seconds))
    thread.join()
    took = time.time() - until
    missing = max(0, count - (ended(node, connection) - before))
    return quiet, windows, took, missing


def measure(node, options):
    node.up()
    token = bench.with_kv(node, 2)
    empty = figures(node, token, options.seconds)
    rate = make_tokens(node, options.tokens, int(time.time()) + 86_400)
    made_mib = memory(node)
    full = figures(node, token, options.seconds)
    scale.show(empty, full, options.tokens)
    print(f"{made_mib:.0f} MiB after they were made")
    quiet, windows, took, missing = end_many(node, token, options.ending, rate, options.seconds)
    worst = max(window["p99"] for window in windows)
    print(f"{options.ending} ended within {took:.0f} s; read p99 {quiet['p99']:.2f} -> {worst:.2f} ms, "
          f"p50 {quiet['p50']:.2f} -> {max(window['p50'] for window in windows):.2f} ms, "
          f"{quiet['ops']:.0f} -> {min(window['ops'] for window in windows):.0f} reads/s; {memory(node):.0f} MiB")
    wrong = scale.starts_later(empty, full)
    if missing:
        wrong.append(f"{missing} leases did not end")
    if max(made_mib, full["MiB after reading"], memory(node)) > MIB_MAX:
        wrong.append("more memory is needed")
    if full["read us of CPU"] > 2 * empty["read us of CPU"]:
        wrong.append("reading costs more")
    if not options.check and worst > P99_TIMES * quiet["p99"]:
        wrong.append("what ends disturbs who reads")
    return wrong


if __name__ == "__main__":
    sys.exit(scale.main(measure, tokens=1_000_000, ending=100_000))
