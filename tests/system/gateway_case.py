"""The real lexmq-gateway on ports that the kernel chose, and what tests need around it."""

import os
import pathlib
import queue
import re
import struct
import subprocess
import sys
import threading
import time
import unittest

import msgpack

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from mdp_peers import LIMIT, W_READY, W_REQUEST, WORKER, Client, Worker  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("LEXMQ_BUILD", ROOT / "build")).resolve()
PEERS = pathlib.Path(__file__).resolve().parent / "mdp_peers.py"
W_BATCH, W_DRAIN = b"\x07", b"\x08"
SILENCE = 0.3  # seconds in which something that must not come has not come


def eventually(condition, what, limit=LIMIT):
    """Waits until the condition holds."""
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not in time: {what}")
        time.sleep(0.005)


def body(number=0, **rest):
    """A request body of ours."""
    return msgpack.packb({"v": 1, "id": number.to_bytes(16, "big"), "op": "x", **rest})


def packed(*records):
    """A BATCH frame of (kind, address, body)."""
    return b"".join(struct.pack("<BBI", kind[0], len(address), len(text)) + address + text
                    for kind, address, text in records)


def unpacked(frame):
    records, at = [], 0
    while at < len(frame):
        kind, address_size, size = struct.unpack_from("<BBI", frame, at)
        at += 6
        records.append((bytes([kind]), frame[at:at + address_size],
                        frame[at + address_size:at + address_size + size]))
        at += address_size + size
    assert at == len(frame)
    return records


class LexWorker(Worker):
    """A worker with READY options, which may send and get BATCH and DRAIN."""

    def __init__(self, endpoint, service, keys=None, heartbeat=1.0, **options):
        self.options = options
        self.waiting = []
        super().__init__(endpoint, service, keys, heartbeat)

    def ready(self, service):
        self.send(WORKER, W_READY, service, msgpack.packb(self.options))

    def request(self, limit=LIMIT):
        if not self.waiting:
            message = self.command(limit)
            if message is None:
                raise TimeoutError("no request")
            if message[1] == W_BATCH:
                assert len(message) == 3
                records = unpacked(message[2])
                assert len(records) <= self.options.get("batch", 0)
                assert all(kind == W_REQUEST for kind, _, _ in records)
                self.waiting = [(address, [text]) for _, address, text in records]
            else:
                assert message[:2] == [WORKER, W_REQUEST] and message[3] == b"", message
                self.waiting = [(message[2], message[4:])]
        return self.waiting.pop(0)

    def batch(self, *records):
        self.send(WORKER, W_BATCH, packed(*records))

    def drain(self):
        self.send(WORKER, W_DRAIN)


class Gateway:
    """The program, on ports that the kernel chose."""

    def __init__(self, *settings):
        self.process = subprocess.Popen(
            [BUILD / "bin/lexmq-gateway", "--front", "tcp://127.0.0.1:*", "--back", "tcp://127.0.0.1:*", "--ready-services", "", *settings],
            stderr=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.log = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.back = self.wait_log(r"back bound to (\S+)")
        self.front = self.wait_log(r"front bound to (\S+)")

    def _read(self):
        for line in self.process.stderr:
            self.lines.put(line)

    def wait_log(self, pattern, limit=LIMIT):
        """The first group of the next line that matches."""
        end = time.monotonic() + limit
        while True:
            try:
                line = self.lines.get(timeout=max(0.001, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"not logged: {pattern}\n{''.join(self.log)}") from None
            self.log.append(line)
            found = re.search(pattern, line)
            if found:
                return found.group(1) if found.groups() else found.group(0)

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, limit=LIMIT):
        return self.process.wait(limit)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(LIMIT)
        self.process.stderr.close()


class GatewayCase(unittest.TestCase):
    """A test with a gateway of its own."""

    def setUp(self):
        self.start()

    def start(self, *settings):
        # A long heartbeat: workers here are moved by hand and fall silent between steps.
        self.gateway = Gateway("--insecure", "--heartbeat", "20000", *settings)
        self.addCleanup(self.gateway.close)

    def restart(self, *settings):
        """With other settings."""
        self.gateway.close()
        self.start(*settings)

    def client(self, **options):
        peer = Client(self.gateway.front, **options)
        self.addCleanup(peer.close)
        return peer

    def caller(self, **options):
        """A client on the back."""
        peer = Client(self.gateway.back, **options)
        self.addCleanup(peer.close)
        return peer

    def worker(self, service=b"echo", make=Worker, **options):
        """A worker whose READY was taken."""
        peer = make(self.gateway.back, service, **options)
        self.addCleanup(peer.close)
        self.gateway.wait_log(f"worker of {re.escape(service.decode())} is ready")
        return peer

    def status(self, **options):
        with Client(self.gateway.front, **options) as client:
            return msgpack.unpackb(client.ask(b"mmi.status", b"")[0])

    def service(self, name="echo"):
        return next((s for s in self.status()["services"] if s["service"] == name), None)

    def assert_error(self, reply, code, number=None):
        """(command, service, frames), or frames alone, are an error of this code."""
        frames = reply[2] if isinstance(reply, tuple) else reply
        reply = msgpack.unpackb(frames[0])
        self.assertEqual((reply["ok"], reply["err"]["code"]), (False, code))
        if number is not None:
            self.assertEqual(reply["id"], number.to_bytes(16, "big"))
        return reply

    def assert_silent(self, peer):
        message = peer.receive(SILENCE)
        self.assertIsNone(message)
