#!/usr/bin/env python3
"""The rows R-01 to R-65 of what went wrong with standbys that read elsewhere, against three processes. internal/testing/REGRESSIONS.md maps them.

  regressions_test.py BAO FAULTY_MACHINE [--folder DIR] [-k PATTERN]
"""
import argparse
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import regressions_caches
import regressions_growth
import regressions_requests
import regressions_roles
import regressions_tokens
import verdict
from cluster import Cluster, Failed
from regression import Regression, configure

MODULES = (regressions_requests, regressions_caches, regressions_growth, regressions_roles, regressions_tokens)


def tests_of(patterns):
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{p}*" for p in patterns] or None
    return unittest.TestSuite(loader.loadTestsFromModule(m) for m in MODULES)


def nothing_was_declared_wrongly_R01_R18(cluster, findings):
    """Whatever is declared as reading has not written, on any node."""
    verdict.counters(cluster, findings)


def standbys_work_at_nothing_R11_R12(cluster, findings):
    """Work in the background that met a refused write would say so in the log."""
    verdict.logs(cluster, findings)


def run(arguments, folder):
    """What failed."""
    findings = []
    Regression.library = arguments.faulty_machine
    cluster = Regression.cluster = Cluster(arguments.bao, arguments.faulty_machine, folder)
    for node in cluster.nodes:
        configure(node)
    try:
        cluster.form()
        result = unittest.TextTestRunner(verbosity=2).run(tests_of(arguments.k))
        findings += [str(test) for test, _ in result.failures + result.errors]
        nothing_was_declared_wrongly_R01_R18(cluster, findings)
    except Failed as e:
        findings.append(str(e))
    finally:
        findings += cluster.end()
    standbys_work_at_nothing_R11_R12(cluster, findings)
    return findings


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bao")
    parser.add_argument("faulty_machine", help="the library that could make a node's disk fail")
    parser.add_argument("-k", action="append", default=[], help="part of a test's name")
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where the logs of a failed run are kept")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="regressions-", dir=arguments.folder))
    findings = run(arguments, folder)
    for finding in findings:
        print(f"FAILED: {finding}")
    if findings:
        print(f"logs are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
