"""What connections can cost lexmq-gateway: their number, and the bytes that lie unread or unsent (docs/protocol.md section 4)."""

import os
import subprocess
import sys
import time
import unittest

import zmq

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from connection_peers import (MIB, MORE, Halted, by_hand, frame, is_closed, resident, send_parts,  # noqa: E402
                              silent)
from gateway_case import BUILD, LexWorker, body, eventually  # noqa: E402
from mdp_peers import LIMIT, C_FINAL, CLIENT, Client  # noqa: E402
from test_gateway_curve import CurveCase  # noqa: E402
from test_metrics_gateway import WatchedCase  # noqa: E402

CONNECTION_BYTES = 4 * MIB
MESSAGE_PARTS = 4000  # of half a MiB: 2 GB
# What came in the 0.1 s from a look to the next, twice, at what the loopback brings; far below the message.
RESIDENT_MAX = 700 * MIB * (3 if os.environ.get("LEXMQ_CHECKER") == "tsan" else 1)  # which remembers who touched what


class ConnectionsCase(WatchedCase):
    def counted(self, name, side="front"):
        return self.sample(f"connections_{name}", side=side)


def is_served(client):
    """A request may get lost with a connection that is refused."""
    try:
        return client.ask(b"mmi.service", b"x", limit=0.5) == [b"404"]
    except TimeoutError:
        return False


