"""Two gateways side by side: the loss of one, by kill -9, silence or a drain, under load loses nothing and is hardly felt."""

import os
import signal
import time
import unittest

from tests.system.stack import Stack, load_report, wait_until

CLEAN = {"failed": 0, "wrong": 0, "missing": 0, "twice": 0, "foreign": 0, "unsettled": 0}
KILLED_MS = 1000  # nobody is answered for so long at most: a broken connection is noticed at once
SILENT_MS = 4000  # silence takes a client 2.5 s to be sure of
BACK_MS = 2500  # from a gateway's start until every worker is registered at it: 1.5 s, and what a busy machine adds
WORKERS = {"auth": 1, "lookup": 2, "history": 2, "history.record": 2, "history.erase": 2}


def setUpModule():
    global stack
    stack = Stack(gateways=2).up()
    unittest.addModuleCleanup(stack.close)
    stack.script("scale", "history", "2")


def end(process):
    """Of a test that failed: nothing is left behind."""
    if process.poll() is None:
        process.kill()
        process.communicate()


class Gateways(unittest.TestCase):
    def setUp(self):
        """Every test begins with both gateways and all workers at both."""
        stack.script("up")
        for gateway in (1, 2):
            wait_until(lambda: self.is_complete(gateway), f"all workers at gateway {gateway}")

    def is_complete(self, gateway):
        found = {s["service"]: s["workers"] for s in stack.status(gateway)["services"]}
        return found == WORKERS

    def started(self, clients):
        process = stack.load(clients, 0)
        self.addCleanup(end, process)
        self.assertEqual(process.stdout.readline().strip(), "started")
        return process

    def report(self, what, process, gap_ms, **expected):
        report = load_report(process)
        print(f"{what}: {report}", flush=True)
        for key, value in dict(CLEAN, **expected).items():
            self.assertEqual(report[key], value, report)
        self.assertLessEqual(report["gap_ms"], gap_ms, report)
        self.assertLessEqual(report["record_gap_ms"], gap_ms, report)
        return report

    def look_ups(self, gateway):
        return next((s["requests"] for s in stack.status(gateway)["services"] if s["service"] == "lookup"), 0)

    def busy(self):
        """The gateway that the clients are at: they begin with the first and stay with the one that answers."""
        before = {gateway: self.look_ups(gateway) for gateway in (1, 2)}

        def found():
            more = {gateway: self.look_ups(gateway) - count for gateway, count in before.items()}
            gateway = max(more, key=more.get)
            return gateway if more[gateway] >= 100 else None

        return wait_until(found, "look-ups go through a gateway")

    def await_look_ups(self, gateway):
        before = self.look_ups(gateway)
        wait_until(lambda: self.look_ups(gateway) > before + 100, f"look-ups go through gateway {gateway}")

    def restart(self, gateway):
        """Starts it and returns after how many ms every worker was there."""
        begin = time.monotonic()
        stack.start_gateway(gateway)
        wait_until(lambda: stack.answers(gateway), f"gateway {gateway} answers")
        wait_until(lambda: self.is_complete(gateway), f"all workers at gateway {gateway}")
        return (time.monotonic() - begin) * 1e3

    def test_killed(self):
        process = self.started(10)
        for _ in range(2):
            gateway = self.busy()
            stack.kill(f"gateway-{gateway}")
            self.await_look_ups(3 - gateway)
            back = self.restart(gateway)
            print(f"all workers are at gateway {gateway} {back:.0f} ms after its start", flush=True)
            self.assertLessEqual(back, BACK_MS)
        self.report("each gateway killed in turn", process, KILLED_MS, unrecorded=0, out_of_order=0)

    def test_silent(self):
        process = self.started(10)
        gateway = self.busy()
        stack.signal(f"gateway-{gateway}", signal.SIGSTOP)
        begin = time.monotonic()
        try:
            self.await_look_ups(3 - gateway)
            wait_until(lambda: time.monotonic() - begin > 5, "it was silent for 5 s")
        finally:
            stack.signal(f"gateway-{gateway}", signal.SIGCONT)
        begin = time.monotonic()
        wait_until(lambda: self.is_complete(gateway), "all workers are back")
        print(f"all workers are back at the silent gateway {(time.monotonic() - begin) * 1e3:.0f} ms after it went on", flush=True)
        self.report("a gateway silent for 5 s", process, SILENT_MS)

    def test_drained(self):
        process = self.started(10)
        for _ in range(2):
            gateway = self.busy()
            stack.signal(f"gateway-{gateway}", signal.SIGTERM)
            wait_until(lambda: not stack.running(f"gateway-{gateway}"), "it is drained")
            self.await_look_ups(3 - gateway)
            self.restart(gateway)
        self.report("each gateway drained in turn", process, KILLED_MS, unrecorded=0, out_of_order=0)

    def test_workers_return_whenever_it_is_back(self):
        for away in (0, 1, 2, 3, 4, 6):
            stack.kill("gateway-1")
            begin = time.monotonic()
            wait_until(lambda: time.monotonic() - begin >= away, "it was away")
            back = self.restart(1)
            print(f"away for {away} s: all workers are there {back:.0f} ms after its start", flush=True)
            self.assertLessEqual(back, BACK_MS)

    def test_stack_with_one_gateway_away(self):
        """What people ask goes on; make status says what is missing."""
        stack.register("alone", session="alone")
        stack.kill("gateway-1")
        self.assertTrue(stack.lexmq_json("lookup", "--json", "abandon", session="alone")[0]["recorded"])
        with self.assertRaisesRegex(AssertionError, "gateway-1 +not running"):
            stack.script("status")
        stack.script("scale", "lookup", "3")
        self.assertEqual(stack.workers("lookup", 2), 3)
        stack.script("scale", "lookup", "2")


if __name__ == "__main__":
    unittest.main()
