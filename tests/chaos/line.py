"""One connection to one gateway, on an asyncio loop."""

import asyncio

import zmq
from zmq.utils.monitor import recv_monitor_message

from tests.chaos import protocol

ROUND = 64  # messages that one connection may take before the loop looks at the others
GONE = (zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL |
        zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_CONNECT_RETRIED)


class Line:
    """`owner` has received(line, frames), is_up(line) and is_down(line, why), the last at most once. A line that is down stays so."""

    def __init__(self, context, front, server_key, keys, owner, number=0, gateway=0):
        self.owner, self.number, self.gateway = owner, number, gateway
        self.up = self.closed = self.paused = False
        self.loop = asyncio.get_running_loop()
        self.socket = protocol.dealer(context, front, server_key, keys)
        self.monitor = self.socket.get_monitor_socket(GONE | zmq.EVENT_HANDSHAKE_SUCCEEDED)
        # libzmq's descriptors tell of changes, not of states: whoever was told reads until there is nothing.
        self.loop.add_reader(self.monitor.fileno(), self.watch)
        self.loop.add_reader(self.socket.fileno(), self.read)
        self.socket.connect(front)
        self.loop.call_soon(self.watch)

    def send(self, frames):
        """False when the gateway does not take it now."""
        try:
            self.socket.send_multipart(frames, zmq.DONTWAIT)
        except zmq.Again:
            return False
        # Sending may have swallowed the notice of something to read.
        self.loop.call_soon(self.read)
        return True

    def read(self):
        for _ in range(ROUND):
            if self.closed or self.paused:
                return
            try:
                frames = self.socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return
            self.owner.received(self, frames)
        self.loop.call_soon(self.read)

    def watch(self):
        while not self.closed:
            try:
                event = recv_monitor_message(self.monitor, zmq.DONTWAIT)["event"]
            except zmq.Again:
                return
            if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
                self.up = True
                self.owner.is_up(self)
            elif event & GONE:
                self.read_last()
                self.fail(f"event {int(event)}")

    def read_last(self):
        """What came before the connection broke is there all the same."""
        while not self.closed:
            try:
                frames = self.socket.recv_multipart(zmq.DONTWAIT)
            except zmq.Again:
                return
            self.owner.received(self, frames)

    def fail(self, why):
        if not self.closed:
            self.close()
            self.owner.is_down(self, why)

    def pause(self, paused):
        self.paused = paused
        if not paused:
            self.read()

    def close(self):
        if self.closed:
            return
        self.closed, self.up = True, False
        self.loop.remove_reader(self.monitor.fileno())
        self.loop.remove_reader(self.socket.fileno())
        self.socket.disable_monitor()
        self.monitor.close()
        self.socket.close()
