"""A client and a worker after RFC 18 (Majordomo, MDP/0.2), from the text of the RFC alone.

They know nothing of Lexmq: no READY options, no BATCH, bodies are any bytes. That they work with our gateway is a test
in itself; `python3 mdp_peers.py worker ENDPOINT SERVICE echo` runs the worker as a program.
"""

import os
import sys
import time

import zmq

CLIENT, WORKER = b"MDPC02", b"MDPW02"
C_REQUEST, C_PARTIAL, C_FINAL = b"\x01", b"\x02", b"\x03"
W_READY, W_REQUEST, W_PARTIAL, W_FINAL, W_HEARTBEAT, W_DISCONNECT = (bytes([n]) for n in range(1, 7))

# So many times longer than usual programs may take, because something like valgrind slows them down.
PATIENCE = float(os.environ.get("LEXMQ_TEST_PATIENCE", "1"))
LIMIT = 10.0 * PATIENCE  # seconds after which a wait has failed


def _dealer(endpoint, keys, options):
    """keys: (public, secret, server's public), for CURVE. options: of the socket, by their name in pyzmq."""
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    for name, value in options.items():
        setattr(socket, name, value)
    if keys:
        socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = keys
    socket.connect(endpoint)
    return socket


class Peer:
    def __init__(self, endpoint, keys=None, **options):
        self.socket = _dealer(endpoint, keys, options)

    def send(self, *frames):
        self.socket.send_multipart(frames)

    def receive(self, limit=LIMIT):
        """The next message, or None when none came in time."""
        if self.socket.poll(max(0, limit * 1000)):
            return self.socket.recv_multipart()
        return None

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Client(Peer):
    def request(self, service, *body):
        self.send(CLIENT, C_REQUEST, service, *body)

    def reply(self, limit=LIMIT):
        """(command, service, body frames) of the next reply."""
        message = self.receive(limit)
        if message is None:
            raise TimeoutError("no reply")
        if message[0] != CLIENT:
            raise ValueError(f"not a reply to a client: {message}")
        return message[1], message[2], message[3:]

    def ask(self, service, *body, limit=LIMIT):
        """The body frames of the FINAL."""
        self.request(service, *body)
        while True:
            command, name, frames = self.reply(limit)
            if name != service:
                raise ValueError(f"a reply of {name}")
            if command == C_FINAL:
                return frames


class Worker(Peer):
    def __init__(self, endpoint, service, keys=None, heartbeat=1.0, **options):
        super().__init__(endpoint, keys, **options)
        self.heartbeat = heartbeat
        self.spoken = time.monotonic()
        self.ready(service)

    def ready(self, service):
        self.send(WORKER, W_READY, service)

    def send(self, *frames):
        super().send(*frames)
        self.spoken = time.monotonic()

    def command(self, limit=LIMIT):
        """The next message but HEARTBEAT, heartbeating meanwhile; None when none came in time."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            now = time.monotonic()
            if now - self.spoken >= self.heartbeat:
                self.send(WORKER, W_HEARTBEAT)
                now = self.spoken
            message = self.receive(min(end, self.spoken + self.heartbeat) - now)
            if message and message[1] != W_HEARTBEAT:
                return message
        return None

    def request(self, limit=LIMIT):
        """(address, body frames) of the next REQUEST."""
        message = self.command(limit)
        if message is None:
            raise TimeoutError("no request")
        if message[:2] != [WORKER, W_REQUEST] or message[3] != b"":
            raise ValueError(f"not a request: {message}")
        return message[2], message[4:]

    def partial(self, address, *body):
        self.send(WORKER, W_PARTIAL, address, b"", *body)

    def final(self, address, *body):
        self.send(WORKER, W_FINAL, address, b"", *body)

    def disconnect(self):
        self.send(WORKER, W_DISCONNECT)

    def is_disconnected(self, limit=LIMIT):
        """The next command is DISCONNECT."""
        return self.command(limit) == [WORKER, W_DISCONNECT]


def main(endpoint, service, behaviour):
    """echo: answers with the request's body. hold: says so and never answers."""
    worker = Worker(endpoint, service.encode(), heartbeat=0.2)
    while True:
        message = worker.command(3600)
        if message is None or message[1] == W_DISCONNECT:
            return
        if behaviour == "echo":
            worker.final(message[2], *message[4:])
        else:
            print("holding", flush=True)


if __name__ == "__main__":
    main(*sys.argv[2:])
