"""Peers that cost a gateway more than they should: raw TCP, ZMTP by hand, and messages without end. And what tests of that need."""

import ctypes
import os
import socket
import struct
import sys

import zmq

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from mdp_peers import LIMIT  # noqa: E402

MIB = 1 << 20
# ZMTP 3.1 in plaintext: signature, version 3.1, mechanism NULL, not as-server, filling.
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x01" + b"NULL".ljust(20, b"\0") + b"\0" + bytes(31)
READY = b"\x05READY" + b"\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
MORE, LONG, COMMAND = 1, 2, 4


def address(endpoint):
    host, port = endpoint.removeprefix("tcp://").rsplit(":", 1)
    return host, int(port)


def frame(data, flags=0):
    if len(data) > 255:
        return bytes([flags | LONG]) + struct.pack(">Q", len(data)) + data
    return bytes([flags, len(data)]) + data


def silent(endpoint):
    """A TCP connection that says nothing."""
    connection = socket.create_connection(address(endpoint), timeout=LIMIT)
    connection.settimeout(LIMIT)
    return connection


def by_hand(endpoint, **options):
    """A TCP connection after its handshake in plaintext, if the other side takes part in that. Options are of the socket: rcvbuf."""
    connection = socket.socket()
    connection.settimeout(LIMIT)
    if "rcvbuf" in options:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["rcvbuf"])
    connection.connect(address(endpoint))
    connection.sendall(GREETING + frame(READY, COMMAND))
    # What comes before the other side has said READY is out of order.
    if received(connection, len(GREETING)):
        received(connection, (received(connection, 2) or b"\0\0")[1])
    return connection


def received(connection, size):
    """So many bytes, or None when the other side ends it before."""
    data = b""
    while len(data) < size:
        try:
            more = connection.recv(size - len(data))
        except ConnectionError:
            more = b""
        if not more:
            return None
        data += more
    return data


def is_closed(connection):
    """The other side has ended it; what it had sent before is read and dropped."""
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def send_parts(peer, count, size=MIB):
    """One message of so many parts. They share their bytes, so the sender pays nothing for them."""
    part = zmq.Frame(bytes(size))
    for _ in range(count):
        peer.socket.send(part, zmq.SNDMORE | zmq.NOBLOCK, copy=False)
    peer.socket.send(b"", zmq.NOBLOCK)


def resident(pid):
    """Bytes of a process that are in memory now, and the most there were."""
    with open(f"/proc/{pid}/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return tuple(int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))


class Halted:
    """A thread of another process stands still (ptrace(2)), and the others go on. Root, or its parent, may do that."""

    SEIZE, INTERRUPT, DETACH, ALL = 0x4206, 0x4207, 17, 0x40000000

    def __init__(self, tid):
        self.tid = tid
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.libc.ptrace.argtypes = [ctypes.c_long] * 4
        self.libc.ptrace.restype = ctypes.c_long

    def ptrace(self, request):
        if self.libc.ptrace(request, self.tid, 0, 0) == -1:
            raise OSError(ctypes.get_errno(), f"ptrace {request:#x}")

    def __enter__(self):
        self.ptrace(self.SEIZE)
        self.ptrace(self.INTERRUPT)
        os.waitpid(self.tid, self.ALL)
        return self

    def __exit__(self, *_):
        self.ptrace(self.DETACH)
