#!/usr/bin/python3
"""Makes the seeds that are no text: messages, packed frames, segments of a journal, stories of a gateway.

    tests/fuzz/make_seeds.py FOLDER    writes FOLDER/TARGET/NAME

tests/fuzz/run.py calls it; what a target's input looks like stands at the head of its source.
"""

import os
import struct
import sys
import zlib

import msgpack

ID = b"sixteen bytes id"
SEPARATOR = b"\n%%\n"


def pack(value):
    return msgpack.packb(value, use_bin_type=True)


def request(op, **arguments):
    return pack({"v": 1, "id": ID, "op": op, "tok": b"token", **arguments})


def record(kind, address, body):
    return struct.pack("<BBI", kind, len(address), len(body)) + address + body


def bodies():
    yield "request", request("define", words=["word"], record=False)
    yield "match", request("match", strategy="lev", pattern="aple", distance=2, tags=["gre"], cursor=b"")
    yield "reply", pack({"id": ID, "ok": True, "results": [{"word": "a", "found": True, "rule": "exact", "entries": []}]})
    yield "error", pack({"id": ID, "ok": False, "err": {"code": "busy", "msg": "full", "retry_ms": 100}})
    yield "deep", pack({"a": [[[[[[[1]]]]]]]})
    yield "many", pack({str(i): i for i in range(64)})
    yield "options", pack({"credit": 200, "batch": 64, "name": "host:1"})
    yield "packed", record(2, b"12345678", request("define", words=["a"])) + record(4, b"1", b"")


def frame(payload):
    return struct.pack("<III", 0x4A525845, len(payload), zlib.crc32(payload)) + payload


def journal_payload(words, token=b"token"):
    text = b"".join(bytes([found, len(word)]) + word for word, found in words)
    return struct.pack("<Q16sH", 1700000000000, ID, len(token)) + token + struct.pack("<H", len(words)) + text


def journals():
    good = frame(journal_payload([(b"word", 1), (b"miss", 0)]))
    yield "two", b"\x01LEXMQJ01" + good + frame(journal_payload([(b"x" * 255, 1)], b""))
    yield "torn", b"\x01LEXMQJ01" + good + good[:-3]
    yield "damaged", b"\x00LEXMQJ01" + good[:20] + b"?" + good[21:] + good


# Steps of fuzz_gateway.c by their place in s_steps; what they take stands behind them.
REQUEST, REPLY, READY, BATCH, COMMAND, TIME, OPEN, CLOSE, _, MANY, RAW, PACKED, READS, _, _, _, NAMES, DRAIN = range(18)
SAME_ROUND = 64
OPTIONS = bytes([250, 63, 255, 3])


def step(kind, peer, *values):
    return bytes([kind, peer, *values])


def ask(peer, service=0):
    return step(REQUEST, peer, service, 1, 0)


def gateways():
    ready = step(READY, 4, 0, 1, 8, 4)
    plain = step(READY, 5, 0, 2, 0, 0)
    yield "answered", OPTIONS + ready + ask(0) + ask(1) + step(REPLY, 4, 0, 0, 1) + step(REPLY, 4, 1, 1, 1) + step(REPLY, 4, 1, 0, 1)
    yield "batch", OPTIONS + ready + step(MANY, 0, 0, 1, 12) + step(BATCH, 4, 6, 0, 0, 1, 1, 1, 2, 1, 3, 0, 4, 1, 5, 1)
    yield "broken_batch", OPTIONS + ready + plain + step(MANY, 0, 0, 1, 12) + step(BATCH, 4, 2, 7, 0, 1, 1, 1)
    yield "lost", OPTIONS + ready + plain + step(MANY, 0, 0, 1, 12) + step(CLOSE, 4) + step(TIME, 0, 25) * 20
    yield "timeout", OPTIONS + ready + ask(0) + step(COMMAND, 4, 0) + (step(TIME, 0, 24) + step(COMMAND, 4, 0)) * 30 + step(REPLY, 4, 0, 0, 1)
    yield "drains", OPTIONS + ready + ask(0) + step(COMMAND, 4, 2) + ask(1) + step(REPLY, 4, 0, 0, 1) + step(DRAIN, 0) + ask(2)
    yield "full", bytes([0, 3, 2, 0]) + step(MANY, 0, 0, 1, 20) + ready + step(TIME, 0, 60)
    yield "names", OPTIONS + step(NAMES, 0, 1) + ready + ask(1)
    yield "mmi", OPTIONS + ready + plain + b"".join(ask(1, service) for service in range(2, 9)) + ask(6, 2)
    yield "slow", OPTIONS + step(OPEN, 1, 2) + ready + step(READS, 1) + step(MANY, 1, 0, 1, 40) + step(BATCH, 4, 7, 0, 0, 0, 1, 0, 2, 1)
    yield "raw", OPTIONS + step(RAW, 4, 3, 6) + b"MDPW02" + b"\x01\x01" + b"\x06lookup" + step(PACKED, 4, 14) + record(4, b"12345678", b"")
    yield "twice", OPTIONS + ready + ready + ask(0) + step(COMMAND, 4, 1) + step(OPEN, 4, 1) + ready + step(CLOSE, 4) + step(OPEN, 5, 1) + plain


