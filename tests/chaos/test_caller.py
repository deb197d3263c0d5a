"""What a client does when its gateway is silent, gone, unwilling or wrong: by gateways that do what the test says."""

import asyncio
import json
import os
import tempfile
import unittest

import msgpack
import zmq

from tests.chaos import protocol
from tests.chaos.caller import Caller
from tests.chaos.digest import digest
from tests.chaos.ledger import Ledger, events

LIMIT = 30.0  # seconds for any wait


class ScriptedGateway:
    """A front that answers nothing by itself."""

    def __init__(self, context, keys):
        self.socket = context.socket(zmq.ROUTER)
        self.socket.linger = 0
        self.socket.curve_server, self.socket.curve_secretkey = 1, keys[1]
        self.front = f"tcp://127.0.0.1:{self.socket.bind_to_random_port('tcp://127.0.0.1')}"

    async def request(self):
        """(where it came from, its body) of the next request."""
        async def wait():
            while not self.socket.poll(0):
                await asyncio.sleep(0.005)
            peer, *frames = self.socket.recv_multipart()
            return (peer, frames[2]), msgpack.unpackb(frames[3])

        return await asyncio.wait_for(wait(), LIMIT)

    def answer(self, where, final=True, **body):
        peer, service = where
        self.socket.send_multipart([peer, protocol.CLIENT, protocol.FINAL if final else protocol.PARTIAL, service, msgpack.packb(body)])

    def good(self, where, request):
        self.answer(where, id=request["id"], ok=True, words=[])

    def bad(self, where, request, code, **more):
        self.answer(where, id=request["id"], ok=False, err={"code": code, "msg": "", **more})

    def close(self):
        self.socket.close()


