#!/usr/bin/python3
"""make bench: the gateway and the whole stack beside a bare zmq_proxy and Debian's dictd, in one run on this machine.

docs/benchmark.md says what is measured and how to read it. LEXMQ_BUILD names the build folder. LEXMQ_BENCH_FAST=1 makes
one short round, which tells whether everything works and nothing else."""

import json
import os
import random
import sys
import time

import queries
from contenders import (DICTD_FOLDER, TOP, Bench, Stack, start_gateway, start_packed_dictd, start_proxy,
                        start_unpacked_dictd)
from processes import Failure, Processes, run
from session import build_folder, heed_signals, ignore_signals, machine, scratch
from table import Results, table

FAST = os.environ.get("LEXMQ_BENCH_FAST") == "1"
ROUNDS = 1 if FAST else 3
MEASURE_MS, WARM_UP_MS = (200, 50) if FAST else (1700, 200)
LOADS = {"1 synchronous": (1, 1), "16 synchronous": (16, 1), "4 x window 100": (4, 100)}
SECURITIES = ("plaintext", "CURVE")
CONTENDERS = ("proxy", "gateway", "stack", "dictd", "dictd unpacked")
SEED = 2229


def write_words(path):
    """All headwords of WordNet, in an order that is random and always the same."""
    words = queries.headwords(f"{DICTD_FOLDER}/wn.index")
    random.Random(SEED).shuffle(words)
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(words) + "\n")


def measure(bench, arguments, load):
    clients, window = LOADS[load]
    output = run(bench.program("bench/load"), *arguments, "--clients", str(clients), "--window", str(window),
                 "--measure", str(MEASURE_MS), "--warm-up", str(WARM_UP_MS))
    bench.processes.check()
    return json.loads(output)


def measure_all(bench, security, arguments, results):
    for number in range(ROUNDS):
        for load in LOADS:
            # Each contender comes first in turn: what a neighbour on this machine does hits them all alike.
            for place in range(len(CONTENDERS)):
                contender = CONTENDERS[(place + number) % len(CONTENDERS)]
                measurement = measure(bench, arguments[contender], load)
                results.add(security, load, contender, measurement)
        print(f"bench: {security}, round {number + 1} of {ROUNDS} measured", file=sys.stderr)


def measure_security(bench, security, results):
    curve = security == "CURVE"
    stack = Stack(bench, curve)
    try:
        arguments = {
            "proxy": start_proxy(bench, curve),
            "gateway": start_gateway(bench, curve),
            "dictd": start_packed_dictd(bench, curve),
            "dictd unpacked": start_unpacked_dictd(bench, curve),
            "stack": stack.start(),
        }
        measure_all(bench, security, arguments, results)
    finally:
        # From here on nothing interrupts us, or processes would be left behind.
        ignore_signals()
        bench.processes.stop()
        stack.stop()
    heed_signals()


def main():
    begin = time.monotonic()
    build = build_folder()
    results = Results()
    heed_signals()
    # The database is on the disk of the build, not in a /tmp that may be memory: its commits are to be real ones.
    # Everything else is where a dictd that gave up root can read it.
    with scratch() as folder, scratch(build) as stack_folder:
        os.chmod(folder, 0o755)
        words = os.path.join(folder, "words.txt")
        write_words(words)
        bench = Bench(build, folder, stack_folder, words, Processes(folder))
        for security in SECURITIES:
            measure_security(bench, security, results)
    seconds = time.monotonic() - begin
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}, {ROUNDS} rounds of {MEASURE_MS / 1000:g} s, "
          f"medians, {seconds:.0f} s in all\n")
    print(table(results, SECURITIES, LOADS, CONTENDERS))


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError) as failure:
        sys.exit(f"bench: {failure}")
