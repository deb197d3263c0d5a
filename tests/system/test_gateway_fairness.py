"""What one client asks does not stand in another's way (docs/protocol.md section 4)."""

import os
import signal
import subprocess
import sys
import threading
import time
import unittest

import msgpack

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gateway_case import BUILD, GatewayCase, LexWorker, body, eventually  # noqa: E402
from test_metrics_gateway import Watched  # noqa: E402

BUSY = "busy"


class FairnessCase(GatewayCase):
    def start(self, *settings):
        self.gateway = Watched("--insecure", "--heartbeat", "20000", *settings)
        self.addCleanup(self.gateway.close)

    def queued(self, count, **limit):
        eventually(lambda: self.service() and self.service()["queued"] == count, f"{count} wait: {self.service()}", **limit)

    def limited(self):
        """{limit: requests} of those that were met."""
        samples = self.gateway.samples()
        prefix = "lexmq_gateway_busy_total{limit="
        return {name[len(prefix) + 1:-2]: n for name, n in samples.items() if name.startswith(prefix) and n}

    def served(self, worker, count):
        """The bodies of the next requests, each answered before the next is given."""
        bodies = []
        for _ in range(count):
            address, frames = worker.request()
            bodies.append(frames[0])
            worker.final(address, *frames)
        return bodies


class TurnsTest(FairnessCase):
    def test_one_request_is_not_behind_a_thousand(self):
        flooder, polite = self.client(), self.client()
        for _ in range(1000):
            flooder.request(b"echo", b"flood")
        self.queued(1000)
        worker = self.worker()  # credit 1: the gateway chooses each next one
        first = worker.request()
        polite.request(b"echo", b"polite")
        self.queued(1000)
        worker.final(first[0], b"")
        self.assertIn(b"polite", self.served(worker, 2))
        self.assertEqual(polite.reply()[2], [b"polite"])

    def test_clients_take_turns_whatever_they_have_waiting(self):
        clients = [self.client() for _ in range(3)]
        waiting = 0
        for number, client in enumerate(clients):
            for _ in range(2 + 4 * number):
                client.request(b"echo", b"%d" % number)
                waiting += 1
            self.queued(waiting)  # in this order
        worker = self.worker()
        self.assertEqual(self.served(worker, waiting),
                         [b"0", b"1", b"2"] * 2 + [b"1", b"2"] * 4 + [b"2"] * 4)

    def test_callers_on_the_back_take_turns_with_clients(self):
        flooder, caller = self.client(), self.caller()
        for _ in range(100):
            flooder.request(b"echo", b"front")
        self.queued(100)
        caller.request(b"echo", b"back")
        self.queued(101)
        self.assertEqual(self.served(self.worker(), 3), [b"front", b"back", b"front"])
        self.assertEqual(caller.reply()[2], [b"back"])

    def test_a_lost_workers_requests_go_first(self):
        victim, other = self.client(), self.client()
        worker = self.worker(make=LexWorker, credit=2)
        for n in range(4):
            victim.request(b"echo", b"victim %d" % n)
        self.assertEqual([worker.request()[1][0] for _ in range(2)], [b"victim 0", b"victim 1"])
        self.queued(2)
        for n in range(2):
            other.request(b"echo", b"other %d" % n)
        self.queued(4)
        worker.disconnect()
        self.queued(6)
        # It had a turn before the worker was lost, and has the next one again; then all as ever.
        self.assertEqual(self.served(self.worker(), 6),
                         [b"victim 0", b"other 0", b"victim 1", b"other 1", b"victim 2", b"victim 3"])

    def test_much_credit_is_not_for_one(self):
        """A worker of credit 200 answers in order: who fills it makes the others wait there."""
        flooder, polite = self.client(), self.client()
        worker = self.worker(make=LexWorker, credit=200)
        for _ in range(300):
            flooder.request(b"echo", b"flood")
        self.queued(100)  # alone, it has all
        held = [worker.request()[0] for _ in range(200)]
        polite.request(b"echo", b"polite")
        self.queued(101)
        for address in held[:100]:
            worker.final(address, b"")
        # Polite is given the first credit that is free, and the flooder no more than half of 128.
        self.assertEqual(worker.request()[1], [b"polite"])
        eventually(lambda: self.service()["free"] > 90, "credit stays free")
        self.assertEqual(self.service()["queued"], 100)
        for address in held[100:]:
            worker.final(address, b"")
        self.assertEqual(worker.request()[1], [b"flood"])

    def test_held_requests_are_given_when_the_others_are_gone(self):
        flooder, polite = self.client(), self.client()
        worker = self.worker(make=LexWorker, credit=200)
        polite.request(b"echo", b"polite")
        address, _ = worker.request()
        for _ in range(150):
            flooder.request(b"echo", b"flood")
        self.queued(150 - 64)
        worker.final(address, b"")
        # None of the flooder's own is answered: only the timers look at it again.
        self.queued(0)


    def test_held_requests_expire_with_those_at_the_worker(self):
        """Those that expire free their lane's part, but what waits has expired in the same moment."""
        self.restart("--deadline", "300")
        flooder, polite = self.client(), self.client()
        worker = self.worker(make=LexWorker, credit=200, batch=100)
        polite.request(b"echo", body(0))
        worker.request()
        for n in range(150):
            flooder.request(b"echo", body(n))
        self.assert_error(polite.reply(), "timeout", 0)
        self.assertEqual({self.assert_error(flooder.reply(), "timeout")["id"] for _ in range(150)},
                         {n.to_bytes(16, "big") for n in range(150)})
        self.assertEqual(self.service()["open"], 0)


    def test_a_drained_worker_leaves_while_others_expire(self):
        """Its end gives requests to other workers: not such as expire in the same moment."""
        self.restart("--deadline", "500")
        flooder, polite = self.client(), self.client()
        drained = self.worker(make=LexWorker, credit=1)
        flooder.request(b"echo", body(0))
        drained.request()
        drained.drain()
        self.worker(make=LexWorker, credit=200)
        polite.request(b"echo", body(200))
        for n in range(1, 151):
            flooder.request(b"echo", body(n))
        self.queued(150 - 63)
        self.gateway.signal(signal.SIGSTOP)
        end = time.monotonic() + 1
        eventually(lambda: time.monotonic() > end, "all of them have expired at once")
        self.gateway.signal(signal.SIGCONT)
        self.assertTrue(drained.is_disconnected())
        self.assertEqual({self.assert_error(flooder.reply(), "timeout")["id"] for _ in range(151)},
                         {n.to_bytes(16, "big") for n in range(151)})
        self.assert_error(polite.reply(), "timeout", 200)


