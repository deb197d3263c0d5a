"""Clients, tables and checker on a whole Lexmq in which nothing fails: every promise is kept, and looked at."""

import os
import signal
import subprocess
import sys
import tempfile
import unittest

from tests.chaos import settle
from tests.chaos.check import check
from tests.chaos.clients import probe
from tests.system.stack import TOP, Stack, wait_until

CLIENTS, DEADLINE_MS = 12, 10000
LIMIT = 120  # seconds for the clients to be ready, and to leave
ENOUGH = 200  # lines in the ledger of every client


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(gateways=2).up()
        cls.addClassCleanup(cls.stack.close)
        cls.certificate = os.path.join(cls.stack.var, "keys", "public", "gateway.cert")
        cls.connection = [f"--socket={cls.stack.socket()}"]

    def setUp(self):
        self.stack.sql("DELETE FROM lexmq_history.lookups")  # of the test before, whose users the checker would not know
        folder = tempfile.TemporaryDirectory(prefix="lexmq-chaos-")
        self.addCleanup(folder.cleanup)
        self.log, self.tables = os.path.join(folder.name, "log"), os.path.join(folder.name, "tables")

    def start(self):
        process = subprocess.Popen([sys.executable, "-B", "-m", "tests.chaos.clients", "--fronts", self.stack.fronts(), "--server-key",
                                    self.certificate, "--clients", str(CLIENTS), "--seed", "7", "--log", self.log, "--rate", "300"],
                                   cwd=TOP, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline(), "ready\n")
        return process

    def has_enough(self):
        for number in range(CLIENTS):
            with open(os.path.join(self.log, f"client-{number:03d}.jsonl"), "rb") as file:
                if sum(1 for _ in file) < ENOUGH:
                    return False
        return True

    def test_promises_are_kept_where_nothing_fails(self):
        process = self.start()
        wait_until(self.has_enough, "every client has done enough", LIMIT)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(LIMIT), 0)
        self.assertEqual(settle.settle(self.connection, self.log, self.tables, LIMIT), 0)
        verdict = check(self.log, self.tables, DEADLINE_MS)
        self.assertEqual(verdict.violations, [], verdict.report())
        for title, counts in verdict.counts.items():
            if not title.startswith("4 "):  # nothing need go by a journal here
                self.assertGreater(sum(counts.values()), 0, title)

    def test_killed_clients_leave_a_whole_log(self):
        process = self.start()
        wait_until(self.has_enough, "every client has done enough", LIMIT)
        process.kill()
        process.wait(LIMIT)
        settle.settle(self.connection, self.log, self.tables, 0)
        verdict = check(self.log, self.tables, DEADLINE_MS)
        self.assertEqual(verdict.violations, [], verdict.report())

    def test_probe_tries_every_op_at_every_gateway(self):
        results = probe(self.stack.fronts(), self.certificate, LIMIT)
        self.assertEqual([result for result in results if not result[2]], [])
        self.assertEqual({gateway for _, gateway, _, _ in results}, set(self.stack.fronts().split(",")))
        self.assertEqual(len({op for op, _, _, _ in results}), 18)

    def test_probe_says_what_does_not_work(self):
        nowhere = f"tcp://127.0.0.1:{self.stack.port + 1}"  # the back: another protocol, another domain
        self.assertEqual([(op, ok) for op, _, ok, _ in probe([nowhere], self.certificate, 1)], [("register", False)])


if __name__ == "__main__":
    unittest.main()
