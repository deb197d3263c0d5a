"""What the gateway says of itself over HTTP: metrics, liveness, readiness; and what it tells of a request in its log."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request

import msgpack

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gateway_case import BUILD, LIMIT, ROOT, GatewayCase, LexWorker, Gateway, body, eventually  # noqa: E402

HTTP_SECONDS = 5


class Watched(Gateway):
    """With a monitor on a port that the kernel chose."""

    def __init__(self, *settings):
        super().__init__("--metrics", "127.0.0.1:0", *settings)
        line = next((l for l in self.log if "metrics at" in l), None) or self.wait_log(r".*metrics at.*")
        self.address = "http://127.0.0.1:" + re.search(r"port (\d+)", line).group(1)

    def get(self, path, seconds=HTTP_SECONDS):
        """(status, text)."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def samples(self):
        """{name with labels: number} of the page."""
        status, text = self.get("/metrics")
        assert status == 200, text
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line[0] != "#"}


class WatchedCase(GatewayCase):
    def start(self, *settings):
        self.gateway = Watched("--insecure", "--heartbeat", "20000", *settings)
        self.addCleanup(self.gateway.close)

    def sample(self, name, **labels):
        inner = ",".join(f'{key}="{value}"' for key, value in labels.items())
        return self.gateway.samples().get(f"lexmq_gateway_{name}" + (f"{{{inner}}}" if inner else ""))


class ReadinessTest(WatchedCase):
    def test_ready_comes_and_goes_with_the_workers(self):
        self.restart("--ready-services", "echo,lookup")
        self.assertEqual(self.gateway.get("/readyz"), (503, "echo has no worker\nlookup has no worker\n"))
        self.assertEqual(self.gateway.get("/healthz")[0], 503)
        self.assertEqual(self.gateway.get("/livez"), (200, "ok\n"))
        worker = self.worker()
        self.assertEqual(self.gateway.get("/readyz"), (503, "lookup has no worker\n"))
        self.worker(b"lookup")
        self.assertEqual(self.gateway.get("/readyz"), (200, "ok\n"))
        worker.disconnect()
        eventually(lambda: self.gateway.get("/readyz") == (503, "echo has no worker\n"), "no longer ready")
        self.assertEqual(self.gateway.get("/healthz"), (200, "ok\n"))

    def test_ready_without_any_service(self):
        self.assertEqual(self.gateway.get("/readyz"), (200, "ok\n"))

    def test_usual_services(self):
        gateway = Watched("--insecure", "--ready-services", "auth,lookup,history")
        self.addCleanup(gateway.close)
        process = subprocess.run([BUILD / "bin/lexmq-gateway", "--help"], stdout=subprocess.PIPE, text=True, timeout=10)
        self.assertIn("[auth,lookup,history]", process.stdout)
        self.assertEqual(gateway.get("/readyz")[1].count("\n"), 3)

    def test_not_ready_while_draining(self):
        worker = self.worker()
        self.client().request(b"echo", body())
        worker.request()
        self.gateway.signal(signal.SIGTERM)
        eventually(lambda: self.gateway.get("/readyz") == (503, "the gateway is going down\n"), "not ready")
        self.assertEqual(self.sample("draining"), 1)

    def test_a_loop_that_stands_still_is_not_alive(self):
        self.assertEqual(self.gateway.get("/livez")[0], 200)
        self.gateway.signal(signal.SIGSTOP)
        self.addCleanup(self.gateway.signal, signal.SIGCONT)
        # The whole process stands still, so nobody is there to say 503 either.
        with self.assertRaises(OSError):
            self.gateway.get("/livez", seconds=1)
        self.gateway.signal(signal.SIGCONT)
        eventually(lambda: self.gateway.get("/livez") == (200, "ok\n"), "alive again")

    def test_bad_settings(self):
        for settings in (("--ready-services", "a b\x01"), ("--ready-services", ",".join(f"s{n}" for n in range(33))),
                         ("--metrics", "nonsense"), ("--metrics", "127.0.0.1")):
            process = subprocess.run([BUILD / "bin/lexmq-gateway", "--insecure", "--front", "tcp://127.0.0.1:*", "--back",
                                      "tcp://127.0.0.1:*", *settings], stderr=subprocess.PIPE, text=True, timeout=10)
            self.assertEqual(process.returncode, 1, process.stderr)
            self.assertRegex(process.stderr, "ERROR .*(ready-services|metrics)")


