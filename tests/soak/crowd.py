#!/usr/bin/python3
"""Clients of a soak in one process: idle connections, which were answered once and then only keep alive, and busy ones, each with a
look-up at its interval. Every tenth busy one closes after some look-ups and connects anew; one login and logout goes on all the time.

    crowd.py ENDPOINT SERVER_CERTIFICATE IDLE BUSY INTERVAL_S

Says `ready` once all of them have been answered, goes on until its input ends, and then prints what it counted as one line of
JSON. The wire is docs/protocol.md, the options of the sockets are liblexmq's (client/lib/lexmq_link.c)."""

import json
import os
import random
import re
import resource
import select
import sys
import time

import msgpack
import zmq

REQUEST, FINAL = b"\x01", b"\x03"
LATE_S = 20  # longer than the gateway's deadline, so that its own answer is seen
TICK_S = 0.01
OPENING = 10  # connections that may be without their first answer at a time: a handshake is dear, and thousands at once time out
LIFE = 3  # look-ups, of a busy connection that does not stay
USERS = 5
WORDS = ("lexmq", "gateway", "worker", "geese", "dictionary", "nothing-of-the-kind")


class Member:
    """A connection with at most one request open."""

    def __init__(self, crowd, interval=None, stays=True):
        self.crowd, self.interval, self.stays = crowd, interval, stays
        self.due = time.monotonic()
        self.answers, self.sent = 0, None
        self.socket = crowd.connect()

    def ask(self, now):
        """Sends its next request; libzmq takes none before the connection stands (ZMQ_IMMEDIATE)."""
        service, body = self.crowd.look_up() if self.interval and self.answers else (b"mmi.service", b"lookup")
        try:
            self.socket.send_multipart([b"MDPC02", REQUEST, service, body], zmq.DONTWAIT)
            self.sent = now
        except zmq.Again:
            pass

    def read(self, now):
        """True when its answer has come, or is given up."""
        try:
            frames = self.socket.recv_multipart(zmq.DONTWAIT)
        except zmq.Again:
            if now - self.sent < LATE_S:
                return False
            self.crowd.counts["unanswered"] += 1
            self.renew()
        else:
            self.crowd.count(frames)
            self.answers += 1
            self.sent = None
            if not self.stays and self.answers > LIFE:
                self.renew()
        if self.interval:
            self.due = max(self.due + self.interval, now)
        return True

    def renew(self):
        self.socket.close()
        self.socket, self.answers, self.sent = self.crowd.connect(), 0, None
        self.crowd.counts["reconnects"] += 1


class Accounts:
    """Registered users, and one connection by which one of them logs in and out again without an end."""

    def __init__(self, crowd):
        # Waits for its connection. Set afterwards, libzmq would end the process when the connection breaks.
        self.crowd, self.socket = crowd, crowd.connect(immediate=0)
        self.names = [f"soak-{os.getpid()}-{i}-{random.randrange(10**6)}" for i in range(USERS)]
        self.tokens = [self.call("register", name=name, password="correct horse")["tok"] for name in self.names]
        self.open = False

    def send(self, op, **arguments):
        self.socket.send_multipart([b"MDPC02", REQUEST, b"auth", request(op, **arguments)])
        self.open = time.monotonic()

    def call(self, op, **arguments):
        self.send(op, **arguments)
        if not self.socket.poll(1000 * LATE_S):
            raise SystemExit(f"crowd: no answer to {op}")
        reply = msgpack.unpackb(self.socket.recv_multipart()[-1])
        self.open = False
        if not reply["ok"]:
            raise SystemExit(f"crowd: {op}: {reply['err']}")
        return reply

    def turn(self, now):
        """The next of login, logout, ... when the one before was answered a second ago."""
        if not self.open or now - self.open < 1 or not self.socket.poll(0):
            if not self.open:
                self.send("login", name=random.choice(self.names), password="correct horse")
            return
        reply = msgpack.unpackb(self.socket.recv_multipart()[-1])
        self.open = False
        self.crowd.counts["accounts" if reply["ok"] else "refused"] += 1
        if "tok" in reply:
            self.send("logout", tok=reply["tok"])


def request(op, **arguments):
    identity = time.time_ns() // 10**6
    return msgpack.packb({"v": 1, "id": identity.to_bytes(6, "big") + os.urandom(10), "op": op, **arguments})


class Crowd:
    def __init__(self, endpoint, certificate, idle, busy, interval):
        self.endpoint, self.idle, self.busy, self.interval = endpoint, idle, busy, interval
        self.context = zmq.Context()
        self.context.max_sockets = idle + busy + 100
        self.public, self.secret = zmq.curve_keypair()
        with open(certificate) as file:
            self.server = re.search(r'public-key = "(.+)"', file.read()).group(1).encode()
        self.counts = dict.fromkeys(("answered", "recorded", "refused", "unanswered", "reconnects", "accounts"), 0)
        self.members = []
        self.accounts = Accounts(self) if busy else None

    def connect(self, immediate=1):
        socket = self.context.socket(zmq.DEALER)
        socket.linger, socket.immediate = 0, immediate
        socket.reconnect_ivl, socket.reconnect_ivl_max = 100, 1000
        socket.heartbeat_ivl, socket.heartbeat_timeout = 3000, 9000
        socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = self.public, self.secret, self.server
        socket.connect(self.endpoint)
        return socket

    def look_up(self):
        return b"lookup", request("define", tok=random.choice(self.accounts.tokens), words=[random.choice(WORDS)])

    def count(self, frames):
        if frames[1] != FINAL:
            self.counts["refused"] += 1
        elif frames[2] == b"lookup":
            reply = msgpack.unpackb(frames[-1])
            self.counts["answered" if reply["ok"] else "refused"] += 1
            self.counts["recorded"] += bool(reply.get("recorded"))

    def open(self):
        """Everybody, some at a time, each answered once. Returns the busy ones."""
        members, waiting = self.members, []
        while len(members) < self.idle + self.busy or waiting:
            while len(waiting) < OPENING and len(members) < self.idle + self.busy:
                number = len(members)
                busy = number >= self.idle
                members.append(Member(self, self.interval if busy else None, not busy or number % 10 != 0))
                waiting.append(members[-1])
            self.turn(waiting)
            waiting = [member for member in waiting if not member.answers]
            time.sleep(TICK_S)
        return [member for member in members if member.interval]

    @staticmethod
    def turn(members):
        now = time.monotonic()
        for member in members:
            if member.sent is None and member.due <= now:
                member.ask(now)
            if member.sent is not None:
                member.read(now)

    def run(self):
        members = self.open()
        begin = time.monotonic()
        for number, member in enumerate(members):
            member.due = begin + self.interval * number / len(members)
        print("ready", flush=True)
        while not select.select([sys.stdin], [], [], TICK_S if members else None)[0]:
            self.turn(members)
            if self.accounts:
                self.accounts.turn(time.monotonic())
        print(json.dumps(dict(self.counts, seconds=round(time.monotonic() - begin, 1))), flush=True)
        # The sockets end with the process: closing them one by one says nothing else to the gateway.
        os._exit(0)


def main(endpoint, certificate, idle, busy, interval):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    Crowd(endpoint, certificate, int(idle), int(busy), float(interval)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
