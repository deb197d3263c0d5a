#!/usr/bin/python3
"""make bench-sessions: what sessions cost a gateway that has nothing to do but to keep them: workers with heartbeats, clients without.

The peers are sockets of this one process; only the gateway is measured. docs/scaling.md says what follows from it."""

import os
import re
import sys
import time

import zmq

import probe
from contenders import SERVICE, Bench, endpoint
from memory import field, processor_seconds
from processes import Failure, Processes, free_ports
from session import build_folder, heed_signals, machine, scratch

COUNTS = (0, 250, 1000)
MEASURE_S, HEARTBEAT_S, SETTLE_S = 15, 1, 30
READY, HEARTBEAT = (b"MDPW02", b"\x01", SERVICE.encode()), (b"MDPW02", b"\x05")


def key(path, name):
    with open(path) as file:
        return re.search(name + r' = "(.+)"', file.read()).group(1).encode()


class Peers:
    def __init__(self, bench, port, curve, worker, count):
        self.context = zmq.Context(io_threads=1)
        self.context.max_sockets = 4 * max(COUNTS)
        self.worker = worker
        self.sockets = [self.socket(bench, port, curve) for _ in range(count)]

    def socket(self, bench, port, curve):
        socket = self.context.socket(zmq.DEALER)
        socket.linger = 0
        # Of the connection, as our workers and liblexmq set them.
        interval = 1000 if self.worker else 3000
        socket.heartbeat_ivl, socket.heartbeat_timeout, socket.heartbeat_ttl = interval, 3 * interval, 3 * interval
        if curve:
            own = os.path.join(bench.keys, SERVICE, "curve.cert_secret")
            socket.curve_publickey, socket.curve_secretkey = key(own, "public-key"), key(own, "secret-key")
            socket.curve_serverkey = key(bench.server, "public-key")
        socket.connect(endpoint(port + 1 if self.worker else port))
        if self.worker:
            socket.send_multipart(READY)
        return socket

    def keep(self, seconds):
        """Heartbeats at their time, spread over the second, and what comes in is read."""
        begin = time.monotonic()
        beats, step = 0, HEARTBEAT_S / max(len(self.sockets), 1)
        while (now := time.monotonic()) < begin + seconds:
            while self.sockets and beats * step <= now - begin:
                socket = self.sockets[beats % len(self.sockets)]
                try:
                    while True:
                        socket.recv_multipart(zmq.DONTWAIT)
                except zmq.Again:
                    pass
                if self.worker:
                    socket.send_multipart(HEARTBEAT)
                beats += 1
            time.sleep(0.005)

    def close(self):
        for socket in self.sockets:
            socket.close()
        self.context.term()


def measure(bench, curve, worker, count):
    port = free_ports(2)
    if curve:
        security = ["--certificate", os.path.join(bench.keys, "gateway", "gateway.cert_secret"),
                    "--workers", os.path.join(bench.keys, "gateway", "workers")]
    else:
        security = ["--insecure"]
    gateway = bench.start("gateway", "bin/lexmq-gateway", "--front", endpoint(port), "--back", endpoint(port + 1), *security)
    bench.processes.await_port(port)
    peers = Peers(bench, port, curve, worker, count)
    listening = port + 1 if worker else port
    try:
        end = time.monotonic() + SETTLE_S
        while len(probe.connections(listening)) < count and time.monotonic() < end:
            peers.keep(1)
        peers.keep(2)
        before, used, begin = probe.connections(listening), processor_seconds(gateway.pid), time.monotonic()
        peers.keep(MEASURE_S)
        seconds = time.monotonic() - begin
        after, used = probe.connections(listening), processor_seconds(gateway.pid) - used
        probe.expect(len(set(after) & set(before)) == count, "sessions were lost")
        memory = field(f"/proc/{gateway.pid}/smaps_rollup", "Pss")
    finally:
        peers.close()
        bench.processes.stop()
    return used / seconds, [n / seconds for n in probe.traffic(before, after)], memory


def main():
    build = build_folder()
    heed_signals()
    print("| | sessions | ms of processor a second | us a session and second | bytes/s out | in | segments/s | KiB a session |\n" + "|---" * 8 + "|")
    for curve in (False, True):
        for worker in (True, False):
            idle, base = 0, 0
            for count in COUNTS:
                with scratch() as folder:
                    bench = Bench(build, folder, folder, "", Processes(folder))
                    used, (sent, received, segments), memory = measure(bench, curve, worker, count)
                if not count:
                    idle, base = used, memory
                each = max(count, 1)
                print(f"| {'CURVE' if curve else 'plaintext'}, {'workers' if worker else 'clients'} | {count} | {used * 1e3:.1f} | "
                      f"{(used - idle) / each * 1e6:.0f} | {sent / each:.0f} | {received / each:.0f} | {segments / each:.1f} | "
                      f"{(memory - base) / each / 1024:.1f} |", flush=True)
    print(f"\n{time.strftime('%Y-%m-%d')}, {machine()}, load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError) as failure:
        sys.exit(f"bench: {failure}")
