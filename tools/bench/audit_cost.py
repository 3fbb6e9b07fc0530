#!/usr/bin/env python3
"""What an audit device costs a KV read.

  audit_cost.py --bao PATH [--seconds 5] [--rounds 3] [--devices 1]

A real node (bench.py's: raft storage on disk, TLS) is measured without a device and with declared file devices, in turns; shown are
CPU microseconds and operations a second of both, and what a device adds.
"""
import argparse
import statistics
import sys

sys.dont_write_bytecode = True
import bench  # noqa: E402


def measure(bao, devices, seconds):
    cluster = bench.Cluster(bao)
    try:
        config = cluster.dir / "n0.hcl"
        blocks = "".join(f'audit "file" "a{i}" {{\n  options {{ file_path = "{cluster.dir}/audit{i}.log" }}\n}}\n' for i in range(devices))
        config.write_text(config.read_text() + blocks)
        return bench.kv2_read(cluster.up(), seconds)
    finally:
        cluster.down()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bao", required=True)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--devices", type=int, default=1)
    arguments = parser.parse_args()
    figures = {0: [], arguments.devices: []}
    for _ in range(arguments.rounds):
        for devices, of_devices in figures.items():
            of_devices.append(measure(arguments.bao, devices, arguments.seconds))
    cpu = {}
    for devices, of_devices in figures.items():
        if any(one["errors"] for one in of_devices):
            sys.exit(f"{devices} devices: some requests failed")
        cpu[devices] = statistics.median(one["cpu"] for one in of_devices)
        ops = statistics.median(one["ops"] for one in of_devices)
        print(f"{devices} devices: {cpu[devices]:.1f} us CPU, {ops:.0f} reads/s")
    print(f"a device adds {(cpu[arguments.devices] - cpu[0]) / arguments.devices:.1f} us")


main()
