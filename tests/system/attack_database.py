"""A hostile database server, or a man in the middle of one: asks the client for its password in clear, and for files of its machine."""

import socket
import struct
import threading

CAPABILITIES = 0x1 | 0x8 | 0x80 | 0x200 | 0x2000 | 0x8000 | 0x10000 | 0x20000 | 0x80000  # LOCAL_FILES (0x80) and PLUGIN_AUTH among them
OK = b"\0\0\0\2\0\0\0"
QUERIES = (b"\3", b"\x16")  # COM_QUERY, COM_STMT_PREPARE


class HostileDatabase:
    """`greeting`: the way to log in that it proposes; `plugin`: what it switches to then, or None; `wanted`: a file to ask for at
    every statement. `heard` has all packets that came, of all connections."""

    def __init__(self, plugin=None, wanted="", greeting=b"mysql_native_password"):
        self.plugin, self.wanted, self.greeting, self.heard = plugin, wanted, greeting, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    @staticmethod
    def _send(connection, number, payload):
        connection.sendall(struct.pack("<I", len(payload))[:3] + bytes([number & 255]) + payload)

    def _receive(self, stream):
        head = stream.read(4)
        if len(head) < 4:
            raise ConnectionError
        payload = stream.read(int.from_bytes(head[:3], "little"))
        self.heard.append(payload)
        return head[3], payload

    def _serve(self, connection):
        connection.settimeout(20)
        with connection, connection.makefile("rb") as stream:
            try:
                low, high = struct.pack("<H", CAPABILITIES & 0xffff), struct.pack("<H", CAPABILITIES >> 16)
                self._send(connection, 0, b"\x0a5.5.5-10.11.0-MariaDB\0" + b"\1\0\0\0" + b"a" * 8 + b"\0" + low + b"\x2d\2\0" + high + b"\x15" +
                           bytes(10) + b"b" * 12 + b"\0" + self.greeting + b"\0")
                number, _ = self._receive(stream)
                if self.plugin:
                    self._send(connection, number + 1, b"\xfe" + self.plugin + b"\0" + b"c" * 20 + b"\0")
                    number, _ = self._receive(stream)
                self._send(connection, number + 1, OK)
                while True:
                    number, payload = self._receive(stream)
                    if payload[:1] == b"\1":
                        return
                    asks = self.wanted and payload[:1] in QUERIES
                    self._send(connection, number + 1, b"\xfb" + self.wanted.encode() if asks else OK)
            except OSError:
                pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
