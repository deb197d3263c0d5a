"""What the fault campaign stands on: a plan that is its seed, a wire that does what it is told, clocks that jump."""

import os
import subprocess
import sys
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, TOP)

from tests.chaos import run, schedule  # noqa: E402
from tests.chaos.clocks import Clocks  # noqa: E402
from tests.chaos.network import Wire  # noqa: E402

LIMIT = 60
ALL = {"network", "disks"}
CLOCK = os.path.join(run.BUILD, "tests", "chaos", "clock.so")
# Sends N datagrams to an echo and prints how many came back and how long the fastest took.
ASK = """
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(float(sys.argv[3]))
back, best = 0, 99.0
for n in range(int(sys.argv[2])):
    begin = time.monotonic()
    s.sendto(b"%d" % n, (sys.argv[1], 7))
    try:
        while s.recv(99) != b"%d" % n:
            pass
        back, best = back + 1, min(best, time.monotonic() - begin)
    except TimeoutError:
        pass
print(back, best)
"""
ECHO = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 7))
print("bound", flush=True)
while True:
    data, peer = s.recvfrom(99)
    s.sendto(data, peer)
"""


class PlanTest(unittest.TestCase):
    def plan(self, seed, seconds=60, allowed=ALL):
        return [(step.at, str(step.fault), step.fault.seconds) for step in schedule.make(seed, seconds, allowed)]

    def test_a_seed_is_a_plan(self):
        self.assertEqual(self.plan(7), self.plan(7))
        self.assertNotEqual(self.plan(7), self.plan(8))

    def test_every_kind_comes_in_a_minute_and_ends_in_time(self):
        for seed in range(40):
            steps = schedule.make(seed, 60, ALL)
            self.assertEqual({step.fault.kind for step in steps}, {kind.kind for kind in schedule.KINDS}, seed)
            self.assertTrue(all(step.until <= 60 for step in steps))
            self.assertGreater(len(steps), 40)

    def test_without_namespaces_there_are_only_faults_that_can_be(self):
        kinds = {step.fault.needs for step in schedule.make(7, 300, set())}
        self.assertEqual(kinds, {""})

    def test_a_thousand_faults_in_twenty_minutes(self):
        self.assertGreater(len(self.plan(1, 1200)), 1000)


class ClockTest(unittest.TestCase):
    def test_a_clock_jumps_while_a_program_runs(self):
        with tempfile.TemporaryDirectory(prefix="lexmq-chaos-") as folder:
            clocks = Clocks(os.path.join(folder, "clocks"), {"auth"})
            with subprocess.Popen(["/usr/bin/python3", "-c", "import time\nwhile input():\n print(time.time(), time.monotonic(), flush=True)"],
                                  env=dict(os.environ, **clocks.environment("auth", CLOCK)), stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True) as program:
                def difference():
                    program.stdin.write("x\n")
                    program.stdin.flush()
                    wall, monotonic = map(float, program.stdout.readline().split())
                    return wall - monotonic

                before = difference()
                for step in (3600, -3600.5, 0):
                    clocks.step("auth", step)
                    # The wall clock of the machine itself may be slewed meanwhile.
                    self.assertAlmostEqual(difference() - before, step, delta=0.4)
                program.stdin.write("\n")
                program.stdin.close()


@unittest.skipIf(run.refusal(), "no namespaces, mounts or TUN devices here")
class WireTest(unittest.TestCase):
    def setUp(self):
        self.wire = Wire(run.WIRE, ["a", "b"], 1)
        self.addCleanup(self.wire.close)
        self.echo = subprocess.Popen([*self.wire.enter("b"), "/usr/bin/python3", "-c", ECHO], stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.echo.stdout.close)
        self.addCleanup(self.echo.wait)
        self.addCleanup(self.echo.kill)
        self.assertEqual(self.echo.stdout.readline(), "bound\n")

    def ask(self, count, patience):
        """How many of `count` came back, and how long the fastest took, in seconds."""
        output = subprocess.run([*self.wire.enter("a"), "/usr/bin/python3", "-c", ASK, self.wire.address("b"), str(count), str(patience)],
                                stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=True).stdout.split()
        return int(output[0]), float(output[1])

    def test_packets_arrive(self):
        self.assertEqual(self.ask(50, 10)[0], 50)

    def test_one_way_is_cut_and_mended(self):
        for source, target in (("a", "b"), ("b", "a")):
            self.wire.lay("cut", source, target, cut=True)
            self.assertEqual(self.ask(2, 0.2)[0], 0)
            self.wire.lift("cut")
            self.assertEqual(self.ask(5, 10)[0], 5)

    def test_delays_lie_over_each_other(self):
        self.wire.lay("long", "a", "b", delay=120, jitter=10)
        self.wire.lay("short", "a", "b", delay=5)
        self.assertGreaterEqual(self.ask(3, 10)[1], 0.12)
        self.wire.lift("short")
        self.assertGreaterEqual(self.ask(3, 10)[1], 0.12)
        self.wire.lift("long")
        self.assertLess(self.ask(20, 10)[1], 0.12)

    def test_some_are_lost(self):
        self.wire.lay("loss", "a", "b", loss=1.0)
        self.assertEqual(self.ask(2, 0.2)[0], 0)
        self.wire.lift("loss")
        self.wire.lay("loss", "a", "b", loss=0.5)
        self.ask(40, 0.02)
        _, lost, _ = self.wire.counts()
        # 2 and half of 40, give or take more than five standard deviations.
        self.assertTrue(2 + 3 < lost < 2 + 37, lost)

    def test_nonsense_is_refused(self):
        for line in ("link 1 9 0 0 0 0", "link 1 2 0 0 2000000 0", "link 1 2", "mend"):
            with self.assertRaises(RuntimeError):
                self.wire.order(line)
        self.assertEqual(self.ask(5, 10)[0], 5)


if __name__ == "__main__":
    unittest.main()
