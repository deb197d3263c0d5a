#!/usr/bin/python3
"""make bench-connections: what many connections cost a gateway: memory and processor time of idle ones, and how 1,000 that ask are served.

The clients are several processes of bench/crowd, under CURVE and with liblexmq's options; only the gateway is measured.
docs/scaling.md says what follows from it. bench/connections.py SECONDS CONNECTIONS INTERVAL runs one load for that long and
prints a line every ten seconds: a soak."""

import json
import os
import select
import subprocess
import sys
import time

from contenders import SERVICE, Bench, start_gateway
from memory import field, processor_seconds
from processes import Failure, Processes, clean_environment
from session import build_folder, heed_signals, machine, scratch

IDLE_COUNTS, IDLE_S = (0, 1000, 10000), 20
BUSY_COUNT, BUSY_S = 1000, 10
A_PROCESS = 2500  # connections of one process: each takes two of its files
CONNECT_S, ANSWER_S = 300, 60
SOAK_STEP_S = 10


class Crowd:
    """So many connections, of as few processes as they need, all answered once."""

    def __init__(self, bench, front, count):
        self.processes = []
        server = ["--server", bench.server]
        try:
            for first in range(0, count, A_PROCESS):
                self.processes.append(subprocess.Popen(
                    [bench.program("bench/crowd"), "--endpoint", front, "--service", SERVICE, *server,
                     "--connections", str(min(A_PROCESS, count - first))],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment(), start_new_session=True))
            for process in self.processes:
                self.line(process, CONNECT_S)
        except BaseException:
            self.close()
            raise

    @staticmethod
    def line(process, seconds):
        if not select.select([process.stdout], [], [], seconds)[0]:
            raise Failure(f"bench/crowd is silent for {seconds} s")
        line = process.stdout.readline()
        if not line:
            raise Failure("bench/crowd has ended")
        return json.loads(line)

    def run(self, interval_ms, measure_ms):
        """All of them; the rates and counts summed, of the percentiles the worst."""
        for process in self.processes:
            process.stdin.write(f"{interval_ms} {measure_ms}\n")
            process.stdin.flush()
        results = [self.line(process, measure_ms / 1000 + ANSWER_S) for process in self.processes]
        return {name: (max if name.endswith("_ms") else sum)(result[name] for result in results) for name in results[0]}

    def close(self):
        for process in self.processes:
            process.stdin.close()
        for process in self.processes:
            try:
                process.wait(ANSWER_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()


class Gateway:
    """One with an echo behind it, in a folder of its own."""

    def __init__(self, bench):
        self.bench = bench
        arguments = start_gateway(bench, True)
        self.front = arguments[arguments.index("--endpoint") + 1]
        self.pid = bench.processes.running[0][2].pid

    def memory(self):
        return field(f"/proc/{self.pid}/smaps_rollup", "Pss")

    def peak(self):
        return field(f"/proc/{self.pid}/status", "VmHWM")


def with_crowd(count, use):
    """use(gateway, crowd) with so many connections."""
    with scratch() as folder:
        bench = Bench(build_folder(), folder, folder, "", Processes(folder))
        crowd = None
        try:
            gateway = Gateway(bench)
            crowd = Crowd(bench, gateway.front, count)
            return use(gateway, crowd)
        finally:
            if crowd:
                crowd.close()
            bench.processes.stop()


def idle(gateway, _crowd):
    time.sleep(5)
    before, begin = processor_seconds(gateway.pid), time.monotonic()
    time.sleep(IDLE_S)
    return (processor_seconds(gateway.pid) - before) / (time.monotonic() - begin), gateway.memory()


def print_idle():
    print("| idle connections, CURVE | KiB each | ms of processor a second | us each and second |\n" + "|---" * 4 + "|", flush=True)
    base, quiet = 0, 0
    for count in IDLE_COUNTS:
        used, memory = with_crowd(count, idle)
        if not count:
            base, quiet = memory, used
        each = max(count, 1)
        print(f"| {count:,} | {(memory - base) / each / 1024:.1f} | {used * 1e3:.1f} | {(used - quiet) / each * 1e6:.1f} |", flush=True)


def busy(interval_ms):
    def use(gateway, crowd):
        before, begin = processor_seconds(gateway.pid), time.monotonic()
        result = crowd.run(interval_ms, BUSY_S * 1000)
        used = (processor_seconds(gateway.pid) - before) / (time.monotonic() - begin)
        return result, used, gateway.peak()
    return use


def print_busy():
    print(f"\n| {BUSY_COUNT:,} connections, CURVE | requests/s | p50 ms | p99 ms | not answered | processor | peak MiB |\n" + "|---" * 7 + "|")
    for name, interval in (("each asks once a second", 1000), ("each asks again at once", 0)):
        result, used, peak = with_crowd(BUSY_COUNT, busy(interval))
        print(f"| {name} | {result['per_second']:,.0f} | {result['p50_ms']:.2f} | {result['p99_ms']:.2f} | "
              f"{result['refused'] + result['unanswered'] + result['skipped']} | {used:.2f} | {peak / 2**20:.0f} |", flush=True)


def soak(seconds, count, interval_ms):
    def use(gateway, crowd):
        begin = time.monotonic()
        while time.monotonic() < begin + seconds:
            used = processor_seconds(gateway.pid)
            result = crowd.run(interval_ms, SOAK_STEP_S * 1000)
            print(json.dumps({"s": round(time.monotonic() - begin), **result, "processor_s": round(processor_seconds(gateway.pid) - used, 2),
                              "rss": field(f"/proc/{gateway.pid}/status", "VmRSS"),
                              "files": len(os.listdir(f"/proc/{gateway.pid}/fd"))}), flush=True)
    with_crowd(count, use)


def main():
    heed_signals()
    if len(sys.argv) > 1:
        soak(*map(int, sys.argv[1:4]))
        return
    print_idle()
    print_busy()
    print(f"\n{time.strftime('%Y-%m-%d')}, {machine()}, load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError) as failure:
        sys.exit(f"bench: {failure}")