class FullQueueTest(FairnessCase):
    def test_costs_who_has_most(self):
        self.restart("--queue-requests", "10")
        flooder, newcomer = self.client(), self.client()
        for n in range(12):
            flooder.request(b"echo", body(n))
        for n in (10, 11):
            self.assert_error(flooder.reply(), BUSY, n)
        for n in range(100, 105):  # until both have the same
            newcomer.request(b"echo", body(n))
            self.assertGreater(self.assert_error(flooder.reply(), BUSY, 109 - n)["err"]["retry_ms"], 0)
        self.assert_error(newcomer.ask(b"echo", body(105)), BUSY, 105)
        self.assert_error(flooder.ask(b"echo", body(106)), BUSY, 106)
        self.assertEqual(self.service()["queued"], 10)
        self.assertEqual(self.service()["busy"], 9)
        self.assertEqual(self.limited(), {"queue_requests": 9})
        # What was taken is served, and the counts come out even.
        self.served(self.worker(), 10)
        for _ in range(5):
            self.assertTrue(flooder.reply() and newcomer.reply())
        self.assertEqual((self.service()["open"], self.service()["queued"], self.service()["requests"]), (0, 0, 19))

    def test_bytes_cost_who_has_most_of_them(self):
        self.restart("--queue-bytes", "1000")
        many, much, newcomer = self.client(), self.client(), self.client()
        for _ in range(10):
            many.request(b"echo", b"x")
        self.queued(10)
        for n in range(3):
            much.request(b"echo", b"%d" % n * 330)
        self.queued(13)
        newcomer.request(b"echo", b"n" * 400)  # takes the room of two
        for _ in range(2):
            self.assert_error(much.reply(), BUSY)
        self.assertEqual((self.service()["queued"], self.service()["queued_bytes"]), (12, 740))
        self.assert_error(newcomer.ask(b"echo", b"n" * 300), BUSY)
        self.assert_silent(many)
        self.assertEqual(self.limited(), {"queue_bytes": 3})

    def test_one_each_is_nobodys_excess(self):
        self.restart("--queue-requests", "2")
        clients = [self.client() for _ in range(3)]
        for n, client in enumerate(clients[:2]):
            client.request(b"echo", body(n))
        self.queued(2)
        self.assert_error(clients[2].ask(b"echo", body(2)), BUSY, 2)
        for client in clients[:2]:
            self.assert_silent(client)


    def test_all_that_the_gateway_may_have_open(self):
        most = 1 << 18
        self.restart("--queue-requests", str(most), "--client-requests", str(most), "--deadline", "600000")
        flooder, newcomer = self.client(sndhwm=0, rcvhwm=0), self.client()
        for _ in range(most // 2):  # the longest is found among all services
            flooder.request(b"echo", b"f")
            flooder.request(b"void", b"f")
        self.queued(most // 2, limit=120)
        newcomer.request(b"echo", body(1))
        self.assert_error(flooder.reply(), BUSY)
        self.assert_silent(newcomer)
        self.assert_error(flooder.ask(b"echo", body(2)), BUSY, 2)
        self.assertEqual(self.limited(), {"open_requests": 2})


class ClientLimitsTest(FairnessCase):
    def reason(self, reply):
        return msgpack.unpackb(reply[2][0])["err"]["msg"]

    def test_requests_open_of_one_connection(self):
        self.restart("--client-requests", "3")
        client, other = self.client(), self.client()
        worker = self.worker(make=LexWorker, credit=2)
        for n in range(3):  # at the worker and in the queue
            client.request(b"echo", body(n))
        self.queued(1)
        client.request(b"other", body(3))  # of all services together
        reply = client.reply()
        self.assertGreater(self.assert_error(reply, BUSY, 3)["err"]["retry_ms"], 0)
        self.assertIn("too many requests", self.reason(reply))
        other.request(b"echo", body(4))
        self.queued(2)
        worker.final(worker.request()[0], b"x")  # makes room for one more
        self.assertEqual(client.reply()[2], [b"x"])
        client.request(b"echo", body(5))
        self.queued(2)
        self.assertEqual(self.limited(), {"client_requests": 1})

    def test_bytes_open_of_one_connection(self):
        self.restart("--client-bytes", "1000")
        client, other = self.client(), self.client()
        worker = self.worker()
        client.request(b"echo", b"x" * 600, b"x" * 300)
        address, _ = worker.request()
        client.request(b"echo", b"x" * 101)
        reply = client.reply()
        self.assert_error(reply, BUSY)
        self.assertIn("too many bytes", self.reason(reply))
        client.request(b"echo", b"x" * 100)
        other.request(b"echo", b"x" * 1000)
        self.queued(2)
        worker.final(address, b"")
        self.assertEqual(client.reply()[2], [b""])
        client.request(b"echo", b"x" * 900)
        worker.request()
        self.queued(2)
        self.assertEqual(self.limited(), {"client_bytes": 1})

    def test_callers_on_the_back_have_none(self):
        self.restart("--client-requests", "1", "--client-bytes", "1")
        caller = self.caller()
        for _ in range(5):
            caller.request(b"echo", b"many bytes")
        self.queued(5)

    def test_expired_requests_no_longer_count(self):
        self.restart("--client-requests", "1", "--deadline", "100")
        client = self.client()
        worker = self.worker()
        client.request(b"echo", body(1))
        worker.request()
        self.assert_error(client.reply(), "timeout", 1)
        # The worker still has it, and so its credit; the client has its answer.
        client.request(b"echo", body(2))
        self.assert_error(client.reply(), "timeout", 2)

    def test_bad_limits(self):
        for setting in ("--client-requests", "--client-bytes"):
            for value in ("0", "-1", "many"):
                result = subprocess.run([BUILD / "bin/lexmq-gateway", "--insecure", setting, value], stderr=subprocess.PIPE, text=True,
                                        timeout=10)
                self.assertNotEqual(result.returncode, 0)
                self.assertIn(setting.lstrip("-"), result.stderr)


class FloodTest(FairnessCase):
    def test_a_flood_on_the_front_starves_nobody(self):
        """Workers on the back are heard and served, timers run, other clients are answered, while one client sends as fast as it can."""
        self.gateway.close()
        self.gateway = Watched("--insecure", "--heartbeat", "1000", "--client-requests", "10")
        self.addCleanup(self.gateway.close)
        flooder, polite = self.client(), self.client()
        worker = self.worker(heartbeat=0.1)
        stop, sent = threading.Event(), []

        def flood():
            while not stop.is_set():
                for _ in range(200):
                    flooder.request(b"void", b"flood")
                sent.append(200)
                while flooder.receive(0):
                    pass

        thread = threading.Thread(target=flood)
        thread.start()
        try:
            eventually(lambda: self.limited().get("client_requests", 0) > 1000, "the flood is refused")
            begin = self.status()["uptime_ms"]
            asked = 0
            while asked < 50 or self.status()["uptime_ms"] - begin < 3500:  # longer than a silent worker has
                polite.request(b"echo", b"%d" % asked)
                address, frames = worker.request()
                worker.final(address, *frames)
                self.assertEqual(polite.reply()[2], [b"%d" % asked])
                asked += 1
            samples = self.gateway.samples()
        finally:
            stop.set()
            thread.join(10)
        self.assertFalse(thread.is_alive())
        self.assertEqual(samples['lexmq_gateway_workers{service="echo"}'], 1)
        self.assertEqual(samples['lexmq_gateway_workers_lost_total{service="echo"}'], 0)


if __name__ == "__main__":
    unittest.main()
