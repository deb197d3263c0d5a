"""The clients of the fault campaign: many in one process, each with a ledger of what it asked and was answered.

    python3 -B -m tests.chaos.clients --fronts tcp://A:P,tcp://B:P --server-key FILE --clients N --seed S --log DIR

Prints `ready` once every client has a user. SIGTERM (or the end of --seconds): every open request gets its answer or its limit, then exit 0.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import time

import zmq

from tests.chaos import protocol
from tests.chaos.caller import Caller
from tests.chaos.ledger import Ledger
from tests.chaos.path import Path
from tests.chaos.person import Arena, Person
from tests.chaos.probe import probe  # noqa: F401  what callers of this module ask for after the last fault

WORDS = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "dict", "lexmq-wordbook.txt")
LEAVE_LIMIT = 60  # seconds from SIGTERM until the process ends whatever happens


def read_words(path):
    """Headwords: what stands before two blanks or a tab, or the whole line."""
    with open(path, encoding="utf-8") as file:
        words = {line.split("\t")[0].split("  ")[0].strip() for line in file if line.strip() and not line.startswith("#")}
    return sorted(word for word in words if 0 < len(word.encode()) <= 255)


def pacer(rate):
    """A wait that keeps one client at `rate` requests a second; what was lost to a slow answer is not made up for."""
    due = 0.0

    async def pace(leaving, requests):
        nonlocal due
        now = time.monotonic()
        due = max(due + requests / rate, now)
        if due > now and not leaving.is_set():
            try:
                await asyncio.wait_for(leaving.wait(), due - now)
            except asyncio.TimeoutError:
                pass

    return pace


class Crowd:
    def __init__(self, arguments):
        self.arguments = arguments
        self.fronts = arguments.fronts.split(",")
        self.server_key = protocol.public_keys(arguments.server_key)[0]
        self.leaving, self.faults = asyncio.Event(), 0
        self.context = zmq.Context(io_threads=1)
        self.context.max_sockets = 65536
        self.keys = zmq.curve_keypair()
        self.ledgers, self.callers, self.persons = [], [], []
        # Names must be new on this database, however often a seed is played again.
        self.run = f"{arguments.seed}-{os.urandom(3).hex()}"

    def person(self, number, words, arena):
        arguments = self.arguments
        ledger = Ledger(arguments.log, f"client-{number:03d}.jsonl")
        ledger.write("start", client=number, seed=arguments.seed, fronts=self.fronts, deadline_ms=arguments.deadline_ms, wall=time.time())
        caller = Caller(self.context, self.fronts, self.server_key, self.keys, ledger, number, arguments.deadline_ms / 1000)
        self.ledgers.append(ledger)
        self.callers.append(caller)
        source = random.Random(f"{arguments.seed}/{number}")
        # As far as they go, words that no other client asks for.
        own = words[number % len(words)::arguments.clients] or words
        return Person(number, caller, source, own, arena, self.run, pacer(arguments.rate / arguments.clients))

    async def live(self):
        loop = asyncio.get_running_loop()
        for number in signal.SIGTERM, signal.SIGINT:
            loop.add_signal_handler(number, self.leaving.set)
        loop.set_exception_handler(self.broken)
        words, arena = read_words(self.arguments.words), Arena()
        self.persons = [self.person(number, words, arena) for number in range(self.arguments.clients)]
        path = Path(self.context, self.fronts, self.server_key, self.keys, self.arguments.log)
        watching = asyncio.create_task(path.watch())
        await asyncio.gather(*(person.begin() for person in self.persons))
        print("ready", flush=True)
        if self.arguments.seconds:
            loop.call_later(self.arguments.seconds, self.leaving.set)
        lives = [asyncio.create_task(person.live(self.leaving)) for person in self.persons]
        done = await self.wait_for(lives)
        watching.cancel()
        path.close()
        for caller in self.callers:
            caller.close()
        for ledger in self.ledgers:
            ledger.close()
        return done and not self.faults

    def broken(self, loop, context):
        """A callback that failed: a fault of this program, and no run to trust."""
        self.faults += 1
        self.leaving.set()
        loop.default_exception_handler(context)

    async def wait_for(self, lives):
        """True when all came to their end in time. A client that fails by itself is a fault of this program, and is told at once."""
        failed = asyncio.create_task(self.first_failure(lives))
        leaving = asyncio.create_task(self.leaving.wait())
        await asyncio.wait([failed, leaving], return_when=asyncio.FIRST_COMPLETED)
        self.leaving.set()
        done, late = await asyncio.wait(lives, timeout=LEAVE_LIMIT)
        for task in [*late, failed]:
            task.cancel()
        for task in done:
            task.result()
        return not late

    async def first_failure(self, lives):
        await asyncio.wait(lives, return_when=asyncio.FIRST_EXCEPTION)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="tests.chaos.clients")
    parser.add_argument("--fronts", required=True, help="with commas between")
    parser.add_argument("--server-key", required=True, help="the gateway's public certificate")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", required=True, help="folder of the ledgers")
    parser.add_argument("--deadline-ms", type=int, default=10000, help="the gateway's --deadline")
    parser.add_argument("--words", default=WORDS, help="one a line")
    parser.add_argument("--rate", type=float, default=600, help="requests a second of all clients together")
    parser.add_argument("--seconds", type=float, default=0, help="how long; 0: until SIGTERM")
    return parser.parse_args(arguments)


def main(arguments):
    async def run():
        return await Crowd(parse(arguments)).live()

    return 0 if asyncio.run(run()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
