"""lexmq-gateway and peers that know RFC 18 and RFC 8 only (docs/protocol.md sections 1, 2.1, 2.2 and 4)."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gateway_case import BUILD, ROOT, SILENCE, Gateway, GatewayCase, LexWorker, body, eventually  # noqa: E402
from mdp_peers import C_FINAL, C_PARTIAL, LIMIT, Client, Worker  # noqa: E402


class PlainTest(GatewayCase):
    """RFC 18 and RFC 8, with peers that know nothing else."""

    def test_round_trip(self):
        worker, client = self.worker(), self.client()
        client.request(b"echo", b"hello")
        address, frames = worker.request()
        self.assertEqual((len(address), frames), (8, [b"hello"]))
        worker.final(address, b"world")
        self.assertEqual(client.reply(), (C_FINAL, b"echo", [b"world"]))
        status = self.service()
        self.assertEqual((status["requests"], status["finals"], status["open"]), (1, 1, 0))

    def test_body_frames(self):
        worker, client = self.worker(), self.client()
        sent = [b"", b"x" * 100000] + [b"%d" % n for n in range(14)]
        client.request(b"echo", *sent)
        address, frames = worker.request()
        self.assertEqual(frames, sent)
        worker.final(address, *reversed(frames))
        self.assertEqual(client.reply()[2], sent[::-1])

    def test_seventeen_body_frames_are_no_request(self):
        worker, client = self.worker(), self.client()
        client.request(b"echo", *[b"x"] * 17)
        client.request(b"echo", *[b"x"] * 2000)
        client.request(b"echo", b"good")
        self.assertEqual(worker.request()[1], [b"good"])
        self.assertEqual(self.status()["bad_frames"], 2)

    def test_partials(self):
        worker, client = self.worker(), self.client()
        client.request(b"echo", b"")
        address, _ = worker.request()
        worker.partial(address, b"1")
        worker.partial(address, b"2", b"2")
        worker.final(address, b"3")
        self.assertEqual([client.reply() for _ in range(3)],
                         [(C_PARTIAL, b"echo", [b"1"]), (C_PARTIAL, b"echo", [b"2", b"2"]), (C_FINAL, b"echo", [b"3"])])

    def test_credit_one(self):
        worker, client = self.worker(), self.client()
        for text in (b"1", b"2"):
            client.request(b"echo", text)
        address, frames = worker.request()
        self.assertEqual(frames, [b"1"])
        self.assertIsNone(worker.command(SILENCE))
        worker.final(address, b"")
        self.assertEqual(worker.request()[1], [b"2"])

    def test_mmi(self):
        client = self.client()
        self.assertEqual(client.ask(b"mmi.service", b"echo"), [b"404"])
        worker = self.worker()
        self.assertEqual(client.ask(b"mmi.service", b"echo"), [b"200"])
        self.assertEqual(self.caller().ask(b"mmi.service", b"echo"), [b"200"])
        self.assertEqual(client.ask(b"mmi.nonsense", b""), [b"501"])
        worker.disconnect()
        eventually(lambda: client.ask(b"mmi.service", b"echo") == [b"404"], "the service has no worker")

    def test_mmi_status(self):
        self.worker(make=LexWorker, credit=7)
        status = self.status()
        self.assertEqual(status["version"], (ROOT / "VERSION").read_text().strip())
        self.assertIs(status["draining"], False)
        self.assertEqual(set(status), {"version", "uptime_ms", "draining", "open", "bad_frames", "unroutable",
                                       "late_replies", "refused", "latency_bounds_us", "services"})
        bounds = status["latency_bounds_us"]
        self.assertEqual((bounds[0], bounds[-1], sorted(set(bounds))), (10, 10000000, bounds))
        self.assertEqual(status["services"], [{
            "service": "echo", "workers": 1, "credit": 7, "free": 7, "queued": 0, "queued_bytes": 0, "open": 0,
            "requests": 0, "finals": 0, "busy": 0, "timeouts": 0, "unavailable": 0, "redispatched": 0,
            "lost": 0, "latency": [0] * (len(bounds) + 1)}])

    def test_mmi_cannot_be_registered(self):
        worker = Worker(self.gateway.back, b"mmi.service")
        self.addCleanup(worker.close)
        self.assertTrue(worker.is_disconnected())

    def test_queued_before_a_worker_is_there(self):
        client = self.client()
        for n in range(3):
            client.request(b"echo", b"%d" % n)
        eventually(lambda: self.service() and self.service()["queued"] == 3, "three are queued")
        self.assertEqual(self.service()["queued_bytes"], 3)
        worker = self.worker()
        for n in range(3):
            address, frames = worker.request()
            self.assertEqual(frames, [b"%d" % n])
            worker.final(address, *frames)
            self.assertEqual(client.reply()[2], frames)

    def test_the_worker_that_waited_longest_is_next(self):
        workers, client = [self.worker() for _ in range(3)], self.client()
        for turn in range(6):
            client.request(b"echo", b"%d" % turn)
            address, frames = workers[turn % 3].request()
            workers[turn % 3].final(address, *frames)
            self.assertEqual(client.reply()[2], [b"%d" % turn])

    def test_dots_are_for_the_back(self):
        worker = self.worker(b"a.b")
        self.assert_error(self.client().ask(b"a.b", body(5)), "forbidden", 5)
        caller = self.caller()
        caller.request(b"a.b", b"call")
        address, frames = worker.request()
        worker.final(address, *frames)
        self.assertEqual(caller.reply(), (C_FINAL, b"a.b", [b"call"]))

    def test_many_clients_with_many_requests(self):
        worker = self.worker(make=LexWorker, credit=50, batch=8)
        clients = [self.client() for _ in range(4)]
        for n in range(100):
            for number, client in enumerate(clients):
                client.request(b"echo", b"%d %d" % (number, n))
        for _ in range(400):
            address, frames = worker.request()
            worker.final(address, *frames)
        for number, client in enumerate(clients):
            self.assertEqual({client.reply()[2][0] for _ in range(100)}, {b"%d %d" % (number, n) for n in range(100)})

    def test_client_that_left(self):
        worker, client = self.worker(), Client(self.gateway.front)
        client.request(b"echo", b"")
        address, _ = worker.request()
        client.close()

        def lost():
            worker.partial(address, b"")
            return self.status()["unroutable"] > 0
        eventually(lost, "the client is gone")

    def test_ids_that_peers_choose_themselves(self):
        worker, client = self.worker(), self.client(routing_id=b"n" * 255)
        client.request(b"echo", b"long")
        address, frames = worker.request()
        worker.final(address, *frames)
        self.assertEqual(client.reply()[2], [b"long"])


class StartTest(unittest.TestCase):
    def run_gateway(self, *arguments):
        return subprocess.run([BUILD / "bin/lexmq-gateway", *arguments], capture_output=True, text=True,
                              timeout=LIMIT, check=False)

    def test_no_security_by_accident(self):
        done = self.run_gateway("--front", "tcp://127.0.0.1:*", "--back", "tcp://127.0.0.1:*")
        self.assertEqual(done.returncode, 2)
        self.assertIn("certificate", done.stderr)

    def test_endpoint_in_use(self):
        gateway = Gateway("--insecure")
        self.addCleanup(gateway.close)
        done = self.run_gateway("--insecure", "--front", gateway.front, "--back", "tcp://127.0.0.1:*")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot be bound", done.stderr)

    def test_several_endpoints(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        gateway = Gateway("--insecure", "--front", f"tcp://127.0.0.1:*, ipc://{folder}/front")
        self.addCleanup(gateway.close)
        self.assertIn("INSECURE", "".join(gateway.log))
        for endpoint in (gateway.front, f"ipc://{folder}/front"):
            with Client(endpoint) as client:
                self.assertEqual(client.ask(b"mmi.service", b"x"), [b"404"])


if __name__ == "__main__":
    unittest.main()
