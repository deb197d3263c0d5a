"""What a client needs of docs/protocol.md: frames of its side (section 2.1), bodies (section 3), tokens (section 8), keys (section 9)."""

import os
import re
import time

import msgpack
import zmq

CLIENT = b"MDPC02"
REQUEST, PARTIAL, FINAL = b"\x01", b"\x02", b"\x03"

# Which service has an op.
SERVICES = {op: service for service, ops in {
    b"auth": "register login logout whoami passwd sessions revoke delete",
    b"lookup": "define match suggest dictionaries",
    b"history": "recent list search stats export clear",
}.items() for op in ops.split()}

TRY_AGAIN = ("busy", "timeout", "unavailable")  # codes after which a caller may send the same id again


class Broken(Exception):
    """A message that is not what the protocol says."""


def new_id():
    """48 bits of UTC milliseconds and 80 random bits."""
    return (time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10)


def request_frames(op, request_id, token, arguments):
    body = {"v": 1, "id": request_id, "op": op}
    if token is not None:
        body["tok"] = token
    body.update(arguments)
    return [CLIENT, REQUEST, SERVICES[op], msgpack.packb(body)]


def read_reply(frames):
    """(final, body) of a message from the gateway; Broken when it is none."""
    if len(frames) != 4 or frames[0] != CLIENT or frames[1] not in (PARTIAL, FINAL):
        raise Broken(f"not a reply to a client: {frames[:3]}")
    try:
        body = msgpack.unpackb(frames[3], raw=False, strict_map_key=True)
    except (ValueError, msgpack.UnpackException, UnicodeDecodeError) as error:
        raise Broken(f"the body of a reply: {error}") from error
    if not isinstance(body, dict) or not isinstance(body.get("ok"), bool):
        raise Broken("a reply without ok")
    if not body["ok"] and not isinstance(body.get("err", {}).get("code"), str):
        raise Broken("a failure without a code")
    return frames[1] == FINAL, body


def session_of(token):
    """The session id in a token; the rest of a token is not a client's business."""
    if len(token) < 25 or token[0] != 1:
        raise Broken("a token of another format")
    return token[9:25]


def public_keys(path):
    """The public keys of a certificate (ZPL), the one in use first."""
    with open(path, encoding="utf-8") as file:
        keys = re.findall(r'^\s+public-key\s*=\s*"([^"]{40})"', file.read(), re.M)
    if not keys:
        raise ValueError(f"{path} has no public key")
    return [key.encode() for key in keys]


def dealer(context, front, server_key, keys):
    """A client's socket on its way to a gateway. It queues nothing before the gateway is there, and a gateway that is silent for
    2.5 s is one whose connection broke."""
    socket = context.socket(zmq.DEALER)
    socket.linger = 0
    socket.immediate = 1
    socket.maxmsgsize = 16 << 20
    socket.heartbeat_ivl, socket.heartbeat_timeout, socket.heartbeat_ttl = 1000, 2500, 5000
    socket.handshake_ivl = 5000
    socket.curve_publickey, socket.curve_secretkey = keys
    socket.curve_serverkey = server_key
    return socket
