"""The locks of the wire, tried from outside: wrong mechanisms and keys, foreign services, replays, changed bytes, plaintext."""

import concurrent.futures
import ctypes
import os
import socket
import struct
import subprocess
import time
import unittest

import msgpack
import zmq

from tests.system.attack_proxy import Proxy, flip, replay
from tests.system.attack_wire import Caller, Keys, code
from tests.system.gateway_case import Gateway
from tests.system.mdp_peers import CLIENT, W_FINAL, W_READY, WORKER, Client, Peer, Worker
from tests.system.stack import BUILD, LEXMQ, Stack, wait_until

SILENCE = 0.3   # seconds in which something that must not come has not come
GREETING = 64   # bytes, ZMTP 3.1
# Nothing of it is signed, nor is the padding of HELLO; behind that only bits like a frame's outer "more", which CURVE's own flags outdo.
PADDED = GREETING + 2 + 6 + 2 + 72
SERVICES = ("auth", "lookup", "history", "history.record", "history.erase")
SERVES = {"auth": {"auth"}, "lookup": {"lookup"}, "history": {"history", "history.record", "history.erase"}}
CALLS = {"auth": {"history.erase"}, "lookup": {"history.record"}, "history": set()}


def setUpModule():
    global stack, keys
    stack = Stack().up()
    keys = Keys(stack)


def tearDownModule():
    stack.close()


def requests():
    """How many requests each service was asked."""
    return {s["service"]: s["requests"] for s in stack.status()["services"]}


