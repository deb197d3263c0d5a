"""Deadlines, queues, lost workers and slow clients of lexmq-gateway (docs/protocol.md sections 2.2 and 4)."""

import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gateway_case import PEERS, Gateway, GatewayCase, LexWorker, body, eventually  # noqa: E402
from mdp_peers import C_PARTIAL, W_HEARTBEAT, WORKER  # noqa: E402


class LimitsTest(GatewayCase):
    def test_deadline_without_a_worker(self):
        self.restart("--deadline", "100")
        self.assert_error(self.client().ask(b"echo", body(3)), "unavailable", 3)

    def test_deadline_with_a_worker_and_its_late_reply(self):
        self.restart("--deadline", "300")
        worker, client = self.worker(), self.client()
        client.request(b"echo", body(1))
        client.request(b"echo", body(2))
        address, _ = worker.request()
        for number in (1, 2):  # at the worker, and in the queue
            self.assert_error(client.reply(), "timeout", number)
        status = self.service()
        # The worker still has the first in hand: nothing more is given to it.
        self.assertEqual((status["timeouts"], status["open"], status["free"]), (2, 0, 0))
        worker.partial(address, b"late")
        worker.final(address, b"late")
        eventually(lambda: self.status()["late_replies"] == 2, "late replies are counted")
        self.assertEqual(self.service()["free"], 1)
        self.assert_silent(client)
        client.request(b"echo", body(3))
        address, _ = worker.request()
        worker.final(address, b"in time")
        self.assertEqual(client.reply()[2], [b"in time"])

    def test_a_worker_that_forgets_requests_is_used_again(self):
        self.restart("--deadline", "100")
        worker, client = self.worker(), self.client()
        self.assert_error(client.ask(b"echo", body(1)), "timeout")
        worker.request()
        eventually(lambda: self.service()["free"] == 1, "its credit is back")

    def test_queue_by_count(self):
        self.restart("--queue-requests", "2")
        client = self.client()
        for n in range(3):
            client.request(b"echo", body(n))
        reply = self.assert_error(client.reply(), "busy", 2)
        self.assertGreater(reply["err"]["retry_ms"], 0)
        self.assertEqual((self.service()["busy"], self.service()["queued"]), (1, 2))

    def test_queue_by_bytes(self):
        self.restart("--queue-bytes", "1000")
        client = self.client()
        client.request(b"echo", b"x" * 600, b"x" * 400)
        self.assert_error(client.ask(b"echo", b"x"), "busy")
        worker = self.worker()
        worker.final(worker.request()[0], b"")
        self.assertEqual(client.reply()[2], [b""])
        client.request(b"echo", b"x" * 2000)  # a free worker takes what no queue would
        self.assertEqual(worker.request()[1], [b"x" * 2000])

    def test_no_room_for_requests_but_for_workers(self):
        self.restart("--queue-requests", "0")
        client = self.client()
        self.assert_error(client.ask(b"echo", body(1)), "busy", 1)
        worker = self.worker()
        client.request(b"echo", b"")
        worker.final(worker.request()[0], b"")
        self.assertEqual(client.reply()[2], [b""])

    def test_errors_about_bodies_that_are_none_of_ours(self):
        self.restart("--queue-requests", "0")
        client = self.client()
        for text in (b"", b"plain text", b"\x81\xa2id\xc4\x10short", b"\xdf\xff\xff\xff\xff"):
            self.assertNotIn("id", self.assert_error(client.ask(b"echo", text), "busy"))


