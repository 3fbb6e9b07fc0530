#!/usr/bin/env python3
"""How steps of recorded scenarios are judged, and that the lists name scenarios and steps that there are; no server is started."""
import contextlib
import io
import unittest

import conform
from replay_ready import TESTDATA, Step, Verdict, lines_of, read_waiting

HARD, SOFT = ("hard", "status", "expected 200, got 404"), ("soft", "errors.0", "other words")


def verdict(waiting, **steps):
    """steps: `l3=[HARD]`, what was found at line 3."""
    return Verdict([Step(int(line[1:]), "GET /v1/a", found, False) for line, found in steps.items()], waiting)


class Judging(unittest.TestCase):
    def test_a_step_that_is_not_listed_has_to_answer_as_recorded(self):
        self.assertTrue(verdict({}, l2=[], l3=[SOFT]).holds())
        failed = verdict({4: "SSH"}, l3=[HARD], l4=[HARD])
        self.assertFalse(failed.holds())
        self.assertEqual([step.line for step in failed.failed], [3])

    def test_a_listed_step_may_differ_and_is_counted_apart(self):
        waits = verdict({3: "SSH", 4: "SSH"}, l2=[], l3=[HARD], l4=[SOFT])
        self.assertTrue(waits.holds())
        self.assertEqual((len(waits.passed), len(waits.failed), len(waits.waiting)), (1, 0, 2))

    def test_a_listed_step_that_answers_as_recorded_makes_its_line_stale(self):
        stale = verdict({3: "SSH"}, l3=[])
        self.assertFalse(stale.holds())
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            stale.report("lease/ssh-leases.api", {3: "SSH"})
        self.assertIn("3: answers as recorded and waits no more", printed.getvalue())

    def test_a_listed_line_that_is_no_step_is_an_error(self):
        self.assertEqual(verdict({3: "SSH", 9: "SSH"}, l3=[HARD]).unknown, [9])

    def test_a_step_that_differs_through_the_active_node_too_is_not_judged(self):
        excused = Verdict([Step(3, "GET /v1/a", [HARD], True)], {})
        self.assertTrue(excused.holds())
        self.assertEqual((len(excused.passed), len(excused.failed)), (0, 0))


class TheLists(unittest.TestCase):
    def test_lines_and_spans_are_read(self):
        self.assertEqual(read_waiting("# why\na/b.api 2-4,7 SSH\na/b.api 9 no namespaces\n"),
                         {"a/b.api": {2: "SSH", 3: "SSH", 4: "SSH", 7: "SSH", 9: "no namespaces"}})
        with self.assertRaises(ValueError):
            read_waiting("a/b.api 2-4 SSH\na/b.api 3 SSH\n")

    def test_what_waits_is_a_step_of_a_scenario_that_is_ready(self):
        names = lines_of((TESTDATA / "conformance-ready.txt").read_text())
        self.assertEqual(names, sorted(set(names)))
        for name, reasons in read_waiting((TESTDATA / "conformance-waiting.txt").read_text()).items():
            self.assertIn(name, names)
            steps = {step.no for step in conform.load(conform.HERE / "scenarios" / name)[1]}
            self.assertFalse(set(reasons) - steps, name)


if __name__ == "__main__":
    unittest.main()
