"""The wire of docs/protocol.md for tests that attack a stack from outside: raw calls, and tokens taken apart and put together."""

import hashlib
import os
import re
import struct

import msgpack
import zmq

from tests.system.mdp_peers import C_FINAL, LIMIT, Client

TOKEN_NAME = 50  # where the name begins, section 8
SIGNATURE = 64


def certificate(path):
    """The keys of a certificate by "public" and "secret"; of several public ones, the one in use."""
    with open(path) as file:
        keys = re.findall(r'(public|secret)-key = "(.{40})"', file.read())
    return {name: key.encode() for name, key in reversed(keys)}


class Keys:
    """The keys of a stack, as files on its disk have them."""

    def __init__(self, stack):
        self.folder = os.path.join(stack.var, "keys")
        self.gateway = certificate(os.path.join(self.folder, "public", "gateway.cert"))["public"]

    def stranger(self):
        """Of somebody who knows the gateway's key and nothing else."""
        return (*zmq.curve_keypair(), self.gateway)

    def worker(self, name):
        own = certificate(os.path.join(self.folder, name, "curve.cert_secret"))
        return own["public"], own["secret"], self.gateway


class Caller(Client):
    """Calls ops and gives back their replies, unpacked."""

    def __init__(self, stack, keys=None, endpoint=None):
        super().__init__(endpoint or f"tcp://127.0.0.1:{stack.port}", keys=keys or Keys(stack).stranger())

    @staticmethod
    def body(op, tok=None, id=None, **arguments):
        token = {} if tok is None else {"tok": tok}
        return msgpack.packb({"v": 1, "id": id or os.urandom(16), "op": op, **token, **arguments})

    def call(self, service, op, tok=None, id=None, within=LIMIT, **arguments):
        """The FINAL."""
        return msgpack.unpackb(self.ask(service.encode(), self.body(op, tok, id, **arguments), limit=within)[0])

    def pages(self, service, op, tok):
        """Every PARTIAL, then the FINAL."""
        self.request(service.encode(), self.body(op, tok))
        pages = []
        while True:
            command, _, frames = self.reply()
            pages.append(msgpack.unpackb(frames[0]))
            if command == C_FINAL:
                return pages

    def register(self, name, password="correct horse"):
        """The reply: user, name, tok, expires."""
        reply = self.call("auth", "register", name=name, password=password)
        assert reply["ok"], reply
        return reply

    def look_up(self, tok, *words, **arguments):
        return self.call("lookup", "define", tok, words=list(words), **arguments)

    def words(self, tok):
        """Everything in the history, oldest first."""
        records = self.call("history", "list", tok, limit=1000, order="oldest")["records"]
        return [record["word"] for record in records]


def code(reply):
    """"ok", or the code of the error."""
    return "ok" if reply["ok"] else reply["err"]["code"]


class Token:
    """Section 8."""

    def __init__(self, token):
        self.form, self.key, self.session, self.user, self.issued, self.expires, size = struct.unpack_from(">B8s16sQQQB", token)
        self.name = token[TOKEN_NAME:TOKEN_NAME + size]
        self.signature = token[TOKEN_NAME + size:]
        assert len(self.signature) == SIGNATURE

    def claims(self):
        return struct.pack(">B8s16sQQQB", self.form, self.key, self.session, self.user, self.issued, self.expires,
                           len(self.name)) + self.name

    def bytes(self):
        return self.claims() + self.signature


def key_id(public):
    return hashlib.blake2b(public, digest_size=32).digest()[:8]
