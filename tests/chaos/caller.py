"""A client's requests: one gateway at a time, the next one when it is silent or gone, and the same id until there is an answer."""

import asyncio
import random

from tests.chaos import protocol
from tests.chaos.digest import digest
from tests.chaos.line import Line

CONNECT_LIMIT = 3.0  # seconds for a connection to stand before the next gateway is tried
PATIENCE = 30.0      # seconds after which a client gives a request up
SLACK = 1.0          # seconds beyond the gateway's deadline that a client waits for what it sent


class Call:
    def __init__(self, request_id, op, arguments, token, once):
        self.id, self.op, self.once = request_id, op, once
        self.frames = protocol.request_frames(op, request_id, token, arguments)
        self.done = asyncio.get_running_loop().create_future()
        self.first, self.pages = None, []
        self.quiet_timer = self.limit_timer = self.again_timer = None
        self.failures = 0

    def cancel_timers(self):
        for timer in self.quiet_timer, self.limit_timer, self.again_timer:
            if timer:
                timer.cancel()


class Answer:
    """outcome: ok, a code, or timeout. body: the FINAL's, or None. pages: the PARTIALs'."""

    def __init__(self, outcome, body, pages):
        self.outcome, self.body, self.pages = outcome, body, pages
        self.ok = outcome == "ok"