class PageTest(WatchedCase):
    def test_every_name_of_the_contract(self):
        self.restart("--ready-services", "echo")
        page = (ROOT / "docs/metrics.md").read_text()
        listed = page[page.index("## All programs"):page.index("## Workers")]
        names = set(re.findall(r"`((?:lexmq|process)_[a-z_]+)", listed))
        text = self.gateway.get("/metrics")[1]
        self.assertEqual(set(re.findall(r"^# TYPE (\S+)", text, re.M)), names)

    @unittest.skipUnless(shutil.which("promtool"), "no promtool")
    def test_promtool_finds_nothing(self):
        self.worker(b"a", make=LexWorker, name='x"y\\z')
        page = self.gateway.get("/metrics")[1]
        result = subprocess.run(["promtool", "check", "metrics"], input=page, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True, timeout=30)
        self.assertEqual((result.returncode, result.stdout), (0, ""))

    def test_counts(self):
        worker, client = self.worker(make=LexWorker, credit=2), self.client()
        for n in range(3):
            client.request(b"echo", body(n))
        addresses = [worker.request()[0] for _ in range(2)]
        eventually(lambda: self.sample("requests_total", service="echo") == 3, "all are there")
        samples = self.gateway.samples()
        for name, value in (("open_requests", 3), ("queue_requests", 1), ("queue_bytes", len(body(2))), ("workers", 1),
                            ("credit", 2), ("credit_free", 0)):
            self.assertEqual(samples[f'lexmq_gateway_{name}{{service="echo"}}'], value, name)
        for address in addresses:
            worker.final(address, b"x")
        worker.final(worker.request()[0], b"x")
        worker.final(b"12345678", b"x")
        eventually(lambda: self.sample("late_replies_total") == 1, "one is late")
        self.assertEqual(self.sample("replies_total", service="echo", outcome="final"), 3)
        self.assertEqual(self.sample("request_duration_seconds_count", service="echo"), 3)
        self.assertEqual(self.sample("request_duration_seconds_bucket", service="echo", le="10"), 3)
        self.assertEqual(self.sample("open_requests", service="echo"), 0)

    def test_durations_are_finer_than_a_millisecond(self):
        worker, client = self.worker(), self.client()
        for n in range(20):
            client.request(b"echo", body(n))
            worker.final(worker.request()[0], b"x")
        eventually(lambda: self.sample("request_duration_seconds_count", service="echo") == 20, "all are answered")
        total = self.sample("request_duration_seconds_sum", service="echo")
        self.assertNotEqual(total * 1000, int(total * 1000))
        self.assertTrue(0 < total < 5, total)

    def test_lost_and_redispatched(self):
        first, client = self.worker(), self.client()
        client.request(b"echo", body())
        first.request()
        second = self.worker()
        first.disconnect()  # with a request in hand
        second.final(second.request()[0], b"x")
        client.reply()
        self.assertEqual(self.sample("redispatched_total", service="echo"), 1)
        self.assertEqual(self.sample("workers_lost_total", service="echo"), 1)
        second.disconnect()  # with none
        third = self.worker(make=LexWorker, credit=2)
        third.drain()
        self.assertTrue(third.is_disconnected())
        eventually(lambda: self.sample("workers", service="echo") == 0, "all are gone")
        self.assertEqual(self.sample("workers_lost_total", service="echo"), 1)

    def test_refused(self):
        self.assert_error(self.client().ask(b"history.record", body(7)), "forbidden", 7)
        self.assertEqual(self.sample("refused_total"), 1)

    def test_strangers_names_are_not_shown(self):
        client = self.client()
        for n in range(300):
            client.request(b"invented%d" % n, body(n))
        eventually(lambda: len(self.status()["services"]) == 256, "as many as are known")
        self.assertNotIn("invented", self.gateway.get("/metrics")[1])
        self.worker(b"invented1")
        self.assertIn('{service="invented1"}', self.gateway.get("/metrics")[1])

    def test_answers_under_load(self):
        """While a socket always has something, the loop does not poll."""
        self.restart("--queue-requests", "0")
        flood, text = self.client(), body()
        stop, rounds = threading.Event(), []

        def run():
            while not stop.is_set():
                for _ in range(500):
                    flood.request(b"echo", text)
                for _ in range(500):
                    flood.reply()
                rounds.append(500)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            asked, end = 0, time.monotonic() + LIMIT
            while asked < 100 or (len(rounds) < 3 and time.monotonic() < end):
                self.assertEqual(self.gateway.get("/livez")[0], 200)
                asked += 1
        finally:
            stop.set()
            thread.join(HTTP_SECONDS)
        self.assertEqual(self.service()["busy"], sum(rounds))
        self.assertGreaterEqual(len(rounds), 3)


