"""A soak of a few seconds (tests/soak): its crowds, its samples, its verdict, and that a second crowd leaves nothing behind."""

import os
import unittest

from tests.soak.samples import COLUMNS, of_process, slope
from tests.soak.soak import Soak, processes_of
from tests.system.stack import Stack, wait_until

IDLE, BUSY, SECONDS = 200, 50, 6
SLACK = 2  # descriptors: the database's server opens and closes files as it likes


class Slope(unittest.TestCase):
    def test_growth_is_found_and_jumps_are_not(self):
        steady = [(t, 1000 + t % 3) for t in range(60)]
        self.assertAlmostEqual(slope(steady), 0, delta=0.02)
        peaks = [(t, v + (5000 if t % 10 == 0 else 0)) for t, v in steady]
        self.assertAlmostEqual(slope(peaks), 0, delta=0.1)
        self.assertAlmostEqual(slope([(t, v + 2 * t) for t, v in peaks]), 2, delta=0.1)


class ShortSoak(unittest.TestCase):
    def setUp(self):
        self.stack = Stack().up()
        self.addCleanup(self.stack.close)

    def soak(self):
        path = os.path.join(self.stack.var, "soak.tsv")
        soak = Soak(self.stack, path, SECONDS / 60, IDLE, BUSY, step=1, settle=1)
        soak.run()
        return soak, path

    def files(self, soak):
        return {name: of_process(pid)["files"] for name, pid in soak.samples.pids.items()}

    def test_nothing_is_left_of_a_crowd(self):
        soak, path = self.soak()
        self.assertGreaterEqual(soak.connected, IDLE)
        self.assertEqual((soak.counts["refused"], soak.counts["unanswered"]), (0, 0), soak.counts)
        self.assertGreaterEqual(soak.counts["answered"], BUSY)
        self.assertEqual(set(soak.samples.pids), {"database", "gateway", "auth-1", "lookup-1", "lookup-2", "history-1"})
        with open(path) as file:
            rows = [line.rstrip("\n").split("\t") for line in file]
        self.assertEqual(rows[0], ["seconds", "phase", "process", *COLUMNS])
        self.assertEqual({row[1] for row in rows[1:]}, {"bare", "idle", "load", "after"})
        bare = soak.samples.level("bare", "gateway", "files")
        self.assertGreaterEqual(soak.samples.level("load", "gateway", "files"), bare + IDLE + BUSY // 2)
        # The first crowd also opened what is opened once: lookup's sessions with history, connections to the database.
        wait_until(lambda: self.files(soak)["gateway"] < bare + BUSY // 2, "the gateway has closed its connections")
        before = self.files(soak)
        again, _ = self.soak()
        for name, files in before.items():
            wait_until(lambda name=name, files=files: self.files(again)[name] <= files + SLACK, f"{name} has {files} descriptors again")
        self.assertEqual(processes_of(self.stack), again.samples.pids)


if __name__ == "__main__":
    unittest.main()