class Caller:
    def __init__(self, context, fronts, server_key, keys, ledger, gateway, deadline, patience=PATIENCE):
        self.context, self.fronts, self.server_key, self.keys, self.ledger = context, fronts, server_key, keys, ledger
        self.gateway, self.wait, self.patience = gateway % len(fronts), deadline + SLACK, patience
        self.loop = asyncio.get_running_loop()
        self.open, self.ops, self.lines = {}, {}, 0
        self.line, self.attempts, self.closed = None, 0, False
        self.connect_timer = None
        self.connect()

    # ---- connections ----

    def new_line(self, gateway):
        self.lines += 1
        return Line(self.context, self.fronts[gateway], self.server_key, self.keys, self, self.lines, gateway)

    def connect(self):
        if not self.closed:
            self.line = self.new_line(self.gateway)
            self.connect_timer = self.loop.call_later(CONNECT_LIMIT, self.line.fail, "not there in time")

    def is_up(self, line):
        self.ledger.write("up", c=line.number, g=line.gateway)
        if line is self.line:
            self.connect_timer.cancel()
            self.attempts = 0
            for call in list(self.open.values()):
                self.transmit(call)

    def is_down(self, line, why):
        self.ledger.write("down", c=line.number, why=why)
        if line is not self.line or self.closed:
            return
        self.connect_timer.cancel()
        self.line, self.gateway = None, (self.gateway + 1) % len(self.fronts)
        self.attempts += 1
        for call in list(self.open.values()):
            if call.once and call.first:
                self.finish(call, "timeout", None)
        # The first time at once; when no gateway is there, not faster than once a second.
        delay = 0 if self.attempts == 1 else min(1.0, 0.1 * self.attempts) * random.uniform(0.5, 1)
        self.loop.call_later(delay, self.connect)

    def move_on(self, why):
        if self.line:
            self.line.fail(why)

    # ---- requests ----

    async def ask(self, op, arguments, token=None, user=None, session=None, once=False, known=None, request_id=None):
        """The answer; `once`: not repeated whatever happens. `known` goes into the ledger with the request."""
        request_id = request_id or protocol.new_id()
        call = Call(request_id, op, arguments, token, once)
        told = {key: value.hex() if isinstance(value, bytes) else value for key, value in arguments.items()}
        call.story = {"op": op, "a": told, "u": user, "s": session, "x": known}
        self.ops[request_id] = op
        self.open[request_id] = call
        call.limit_timer = self.loop.call_later(self.patience, self.finish, call, "timeout", None)
        self.transmit(call)
        try:
            return await call.done
        finally:
            self.open.pop(request_id, None)
            call.cancel_timers()

    def transmit(self, call, line=None):
        """False while there is no connection: what is open goes out when there is one again."""
        line = line or self.line
        if not line or not line.up or call.done.done():
            return False
        # Written first: when this process dies in between, the ledger says more than was done, never less.
        before = call.story if not call.first else {}
        call.first = call.first or self.loop.time()
        self.ledger.write("send", id=call.id.hex(), c=line.number, **before)
        if not line.send(call.frames):
            line.fail("takes nothing")
            return False
        if line is self.line:
            if call.quiet_timer:
                call.quiet_timer.cancel()
            call.quiet_timer = self.loop.call_later(self.wait, self.quiet, call, line)
        return True

    def quiet(self, call, line):
        if call.done.done() or line is not self.line:
            return
        if line.paused:
            call.quiet_timer = self.loop.call_later(1.0, self.quiet, call, line)
            return
        line.read_last()
        if not call.done.done():
            self.ledger.write("quiet", id=call.id.hex(), c=line.number)
            self.move_on("quiet")

    def received(self, line, frames):
        try:
            final, body = protocol.read_reply(frames)
            request_id = body.get("id")
            if request_id not in self.ops:
                raise protocol.Broken("a reply to nothing that was asked: " + repr(body)[:200])
            seen = digest(self.ops[request_id], body)
        except protocol.Broken as error:
            self.ledger.write("stray", c=line.number, what=str(error))
            return
        code = None if body["ok"] else body["err"]["code"]
        self.ledger.write("reply", id=request_id.hex(), c=line.number, final=final, ok=body["ok"], code=code, d=seen)
        call = self.open.get(request_id)
        if not call or call.done.done():
            return
        if not final:
            call.pages.append(body)
        elif code in protocol.TRY_AGAIN and not call.once:
            self.again(call, line, code, body["err"].get("retry_ms"))
        else:
            self.finish(call, code or "ok", body)

    def again(self, call, line, code, retry_ms):
        call.pages.clear()
        call.failures += 1
        if call.quiet_timer:
            call.quiet_timer.cancel()
        delay = max((retry_ms or 0) / 1000, min(2.0, 0.1 * 2 ** call.failures) * random.uniform(0.5, 1))
        call.again_timer = self.loop.call_later(delay, self.transmit, call)
        if code == "unavailable" and call.failures % 3 == 0 and line is self.line:
            self.move_on("unavailable")

    def finish(self, call, outcome, body):
        if not call.done.done():
            self.ledger.write("end", id=call.id.hex(), outcome=outcome)
            call.done.set_result(Answer(outcome, body, call.pages))

    # ---- what a well-behaved client would not do ----

    async def ask_twice(self, op, arguments, **more):
        """The same id at two gateways at the same time; returns when it is answered and the second has answered too, or did not in time."""
        request_id = protocol.new_id()
        other = self.new_line((self.gateway + 1) % len(self.fronts))
        try:
            await self.until(lambda: other.up or other.closed, CONNECT_LIMIT)
            answer = self.loop.create_task(self.ask(op, arguments, request_id=request_id, **more))
            await asyncio.sleep(0)  # the task begins, and has sent
            call = self.open.get(request_id)
            answered = self.loop.create_future()
            other.owner = second = Second(self, answered)
            if not call or not self.transmit(call, other):
                second.settle()
            result = await answer
            await asyncio.wait([answered], timeout=self.wait)
            return result
        finally:
            if not other.closed:
                self.ledger.write("down", c=other.number, why="done")
                other.close()

    async def until(self, condition, limit):
        end = self.loop.time() + limit
        while not condition() and self.loop.time() < end:
            await asyncio.sleep(0.02)

    async def sleep_without_reading(self, seconds):
        line = self.line
        if line:
            self.ledger.write("pause", until=round(self.loop.time() + seconds, 6))
            line.pause(True)
            await asyncio.sleep(seconds)
            line.pause(False)

    def close(self):
        self.closed = True
        if self.connect_timer:
            self.connect_timer.cancel()
        if self.line:
            self.line.close()


class Second:
    """The owner of a second connection: what comes goes to the caller, and the first FINAL tells who waits for it."""

    def __init__(self, caller, answered):
        self.caller, self.answered = caller, answered

    def received(self, line, frames):
        self.caller.received(line, frames)
        if frames[1:2] == [protocol.FINAL]:
            self.settle()

    def is_up(self, line):
        self.caller.is_up(line)

    def is_down(self, line, why):
        self.caller.is_down(line, why)
        self.settle()

    def settle(self):
        if not self.answered.done():
            self.answered.set_result(None)