def pairs(which, answers=b"", **arguments):
    """For fuzz_ops.h: which op, how many pairs, the pairs, the database's answers."""
    return bytes([which, len(arguments)]) + b"".join(pack(key) + pack(value) for key, value in arguments.items()) + SEPARATOR + answers


def number(value):
    data = value.to_bytes(6, "big")
    return bytes([len(data)]) + data


NAME, HASH = b"\x03Ann", b"\xff"
USER = b"\x01" + number(7) + NAME + HASH + number(0)
SESSION = b"\x01\x10" + ID + number(7) + number(0) + number(1 << 47) + number(0)


def auths():
    yield "register", pairs(0, name="Ann", password="password", profile={"city": "Ulm"})
    yield "login", pairs(1, b"\x00" + USER + b"\x10" * 8, name="Ann", password="password")
    yield "login_wrong", pairs(1, b"\x00" + USER + b"\x00" * 8, name="Ann", password="wrong password")
    yield "throttled", pairs(1, b"\x01" + number(1 << 47) + number(1 << 47), name="Ann", password="password")
    yield "logout", pairs(2)
    yield "whoami", pairs(3, SESSION + USER)
    yield "passwd", pairs(4, USER * 3, password="password", new_password="password2")
    yield "sessions", pairs(5, SESSION * 3)
    yield "revoke", pairs(6, SESSION * 3, session=ID)
    yield "delete", pairs(7, USER * 3, password="password")


def histories():
    rows = b"\x03" + (number(1) + b"\x04word" + number(1700000000000) + number(1)) * 3
    yield "recent", pairs(0, rows, limit=10)
    yield "list", pairs(1, rows, limit=2, cursor=3, order="oldest")
    yield "search", pairs(2, rows, prefix="wo", since=1, until=1 << 40, found=True, limit=5)
    yield "stats", pairs(3, rows, limit=5)
    yield "export", pairs(4, rows * 2)
    yield "clear", pairs(5, b"\x20" * 4)
    yield "erase", pairs(6, b"\x20" * 4, user=7)
    yield "record", pairs(8, records=[[0, ID, 1700000000000, ["word", True, "miss", False]], [1, ID, 1, ["x", False]]])
    yield "record_none", pairs(7, toks=[b"x"], records=[[0, ID, 1, ["word", True]]])


def lookups():
    yield "define", pairs(0, words=["goose", "GEESE", "nihao", "cafe", "\u653e\u5f03", "missing"], dict="en")
    yield "lev", pairs(1, strategy="lev", pattern="gose", distance=2, limit=5)
    yield "re", pairs(1, strategy="re", pattern="^a.*n$", sort="rank", max_rank=10)
    yield "text", pairs(1, strategy="text", pattern="word test", tags=["gre"], collins=1)
    yield "nprefix", pairs(1, strategy="nprefix", pattern="a", skip=1, count=2, cursor=b"x")
    yield "wildcard", pairs(1, strategy="wildcard", pattern="*o?s*")
    yield "suggest", pairs(2, prefix="a", limit=3)
    yield "dictionaries", pairs(3)


def message(*frames):
    """For fuzz_worker.h: a message from a gateway, how many frames, each with its size."""
    return bytes([0, len(frames)]) + b"".join(struct.pack("<H", len(frame)) + frame for frame in frames)


