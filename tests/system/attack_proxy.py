"""A man in the middle: a TCP proxy that records what passes, and may change it."""

import socket
import threading

CHUNK = 65536


class Proxy:
    """Between whoever connects to `endpoint` and `port` of this machine. `alter(towards_server, offset, data)` gives what is
    passed on instead of `data`, which begins at `offset` of its direction. `sent` and `received` hold, a connection each, what the
    clients and the server really said; `broken` counts connections that either end closed."""

    def __init__(self, port, alter=None):
        self.port, self.alter = port, alter
        self.sent, self.received, self.broken = [], [], 0
        self.sockets, self.threads = [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"
        self._start(self._accept)

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.port))
            except OSError:
                return
            self.sockets += [client, server]
            for source, target, log in ((client, server, self.sent), (server, client, self.received)):
                log.append(bytearray())
                self._start(self._pump, source, target, log[-1], source is client)

    def _pump(self, source, target, log, towards_server):
        try:
            while data := source.recv(CHUNK):
                offset = len(log)
                log += data
                target.sendall(self.alter(towards_server, offset, data) if self.alter else data)
        except OSError:
            pass
        self.broken += 1
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        # A thread in accept is woken by shutdown, not by close.
        for one in (self.listener, *self.sockets):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
        for thread in self.threads:
            thread.join(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def flip(offset, towards_server):
    """An `alter` that turns one bit of the byte at `offset`, of every connection."""
    def alter(direction, at, data):
        if direction != towards_server or not at <= offset < at + len(data):
            return data
        changed = bytearray(data)
        changed[offset - at] ^= 1
        return bytes(changed)
    return alter


def replay(port, data, limit):
    """Sends recorded bytes on a connection of one's own. Everything that came back until the server closed it; None: it did not."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(limit)
        try:
            connection.sendall(data)
            while got := connection.recv(CHUNK):
                answer += got
        except TimeoutError:
            return None
        except OSError:
            pass
    return answer
