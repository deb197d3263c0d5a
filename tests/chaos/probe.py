"""Every op once through every gateway, by a new user of its own: does all work again?"""

import asyncio
import os
import time

import zmq

from tests.chaos import protocol
from tests.chaos.account import Account
from tests.chaos.caller import Caller

DEADLINE = 10.0  # seconds; of the gateway
AGAIN = 0.25     # seconds between two tries of what is answered, but not yet as it should be


class Unwritten:
    """A ledger for who keeps none."""

    def write(self, event, **fields):
        """Nothing."""


class Probe:
    def __init__(self, gateway, caller, seconds):
        self.gateway, self.caller, self.end, self.results = gateway, caller, time.monotonic() + seconds, []
        self.name = f"probe {os.urandom(6).hex()}"
        self.word = f"zqprobe {os.urandom(6).hex()}"

    async def run(self):
        account = Account(self.caller, self.name, f"{self.name} first")
        await self.step("register", lambda: account.open("register"), keep=account.take)
        if not account.token:
            return self.results
        await self.step("whoami", lambda: account.ask("whoami"), lambda body: body["name"] == self.name)
        await self.step("dictionaries", lambda: account.ask("dictionaries"))
        await self.step("define", lambda: account.ask("define", {"words": [self.word]}), lambda body: body["recorded"])
        await self.step("match", lambda: account.ask("match", {"strategy": "prefix", "pattern": "a"}))
        await self.step("suggest", lambda: account.ask("suggest", {"prefix": "a"}))
        await self.history(account)
        await self.account(account)
        return self.results

    async def history(self, account):
        def shown(body):
            return self.word in [record["word"] for record in body["records"]]

        for op in "recent", "list", "search":
            await self.step(op, lambda op=op: account.ask(op), shown)
        await self.step("stats", lambda: account.ask("stats"), lambda body: body["total"] >= 1)
        await self.step("export", lambda: account.ask("export"), lambda body: body["count"] >= 1)
        await self.step("clear", lambda: account.ask("clear"))

    async def account(self, account):
        await self.step("login", account.login_beside)
        await self.step("sessions", lambda: account.ask("sessions"), lambda body: len(body["sessions"]) >= 2)
        await self.step("revoke", lambda: account.ask("revoke", {"session": account.others[-1][1]}))
        await self.step("passwd", account.change_password)
        await self.step("logout", lambda: account.ask("logout"))
        await self.step("login", lambda: account.open("login"), keep=account.take)
        await self.step("delete", lambda: account.ask("delete", {"password": account.password}))

    async def step(self, op, ask, right=None, keep=None):
        """Asks until it is answered well, and as `right` says it should be."""
        error = "no time was left"
        while time.monotonic() < self.end:
            try:
                answer = await asyncio.wait_for(ask(), self.end - time.monotonic())
            except asyncio.TimeoutError:
                error = "no answer"
                break
            if answer.ok and (right is None or right(answer.body)):
                if keep:
                    keep(answer.body)
                self.results.append((op, self.gateway, True, None))
                return
            error = answer.outcome if not answer.ok else "answered, and not as it should be"
            await asyncio.sleep(AGAIN)
        self.results.append((op, self.gateway, False, error))


async def _probe(fronts, server_key, seconds):
    context, keys = zmq.Context(), zmq.curve_keypair()
    callers = [Caller(context, [front], server_key, keys, Unwritten(), 0, DEADLINE, patience=seconds) for front in fronts]
    try:
        found = await asyncio.gather(*(Probe(front, caller, seconds).run() for front, caller in zip(fronts, callers)))
    finally:
        for caller in callers:
            caller.close()
        context.destroy(linger=0)
    return [result for results in found for result in results]


def probe(fronts, server_key, seconds):
    """fronts: a list of endpoints, or one text with commas between. server_key: the gateway's public certificate, a file. Within `seconds`
    for all together: a list of (op, gateway, ok, error), error being None or a text. Never raises for what a gateway did."""
    fronts = fronts.split(",") if isinstance(fronts, str) else list(fronts)
    return asyncio.run(_probe(fronts, protocol.public_keys(server_key)[0], seconds))
