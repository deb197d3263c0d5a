"""The ledgers and the tables as the checker sees them: one client at a time, since no user is shared by two."""

import glob
import math
import os

from tests.chaos import tables
from tests.chaos.ledger import PATHS, events

NEVER = math.inf
GIVEN_AGAIN = 2.0  # seconds that an answer takes at least when its request went to a second worker because the first was silent


class Send:
    __slots__ = ("t", "connection")

    def __init__(self, t, connection):
        self.t, self.connection = t, connection


class Reply:
    __slots__ = ("t", "connection", "final", "ok", "code", "data")

    def __init__(self, t, connection, final, ok, code, data):
        self.t, self.connection, self.final, self.ok, self.code, self.data = t, connection, final, ok, code, data


class Request:
    """One id. `user` and `session` are of its token, None without; `known` is what the client knew beforehand."""
    __slots__ = ("id", "op", "arguments", "user", "session", "known", "sends", "replies", "outcome", "ended")

    def __init__(self, event):
        self.id, self.op, self.arguments = event["id"], event["op"], event["a"]
        self.user, self.session, self.known = event["u"], event["s"], event["x"] or {}
        self.sends, self.replies, self.outcome, self.ended = [], [], None, None

    @property
    def sent(self):
        return self.sends[0].t

    def good(self):
        """The FINALs that say ok."""
        return [reply for reply in self.replies if reply.final and reply.ok]

    def answered(self):
        """When the first good FINAL came."""
        return min((reply.t for reply in self.good()), default=NEVER)

    def __str__(self):
        return f"{self.op} {self.id}"


class Connection:
    __slots__ = ("gateway", "down", "closed")

    def __init__(self, gateway):
        self.gateway, self.down = gateway, NEVER
        self.closed = False  # by the client itself, with nothing wrong


class Lookup:
    """A define that is to be recorded. recorded: when that was first acknowledged; answered: the first good FINAL."""
    __slots__ = ("request", "words", "sent", "recorded", "answered", "found")

    def __init__(self, request):
        self.request, self.words, self.sent = request, request.arguments["words"], request.sent
        good = request.good()
        self.recorded = min((reply.t for reply in good if reply.data["recorded"]), default=NEVER)
        self.answered = request.answered()
        self.found = [found for _, found in good[0].data["r"]] if good else None

    def is_gone(self, clear):
        """Must a clear that was acknowledged have removed it for good, whatever the clocks say? Not what goes by a journal, nor what a second
        worker does, to which it was given because it was asked twice, or because the first worker seemed lost (3 s)."""
        return self.recorded < clear.sent and self._is_of_one_worker(self.recorded)

    def is_stale(self, clear):
        """Must it be gone because what comes late is held against the clears since its time? That goes by the clocks of two workers."""
        return self.answered < clear.sent and self._is_of_one_worker(self.answered)

    def _is_of_one_worker(self, answered):
        return len(self.request.sends) == 1 and answered - self.sent < GIVEN_AGAIN


class User:
    """All that one client did as one user, in the order of sending."""

    def __init__(self, number):
        self.number, self.requests, self.lookups, self.clears, self.deletes = number, [], [], [], []

    def add(self, request):
        self.requests.append(request)
        if request.op == "define" and request.arguments.get("record", True):
            self.lookups.append(Lookup(request))
        elif request.op == "clear":
            self.clears.append(request)
        elif request.op == "delete":
            self.deletes.append(request)

    def bound(self, until=NEVER):
        """Look-ups that were sent after it were not touched by any clear that was sent before `until`."""
        return max((clear.answered() for clear in self.clears if clear.sent < until), default=-NEVER)

    def delete_sent(self):
        return min((request.sent for request in self.deletes), default=NEVER)

    def deleted(self):
        return min((request.answered() for request in self.deletes), default=NEVER)


