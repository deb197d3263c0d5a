"""How well the clients' process and its way to each gateway are: what a gateway is not to be blamed for (ledger.py, paths.jsonl)."""

import asyncio

from tests.chaos import protocol
from tests.chaos.ledger import PATHS, Ledger
from tests.chaos.line import Line

PING_EVERY, PING_LIMIT = 0.25, 2.5  # seconds
TICK, STALL = 0.05, 0.2             # the loop is asked to wake after TICK; STALL late is worth a line


class Way:
    """Asks one gateway for mmi.service again and again, one question at a time."""

    def __init__(self, context, front, server_key, keys, ledger, number):
        self.arguments = context, front, server_key, keys, self
        self.ledger, self.number, self.line, self.answered = ledger, number, None, None

    async def watch(self):
        loop = asyncio.get_running_loop()
        while True:
            if not self.line or self.line.closed:
                self.line = Line(*self.arguments)
            self.answered, begin = loop.create_future(), loop.time()
            if self.line.up:
                self.line.send([protocol.CLIENT, protocol.REQUEST, b"mmi.service", b"lookup"])
            await asyncio.wait([self.answered], timeout=PING_LIMIT)
            rtt = round(loop.time() - begin, 6) if self.answered.done() and self.answered.result() else None
            self.ledger.write("ping", g=self.number, rtt=rtt, began=round(begin, 6))
            if rtt is None:
                self.line.close()  # an answer that comes yet is not to be taken for the next one's
            await asyncio.sleep(PING_EVERY)

    def received(self, line, frames):
        self.settle(line, True)

    def is_up(self, line):
        # The question before the connection stood was never sent.
        if line is self.line:
            line.send([protocol.CLIENT, protocol.REQUEST, b"mmi.service", b"lookup"])

    def is_down(self, line, why):
        self.settle(line, False)

    def settle(self, line, good):
        if line is self.line and not self.answered.done():
            self.answered.set_result(good)


class Path:
    def __init__(self, context, fronts, server_key, keys, folder):
        self.ledger = Ledger(folder, PATHS)
        self.ways = [Way(context, front, server_key, keys, self.ledger, number) for number, front in enumerate(fronts)]

    async def watch(self):
        await asyncio.gather(self.tick(), *(way.watch() for way in self.ways))

    async def tick(self):
        loop = asyncio.get_running_loop()
        while True:
            begin = loop.time()
            await asyncio.sleep(TICK)
            if loop.time() - begin > TICK + STALL:
                self.ledger.write("stall", began=round(begin, 6), until=round(loop.time(), 6))

    def close(self):
        for way in self.ways:
            if way.line:
                way.line.close()
        self.ledger.close()
