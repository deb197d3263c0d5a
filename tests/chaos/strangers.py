"""Peers that connect and are no help: clients that ask and never read, connections that say nothing, handshakes that stop halfway.

    python3 -m tests.chaos.strangers --endpoints A,B --server-key CERT --manner M --seed N

Until it is killed.
"""

import argparse
import itertools
import random
import socket
import time

import msgpack
import zmq
import zmq.auth

CONNECTIONS = 40  # at every endpoint
UNREAD = 10  # clients at every endpoint that never read
ROUND = 0.05  # seconds between two requests of each of them
GREETING = b"\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f\x03\x00" + b"CURVE".ljust(20, b"\0") + b"\0" * 32  # ZMTP 3.0


def tcp(endpoint):
    host, port = endpoint.removeprefix("tcp://").rsplit(":", 1)
    try:
        return socket.create_connection((host, int(port)), timeout=2)
    except OSError:
        return None


def silent(options, draw):
    """Connections that say nothing, made anew when they are closed."""
    linger(options, lambda: b"")


def half_handshake(options, draw):
    """A greeting in part, a whole one, or one with nonsense behind it."""
    linger(options, lambda: draw.choice([GREETING[:draw.randrange(1, 64)], GREETING, GREETING + b"\x04\xc8" + draw.randbytes(200),
                                         draw.randbytes(64)]))


def linger(options, opening):
    connections = []
    while True:
        while len(connections) < CONNECTIONS * len(options.endpoints):
            connection = tcp(options.endpoints[len(connections) % len(options.endpoints)])
            if connection is None:
                break
            try:
                connection.sendall(opening())
                connection.setblocking(False)
                connections.append(connection)
            except OSError:
                connection.close()
        time.sleep(ROUND)
        connections = [connection for connection in connections if stands(connection)]


def stands(connection):
    try:
        while connection.recv(4096):
            pass
    except BlockingIOError:
        return True
    except OSError:
        pass
    connection.close()
    return False


def unread(options, draw):
    """Clients whose requests are good and whose replies nobody takes."""
    context, server = zmq.Context(), zmq.auth.load_certificate(options.server_key)[0]
    clients = []
    for endpoint in options.endpoints * UNREAD:
        client = context.socket(zmq.DEALER)
        client.linger, client.rcvhwm, client.rcvbuf = 0, 1, 4096
        client.curve_publickey, client.curve_secretkey = zmq.curve_keypair()
        client.curve_serverkey = server
        client.connect(endpoint)
        clients.append(client)
    for _ in itertools.count():
        for client in clients:
            service = draw.choice([b"mmi.status", b"mmi.workers", b"lookup", b"auth"])
            body = msgpack.packb({"v": 1, "id": draw.randbytes(16), "op": "whoami"})
            try:
                client.send_multipart([b"MDPC02", b"\x01", service, body], zmq.DONTWAIT)
            except zmq.Again:
                pass
        time.sleep(ROUND)


MANNERS = {"silent": silent, "half-handshake": half_handshake, "unread": unread}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--endpoints", required=True)
    parser.add_argument("--server-key", required=True)
    parser.add_argument("--manner", choices=sorted(MANNERS), required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    options.endpoints = options.endpoints.split(",")
    MANNERS[options.manner](options, random.Random(options.seed))


if __name__ == "__main__":
    main()
