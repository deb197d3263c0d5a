"""Every limit of docs/protocol.md that a client can reach, from both sides: what is at it is taken, what is beyond is refused by name.

What the gateway bounds by itself is in test_gateway_limits.py and test_gateway_bad_frames.py."""

import os
import struct
import unittest

import msgpack
import zmq

from tests.system.stack import Stack

LIMIT_MS = 60000
PASSWORD = "correct horse"


def pack(value):
    return msgpack.packb(value, use_bin_type=True)


class Client:
    """Says what it likes, in plaintext."""

    def __init__(self, port):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(f"tcp://127.0.0.1:{port}")
        self.token = None

    def send(self, service, *bodies):
        self.socket.send_multipart([b"MDPC02", b"\x01", service.encode(), *bodies])

    def receive(self):
        """Command and body of the next answer."""
        if not self.socket.poll(LIMIT_MS):
            raise AssertionError("no answer came")
        header, command, _, body = self.socket.recv_multipart()
        assert header == b"MDPC02"
        return command, msgpack.unpackb(body, raw=False)

    def ask_raw(self, service, body):
        self.send(service, body)
        command, reply = self.receive()
        assert command == b"\x03", command
        return reply

    def ask(self, service, op, **arguments):
        """The reply's code, "ok" for a good one."""
        body = {"v": 1, "id": os.urandom(16), "op": op, **arguments}
        if self.token:
            body["tok"] = self.token
        self.reply = self.ask_raw(service, pack(body))
        return "ok" if self.reply["ok"] else self.reply["err"]["code"]

    def close(self):
        self.socket.close()


class LimitsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack(LEXMQ_STACK_INSECURE="1").up()
        cls.addClassCleanup(cls.stack.close)
        cls.client = Client(cls.stack.port)
        cls.addClassCleanup(cls.client.close)
        assert cls.client.ask("auth", "register", name="Ann", password=PASSWORD) == "ok"
        cls.client.token = cls.client.reply["tok"]

    def check(self, service, op, good, bad):
        """Arguments that are taken, and arguments that are not."""
        for arguments in good:
            with self.subTest(op=op, good=str(arguments)[:80]):
                self.assertEqual(self.client.ask(service, op, **arguments), "ok")
        for arguments in bad:
            with self.subTest(op=op, bad=str(arguments)[:80]):
                self.assertEqual(self.client.ask(service, op, **arguments), "bad_request")

    def test_define(self):
        word = {"record": False}
        self.check("lookup", "define",
                   [{"words": ["abandon"] * 1000, **word}, {"words": ["x" * 255], **word}],
                   [{"words": [], **word}, {"words": ["abandon"] * 1001, **word}, {"words": ["x" * 256], **word}, {"words": [""], **word},
                    {"words": [b"abandon"], **word}, {"words": "abandon", **word}, {"words": ["a"], "record": 1}])

    def test_match(self):
        query = {"strategy": "prefix", "pattern": "a"}
        self.check("lookup", "match",
                   [{**query, "limit": 1000}, {**query, "pattern": "a" * 255}, {**query, "tags": ["t"] * 8}, {**query, "distance": 2}],
                   [{**query, "limit": 0}, {**query, "limit": 1001}, {**query, "pattern": "a" * 256}, {**query, "pattern": ""},
                    {**query, "tags": ["t"] * 9}, {**query, "distance": 3}, {**query, "distance": 0}, {**query, "cursor": b"x" * 4097},
                    {**query, "strategy": "none"}, {**query, "sort": "length"}])

    def test_suggest(self):
        self.check("lookup", "suggest", [{"prefix": "a", "limit": 100}, {"prefix": "a" * 255}],
                   [{"prefix": "a", "limit": 101}, {"prefix": "a" * 256}, {}])

    def test_pages_of_history(self):
        for op in ("recent", "list", "search"):
            self.check("history", op, [{"limit": 1}, {"limit": 1000}], [{"limit": 0}, {"limit": 1001}, {"limit": "1"}, {"limit": -1}])
        self.check("history", "stats", [{"limit": 100}], [{"limit": 0}, {"limit": 101}])
        self.check("history", "list", [], [{"cursor": b"1"}, {"order": "random"}])

    def test_export_comes_in_pages(self):
        words = [f"word {i}" for i in range(1000)]
        for _ in range(3):
            self.assertEqual(self.client.ask("lookup", "define", words=words), "ok")
        self.client.send("history", pack({"v": 1, "id": os.urandom(16), "op": "export", "tok": self.client.token}))
        records, command = 0, b"\x02"
        while command == b"\x02":
            command, reply = self.client.receive()
            self.assertTrue(reply["ok"])
            if command == b"\x02":
                self.assertLessEqual(len(reply["records"]), 1000)
                records += len(reply["records"])
        self.assertEqual(reply["count"], records)

    def test_names_and_passwords(self):
        token, self.client.token = self.client.token, None
        try:
            self.check("auth", "register",
                       [{"name": "n" * 32, "password": "p" * 8}, {"name": "b" * 32, "password": "p" * 128}, {"name": "\u00e9" * 32, "password": "\U0001f600" * 128}],
                       [{"name": "n" * 33, "password": PASSWORD}, {"name": "", "password": PASSWORD}, {"name": "a\nb", "password": PASSWORD},
                        {"name": "c", "password": "p" * 7}, {"name": "c", "password": "p" * 129}, {"name": "c", "password": b"p" * 8},
                        {"name": "c"}, {"password": PASSWORD}])
            # Beyond any that can be: nobody's, without a hash being made.
            self.assertEqual(self.client.ask("auth", "login", name="Ann", password="p" * 513), "unauthorized")
            self.assertEqual(self.client.ask("auth", "login", name="n" * 500, password=PASSWORD), "unauthorized")
        finally:
            self.client.token = token

    def test_profiles(self):
        def account(number, **profile):
            return {"name": f"profile {number}", "password": PASSWORD, "profile": profile}

        token, self.client.token = self.client.token, None
        try:
            self.check("auth", "register",
                       [account(1, **{f"k{i}": "v" for i in range(16)}), account(2, **{"k" * 32: "v" * 256}), account(3, key="\U0001f600" * 256)],
                       [account(4, **{f"k{i}": "v" for i in range(17)}), account(5, **{"k" * 33: "v"}), account(6, key="v" * 257), account(7, KEY="v"),
                        account(8, key=1), account(9, key="a\nb"), account(10, **{"": "v"})])
        finally:
            self.client.token = token

    def test_bodies(self):
        def body(**more):
            return {"v": 1, "id": os.urandom(16), "op": "dictionaries", "tok": self.client.token, **more}

        def nested(depth):
            value = 1
            for _ in range(depth - 1):
                value = [value]
            return value

        good = [body(x=nested(8)), body(**{f"x{i}": i for i in range(60)})]
        bad = [body(x=nested(9)), body(**{f"x{i}": i for i in range(61)}), body(x=1.5), body(x=msgpack.ExtType(1, b"")), {**body(), "v": 2}]
        for value in good:
            self.assertTrue(self.client.ask_raw("lookup", pack(value))["ok"])
        raw = [pack(value) for value in bad]
        raw += [pack(body()) + b"\xc0", pack(body())[:-1], b"", b"\xc1", b"\xdf" + struct.pack(">I", 0xFFFFFFFF), b"\x81\xa1v\xdd\xff\xff\xff\xff",
                b"\x82\xa1v\x01\xa1v\x01", b"\x91" * 100000, b"\x81\xa1x\xa2\xff\xfe"]
        for data in raw:
            with self.subTest(data=data[:40]):
                self.assertEqual(self.client.ask_raw("lookup", data)["err"]["code"], "bad_request")
        self.assertTrue(self.client.ask_raw("lookup", pack(body()))["ok"])

    def test_body_frames(self):
        """Sixteen are carried, though ours want one; seventeen are no request, and the next one is answered."""
        body = pack({"v": 1, "id": os.urandom(16), "op": "dictionaries", "tok": self.client.token})
        before = self.stack.status()["bad_frames"]
        self.client.send("lookup", body, *[b""] * 15)
        self.assertEqual(self.client.receive()[1]["err"]["code"], "bad_request")
        self.client.send("lookup", body, *[b""] * 16)
        self.assertTrue(self.client.ask_raw("lookup", body)["ok"])
        self.assertEqual(self.stack.status()["bad_frames"], before + 1)

    def test_frames_at_the_front_and_back(self):
        """A frame at the limit comes through; one beyond ends its connection, and nobody else's."""
        for port, limit in ((self.stack.port, 1 << 20), (self.stack.port + 1, 16 << 20)):
            other = Client(port)
            try:
                self.assertEqual(other.ask_raw("lookup", b"x" * limit)["err"]["code"], "bad_request")
                other.send("lookup", b"x" * (limit + 1))
                self.assertFalse(other.socket.poll(500))
                self.assertEqual(self.client.ask("lookup", "dictionaries"), "ok")
            finally:
                other.close()


if __name__ == "__main__":
    unittest.main()