class LossTest(GatewayCase):
    def test_disconnect_gives_requests_to_another(self):
        first, client = self.worker(make=LexWorker, credit=3), self.client()
        for n in range(3):
            client.request(b"echo", b"%d" % n)
        for n in range(3):
            self.assertEqual(first.request()[1], [b"%d" % n])
        first.disconnect()
        second = self.worker(make=LexWorker, credit=3, batch=2)
        for n in range(3):  # in the order they came
            address, frames = second.request()
            self.assertEqual(frames, [b"%d" % n])
            second.final(address, *frames)
            self.assertEqual(client.reply()[2], frames)
        self.assertEqual(self.service()["redispatched"], 3)

    def test_third_loss(self):
        client = self.client()
        client.request(b"echo", body(9))
        for _ in range(3):
            worker = self.worker()
            worker.request()
            worker.disconnect()
        self.assert_error(client.reply(), "unavailable", 9)
        status = self.service()
        self.assertEqual((status["redispatched"], status["unavailable"], status["open"]), (2, 1, 0))

    def test_no_second_try_after_a_partial(self):
        worker, client = self.worker(), self.client()
        client.request(b"echo", body(4))
        worker.partial(worker.request()[0], b"page")
        self.assertEqual(client.reply()[0], C_PARTIAL)
        worker.disconnect()
        self.assert_error(client.reply(), "unavailable", 4)
        self.assertEqual(self.service()["redispatched"], 0)

    def test_killed_worker(self):
        self.restart("--heartbeat", "200")
        victim = subprocess.Popen([sys.executable, PEERS, "worker", self.gateway.back, "echo", "hold"],
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(victim.stdout.close)
        self.addCleanup(victim.wait)
        self.addCleanup(victim.kill)
        self.gateway.wait_log("worker of echo is ready")
        client = self.client()
        client.request(b"echo", b"precious")
        self.assertEqual(victim.stdout.readline(), "holding\n")
        rescuer = self.worker(heartbeat=0.1)
        victim.kill()
        address, frames = rescuer.request()
        rescuer.final(address, *frames)
        self.assertEqual(client.reply()[2], [b"precious"])

    def test_silent_worker(self):
        self.restart("--heartbeat", "50")
        worker, client = self.worker(heartbeat=1000), self.client()
        client.request(b"echo", b"")
        self.assertEqual(worker.request()[1], [b""])
        self.gateway.wait_log("fell silent")
        self.assertTrue(worker.is_disconnected())
        # Its late answer is answered by DISCONNECT, and the request waits for another.
        worker.final(b"a" * 8, b"")
        self.assertTrue(worker.is_disconnected())
        self.assertEqual(self.service()["queued"], 1)

    def test_heartbeats_of_the_gateway(self):
        self.restart("--heartbeat", "50")
        worker = self.worker(heartbeat=0.03)
        for _ in range(3):
            worker.send(WORKER, W_HEARTBEAT)
            self.assertEqual(worker.receive(), [WORKER, W_HEARTBEAT])

    def test_worker_comes_back_after_the_gateway(self):
        worker = self.worker()
        endpoint = self.gateway.back
        self.gateway.signal(signal.SIGKILL)
        self.gateway.wait()
        again = Gateway("--insecure", "--heartbeat", "20000", "--back", endpoint)
        self.addCleanup(again.close)
        eventually(lambda: worker.send(WORKER, W_HEARTBEAT) or worker.command(0.1) == [WORKER, b"\x06"],
                   "the new gateway does not know the session")


class SlowClientTest(GatewayCase):
    def test_costs_itself_alone(self):
        """A client that does not read loses replies; a page lost makes the FINAL an error."""
        worker = self.worker(make=LexWorker, credit=10)
        slow, quick = self.client(rcvhwm=1, rcvbuf=4096), self.client()
        slow.request(b"echo", body(1))
        address, _ = worker.request()
        pages = 0
        while self.status()["unroutable"] == 0:
            self.assertLess(pages, 40000)
            for _ in range(500):
                worker.partial(address, b"p" * 10000)
            pages += 500
        quick.request(b"echo", b"")
        worker.final(worker.request()[0], b"quick")
        self.assertEqual(quick.reply()[2], [b"quick"])
        worker.final(address, b"would look complete")
        eventually(lambda: self.service()["unavailable"] == 1, "the request has failed")
        got = []
        while not got or got[-1][0] == C_PARTIAL:
            try:
                got.append(slow.reply(2))
            except TimeoutError:
                break  # no room even for the error: the client's own deadline tells it
        self.assertLess(len(got), pages)
        self.assertNotIn([b"would look complete"], [frames for _, _, frames in got[-1:]])


if __name__ == "__main__":
    unittest.main()