class Curve(unittest.TestCase):
    front = property(lambda self: f"tcp://127.0.0.1:{stack.port}")
    back = property(lambda self: f"tcp://127.0.0.1:{stack.port + 1}")

    def assert_unheard(self, endpoint, **options):
        """Nothing that this peer says is answered, and nothing reaches a service."""
        before = requests()
        with Client(endpoint, **options) as client:
            client.request(b"mmi.status", b"")
            client.request(b"auth", Caller.body("login", name="x", password="x"))
            client.send(WORKER, W_READY, b"auth")
            self.assertIsNone(client.receive(SILENCE))
        self.assertEqual(requests(), before)
        self.assertEqual(stack.workers("auth"), 1)

    def test_peers_without_the_right_key(self):
        """No encryption, a password instead of a key, another gateway's key; on the back also keys that nobody has certified."""
        for endpoint in (self.front, self.back):
            with self.subTest(endpoint=endpoint):
                self.assert_unheard(endpoint)
                self.assert_unheard(endpoint, plain_username=b"root", plain_password=b"root")
                self.assert_unheard(endpoint, keys=(*zmq.curve_keypair(), zmq.curve_keypair()[0]))
        self.assert_unheard(self.back, keys=keys.stranger())
        # The public half of a worker's key is no secret; without the other half it is no key either.
        self.assert_unheard(self.back, keys=(keys.worker("auth")[0], zmq.curve_keypair()[1], keys.gateway))

    def test_older_protocols_without_security(self):
        """ZMTP 1.0 and 2.0, and 3.x that asks for NULL, know no CURVE: a gateway that has keys hangs up on them."""
        frames = (CLIENT, b"\x01", b"mmi.service", b"auth")
        more = [1] * (len(frames) - 1) + [0]
        old = b"\x01\0" + b"".join(bytes([len(f) + 1, m]) + f for f, m in zip(frames, more))
        rest = b"".join(bytes([m, len(f)]) + f for f, m in zip(frames, more))
        second = b"\xff" + bytes(7) + b"\x01\x7f\x01\x05" + b"\0\0" + rest
        ready = b"\x05READY\x0bSocket-Type\0\0\0\x06DEALER"
        third = b"\xff" + bytes(8) + b"\x7f\x03\0NULL" + bytes(16 + 32) + bytes([4, len(ready)]) + ready
        plain = Gateway("--insecure")
        self.addCleanup(plain.close)
        before = requests()
        for name, data in (("1.0", (old,)), ("2.0", (second,)), ("3.0", (third, rest))):
            with self.subTest(zmtp=name):
                self.assertEqual(asked(int(plain.front.rsplit(":", 1)[1]), *data), b"404")  # it is good talk where no keys are
                for port in (stack.port, stack.port + 1):
                    self.assertEqual(asked(port, *data), b"")
        self.assertEqual(requests(), before)

    def test_every_key_on_every_foreign_service(self):
        for name, serves in SERVES.items():
            for service in SERVICES:
                with self.subTest(key=name, service=service):
                    if service not in serves:
                        with Worker(self.back, service.encode(), keys=keys.worker(name)) as worker:
                            self.assertTrue(worker.is_disconnected())
                    if service not in CALLS[name]:
                        with Caller(stack, keys.worker(name), self.back) as caller:
                            self.assertEqual(code(caller.call(service, "whoami")), "forbidden")

    def test_internal_services_from_the_front(self):
        """By their names, by names that are nearly theirs, and by their ops at the service next to them."""
        token = self.genuine("internal")
        record = {"toks": [token], "records": [[0, os.urandom(16), 1, ["forged", True]]]}
        with Caller(stack, keys.stranger()) as caller:
            for service in ("history.record", "history.erase", "lexmq.x", ".", "history."):
                for op in ("record", "erase", "recent"):
                    self.assertEqual(code(caller.call(service, op, token, user=1, **record)), "forbidden", (service, op))
            for service in ("history", "auth", "lookup"):
                for op in ("record", "erase", "history.record", "history/record", "record\0", "RECORD", ""):
                    self.assertEqual(code(caller.call(service, op, token, user=1, **record)), "bad_request", (service, op))
            self.assertEqual(caller.words(token), [])
            # What no service name is, is not answered at all.
            for service in (b"history.record\0", b"", b"history\0.record", "история".encode()):
                caller.request(service, caller.body("record", token, **record))
            self.assertIsNone(caller.receive(SILENCE))

    def test_worker_frames_at_the_front(self):
        with Peer(self.front, keys=keys.stranger()) as peer:
            peer.send(WORKER, W_READY, b"auth")
            peer.send(WORKER, W_FINAL, b"12345678", b"", b"forged")
            peer.send(CLIENT, W_FINAL, b"auth", b"forged")
            self.assertIsNone(peer.receive(SILENCE))
        self.assertEqual(stack.workers("auth"), 1)

    def test_withdrawn_while_connected(self):
        """A certificate that is taken out ends what its key opened: sessions and calls, on connections that stand."""
        subprocess.run([os.path.join(BUILD, "bin", "lexmq-keygen"), "worker", "spy", "--services", "spy", "--calls", "history.record", keys.folder],
                       check=True, stdout=subprocess.DEVNULL, timeout=30)
        with Worker(self.back, b"spy", keys=keys.worker("spy")) as worker, Caller(stack, keys.worker("spy"), self.back) as caller:
            wait_until(lambda: stack.workers("spy") == 1, "the worker is in")
            self.assertEqual(code(caller.call("history.record", "record", toks=[], records=[])), "ok")
            os.unlink(os.path.join(keys.folder, "gateway", "workers", "spy.cert"))
            self.assertTrue(worker.is_disconnected())
            self.assertEqual(code(caller.call("history.record", "record", toks=[], records=[])), "forbidden")
            worker.ready(b"spy")
            self.assertTrue(worker.is_disconnected())
        self.assert_unheard(self.back, keys=keys.worker("spy"))

    def genuine(self, name):
        with Caller(stack, keys.stranger()) as caller:
            return caller.register(name)["tok"]

    def test_replay(self):
        """What a genuine client said, said again byte by byte: the handshake fails, nothing is done twice."""
        token = self.genuine("replayed")
        with Proxy(stack.port) as proxy:
            with Caller(stack, keys.stranger(), proxy.endpoint) as caller:
                self.assertEqual(code(caller.look_up(token, "abandon")), "ok")
                self.assertEqual(code(caller.call("auth", "logout", token)), "ok")
                caller.register("replayed too")
            data = bytes(proxy.sent[0])
        self.assertNotIn(b"abandon", data)  # it was encrypted indeed
        users = stack.sql("SELECT COUNT(*) FROM lexmq_auth.users")
        records = stack.sql("SELECT COUNT(*) FROM lexmq_history.lookups")
        before = requests()
        answer = replay(stack.port, data, 20)
        self.assertIsNotNone(answer, "the gateway has closed the connection")
        self.assertLess(len(answer), len(b"".join(proxy.received)))
        self.assertIsNotNone(replay(stack.port, data[:GREETING] + data[-200:], 20))
        self.assertEqual(requests(), before)
        self.assertEqual(stack.sql("SELECT COUNT(*) FROM lexmq_auth.users"), users)
        self.assertEqual(stack.sql("SELECT COUNT(*) FROM lexmq_history.lookups"), records)

    def test_handshake_cut_off(self):
        """At many lengths, the peer then silent: the gateway hangs up by itself, and serves others meanwhile."""
        with Proxy(stack.port) as proxy:
            with Caller(stack, keys.stranger(), proxy.endpoint) as caller:
                caller.ask(b"mmi.service", b"auth")
            data = bytes(proxy.sent[0])
        lengths = (0, 1, 10, 11, 12, 63, 64, 65, 66, 100, 265, 266, 400)
        with concurrent.futures.ThreadPoolExecutor(len(lengths)) as pool:
            waiting = [pool.submit(replay, stack.port, data[:length], 30) for length in lengths]
            self.assertTrue(stack.answers())
            for length, one in zip(lengths, waiting):
                self.assertIsNotNone(one.result(), length)

    def attack(self, offset, towards_server):
        """One look-up through a man in the middle who turns a bit. (answer or None, whether a connection broke)"""
        with Proxy(stack.port, flip(offset, towards_server)) as proxy:
            with Caller(stack, keys.stranger(), proxy.endpoint) as caller:
                caller.request(b"lookup", caller.body("define", self.token, id=b"m" * 16, words=["abandon"], record=False))
                message = caller.receive(1.5)
                return message, proxy.broken > 0

    def test_man_in_the_middle(self):
        """A bit turned anywhere: the connection breaks, or it was one that means nothing; never another answer."""
        self.token = self.genuine("middle")
        with Proxy(stack.port) as proxy:
            with Caller(stack, keys.stranger(), proxy.endpoint) as caller:
                genuine = caller.ask(b"lookup", caller.body("define", self.token, id=b"m" * 16, words=["abandon"], record=False))
            sizes = len(proxy.sent[0]), len(proxy.received[0])
        bodies = msgpack.unpackb(genuine[0])["results"]
        self.assertTrue(bodies[0]["found"])
        spots = [(offset, towards) for towards, size in zip((True, False), sizes)
                 for offset in {0, 1, 9, 10, 12, 20, 32, 33, 64, 66, 70, *range(90, size, max(1, size // 16)), size - 1}]
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            outcomes = list(pool.map(lambda spot: self.attack(*spot), spots))
        broke = meaningless = 0
        for spot, (message, broken) in zip(spots, outcomes):
            with self.subTest(spot=spot):
                if message is not None:
                    self.assertEqual(message[:3], [CLIENT, b"\x03", b"lookup"])
                    self.assertEqual(msgpack.unpackb(message[3])["results"], bodies)
                    meaningless += spot[0] >= PADDED
                broke += broken
        self.assertGreater(broke, len(spots) // 3)
        self.assertLess(meaningless, len(spots) // 8)


class Names(unittest.TestCase):
    """libzmq ends the process when it gives a nameless peer a name that another peer has taken for itself."""

    def test_names_cannot_be_foreseen(self):
        """Not from rand() seeded with the second of the start, which mmi.status tells, nor from rand() unseeded."""
        libc = ctypes.CDLL(None)
        gateway = Gateway("--insecure", "--ready-services", "")
        self.addCleanup(gateway.close)

        def peer(**options):
            peer = Client(gateway.front, **options)
            self.addCleanup(peer.close)
            peer.request(b"mmi.service", b"x")
            return peer
        start = int(time.time() - msgpack.unpackb(peer_status(gateway))["uptime_ms"] / 1000)
        thieves = []
        for seed in (1, start - 1, start, start + 1):
            libc.srandom(seed)
            draws = [libc.rand() for _ in range(9)]
            for low, high in zip(draws, draws[1:]):
                # libzmq joins two draws to the first number; a few connections have counted it up.
                first = (low | high << 31) + 1
                thieves += [peer(routing_id=b"\0" + struct.pack(">I", first + n & 0xffffffff)) for n in range(12)]
        self.assertEqual([thief.receive() is not None for thief in thieves].count(True), len(thieves))
        for _ in range(20):
            self.assertEqual(peer().reply()[2], [b"404"])
        self.assertIsNone(gateway.process.poll())


def asked(port, data, rest=b""):
    """What is answered to these bytes: the last three, once they are a status; nothing, when the server hangs up before. The rest
    is sent when the server is READY."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(20)
        try:
            connection.sendall(data)
            while not answer.endswith((b"200", b"404")):
                got = connection.recv(4096)
                if not got:
                    return b""
                answer += got
                if rest and b"READY" in answer:
                    connection.sendall(rest)
                    rest = b""
        except ConnectionError:
            return b""
    return answer[-3:]


def peer_status(gateway):
    with Client(gateway.front) as client:
        return client.ask(b"mmi.status", b"")[0]


class Plaintext(unittest.TestCase):
    """Only when told, and then it says so."""

    SECRET = "in the clear 1"

    def client(self, *arguments, endpoint):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LEXMQ_")}
        result = subprocess.run([LEXMQ, "--gateway", endpoint, "--timeout", "1", "--session", os.path.join(stack.var, "plain"), *arguments,
                                 "login", "somebody", "--password-stdin"], input=self.SECRET + "\n", stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, timeout=60, env=dict(environment, HOME=stack.var, XDG_CONFIG_HOME=stack.var))
        return result.returncode, result.stderr

    def test_password_goes_to_no_gateway_of_the_other_kind(self):
        key = os.path.join(stack.var, "keys", "public", "gateway.cert")
        plain = Gateway("--insecure")
        self.addCleanup(plain.close)
        ways = ((stack.port, ("--insecure",)), (int(plain.front.rsplit(":", 1)[1]), ("--server-key", key)))
        for port, arguments in ways:
            with self.subTest(arguments=arguments), Proxy(port) as proxy:
                self.assertEqual(self.client(*arguments, endpoint=proxy.endpoint)[0], 4)
                self.assertGreater(len(proxy.sent), 0)
                for said in proxy.sent:
                    self.assertNotIn(self.SECRET.encode(), said)
        with Proxy(ways[1][0]) as proxy:  # both without: the test's own proof that it would see a password
            status, stderr = self.client("--insecure", endpoint=proxy.endpoint)
            self.assertEqual(status, 4)  # nobody serves auth there
            self.assertIn(self.SECRET.encode(), b"".join(proxy.sent))
            self.assertIn("INSECURE", stderr)

    def test_client_wants_a_key_or_to_be_told(self):
        status, stderr = self.client(endpoint=f"tcp://127.0.0.1:{stack.port}")
        self.assertEqual(status, 2)
        self.assertIn("--insecure", stderr)

    def test_servers_say_so(self):
        gateway = Gateway("--insecure")
        self.addCleanup(gateway.close)
        self.assertIn("INSECURE", "".join(gateway.log))
        for name in ("auth", "lookup", "history"):
            with self.subTest(name=name):
                # Nobody is there to answer; a stack of plaintext says the rest (make test-compose and bench use none).
                process = subprocess.Popen([os.path.join(BUILD, "bin", "lexmq-" + name), "--config", os.path.join(stack.var, "etc", name + ".zpl"),
                                            "--insecure", "--gateways", "tcp://127.0.0.1:1", "--db-hosts", "127.0.0.1:1",
                                            *(("--index-dir", os.path.join(stack.var, "tmp", "i"), "--journal-dir", os.path.join(stack.var, "tmp", "j"))
                                              if name == "lookup" else ())],
                                           stderr=subprocess.PIPE, env=stack.environment, text=True)
                try:
                    self.assertIn("INSECURE", first_line_with("INSECURE", process))
                finally:
                    process.kill()
                    process.communicate()

    def test_servers_want_keys_or_to_be_told(self):
        for name in ("gateway", "auth", "lookup", "history"):
            result = subprocess.run([os.path.join(BUILD, "bin", "lexmq-" + name)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                    env={"PATH": os.environ["PATH"]}, timeout=60)
            self.assertNotEqual(result.returncode, 0)
            self.assertRegex(result.stdout, "certificate|signing-key|token-keys")


def first_line_with(word, process):
    """Of what it logs; all of it when it ends before."""
    lines = []
    for line in process.stderr:
        lines.append(line)
        if word in line:
            break
    return "".join(lines)


if __name__ == "__main__":
    unittest.main()
