"""Credit, BATCH and DRAIN, and the drain of lexmq-gateway itself (docs/protocol.md sections 2.3 to 2.5)."""

import os
import signal
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gateway_case import SILENCE, W_BATCH, GatewayCase, LexWorker, body, eventually, unpacked  # noqa: E402
from mdp_peers import C_FINAL, C_PARTIAL, W_FINAL, W_PARTIAL, WORKER  # noqa: E402


class ExtensionTest(GatewayCase):
    def test_credit(self):
        worker, client = self.worker(make=LexWorker, credit=3), self.client()
        for n in range(5):
            client.request(b"echo", b"%d" % n)
        addresses = [worker.request()[0] for _ in range(3)]
        self.assertIsNone(worker.command(SILENCE))
        status = self.service()
        self.assertEqual((status["credit"], status["free"], status["queued"], status["open"]), (3, 0, 2, 5))
        worker.final(addresses[2], b"")
        self.assertEqual(worker.request()[1], [b"3"])

    def test_batch(self):
        client = self.client()
        for n in range(10):
            client.request(b"echo", b"%d" % n)
        eventually(lambda: self.service() and self.service()["queued"] == 10, "all are queued")
        worker = self.worker(make=LexWorker, credit=10, batch=4)
        sizes, records = [], []
        while len(records) < 10:
            message = worker.command()
            self.assertEqual(message[:2], [WORKER, W_BATCH])
            got = unpacked(message[2])
            sizes.append(len(got))
            records += got
        self.assertEqual(sizes, [4, 4, 2])
        self.assertEqual([text for _, _, text in records], [b"%d" % n for n in range(10)])
        worker.batch(*[(W_PARTIAL, address, b"p" + text) for _, address, text in records[:5]],
                     *[(W_FINAL, address, text) for _, address, text in records])
        replies = [client.reply() for _ in range(15)]
        self.assertEqual(replies[:5], [(C_PARTIAL, b"echo", [b"p%d" % n]) for n in range(5)])
        self.assertEqual(replies[5:], [(C_FINAL, b"echo", [b"%d" % n]) for n in range(10)])

    def test_what_is_not_packed(self):
        client = self.client()
        sent = [[b"a"], [b"b", b"b"], [b"c" * 300000], [b"d"]]
        for frames in sent:
            client.request(b"echo", *frames)
        eventually(lambda: self.service() and self.service()["queued"] == 4, "all are queued")
        worker = self.worker(make=LexWorker, credit=10, batch=256)
        self.assertEqual([worker.request()[1] for _ in range(4)], sent)

    def test_packed_frames_stay_below_256_kib(self):
        client = self.client()
        for n in range(40):
            client.request(b"echo", b"x" * 15000)
        eventually(lambda: self.service() and self.service()["queued"] == 40, "all are queued")
        worker = self.worker(make=LexWorker, credit=40, batch=256)
        records = 0
        while records < 40:
            message = worker.command()
            self.assertEqual(message[1], W_BATCH)
            self.assertLess(len(message[2]), 262144)
            records += len(unpacked(message[2]))

    def test_foreign_addresses_in_a_batch(self):
        worker, client = self.worker(make=LexWorker, credit=2, batch=2), self.client()
        client.request(b"echo", b"")
        address, _ = worker.request()
        worker.batch((W_FINAL, b"nobody's", b"x"), (W_FINAL, address, b"good"), (W_FINAL, address, b"again"))
        self.assertEqual(client.reply()[2], [b"good"])
        self.assertEqual(self.status()["late_replies"], 2)

    def test_drain(self):
        leaving, client = self.worker(make=LexWorker, credit=2, batch=2), self.client()
        client.request(b"echo", b"old")
        address, _ = leaving.request()
        leaving.drain()
        self.gateway.wait_log("drains")
        self.assertEqual(client.ask(b"mmi.service", b"echo"), [b"404"])
        client.request(b"echo", b"new")
        staying = self.worker()
        self.assertEqual(staying.request()[1], [b"new"])
        self.assertIsNone(leaving.command(SILENCE))
        leaving.batch((W_FINAL, address, b"done"), (W_FINAL, address, b"twice"))
        self.assertEqual(client.reply()[2], [b"done"])
        self.assertTrue(leaving.is_disconnected())

    def test_drain_with_nothing_open(self):
        worker = self.worker(make=LexWorker, credit=2)
        worker.drain()
        self.assertTrue(worker.is_disconnected())

    def test_drain_ends_at_the_deadline(self):
        self.restart("--deadline", "200")
        worker, client = self.worker(make=LexWorker), self.client()
        client.request(b"echo", body(1))
        worker.request()
        worker.drain()
        self.assert_error(client.reply(), "timeout", 1)
        self.assertTrue(worker.is_disconnected())

    def test_worker_lost_while_draining(self):
        worker, client = self.worker(make=LexWorker), self.client()
        client.request(b"echo", b"x")
        worker.request()
        worker.drain()
        worker.disconnect()
        rescuer = self.worker()
        self.assertEqual(rescuer.request()[1], [b"x"])


class SignalTest(GatewayCase):
    def test_drain(self):
        worker, client = self.worker(make=LexWorker, credit=2), self.client()
        client.request(b"echo", b"open")
        address, _ = worker.request()
        self.gateway.signal(signal.SIGTERM)
        self.gateway.wait_log("drain begins: 1 open")
        reply = self.assert_error(client.ask(b"echo", body(2)), "unavailable", 2)
        self.assertEqual(reply["err"]["retry_ms"], 200)
        self.assertIs(self.status()["draining"], True)
        # What an open request needs from another service is still served.
        caller = self.caller()
        caller.request(b"echo", b"call")
        inner, _ = worker.request()
        worker.final(inner, b"called")
        self.assertEqual(caller.reply()[2], [b"called"])
        worker.final(address, b"finished")
        self.assertEqual(client.reply()[2], [b"finished"])
        self.assertTrue(worker.is_disconnected())
        self.assertEqual(self.gateway.wait(), 0)

    def test_nothing_open(self):
        worker = self.worker()
        self.gateway.signal(signal.SIGINT)
        self.assertTrue(worker.is_disconnected())
        self.assertEqual(self.gateway.wait(), 0)

    def test_drain_that_takes_too_long(self):
        self.restart("--drain", "100")
        worker, client = self.worker(), self.client()
        client.request(b"echo", body(1))
        worker.request()
        self.gateway.signal(signal.SIGTERM)
        self.assert_error(client.reply(), "unavailable", 1)
        self.assertTrue(worker.is_disconnected())
        self.assertEqual(self.gateway.wait(), 0)

    def test_second_signal(self):
        worker, client = self.worker(), self.client()
        client.request(b"echo", b"")
        worker.request()
        self.gateway.signal(signal.SIGTERM)
        self.gateway.wait_log("drain begins")
        self.gateway.signal(signal.SIGTERM)
        self.assertEqual(self.gateway.wait(), 1)


if __name__ == "__main__":
    unittest.main()
