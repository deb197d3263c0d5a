"""What strangers may send to lexmq-gateway: counted, never fatal (docs/protocol.md section 2)."""

import os
import sys
import unittest

import msgpack

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gateway_case import W_BATCH, W_DRAIN, GatewayCase, LexWorker, body, eventually, packed  # noqa: E402
from mdp_peers import (  # noqa: E402
    C_FINAL, C_REQUEST, CLIENT, W_FINAL, W_HEARTBEAT, W_PARTIAL, W_READY, W_REQUEST, WORKER, Peer)


class BadFramesTest(GatewayCase):
    """What strangers may send: counted, never fatal."""

    def test_front(self):
        peer = Peer(self.gateway.front)
        self.addCleanup(peer.close)
        bad = [(b"",), (b"MDPC02",), (CLIENT, C_REQUEST), (CLIENT, C_REQUEST, b"echo"),
               (b"MDPC01", C_REQUEST, b"echo", b""), (CLIENT, C_FINAL, b"echo", b""), (CLIENT, b"", b"echo", b""),
               (CLIENT, b"\x01\x01", b"echo", b""), (CLIENT, C_REQUEST, b"", b""),
               (CLIENT, C_REQUEST, b"e" * 256, b""), (CLIENT, C_REQUEST, b"ec ho", b""),
               (CLIENT, C_REQUEST, b"\xff", b""), (WORKER, W_READY, b"echo"), (b"", CLIENT, C_REQUEST, b"echo", b"")]
        for frames in bad:
            peer.send(*frames)
        eventually(lambda: self.status()["bad_frames"] == len(bad), "all are counted")
        self.assert_silent(peer)
        self.assertEqual(self.status()["services"], [])

    def test_back(self):
        worker = self.worker()
        bad = [(b"",), (WORKER,), (WORKER, b""), (WORKER, b"\x00"), (WORKER, b"\x09"), (WORKER, b"\xff"),
               (WORKER, W_READY), (WORKER, W_READY, b"a", b"", b""), (WORKER, W_REQUEST, b"a" * 8, b"", b""),
               (WORKER, W_PARTIAL, b"a" * 8, b""), (WORKER, W_FINAL, b"a" * 8, b"x", b""),
               (WORKER, W_FINAL, b"a" * 8, b"", *[b""] * 17), (WORKER, W_HEARTBEAT, b""), (WORKER, W_DRAIN, b""),
               (WORKER, W_BATCH), (WORKER, W_BATCH, b"", b""), (b"MDPW01", W_HEARTBEAT)]
        for frames in bad:
            worker.send(*frames)
        eventually(lambda: self.status()["bad_frames"] == len(bad), "all are counted")
        self.assertEqual(self.service()["workers"], 1)

    def test_frame_beyond_the_limit_closes_the_connection_alone(self):
        client = self.client()
        client.request(b"echo", b"x" * ((1 << 20) + 1))
        self.assertEqual(self.status()["services"], [])
        client.request(b"echo", b"x" * (1 << 20))
        eventually(lambda: self.service() and self.service()["queued_bytes"] == 1 << 20, "the largest frame is taken")

    def test_ready_twice(self):
        worker = self.worker()
        worker.ready(b"echo")
        self.assertTrue(worker.is_disconnected())
        self.assertEqual(self.service()["workers"], 0)

    def test_unknown_worker(self):
        for command in ((W_HEARTBEAT,), (W_FINAL, b"a" * 8, b"", b""), (W_BATCH, b"x"), (W_DRAIN,)):
            with Peer(self.gateway.back) as peer:
                peer.send(WORKER, *command)
                self.assertEqual(peer.receive(), [WORKER, b"\x06"])

    def test_extensions_without_options(self):
        for command in ((W_BATCH, packed((W_FINAL, b"a" * 8, b""))), (W_DRAIN,)):
            worker = self.worker()
            worker.send(WORKER, *command)
            self.assertTrue(worker.is_disconnected())

    def test_ready_that_is_refused(self):
        options = [b"", b"\xc0", b"\x01", msgpack.packb({"credit": 0}), msgpack.packb({"credit": 10001}),
                   msgpack.packb({"credit": "1"}), msgpack.packb({"batch": 257}), msgpack.packb({"batch": -1}),
                   msgpack.packb({"credit": 1.0}), b"\x82\xa6credit\x01\xa6credit\x01", b"\x81\xa6credit"]
        for frames in [(b"echo", option) for option in options] + [(b"",), (b"e" * 256,), (b"e o",)]:
            with Peer(self.gateway.back) as peer:
                peer.send(WORKER, W_READY, *frames)
                self.assertEqual(peer.receive(), [WORKER, b"\x06"], frames)

    def test_options_that_are_not_known_are_ignored(self):
        self.worker(make=LexWorker, credit=10000, batch=256, colour="blue")
        self.assertEqual(self.service()["credit"], 10000)

    def test_replies_to_nothing(self):
        holder, other, client = self.worker(), self.worker(), self.client()
        client.request(b"echo", b"")
        address, _ = holder.request()
        other.final(address, b"forged")
        other.final(b"\xff" * 8, b"")
        other.final(b"", b"")
        other.final(b"x" * 255, b"")
        other.final(bytes(8), b"")
        eventually(lambda: self.status()["late_replies"] == 5, "all are counted")
        holder.final(address, b"genuine")
        self.assertEqual(client.reply()[2], [b"genuine"])
        holder.final(address, b"again")
        holder.partial(address, b"again")
        eventually(lambda: self.status()["late_replies"] == 7, "what comes after FINAL is late")
        self.assert_silent(client)

    def test_broken_batch_is_dropped_whole(self):
        client = self.client()
        good = packed((W_FINAL, b"a" * 8, b"x"))
        for frame in (b"", good + b"\x04", good[:-1], packed((W_REQUEST, b"a" * 8, b"")), packed((b"\x07", b"a", b"")),
                      packed((W_FINAL, b"", b"")), packed(*[(W_PARTIAL, b"a", b"")] * 257)):
            worker = self.worker(make=LexWorker, credit=2, batch=2)
            client.request(b"echo", b"")
            address, _ = worker.request()
            worker.send(WORKER, W_BATCH, packed((W_FINAL, address, b"in vain")) + frame if frame else frame)
            self.assertTrue(worker.is_disconnected())
            self.assert_silent(client)
            rescuer = self.worker()
            address, _ = rescuer.request()
            rescuer.final(address, b"rescued")
            self.assertEqual(client.reply()[2], [b"rescued"])
            rescuer.disconnect()
            self.gateway.wait_log("left: it said so")

    def test_too_many_service_names(self):
        client = self.client()
        for n in range(256):
            client.request(b"name%d" % n, body(n))
        self.assert_error(client.ask(b"onemore", body(1000)), "unavailable", 1000)
        # Invented names do not lock a worker out: one of them makes way.
        self.worker(b"real")
        self.assert_error(client.reply(), "unavailable", 0)
        self.assertEqual(len(self.status()["services"]), 256)


if __name__ == "__main__":
    unittest.main()
