"""What a client did and saw, one JSON object a line, written before the client goes on: a crash loses nothing that was acknowledged.

Every line has `e`, what happened, and `t`, seconds by the monotonic clock (one for all processes of a machine). Ids are hexadecimal.

    start   client, seed, fronts, deadline_ms, wall     wall: seconds since 1970 at `t`
    up      c, g                                        connection c to gateway g stands
    down    c, why                                      and is gone; nothing that was open on it can be answered any more
    send    id, c, [op, a, u, s, x]                     the request id went out on c; what is in brackets the first time only:
                                                        op, arguments, user id and session of its token, and what the client knew (x)
    reply   id, c, final, ok, code, d                   one message; d: what of it is to be checked (digest.py)
    quiet   id, c                                       the client waited deadline + 1 s for an answer to what it had sent on c
    end     id, outcome                                 ok, the code of the last failure, or timeout: the client gave up
    pause   until                                       the client did not read before that time, on purpose
    stray   c, what                                     a message that is no reply, or has no id

paths.jsonl is by the process of the clients: how well it and its way to the gateways were.

    ping    g, rtt                                      seconds until mmi.service was answered; null: not within 2.5 s
    stall   until                                       the process itself did not run
"""

import json
import os
import time

PATHS = "paths.jsonl"


class Ledger:
    def __init__(self, folder, name):
        os.makedirs(folder, exist_ok=True)
        # Unbuffered and appended: a line is in the kernel when write returns.
        self.file = os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def write(self, event, **fields):
        """`t` may be given by who plays a ledger back."""
        line = json.dumps({"e": event, "t": round(time.monotonic(), 6), **fields}, separators=(",", ":"), ensure_ascii=False)
        os.write(self.file, line.encode() + b"\n")

    def close(self):
        os.close(self.file)


def events(path):
    """The lines of one file, without a last one that was cut off."""
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.endswith("\n"):
                return
            yield json.loads(line)
