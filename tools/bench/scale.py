"""What the scale measurements share: a node that is measured empty and full, and a verdict on what grew.
"""
import argparse
import re
import sys
import time

sys.dont_write_bytecode = True
import bench  # noqa: E402

CONNECTIONS = 64  # of what fills a node


def memory(node):
    """Of its own, in MiB: not the pages of its files, which the kernel lends."""
    status = open(f"/proc/{node.processes[0].pid}/status").read()
    return int(re.search(r"RssAnon:\s+(\d+)", status).group(1)) / 1024


def restarted(node, ask):
    """Start, until `ask` was answered, and the memory after it."""
    node.stop(0)
    began = time.time()
    node.start(0)
    node.wait(0, (200,))
    ask()
    return {"start ms": (time.time() - began) * 1000, "MiB after start": memory(node)}


def starts_later(empty, full):
    """What is wrong with the start, as a list."""
    return ["starting takes longer"] if full["start ms"] > 2 * empty["start ms"] + 500 else []


def show(empty, full, count):
    print(f"{'':<24}{'empty':>12}{count:>12}")
    for name, value in empty.items():
        print(f"{name:<24}{value:>12.1f}{full[name]:>12.1f}")


def main(measure, **counts):
    """Options `--bao`, `--seconds`, `--check` and one for each count, with its default. `measure(node, options)` says what is wrong, as a
    list; with --check that fails."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bao", required=True)
    for name, default in counts.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    node = bench.Cluster(options.bao)
    try:
        wrong = measure(node, options)
    finally:
        node.down()
    for each in wrong:
        print("WRONG:", each)
    return 1 if wrong and options.check else 0