class WorkersTest(GatewayCase):
    def workers(self):
        return msgpack.unpackb(self.client().ask(b"mmi.workers", b"")[0])["workers"]

    def test_each_worker(self):
        self.assertEqual(self.workers(), [])
        named = self.worker(make=LexWorker, credit=5, name="host:7")
        self.worker(b"other")
        client = self.client()
        client.request(b"echo", body())
        address, _ = named.request()
        first, second = self.workers()
        for key in ("ready_ms", "silent_ms"):
            self.assertTrue(0 <= first.pop(key) < 10000)
        self.assertEqual(first, {"service": "echo", "name": "host:7", "credit": 5, "held": 1, "open": 1, "finals": 0,
                                 "draining": False})
        self.assertEqual((second["service"], second["name"], second["credit"]), ("other", "#2", 1))
        named.drain()
        eventually(lambda: self.workers()[0]["draining"], "it drains")
        named.final(address, b"x")
        eventually(lambda: len(self.workers()) == 1, "it is gone")

    def test_bad_names(self):
        for name in ("", "x" * 65, "a b", "\x1b[2J", "é", 7):
            worker = LexWorker(self.gateway.back, b"echo", credit=1, name=name)
            self.addCleanup(worker.close)
            self.assertTrue(worker.is_disconnected(), name)


class StoryTest(GatewayCase):
    """Lines of log that carry a request's id."""

    ID = f"{7:032x}"

    def line(self, words):
        return self.gateway.wait_log(rf"\[{self.ID}\] .*{words}")

    def test_each_step(self):
        self.restart("--log-requests", "1")
        client = self.client()
        client.request(b"echo", body(7))
        self.line("received on the front")
        self.line("waits, 0 before it")
        first = self.worker(make=LexWorker, credit=1, name="one:1")
        self.line("given to worker one:1")
        first.request()
        first.disconnect()
        self.line("its worker was lost")
        second = self.worker(make=LexWorker, credit=1, name="two:2")
        self.line("given to another worker two:2")
        second.final(second.request()[0], b"x")
        self.line("answered by worker two:2 in [0-9]+ ms")

    def test_nothing_unless_asked_for(self):
        worker, client = self.worker(), self.client()
        client.request(b"echo", body(7))
        worker.final(worker.request()[0], b"x")
        client.reply()
        worker.disconnect()
        self.gateway.wait_log("worker of echo left")
        self.assertNotIn(self.ID, "".join(self.gateway.log))

    def test_failures_are_always_told(self):
        self.restart("--deadline", "50")
        self.client().request(b"echo", body(7))
        self.line("ends in unavailable after [0-9]+ ms: no worker serves this")
        self.worker()
        self.client().request(b"echo", body(7))
        self.line("ends in timeout after [0-9]+ ms")

    def test_slow_ones_are_always_told(self):
        self.restart("--log-slow", "1")
        worker, client = self.worker(), self.client()
        client.request(b"echo", body(7))
        address, _ = worker.request()
        received = self.status()["uptime_ms"]
        eventually(lambda: self.status()["uptime_ms"] > received + 2, "the gateway's clock goes on")
        worker.final(address, b"x")
        self.line("answered by worker #1 in [0-9]+ ms, slow")

    def test_a_flood_is_counted(self):
        self.restart("--queue-requests", "0")
        client = self.client()
        for n in range(500):
            client.request(b"echo", body(n))
        for n in range(500):
            client.reply()
        # On a slow machine it takes several seconds, each of which has its lines and its count.
        told = more = 0
        while told + more < 500:
            more += int(self.gateway.wait_log(r"requests that failed or were slow: (\d+) more", limit=15))
            told = "".join(self.gateway.log).count("ends in busy")
        self.assertEqual(told + more, 500)
        self.assertGreaterEqual(told, 20)
        self.assertGreater(more, 0)


if __name__ == "__main__":
    unittest.main()
