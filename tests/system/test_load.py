"""Many users at once, and what must not be lost when a part fails under load."""

import os
import signal
import unittest

from tests.system.stack import Stack, load_report, wait_until

CLEAN = {"failed": 0, "wrong": 0, "missing": 0, "twice": 0, "foreign": 0, "unsettled": 0}


def setUpModule():
    global stack
    stack = Stack().up()


def tearDownModule():
    stack.close()


class Load(unittest.TestCase):
    def started(self, process):
        self.assertEqual(process.stdout.readline().strip(), "started")
        return process

    def journalled(self):
        """True when a journal has a record; segments come and go meanwhile."""
        for folder, _, names in os.walk(os.path.join(stack.var, "journal")):
            for name in names:
                try:
                    if os.path.getsize(os.path.join(folder, name)) > 0:
                        return True
                except FileNotFoundError:
                    continue
        return False

    def check(self, process, **expected):
        report = load_report(process)
        if report["unrecorded"]:
            # What went by the journal comes after what did not: order is promised for acknowledged records only.
            expected.pop("out_of_order", None)
        for key, value in dict(CLEAN, **expected).items():
            self.assertEqual(report[key], value, report)
        return report

    def test_fifty_clients_at_once(self):
        self.check(stack.load(50, 20), unrecorded=0, out_of_order=0)

    def test_thousand_words_a_request(self):
        self.check(stack.load(2, 3, 1000), unrecorded=0, out_of_order=0)

    def test_killed_lookup_worker_loses_no_request(self):
        process = self.started(stack.load(20, 0))
        stack.kill("lookup-1")
        wait_until(lambda: stack.workers("lookup") == 1, "the gateway misses the worker")
        stack.script("scale", "lookup", "2")
        self.check(process, out_of_order=0)

    def test_killed_gateway_loses_no_request(self):
        process = self.started(stack.load(10, 0))
        stack.kill("gateway")
        stack.script("up")
        self.check(process)

    def test_history_away_and_back(self):
        process = self.started(stack.load(10, 0))
        stack.kill("history-1")
        wait_until(self.journalled, "records wait in the journal")
        stack.script("scale", "history", "1")
        report = self.check(process)
        self.assertGreater(report["unrecorded"], 0)

    def test_history_stopped_for_a_while(self):
        process = self.started(stack.load(10, 0))
        stack.signal("history-1", signal.SIGSTOP)
        try:
            wait_until(self.journalled, "records wait in the journal")
        finally:
            stack.signal("history-1", signal.SIGCONT)
        report = self.check(process)
        self.assertGreater(report["unrecorded"], 0)

    def test_database_killed_and_back(self):
        process = self.started(stack.load(10, 0))
        stack.kill("database")
        wait_until(self.journalled, "records wait in the journal")
        stack.script("up")
        report = self.check(process)
        self.assertGreater(report["unrecorded"], 0)

    def test_look_up_works_while_the_database_is_down(self):
        stack.register("patient", session="patient")
        stack.kill("database")
        try:
            answer = stack.lexmq_json("lookup", "--json", "abandon", session="patient")[0]
            self.assertEqual((answer["found"], answer["recorded"]), (True, False))
            # A worker that starts now has its index files and needs no database.
            stack.kill("lookup-1")
            stack.kill("lookup-2")
            stack.script("scale", "lookup", "2")
            self.assertTrue(stack.lexmq_json("lookup", "--json", "abandon", session="patient")[0]["found"])
        finally:
            stack.script("up")
        words = wait_until(lambda: [r["word"] for r in stack.lexmq_json("history", "--json", session="patient")][1:2] and
                           stack.lexmq_json("history", "--json", session="patient"), "both records are delivered", 60)
        self.assertEqual([r["word"] for r in words], ["abandon", "abandon"])

    def test_scale_under_load(self):
        process = self.started(stack.load(10, 0))
        stack.script("scale", "lookup", "4")
        self.assertEqual(stack.workers("lookup"), 4)
        stack.script("scale", "lookup", "1")
        self.assertEqual(stack.workers("lookup"), 1)
        stack.script("scale", "lookup", "2")
        self.check(process, out_of_order=0)


if __name__ == "__main__":
    unittest.main()
