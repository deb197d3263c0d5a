"""Ledgers and tables made by hand, of a run in which all went well: what tests of the checker break one thing of."""

import os

from tests.chaos import tables
from tests.chaos.ledger import PATHS, Ledger

DEADLINE = 10.0
STEP = 0.01  # seconds from a request to its answer, and from there to the next


class ScriptedClient:
    """Sends one request after the other on one connection; the clock is the scene's."""

    def __init__(self, scene, number):
        self.scene, self.number, self.events, self.connection = scene, number, [], 1
        self.add("start", client=number, seed=1, fronts=["a", "b"], deadline_ms=10000, wall=0)
        self.add("up", c=1, g=0)
        self.user = self.session = self.name = None

    def add(self, event, **fields):
        self.scene.clock += STEP
        self.events.append({"e": event, "t": round(self.scene.clock, 6), **fields})
        return self.events[-1]

    def send(self, op, arguments, known=None, user=True):
        request_id = f"{self.scene.number():032x}"
        told = (self.user, self.session) if user else (None, None)
        self.add("send", id=request_id, c=self.connection, op=op, a=arguments, u=told[0], s=told[1], x=known)
        return request_id

    def send_again(self, request_id, connection=1):
        self.add("send", id=request_id, c=connection)

    def reply(self, request_id, data, code=None, final=True, connection=1):
        return self.add("reply", id=request_id, c=connection, final=final, ok=code is None, code=code, d=data)

    def end(self, request_id, outcome="ok"):
        self.add("end", id=request_id, outcome=outcome)

    def ask(self, op, arguments, data, code=None, known=None, user=True):
        request_id = self.send(op, arguments, known, user)
        self.reply(request_id, data, code)
        self.end(request_id, code or "ok")
        return request_id

    # ---- ops, as a good service answers them ----

    def register(self, name):
        self.name, self.user = name, self.scene.number()
        self.session = f"{self.scene.number():032x}"
        self.scene.users.append({"id": self.user, "name": name.encode().hex()})
        self.scene.sessions.append({"session": self.session, "user_id": self.user, "revoked_at": None})
        data = {"user": self.user, "name": name, "s": self.session, "expires": 1}
        return self.ask("register", {"name": name, "password": "first", "profile": {"mark": name}}, data, user=False)

    def login(self, password="first"):
        self.session = f"{self.scene.number():032x}"
        self.scene.sessions.append({"session": self.session, "user_id": self.user, "revoked_at": None})
        data = {"user": self.user, "name": self.name, "s": self.session, "expires": 1}
        return self.ask("login", {"name": self.name, "password": password}, data, user=False)

    def logout(self):
        self.scene.revoked.append({"session": self.session, "user_id": self.user, "issued_before": None})
        return self.ask("logout", {}, {})

    def define(self, *words, recorded=True, row=True):
        data = {"recorded": recorded, "r": [[word, False] for word in words]}
        request_id = self.ask("define", {"words": list(words)}, data)
        for position, word in enumerate(words if row else ()):
            self.row(request_id, position, word)
        return request_id

    def row(self, request_id, position, word, user=None):
        row = {"id": self.scene.number(), "user_id": user or self.user, "request": request_id, "position": position, "found": 0,
               "word": word.encode().hex()}
        self.scene.history.append(row)
        return row

    def records(self):
        return [[row["id"], bytes.fromhex(row["word"]).decode(), False] for row in self.scene.history if row["user_id"] == self.user]

    def recent(self, limit=10):
        return self.ask("recent", {"limit": limit}, {"r": self.records()[::-1][:limit], "cursor": None, "count": None})

    def stats(self):
        words = [word for _, word, _ in self.records()]
        return self.ask("stats", {"limit": 10}, {"total": len(words), "found": 0, "missed": len(words), "distinct": len(set(words)),
                                                 "top": [[word, 1] for word in words[:10]]})

    def export(self):
        request_id = self.send("export", {})
        self.reply(request_id, {"r": self.records(), "cursor": None, "count": None}, final=False)
        self.reply(request_id, {"r": [], "cursor": None, "count": len(self.records())})
        self.end(request_id)
        return request_id

    def clear(self):
        mine = [row for row in self.scene.history if row["user_id"] == self.user]
        request_id = self.ask("clear", {}, {"cleared": len(mine)})
        self.scene.history[:] = [row for row in self.scene.history if row not in mine]
        return request_id

    def delete(self, password="first"):
        request_id = self.ask("delete", {"password": password}, {})
        self.scene.users[:] = [row for row in self.scene.users if row["id"] != self.user]
        self.scene.history[:] = [row for row in self.scene.history if row["user_id"] != self.user]
        self.scene.revoked.append({"session": None, "user_id": self.user, "issued_before": 1})
        return request_id

    def whoami(self):
        return self.ask("whoami", {}, {"user": self.user, "name": self.name, "profile": {"mark": self.name}, "s": self.session})

    def find(self, event, request_id):
        return next(one for one in self.events if one["e"] == event and one.get("id") == request_id)


class Scene:
    def __init__(self):
        self.clock, self.last = 100.0, 1000
        self.clients, self.users, self.sessions, self.revoked, self.history, self.erasures = [], [], [], [], [], []
        self.slow_pings = False

    def number(self):
        self.last += 1
        return self.last

    def client(self):
        self.clients.append(ScriptedClient(self, len(self.clients)))
        return self.clients[-1]

    def wait(self, seconds):
        self.clock += seconds

    def write(self, folder):
        """The folders of the ledgers and of the tables."""
        log, dumped = os.path.join(folder, "log"), os.path.join(folder, "tables")
        for client in self.clients:
            self.write_events(log, f"client-{client.number:03d}.jsonl", client.events)
        self.write_events(log, PATHS, self.pings())
        for table in "users", "sessions", "revoked", "history", "erasures":
            tables.write(dumped, table, getattr(self, table))
        return log, dumped

    def pings(self):
        at = 100.0
        while at < self.clock:
            for gateway in 0, 1:
                yield {"e": "ping", "t": at + 0.001, "g": gateway, "rtt": 1.0 if self.slow_pings else 0.001, "began": at}
            at += 0.25

    def write_events(self, folder, name, events):
        ledger = Ledger(folder, name)
        for event in events:
            ledger.write(event["e"], **{key: value for key, value in event.items() if key != "e"})
        ledger.close()
