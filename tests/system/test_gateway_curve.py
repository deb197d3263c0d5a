"""lexmq-gateway with keys from lexmq-keygen: who may connect, serve and call (docs/protocol.md section 9)."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import zmq

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from gateway_case import BUILD, Gateway, GatewayCase, body, eventually  # noqa: E402
from mdp_peers import LIMIT, W_FINAL, WORKER, Client, Peer, Worker  # noqa: E402


class CurveCase(GatewayCase):
    """A test with a gateway and keys of its own."""

    def start(self, *settings):
        self.keys = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.keys)
        self.keygen(str(self.keys))
        self.gateway = Gateway("--certificate", self.keys / "gateway/gateway.cert_secret",
                               "--workers", self.keys / "gateway/workers", "--heartbeat", "20000", *settings)
        self.addCleanup(self.gateway.close)
        self.server = self.read(self.keys / "public/gateway.cert")["public"]

    @staticmethod
    def keygen(*arguments):
        subprocess.run([BUILD / "bin/lexmq-keygen", *arguments], check=True, stdout=subprocess.DEVNULL, timeout=LIMIT)

    @staticmethod
    def read(path):
        return {name: key.encode() for name, key in re.findall(r'(public|secret)-key = "(.{40})"', path.read_text())}

    def known(self, name):
        """The keys of a worker that keygen made."""
        own = self.read(self.keys / name / "curve.cert_secret")
        return own["public"], own["secret"], self.server

    def fresh(self, server=None):
        return (*zmq.curve_keypair(), server or self.server)


class CurveTest(CurveCase):
    def assert_no_answer(self, endpoint, keys):
        with Client(endpoint, keys=keys) as client:
            client.request(b"mmi.service", b"x")
            self.assert_silent(client)

    def test_any_client_that_knows_the_gateway(self):
        worker = self.worker(b"lookup", keys=self.known("lookup"))
        client = self.client(keys=self.fresh())
        client.request(b"lookup", b"secretly")
        address, frames = worker.request()
        worker.final(address, *frames)
        self.assertEqual(client.reply()[2], [b"secretly"])

    def test_front_without_or_with_a_wrong_key(self):
        self.assert_no_answer(self.gateway.front, None)
        self.assert_no_answer(self.gateway.front, self.fresh(zmq.curve_keypair()[0]))

    def test_back_takes_known_keys_only(self):
        self.assert_no_answer(self.gateway.back, None)
        self.assert_no_answer(self.gateway.back, self.fresh())
        self.assert_no_answer(self.gateway.back, (*self.known("auth")[:2], zmq.curve_keypair()[0]))
        self.gateway.wait_log("peer refused on the back")
        self.assertEqual(self.caller(keys=self.known("auth")).ask(b"mmi.service", b"x"), [b"404"])

    def test_a_key_serves_what_it_lists(self):
        for name, service in (("lookup", b"auth"), ("lookup", b"history"), ("history", b"histor"), ("auth", b"x")):
            with Worker(self.gateway.back, service, keys=self.known(name)) as worker:
                self.assertTrue(worker.is_disconnected(), (name, service))
        for service in (b"history", b"history.record", b"history.erase"):
            self.worker(service, keys=self.known("history"))

    def test_a_key_calls_what_it_lists(self):
        worker = self.worker(b"history.record", keys=self.known("history"))
        for name in ("auth", "history"):
            self.assert_error(self.caller(keys=self.known(name)).ask(b"history.record", body(1)), "forbidden", 1)
        caller = self.caller(keys=self.known("lookup"))
        self.assert_error(caller.ask(b"lookup", body(1)), "forbidden", 1)
        caller.request(b"history.record", b"batch")
        address, frames = worker.request()
        worker.final(address, *frames)
        self.assertEqual(caller.reply()[2], [b"batch"])
        self.assert_error(self.client(keys=self.fresh()).ask(b"history.record", body(1)), "forbidden", 1)

    def test_worker_added_and_withdrawn_while_running(self):
        self.keygen("worker", "spell", "--services", "spell", "--calls", "history.record", str(self.keys))
        worker = self.worker(b"spell", keys=self.known("spell"))
        (self.keys / "gateway/workers/spell.cert").unlink()
        self.assertTrue(worker.is_disconnected())
        self.assert_no_answer(self.gateway.back, self.known("spell"))

    def test_replaced_key(self):
        old = self.known("lookup")
        self.keygen("worker", "lookup", "--services", "lookup", str(self.keys))
        self.assert_no_answer(self.gateway.back, old)
        self.worker(b"lookup", keys=self.known("lookup"))

    def test_an_id_taken_over_by_another_key(self):
        victim = self.worker(b"lookup", keys=self.known("lookup"), routing_id=b"same")
        client = self.client(keys=self.fresh())
        client.request(b"lookup", b"")
        address, _ = victim.request()
        victim.close()

        def is_refused():
            # libzmq lets the id be taken once it has seen the first connection close.
            with Peer(self.gateway.back, keys=self.known("auth"), routing_id=b"same") as thief:
                thief.send(WORKER, W_FINAL, address, b"", b"forged")
                return thief.receive(0.2) == [WORKER, b"\x06"]
        eventually(is_refused, "the id was taken over")
        self.gateway.wait_log("another peer has its routing id")
        self.assert_silent(client)

    def status(self, **options):
        return super().status(keys=self.fresh(), **options)


if __name__ == "__main__":
    unittest.main()