class CallerCase(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lexmq-caller-")
        self.addCleanup(self.folder.cleanup)
        self.context, keys = zmq.Context(), zmq.curve_keypair()
        self.gateways = [ScriptedGateway(self.context, keys) for _ in range(2)]
        self.ledger = Ledger(self.folder.name, "client-000.jsonl")
        self.make = lambda deadline=LIMIT, patience=LIMIT: Caller(
            self.context, [gateway.front for gateway in self.gateways], keys[0], zmq.curve_keypair(), self.ledger, 0, deadline, patience)
        self.caller = None

    async def asyncTearDown(self):
        if self.caller:
            self.caller.close()
        for gateway in self.gateways:
            gateway.close()
        self.ledger.close()
        self.context.destroy(linger=0)

    def ask(self, **more):
        return asyncio.create_task(self.caller.ask("suggest", {"prefix": "a"}, token=b"t" * 30, **more))

    def seen(self, event):
        return [one for one in events(os.path.join(self.folder.name, "client-000.jsonl")) if one["e"] == event]


class Moves(CallerCase):
    async def test_gateway_that_is_gone(self):
        self.caller = self.make()
        asking = self.ask()
        _, first = await self.gateways[0].request()
        self.gateways[0].close()
        where, second = await self.gateways[1].request()
        self.assertEqual(second, first)
        self.gateways[1].good(where, second)
        self.assertTrue((await asyncio.wait_for(asking, LIMIT)).ok)
        self.assertEqual([one["c"] for one in self.seen("send")], [1, 2])

    async def test_gateway_that_does_not_answer(self):
        self.caller = self.make(deadline=0)  # a second from sending
        asking = self.ask()
        _, first = await self.gateways[0].request()
        where, second = await self.gateways[1].request()
        self.assertEqual(second["id"], first["id"])
        self.gateways[1].good(where, second)
        self.assertTrue((await asyncio.wait_for(asking, LIMIT)).ok)
        self.assertEqual([one["c"] for one in self.seen("quiet")], [1])

    async def test_gateway_that_is_unwilling(self):
        self.caller = self.make()
        asking = self.ask()
        for code in "busy", "timeout", "unavailable":
            where, request = await self.gateways[0].request()
            self.gateways[0].bad(where, request, code)
        where, request = await self.gateways[1].request()  # the third time it goes on to the next
        self.gateways[1].good(where, request)
        self.assertTrue((await asyncio.wait_for(asking, LIMIT)).ok)
        self.assertEqual({one["id"] for one in self.seen("send")}, {request["id"].hex()})

    async def test_what_is_asked_once_is_not_asked_again(self):
        self.caller = self.make()
        asking = self.ask(once=True)
        where, request = await self.gateways[0].request()
        self.gateways[0].bad(where, request, "timeout")
        self.assertEqual((await asyncio.wait_for(asking, LIMIT)).outcome, "timeout")
        asking = self.ask(once=True)
        await self.gateways[0].request()
        self.gateways[0].close()
        self.assertEqual((await asyncio.wait_for(asking, LIMIT)).outcome, "timeout")
        self.assertEqual(len(self.seen("send")), 2)

    async def test_patience_ends(self):
        self.caller = self.make(patience=0.5)
        asking = self.ask()
        self.assertEqual((await asyncio.wait_for(asking, LIMIT)).outcome, "timeout")
        self.assertEqual([one["outcome"] for one in self.seen("end")], ["timeout"])


class Ledgers(CallerCase):
    async def test_second_final_is_written_down(self):
        self.caller = self.make()
        asking = self.ask()
        where, request = await self.gateways[0].request()
        self.gateways[0].good(where, request)
        self.gateways[0].good(where, request)
        await asyncio.wait_for(asking, LIMIT)
        await self.caller.until(lambda: len(self.seen("reply")) == 2, LIMIT)
        self.assertEqual(len(self.seen("reply")), 2)

    async def test_what_nobody_asked_for_is_written_down(self):
        self.caller = self.make()
        asking = self.ask()
        where, request = await self.gateways[0].request()
        self.gateways[0].answer(where, id=b"x" * 16, ok=True)
        self.gateways[0].answer(where, ok="yes")
        self.gateways[0].answer(where, id=request["id"], ok=True, wrong=1)
        self.gateways[0].good(where, request)
        await asyncio.wait_for(asking, LIMIT)
        self.assertEqual(len(self.seen("stray")), 3)

    async def test_one_id_at_two_gateways(self):
        self.caller = self.make()
        await self.caller.until(lambda: self.caller.line and self.caller.line.up, LIMIT)
        asking = asyncio.create_task(self.caller.ask_twice("suggest", {"prefix": "a"}, token=b"t" * 30))
        (one, first), (other, second) = await asyncio.gather(*(gateway.request() for gateway in self.gateways))
        self.assertEqual(first, second)
        self.gateways[0].good(one, first)
        await self.caller.until(lambda: self.seen("end"), LIMIT)
        self.assertFalse(asking.done())  # it is answered; but the connection to the second gateway stays until that has answered too
        self.gateways[1].good(other, second)
        self.assertTrue((await asyncio.wait_for(asking, LIMIT)).ok)
        await self.caller.until(lambda: len(self.seen("reply")) == 2, LIMIT)
        self.assertEqual({one["c"] for one in self.seen("reply")}, {1, 2})

    async def test_pages_before_the_final(self):
        self.caller = self.make()
        asking = asyncio.create_task(self.caller.ask("export", {}, token=b"t" * 30))
        where, request = await self.gateways[0].request()
        record = {"n": 1, "word": "a", "time": 1, "found": True}
        self.gateways[0].answer(where, final=False, id=request["id"], ok=True, records=[record])
        self.gateways[0].answer(where, id=request["id"], ok=True, count=1)
        answer = await asyncio.wait_for(asking, LIMIT)
        self.assertEqual([page["records"] for page in answer.pages], [[record]])
        self.assertEqual([(one["final"], one["d"]["r"]) for one in self.seen("reply")], [(False, [[1, "a", True]]), (True, [])])


class Texts(unittest.TestCase):
    def test_ids_differ_and_rise_with_time(self):
        ids = [protocol.new_id() for _ in range(100)]
        self.assertEqual(len(set(ids)), 100)
        self.assertTrue(all(len(one) == 16 for one in ids))
        self.assertLessEqual(ids[0][:6], ids[-1][:6])

    def test_request(self):
        frames = protocol.request_frames("define", b"i" * 16, b"t", {"words": ["a"]})
        self.assertEqual(frames[:3], [b"MDPC02", b"\x01", b"lookup"])
        self.assertEqual(msgpack.unpackb(frames[3]), {"v": 1, "id": b"i" * 16, "op": "define", "tok": b"t", "words": ["a"]})

    def test_broken_replies(self):
        good = msgpack.packb({"id": b"i" * 16, "ok": True})
        for frames in ([b"MDPC02", b"\x03", b"lookup"], [b"MDPC01", b"\x03", b"lookup", good], [b"MDPC02", b"\x01", b"lookup", good],
                       [b"MDPC02", b"\x03", b"lookup", good + b"x"], [b"MDPC02", b"\x03", b"lookup", b"\xc1"],
                       [b"MDPC02", b"\x03", b"lookup", msgpack.packb([1])], [b"MDPC02", b"\x03", b"lookup", msgpack.packb({"ok": False})]):
            with self.assertRaises(protocol.Broken, msg=frames):
                protocol.read_reply(frames)
        self.assertEqual(protocol.read_reply([b"MDPC02", b"\x02", b"lookup", good]), (False, {"id": b"i" * 16, "ok": True}))

    def test_digest_wants_what_the_protocol_promises(self):
        with self.assertRaises(protocol.Broken):
            digest("define", {"ok": True, "results": []})
        with self.assertRaises(protocol.Broken):
            digest("recent", {"ok": True, "records": [{"n": 1}]})
        self.assertEqual(digest("recent", {"ok": False, "err": {"code": "timeout", "msg": "late"}}), {"msg": "late", "retry_ms": None})
        json.dumps(digest("sessions", {"ok": True, "sessions": [{"session": b"s" * 16, "current": True}]}))


if __name__ == "__main__":
    unittest.main()