class Client:
    def __init__(self, path):
        self.name = os.path.basename(path).removesuffix(".jsonl")
        self.requests, self.connections, self.pauses, self.strays, self.first, self.last = {}, {}, [], [], 0, 0
        for event in events(path):
            self.last = event["t"]
            getattr(self, "on_" + event["e"])(event)
        self.users = {}
        for request in self.requests.values():
            if request.user is not None:
                self.users.setdefault(request.user, User(request.user)).add(request)

    def on_start(self, event):
        self.first = event["t"]

    def on_up(self, event):
        self.connections[event["c"]] = Connection(event["g"])

    def on_down(self, event):
        if event["c"] in self.connections:
            self.connections[event["c"]].down = event["t"]
            self.connections[event["c"]].closed = event["why"] == "done"

    def on_send(self, event):
        if event["id"] not in self.requests:
            self.requests[event["id"]] = Request(event)
        self.requests[event["id"]].sends.append(Send(event["t"], event["c"]))

    def on_reply(self, event):
        reply = Reply(event["t"], event["c"], event["final"], event["ok"], event["code"], event["d"])
        self.requests[event["id"]].replies.append(reply)

    def on_end(self, event):
        if event["id"] in self.requests:
            self.requests[event["id"]].outcome, self.requests[event["id"]].ended = event["outcome"], event["t"]

    def on_quiet(self, event):
        """The client's opinion; the checker has its own."""

    def on_pause(self, event):
        self.pauses.append((event["t"], event["until"]))

    def on_stray(self, event):
        self.strays.append((event["t"], event["what"]))


class Row:
    __slots__ = ("number", "request", "position", "found", "word")

    def __init__(self, fields):
        self.number, self.request, self.position = int(fields["id"]), fields["request"], int(fields["position"])
        self.found, self.word = fields["found"] == "1", bytes.fromhex(fields["word"]).decode()


class Tables:
    def __init__(self, folder):
        self.history = {}  # by user, in the order of their numbers
        for fields in tables.load(folder, "history"):
            self.history.setdefault(int(fields["user_id"]), []).append(Row(fields))
        for rows in self.history.values():
            rows.sort(key=lambda row: row.number)
        self.users = {int(fields["id"]): bytes.fromhex(fields["name"]).decode() for fields in tables.load(folder, "users")}
        self.sessions = {fields["session"]: int(fields["user_id"]) for fields in tables.load(folder, "sessions")}
        revoked = tables.load(folder, "revoked")
        self.revoked_sessions = {fields["session"] for fields in revoked if fields["session"]}
        self.revoked_users = {int(fields["user_id"]) for fields in revoked if not fields["session"]}
        self.erasures = {int(fields["user_id"]) for fields in tables.load(folder, "erasures")}


class Path:
    """When the clients' process, or its way to a gateway, was not well: a gateway is not to be blamed for what was late then."""

    SLOW = 0.5  # seconds that an answer to mmi.service takes at most on a good way

    def __init__(self, folder, disturbed=()):
        self.pings, self.bad = {}, list(disturbed)
        path = os.path.join(folder, PATHS)
        for event in events(path) if os.path.exists(path) else ():
            if event["e"] == "stall":
                self.bad.append((event["began"], event["until"]))
            else:
                self.pings.setdefault(event["g"], []).append((event["began"], event["t"], event["rtt"]))

    def is_good(self, gateway, begin, end):
        if any(bad_begin < end and bad_end > begin for bad_begin, bad_end in self.bad):
            return False
        pings = [rtt for ping_begin, ping_end, rtt in self.pings.get(gateway, ()) if ping_begin < end and ping_end > begin]
        # A question twice in three seconds at least, or nothing is known.
        return len(pings) >= (end - begin) / 1.5 and all(rtt is not None and rtt < self.SLOW for rtt in pings)


def clients(folder):
    for path in sorted(glob.glob(os.path.join(folder, "client-*.jsonl"))):
        yield Client(path)
