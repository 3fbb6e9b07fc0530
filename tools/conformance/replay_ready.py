#!/usr/bin/env python3
"""Replays the scenarios that are ready and judges every step: replay_ready.py BAO [AREA [THROUGH]]

testdata/conformance-ready.txt names the scenarios; AREA chooses those whose names begin with a pattern, THROUGH (1, 2, 3) asks that
node of a cluster of three, and leaves out scenarios that start servers of their own. testdata/conformance-waiting.txt names the steps
that cannot answer as recorded yet, and what they wait for. Every other step has to; one that is listed and answers to the letter
fails as well, since its line is stale: so that list only shrinks. Exit status 0: no step failed, nothing is stale.
"""
import re
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

import conform

TESTDATA = Path(__file__).resolve().parent.parent.parent / "testdata"

# What one step came to: `differences` as conform.py gives them, `excused` when it isn't judged at all.
Step = namedtuple("Step", "line request differences excused")


def lines_of(text):
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def read_waiting(text):
    """{scenario: {line: reason}} from lines like `lease/ssh-leases.api 2-9,14 SSH`."""
    waiting = {}
    for entry in lines_of(text):
        scenario, spans, reason = entry.split(None, 2)
        steps = waiting.setdefault(scenario, {})
        for span in spans.split(","):
            first, _, last = span.partition("-")
            for line in range(int(first), int(last or first) + 1):
                if line in steps:
                    raise ValueError(f"{scenario}: line {line} is listed twice")
                steps[line] = reason
    return waiting


class Verdict:
    """The steps of one scenario, sorted by what they mean."""

    def __init__(self, steps, waiting):
        self.passed, self.failed, self.waiting, self.stale = [], [], [], []
        for step in steps:
            if step.line in waiting:
                (self.waiting if step.differences else self.stale).append(step)
            elif not step.excused:
                (self.failed if conform.hard_ones(step.differences) else self.passed).append(step)
        self.unknown = sorted(set(waiting) - {step.line for step in steps})

    def holds(self):
        return not (self.failed or self.stale or self.unknown)

    def report(self, name, reasons):
        waits = sorted({reasons[step.line] for step in self.waiting})
        note = f" ({len(self.waiting)} steps wait: {'; '.join(waits)})" if waits else ""
        print(f"{name}: {'ok' if self.holds() else f'{len(self.failed)} steps differ'}{note}", flush=True)
        for step in self.failed:
            print(f"  {step.line}: {step.request[:150]}")
            for level, at, text in conform.hard_ones(step.differences):
                print(f"      {level} {at}: {text}")
        for step in self.stale:
            print(f"  {step.line}: answers as recorded and waits no more: testdata/conformance-waiting.txt is stale")
        for line in self.unknown:
            print(f"  {line}: is no step of this scenario: testdata/conformance-waiting.txt is wrong")


def asked_once(scenario, lines):
    """The scenario's text, with those lines no longer repeated until they answer as recorded, which takes them 30 s to give up."""
    text = scenario.read_text().splitlines()
    return "\n".join(re.sub(r"^WAIT \d+ ", "", line) if number in lines else line for number, line in enumerate(text, 1))


def replay(scenario, bao, through, waiting):
    """What each step of a scenario came to."""
    recorded = conform.json.loads(conform.recording(scenario).read_text())
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        copy = Path(folder) / scenario.name
        copy.write_text(asked_once(scenario, waiting))

        def differences(node):
            return {want["line"]: found for want, found in conform.compare(recorded, conform.play(copy, bao, node))}

        found = differences(through)
        unexpected = any(conform.hard_ones(d) for line, d in found.items() if line not in waiting)
        # What differs through the active node of a cluster as well is not the standby's doing.
        alike = differences(1) if through > 1 and unexpected else {}
    return [Step(want["line"], want["request"], found[want["line"]], bool(conform.hard_ones(alike.get(want["line"], []))))
            for want in recorded]


def main(bao, area="", through=0):
    names = lines_of((TESTDATA / "conformance-ready.txt").read_text())
    waiting = read_waiting((TESTDATA / "conformance-waiting.txt").read_text())
    holds = not set(waiting) - set(names)
    for name in sorted(set(waiting) - set(names)):
        print(f"{name}: is in testdata/conformance-waiting.txt, but not ready")
    totals = dict.fromkeys(("passed", "failed", "waiting"), 0)
    for name in names:
        scenario = conform.HERE / "scenarios" / name
        if not re.match(area, name) or (through and conform.load(scenario)[0] != "dev"):
            continue
        reasons = waiting.get(name, {})
        try:
            verdict = Verdict(replay(scenario, bao, through, reasons), reasons)
        except RuntimeError as error:  # the servers did not start
            print(f"{name}: {error}")
            holds = False
            continue
        verdict.report(name, reasons)
        holds = holds and verdict.holds()
        for outcome in totals:
            totals[outcome] += len(getattr(verdict, outcome))
        totals["failed"] += len(verdict.stale) + len(verdict.unknown)
    if not sum(totals.values()):
        print(f"no scenario that is ready has a name that begins with {area}")
        return 1
    print(", ".join(f"{number} {outcome}" for outcome, number in totals.items()))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve()), *sys.argv[2:3], *map(int, filter(None, sys.argv[3:4]))))
