"""Who a client is at the moment: a name, a password, a live token, and the tokens that it should have no use for any more."""

import asyncio

from tests.chaos import protocol


class Account:
    """Of one user, from registering to deleting. `lost`: an answer that changes the account never came, so nobody knows."""

    def __init__(self, caller, name, password):
        self.caller, self.name, self.password = caller, name, password
        self.user = self.token = None
        self.others = []     # (token, session) that are open beside
        self.revoked = []    # (token, session, when the end of it was acknowledged)
        self.lost = self.gone = False
        self.changes = 0

    @property
    def session(self):
        return protocol.session_of(self.token) if self.token else None

    async def ask(self, op, arguments=None, token=None, twice=False, **more):
        token = token or self.token
        session = protocol.session_of(token).hex() if token else None
        ask = self.caller.ask_twice if twice else self.caller.ask
        answer = await ask(op, arguments or {}, token=token, user=self.user, session=session, **more)
        if answer.outcome == "unauthorized" and token == self.token:
            self.lost = True  # the checker will ask why
        return answer

    def take(self, body):
        self.user, self.token = body["user"], body["tok"]

    async def open(self, op, extra=None, twice=False):
        """register or login."""
        ask = self.caller.ask_twice if twice else self.caller.ask
        return await ask(op, {"name": self.name, "password": self.password, **(extra or {})})

    async def register(self, profile, twice=False):
        answer = await self.open("register", {"profile": profile}, twice)
        if answer.ok:
            self.take(answer.body)
        self.lost = answer.outcome == "timeout"
        return answer.ok

    async def login(self, twice=False):
        answer = await self.open("login", twice=twice)
        if answer.ok:
            self.take(answer.body)
        return answer.ok

    async def login_beside(self):
        answer = await self.open("login")
        if answer.ok:
            self.others.append((answer.body["tok"], protocol.session_of(answer.body["tok"])))
        return answer

    def end(self, token, session):
        self.revoked.append((token, session, asyncio.get_running_loop().time()))

    async def logout(self):
        answer = await self.ask("logout")
        if answer.ok:
            self.end(self.token, self.session)
        self.token = None

    async def revoke_other(self):
        token, session = self.others.pop()
        answer = await self.ask("revoke", {"session": session})
        if answer.ok:
            self.end(token, session)

    async def change_password(self, twice=False):
        """Ends every session but the new one."""
        self.changes += 1
        old, new = self.password, f"{self.name} changed {self.changes}"
        answer = await self.ask("passwd", {"password": old, "new_password": new}, twice=twice)
        if answer.ok:
            self.end(self.token, self.session)
            for token, session in self.others:
                self.end(token, session)
            self.others, self.password, self.token = [], new, answer.body["tok"]
        elif answer.outcome == "timeout":
            self.lost = True
        return answer

    async def delete(self):
        answer = await self.ask("delete", {"password": self.password})
        self.lost = not answer.ok
        if answer.ok:
            self.gone = True
            self.end(self.token, self.session)

    async def wrong_password(self):
        await self.caller.ask("login", {"name": self.name, "password": self.password + " not"}, known={"wrong": True})

    async def use_revoked(self, random):
        """A token whose end was acknowledged, at whichever service."""
        token, session, when = self.revoked.pop(0)
        op, arguments = random.choice([("define", {"words": [f"zqx {self.name}"[:60]]}), ("recent", {}), ("whoami", {}), ("suggest", {"prefix": "ab"}),
                                       ("stats", {}), ("sessions", {})])
        await self.caller.ask(op, arguments, token=token, user=self.user, session=session.hex(), once=True,
                              known={"revoked": round(when, 6)})
