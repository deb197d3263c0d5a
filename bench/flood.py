#!/usr/bin/python3
"""make bench-flood: what a client that floods costs the others. docs/benchmark.md says how to read it.

50 polite clients, each with one request open, ask an echo that takes as much processor as a look-up; alone, and beside one
flooder, in turns. The flooder is nice 19, because a real one has a machine of its own; what it takes of this one all the same is
seen from the control: the same flooder at a second gateway. LEXMQ_BUILD names the build folder, LEXMQ_FLOOD_GATEWAY another
lexmq-gateway to measure in its place."""

import json
import os
import statistics
import subprocess
import sys
import time

from contenders import SERVICE, Bench, endpoint
from memory import processor_seconds
from processes import STOP_SECONDS, Failure, Processes, clean_environment, free_ports, run
from session import build_folder, heed_signals, machine, scratch

FAST = os.environ.get("LEXMQ_BENCH_FAST") == "1"
ROUNDS = 1 if FAST else 5
MEASURE_MS, WARM_UP_MS = (500, 200) if FAST else (2000, 500)
POLITE, COST_US, GOAL = 50, 40, 0.8
FLOODERS = {"window 100,000": 100000, "as fast as the socket takes": 0}
SETTLE_S = 0.5  # the flood stands when the measurement begins


class Gateway:
    """With one worker, or with none: then all it does is to refuse."""

    def __init__(self, bench, curve, name, has_worker):
        self.port = free_ports(2)
        self.server = ["--server", bench.server] if curve else []
        identity = []
        if curve:
            security = ["--certificate", os.path.join(bench.keys, "gateway", "gateway.cert_secret"),
                        "--workers", os.path.join(bench.keys, "gateway", "workers")]
            identity = ["--certificate", os.path.join(bench.keys, SERVICE, "curve.cert_secret")]
        else:
            security = ["--insecure"]
        binary = os.environ.get("LEXMQ_FLOOD_GATEWAY") or bench.program("bin/lexmq-gateway")
        self.process = bench.processes.start(name, binary, "--front", endpoint(self.port), "--back", endpoint(self.port + 1), *security)
        bench.processes.await_port(self.port)
        if has_worker:
            bench.start(name + "-echo", "bench/echo", "--mode", "mdp", "--service", SERVICE, "--cost", str(COST_US),
                        "--endpoint", endpoint(self.port + 1), *self.server, *identity)
        self.arguments = ["--endpoint", endpoint(self.port), "--service", SERVICE, *self.server]


class Flood:
    """A flooder while the block runs; what it did is in `told` afterwards."""

    def __init__(self, bench, gateway, window):
        self.command = ["nice", "-n", "19", bench.program("bench/flood"), *gateway.arguments, "--window", str(window)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, env=clean_environment(), start_new_session=True)
        time.sleep(SETTLE_S)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            output, _ = self.process.communicate(timeout=STOP_SECONDS)
            self.told = json.loads(output)
        finally:
            self.process.kill()
            self.process.wait()


def polite(bench, gateway):
    used = processor_seconds(gateway.process.pid)
    answer = json.loads(run(bench.program("bench/load"), "--contender", "mdp", *gateway.arguments, "--clients", str(POLITE), "--window", "1",
                            "--waits-out", "--measure", str(MEASURE_MS), "--warm-up", str(WARM_UP_MS)))
    bench.processes.check()
    answer["processor"] = (processor_seconds(gateway.process.pid) - used) * 1e3 / (MEASURE_MS + WARM_UP_MS)
    return answer


def flooded(bench, gateway, target, window):
    with Flood(bench, target, window) as flood:
        answer = polite(bench, gateway)
    answer["flood"] = flood.told
    return answer


def median(answers, key):
    return statistics.median(answer[key] for answer in answers)


def rate(answers, key):
    return statistics.median(answer["flood"][key] / answer["flood"]["seconds"] for answer in answers)


def row(name, answers, kept):
    cells = [name, f"{median(answers, 'per_second'):,.0f}", kept, f"{median(answers, 'p50_ms'):.2f}", f"{median(answers, 'p99_ms'):.2f}",
             f"{median(answers, 'refused'):,.0f}", f"{median(answers, 'processor'):.2f}"]
    if "flood" in answers[0]:
        cells += [f"{rate(answers, key):,.0f}" for key in ("sent", "served", "refused")]
    else:
        cells += ["", "", ""]
    print("| " + " | ".join(cells) + " |", flush=True)


def measure(bench, curve, name, window):
    """In turns, so that a neighbour on this machine hits all alike; each flooded one is held against those around it."""
    gateway = Gateway(bench, curve, "gateway", True)
    other = Gateway(bench, curve, "other", False)
    alone, beside, control, kept, kept_control = [polite(bench, gateway)], [], [], [], []
    for _ in range(ROUNDS):
        beside.append(flooded(bench, gateway, gateway, window))
        control.append(flooded(bench, gateway, other, window))
        alone.append(polite(bench, gateway))
        around = (alone[-1]["per_second"] + alone[-2]["per_second"]) / 2
        kept.append(beside[-1]["per_second"] / around)
        kept_control.append(control[-1]["per_second"] / around)
    bench.processes.stop()
    security = "CURVE" if curve else "plaintext"
    found = statistics.median(kept)
    row(f"{security}, alone", alone, "")
    row(f"{security}, flooder: {name}", beside, f"{found * 100:.0f} % ({min(kept) * 100:.0f}-{max(kept) * 100:.0f})")
    row(f"{security}, the same at another gateway", control, f"{statistics.median(kept_control) * 100:.0f} %")
    return found


def main():
    build = build_folder()
    heed_signals()
    print("| | polite: requests/s | kept | p50 ms | p99 ms | refused, waited out | gateway's CPUs | flooder: sent/s | served/s | refused/s |\n"
          "|---" + "|--:" * 9 + "|")
    missed = []
    for curve in (False, True):
        for name, window in FLOODERS.items():
            with scratch() as folder:
                processes = Processes(folder)
                try:
                    found = measure(Bench(build, folder, folder, "", processes), curve, name, window)
                finally:
                    processes.stop()
            if found < GOAL:
                missed.append(f"{'CURVE' if curve else 'plaintext'}, {name}: {found:.2f}")
    print(f"\nGoal: {GOAL * 100:.0f} % kept; " + ("reached." if not missed else "not reached: " + "; ".join(missed) + "."))
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}, {ROUNDS} rounds, load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError) as failure:
        sys.exit(f"bench: {failure}")
