"""A worker with a real key that does not keep to the protocol.

    python3 -m tests.chaos.rogue --gateways A,B --server-key CERT --certificate CERT_SECRET --service S --behaviour B --seed N

It registers at every gateway, and again whenever it is thrown out, until it is killed. What it says can be refused by whoever keeps to
the protocol: it never gives a success under the id of a request, because no one could tell that from a true one (docs/chaos.md).
"""

import argparse
import itertools
import random
import struct
import time

import msgpack
import zmq
import zmq.auth

WORKER = b"MDPW02"
READY, REQUEST, PARTIAL, FINAL, HEARTBEAT, DISCONNECT, BATCH, DRAIN = (bytes([n]) for n in range(1, 9))
PACKED = 16
# A gateway gives a request to the worker with the most free credit: with that of the real ones it has its share of the
# requests, with a little more nearly all of them as long as it answers at once, and some to keep when it does not.
CREDIT = {"lookup": 256, "history": 64, "history.record": 64, "history.erase": 4}
MORE = 16
BEAT = 0.5  # seconds
AGAIN = 0.2  # seconds before it registers anew
LATE = "late"
MESSAGE = "of a rogue"
DEADLINE = 10.0  # seconds, of the gateways


def junk(draw, most=300):
    return draw.randbytes(draw.randrange(most))


def id_of(body):
    """The id in a request, or None."""
    try:
        request = msgpack.unpackb(body, strict_map_key=False)
        return request.get("id") if isinstance(request, dict) else None
    except (ValueError, msgpack.exceptions.ExtraData, msgpack.exceptions.UnpackException):
        return None


def failure(identity):
    return msgpack.packb({"id": identity, "ok": False, "err": {"code": "internal", "msg": MESSAGE}})


def success(identity):
    """Of another request than any that is open."""
    return msgpack.packb({"id": identity, "ok": True, "results": [], "records": [], "cursor": 0, "refused": [], "recorded": True})


class Session:
    def __init__(self, context, endpoint, options, draw):
        self.endpoint, self.options, self.draw = endpoint, options, draw
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.curve_publickey, self.socket.curve_secretkey = options.keys
        self.socket.curve_serverkey = options.server
        self.socket.connect(endpoint)
        self.held = []  # (address, body, time) of requests that wait for a late answer
        self.silent = False
        self.beat = time.monotonic()
        credit = CREDIT[options.service] + draw.choice((0, MORE))
        self.send(READY, options.service.encode(), msgpack.packb({"credit": credit, "batch": PACKED, "name": f"rogue-{options.behaviour}"}))

    def send(self, *frames):
        self.socket.send_multipart([WORKER, *frames])

    def final(self, address, body):
        self.send(FINAL, address, b"", body)

    def requests(self, message):
        """(address, body) of each request in a message of the gateway."""
        if len(message) == 5 and message[1] == REQUEST:
            return [(message[2], message[4])]
        found, at = [], 0
        while len(message) == 3 and message[1] == BATCH and at < len(message[2]):
            _, address_size, size = struct.unpack_from("<BBI", message[2], at)
            at += 6
            found.append((message[2][at:at + address_size], message[2][at + address_size:at + address_size + size]))
            at += address_size + size
        return found


# ---- what it does with a request: (session, address, body) ----

def garbage_frames(session, address, body):
    draw = session.draw
    session.socket.send_multipart([junk(draw) for _ in range(draw.randrange(1, 6))])
    session.send(bytes([draw.randrange(9, 256)]), junk(draw))
    session.send(FINAL, address)
    session.final(address, failure(id_of(body)))


def garbage_bodies(session, address, body):
    draw = session.draw
    session.final(address, draw.choice([junk(draw), b"", b"\xdf\xff\xff\xff\xff", b"\x81" * 200, body[:len(body) // 2], body + junk(draw)]))


def wrong_id(session, address, body):
    session.final(address, success(session.draw.randbytes(16)))


def many_frames(session, address, body):
    session.send(FINAL, address, b"", *[junk(session.draw, 40) for _ in range(session.draw.randrange(2, 12))])


def twice(session, address, body):
    session.final(address, failure(id_of(body)))
    session.final(address, failure(id_of(body)))
    session.send(PARTIAL, address, b"", failure(id_of(body)))


def late(session, address, body):
    session.held.append((address, body, time.monotonic() + DEADLINE + 0.3))


def never_given(session, address, body):
    for number in range(16):
        guess = (int.from_bytes(address, "big") ^ (1 << session.draw.randrange(64)) if number % 2 else session.draw.getrandbits(64))
        session.final(guess.to_bytes(8, "big"), success(session.draw.randbytes(16)))
    session.final(address, failure(id_of(body)))


def drain_and_vanish(session, address, body):
    session.send(DRAIN)
    session.silent = True


def hold(session, address, body):
    """It takes what it is given and never answers; its heartbeats go on."""


def broken_batch(session, address, body):
    draw = session.draw
    record = struct.pack("<BBI", 4, len(address), 4) + address + b"nope"
    session.send(BATCH, draw.choice([record[:-1], record + b"\x04", struct.pack("<BBI", 9, 8, 0) + address, b"", junk(draw),
                                     struct.pack("<BBI", 4, 8, 0xffffffff) + address]))


def partial_and_vanish(session, address, body):
    session.send(PARTIAL, address, b"", failure(id_of(body)))
    session.silent = True


def second_ready(session, address, body):
    session.send(READY, session.options.service.encode())


BEHAVIOURS = {function.__name__.replace("_", "-"): function for function in
              (garbage_frames, garbage_bodies, wrong_id, many_frames, twice, late, never_given, drain_and_vanish, hold, broken_batch,
               partial_and_vanish, second_ready)}


def run(session):
    """What there is to do now. False when the session is over."""
    now = time.monotonic()
    for address, body, due in [held for held in session.held if held[2] <= now]:
        session.final(address, failure(id_of(body)))
        session.held.remove((address, body, due))
    if now - session.beat >= BEAT and not session.silent:
        session.send(HEARTBEAT)
        session.beat = now
    while session.socket.poll(0):
        message = session.socket.recv_multipart()
        if message[:2] == [WORKER, DISCONNECT]:
            return False
        for address, body in session.requests(message):
            BEHAVIOURS[session.options.behaviour](session, address, body)
    return True


def arguments():
    parser = argparse.ArgumentParser()
    for name in ("gateways", "server-key", "certificate", "service"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--behaviour", choices=sorted(BEHAVIOURS), required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    options.keys = zmq.auth.load_certificate(options.certificate)
    options.server, _ = zmq.auth.load_certificate(options.server_key)
    return options


def main():
    options = arguments()
    draw = random.Random(options.seed)
    context = zmq.Context()
    sessions = {endpoint: Session(context, endpoint, options, draw) for endpoint in options.gateways.split(",")}
    for _ in itertools.count():
        poller = zmq.Poller()
        for session in sessions.values():
            poller.register(session.socket, zmq.POLLIN)
        poller.poll(100)
        for endpoint, session in sessions.items():
            if not run(session):
                session.socket.close()
                time.sleep(AGAIN)
                sessions[endpoint] = Session(context, endpoint, options, draw)


if __name__ == "__main__":
    main()