class NumberTest(ConnectionsCase):
    def test_the_next_is_refused_and_gets_in_when_one_has_gone(self):
        self.restart("--max-connections", "2")
        first, second = self.client(), self.client()
        for client in (first, second):
            self.assertEqual(client.ask(b"mmi.service", b"x"), [b"404"])
        third = self.client()
        third.request(b"mmi.service", b"x")
        self.gateway.wait_log(r"connection refused on the front from 127\.0\.0\.1 port \d+: 2 are open")
        for client in (first, second):
            self.assertEqual(client.ask(b"mmi.service", b"x"), [b"404"])
        eventually(lambda: self.counted("open") == 2, "the third is refused")
        self.assertEqual(self.counted("max"), 2)
        refused = self.counted("refused_total")
        eventually(lambda: self.counted("refused_total") > refused, "it is refused again and again")
        first.close()
        eventually(lambda: is_served(third), "it gets in")
        self.assertEqual(second.ask(b"mmi.service", b"x"), [b"404"])

    def test_the_client_program_is_told(self):
        """Within its own time. One may be answered before the guard gets to refuse it."""
        self.restart("--max-connections", "1")
        self.client().ask(b"mmi.service", b"x")

        def is_told():
            result = subprocess.run([BUILD / "bin/lexmq", "--gateway", self.gateway.front, "--insecure", "--timeout", "1", "status"],
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
            told = "is the gateway full" in result.stdout
            self.assertEqual(told, result.returncode != 0, result.stdout)
            return told
        eventually(is_told, "a client is told")

    def test_silent_ones_give_way(self):
        """Without that they would keep others out for the 5 s that a handshake may take, again and again."""
        self.restart("--max-connections", "3")
        silents = [silent(self.gateway.front) for _ in range(3)]
        for connection in silents:
            self.addCleanup(connection.close)
        eventually(lambda: self.counted("open") == 3, "all are open")
        self.assertEqual(self.client().ask(b"mmi.service", b"x"), [b"404"])
        self.assertTrue(is_closed(silents[0]))
        eventually(lambda: self.counted("open") == 3, "as many are open as before")

    def test_workers_have_a_limit_of_their_own(self):
        self.restart("--max-connections", "1")
        self.client().ask(b"mmi.service", b"x")
        self.worker(b"echo")
        self.worker(b"lookup")
        eventually(lambda: self.counted("open", "back") == 2, "both are known")
        self.assertEqual(self.counted("refused_total", "back"), 0)

    def test_connections_come_and_go_without_a_trace(self):
        for _ in range(50):
            with Client(self.gateway.front) as client:
                client.ask(b"mmi.service", b"x")
        eventually(lambda: self.counted("open") == 0, "none is open")
        self.assertEqual((self.counted("accepted_total"), self.counted("refused_total")), (50, 0))


class BytesTest(ConnectionsCase):
    def start(self, *settings):
        super().start("--connection-bytes", str(CONNECTION_BYTES), *settings)

    def assert_bounded(self):
        self.assertLess(resident(self.gateway.process.pid)[1], RESIDENT_MAX)

    def test_parts_without_end(self):
        endless, other = self.client(sndhwm=0), self.client()
        send_parts(endless, MESSAGE_PARTS, MIB // 2)
        self.assertEqual(other.ask(b"mmi.service", b"x"), [b"404"])
        self.gateway.wait_log(r"connection ended on the front from 127\.0\.0\.1 port \d+: \d+ bytes unread", 60)
        self.assertEqual(other.ask(b"mmi.service", b"x"), [b"404"])
        self.assert_bounded()
        self.assertEqual((self.counted("ended_total"), self.counted("refused_total")), (1, 0))

    def test_empty_parts_without_end(self):
        """Two bytes on the wire, and 64 in memory."""
        connection = by_hand(self.gateway.front)
        self.addCleanup(connection.close)
        with self.assertRaises(OSError):
            for _ in range(1000):
                connection.sendall(frame(b"", MORE) * (MIB // 2))
        self.gateway.wait_log("connection ended on the front")
        self.assert_bounded()

    def test_a_part_that_never_comes(self):
        """Held for ever, it counts for ever: several below their own limit are too much together."""
        self.restart("--buffer-bytes", str(2 * CONNECTION_BYTES))
        holders = []
        for size in (3 * MIB, 2 * MIB, 2 * MIB):
            holders.append(by_hand(self.gateway.front))
            self.addCleanup(holders[-1].close)
            holders[-1].sendall(frame(bytes(MIB), MORE) * (size // MIB))
        eventually(lambda: self.counted("unread_bytes") > 7 * MIB, "their parts have come")
        last = by_hand(self.gateway.front)
        self.addCleanup(last.close)
        last.sendall(frame(bytes(MIB), MORE) * 2)
        self.assertTrue(is_closed(holders[0]))  # the largest
        eventually(lambda: self.counted("unread_bytes") < 7 * MIB, "the others have theirs")
        self.assertEqual((self.counted("ended_total"), self.counted("open")), (1, 3))

    def test_a_backlog_of_messages_waits_at_its_sender(self):
        """While the loop stands still: what comes then is read later, and none of it is lost."""
        self.restart("--connection-bytes", str(64 * MIB))
        client, text = self.client(sndhwm=0), zmq.Frame(bytes(MIB))
        client.ask(b"mmi.service", b"x")
        with Halted(self.gateway.process.pid):
            for _ in range(1000):
                client.socket.send_multipart([CLIENT, b"\x01", b"mmi.none", text], copy=False)
            self.assert_silent(client)
            self.assertLess(resident(self.gateway.process.pid)[1], 200 * MIB)
        for _ in range(1000):
            self.assertEqual(client.reply()[::2], (C_FINAL, [b"501"]))
        self.assertEqual(self.counted("ended_total"), 0)

    def test_much_that_is_read_is_no_backlog(self):
        """For longer than the two looks that would end it take."""
        client, end, count = self.client(), time.monotonic() + 3, 0
        while time.monotonic() < end or count < 20:
            self.assertEqual(client.ask(b"mmi.none", bytes(MIB)), [b"501"])
            count += 1
        self.assertEqual((self.counted("ended_total"), self.counted("accepted_total")), (0, 1))

    def test_a_client_that_never_reads(self):
        """What waits for it is bounded by bytes, not only by messages; the rest is dropped."""
        worker = self.worker(make=LexWorker, credit=10)
        deaf = by_hand(self.gateway.front, rcvbuf=65536)
        self.addCleanup(deaf.close)
        deaf.sendall(b"".join(frame(part, MORE) for part in (CLIENT, b"\x01", b"echo")) + frame(body(1)))
        address, _ = worker.request()
        # What is given to a connection before the guard knows of it cannot be told from what was given to one before.
        eventually(lambda: self.counted("open") == 1, "the guard has seen it")
        page, pages = bytes(100_000), 0
        while self.sample("unroutable_total") == 0:
            for _ in range(10):
                worker.partial(address, page)
            pages += 10
            self.assertLess(pages * len(page), 64 * MIB)
        quick = self.client()
        quick.request(b"echo", body(2))
        worker.final(worker.request()[0], b"quick")
        self.assertEqual(quick.reply()[2], [b"quick"])
        eventually(lambda: self.counted("unsent_bytes") > MIB, "what waits is told")
        self.assertLess(self.counted("unsent_bytes"), 2 * CONNECTION_BYTES)
        self.assertEqual(self.counted("ended_total"), 0)


class CurveTest(CurveCase):
    """The same under encryption, where parts and handshakes look different."""

    def start(self, *settings):
        super().start("--connection-bytes", str(CONNECTION_BYTES), *settings)

    def test_parts_without_end(self):
        endless, other = self.client(keys=self.fresh(), sndhwm=0), self.client(keys=self.fresh())
        send_parts(endless, MESSAGE_PARTS, MIB // 2)
        self.gateway.wait_log("connection ended on the front", 60)
        self.assertEqual(other.ask(b"mmi.service", b"x"), [b"404"])
        self.assertLess(resident(self.gateway.process.pid)[1], RESIDENT_MAX)

    def test_the_largest_frame_is_as_large_as_in_plaintext(self):
        client = self.client(keys=self.fresh())
        self.assertEqual(client.ask(b"mmi.none", bytes(MIB)), [b"501"])
        client.request(b"mmi.none", bytes(MIB + 1))
        self.assert_silent(client)

    def test_silent_ones_give_way_and_others_do_not(self):
        self.restart("--max-connections", "2")
        first = self.client(keys=self.fresh())
        first.ask(b"mmi.service", b"x")
        half = by_hand(self.gateway.front)  # its greeting is plaintext's: refused by libzmq itself
        self.addCleanup(half.close)
        self.assertTrue(is_closed(half))
        mute = silent(self.gateway.front)
        self.addCleanup(mute.close)
        second = self.client(keys=self.fresh())
        self.assertEqual(second.ask(b"mmi.service", b"x"), [b"404"])
        self.assertTrue(is_closed(mute))
        third = self.client(keys=self.fresh())
        third.request(b"mmi.service", b"x")
        self.gateway.wait_log("connection refused on the front .* 2 are open")
        for client in (first, second):
            self.assertEqual(client.ask(b"mmi.service", b"x"), [b"404"])


if __name__ == "__main__":
    unittest.main()