def workers():
    ask = request("echo", text="word")
    start = b"\x04"  # most requests in a BATCH of replies
    yield "request", start + message(b"MDPW02", b"\x02", b"12345678", b"", ask) + message(b"MDPW02", b"\x05")
    yield "batch", start + message(b"MDPW02", b"\x07", record(2, b"1", ask) + record(2, b"2", request("later")) + record(2, b"3", b"?"))
    yield "broken", start + message(b"MDPW02", b"\x07", record(2, b"1", ask)[:-1]) + message(b"MDPW02", b"\x02", b"1", b"", ask, ask)
    yield "disconnect", start + message(b"MDPW02", b"\x02", b"1", b"", request("later")) + message(b"MDPW02", b"\x06") + bytes([1, 9])
    yield "pages", start + message(b"MDPW02", b"\x02", b"1", b"", request("pages")) + message(b"MDPW02", b"\x02", b"1", b"", request("call"))
    yield "answer", start + message(b"MDPW02", b"\x02", b"1", b"", request("call")) + bytes([2, 4]) + b"".join(
        struct.pack("<H", len(frame)) + frame for frame in (b"MDPC02", b"\x03", b"other", pack({"id": ID, "ok": True})))


def reply(which, value, command=b"\x03", partial=None):
    """For fuzz_client.c: which call, then messages."""
    pages = b"" if partial is None else b"\x02" + pack(partial)
    return bytes([which]) + pages + (SEPARATOR if pages else b"") + command + pack(value)


def ok(**results):
    return {"id": ID, "ok": True, **results}


def clients():
    entry = {"dict": "en", "headword": "goose", "text": "a bird", "pos": "n:100", "tags": ["gre"], "forms": "s:geese", "collins": 3}
    found = {"word": "goose", "found": True, "rule": "exact", "entries": [entry], "suggestions": []}
    missed = {"word": "x", "found": False, "rule": "", "entries": [], "suggestions": ["a", "b"]}
    records = [{"n": 2, "word": "goose", "time": 1700000000000, "found": True}]
    session = {"session": ID, "issued": 1, "expires": 2, "current": True}
    service = {key: 1 for key in ("workers", "credit", "free", "queued", "queued_bytes", "open", "requests", "finals", "busy",
                                  "timeouts", "unavailable", "redispatched", "lost")}
    worker = {key: 1 for key in ("credit", "held", "open", "finals", "ready_ms", "silent_ms")}
    yield "define", reply(0, ok(results=[found, missed], recorded=True))
    yield "match", reply(1, ok(matches=[{"word": "a", "dict": "en", "rule": "lev", "distance": 1}, {"word": "b"}], cursor=b"x", complete=True))
    yield "suggest", reply(2, ok(words=["a", "b"]))
    yield "dictionaries", reply(3, ok(dictionaries=[{"name": "en", "title": "English", "entries": 3, "version": 1}]))
    yield "recent", reply(4, ok(records=records))
    yield "list", reply(5, ok(records=records, cursor=1))
    yield "search", reply(6, ok(records=records, cursor=0))
    yield "login", reply(7, ok(user=7, name="Ann", tok=b"token", expires=2))
    yield "whoami", reply(8, ok(user=7, name="Ann", created=1, profile={"city": "Ulm"}, session=ID, issued=1, expires=2))
    yield "sessions", reply(9, ok(sessions=[session]))
    yield "status", reply(10, {"version": "1", "uptime_ms": 1, "draining": False, "open": 0, "bad_frames": 0, "unroutable": 0, "late_replies": 0,
                               "refused": 0, "latency_bounds_us": [1, 2], "services": [{"service": "lookup", **service, "latency": [1, 2, 3]}]})
    yield "workers", reply(11, {"workers": [{"service": "lookup", "name": "host:1", "draining": False, **worker}]})
    yield "pages", reply(4, ok(records=records), partial=ok(records=records))
    yield "error", reply(0, {"id": ID, "ok": False, "err": {"code": "unauthorized", "msg": "no", "retry_ms": 1}})


TARGETS = {"auth": auths, "client": clients, "history": histories, "lookup": lookups, "worker": workers,
           "body": bodies, "journal": journals, "gateway": gateways}


def make(folder):
    for target, seeds in TARGETS.items():
        os.makedirs(os.path.join(folder, target), exist_ok=True)
        for name, data in seeds():
            with open(os.path.join(folder, target, name), "wb") as file:
                file.write(data)


if __name__ == "__main__":
    make(sys.argv[1])
