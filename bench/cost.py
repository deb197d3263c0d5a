#!/usr/bin/python3
"""make bench-cost: what a look-up costs each part of the stack, on this machine. docs/scaling.md says what follows from it.

Processor time is utime + stime of each process over a load, divided by the look-ups that were answered in it, so it hardly depends on
who else uses the machine. LEXMQ_BUILD names the build folder."""

import concurrent.futures
import os
import signal
import subprocess
import sys
import time

import probe
from contenders import Bench, Stack
from memory import processor_seconds
from processes import Failure, Processes, clean_environment, run
from run import write_words
from session import build_folder, heed_signals, ignore_signals, machine, scratch

LOADS = {"1 synchronous": (1, 1), "16 synchronous": (16, 1), "4 x window 100": (4, 100)}
MEASURE_S, IDLE_S, USERS, THREADS = 8, 20, 40, 4
PARTS = ("gateway", "lookup", "history", "database", "auth")


def print_table(head, rows):
    print("\n| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def client(stack, *arguments, user, stdin=""):
    environment = clean_environment(LEXMQ_CONFIG=os.path.join(stack.bench.stack_folder, "client.zpl"),
                                    LEXMQ_SESSION=os.path.join(stack.bench.stack_folder, f"session-{user}"))
    result = subprocess.run([stack.bench.program("bin/lexmq"), *arguments], env=environment, input=stdin, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
    probe.expect(result.returncode == 0, f"lexmq {arguments[0]}: {result.stderr}")
    return result.stdout


def under_load(stack, clients, window):
    """Looks before and after, two more in the midst of it for the connections, and the client's own processor time."""
    before = probe.Look(stack)
    process = subprocess.Popen([stack.bench.program("bench/load"), *stack.arguments, "--clients", str(clients), "--window",
                                str(window), "--measure", str(MEASURE_S * 1000)], stdout=subprocess.PIPE, text=True)
    time.sleep(MEASURE_S / 4)
    first = probe.Look(stack)
    time.sleep(MEASURE_S / 2)
    second = probe.Look(stack)
    client_seconds = 0
    while process.poll() is None:
        try:
            client_seconds = processor_seconds(process.pid)
        except OSError:
            break
        time.sleep(0.05)
    probe.expect(process.wait() == 0, "the load failed")
    return before, first, second, probe.Look(stack), client_seconds


def measure_load(stack, name):
    before, first, second, after, client_seconds = under_load(stack, *LOADS[name])
    count, processor, database = after.since(before)
    between = second.finals - first.finals
    costs = [f"{client_seconds / count * 1e6:.1f}"] + [f"{processor[part] / count * 1e6:.1f}" for part in PARTS[:4]]
    whole = sum(processor[part] for part in PARTS) / count * 1e6
    front, back = probe.traffic(first.front, second.front), probe.traffic(first.back, second.back)
    busiest = [f"{after.busiest(before, part) / count * 1e6:.1f}" for part in PARTS[:4]]
    return ([name, f"{between / (MEASURE_S / 2):,.0f}", *costs, f"{whole:.1f}"], [name, *busiest],
            [name, f"{front[1] / between:.0f}", f"{front[0] / between:.0f}", f"{front[2] / between:.2f}",
             f"{back[0] / between:.0f}", f"{back[1] / between:.0f}", f"{back[2] / between:.2f}",
             f"{database['Innodb_os_log_written'] / count:.0f}", f"{count / max(database['Handler_commit'], 1):.1f}"])


def measure_idle(stack):
    before = probe.Look(stack)
    time.sleep(IDLE_S)
    after = probe.Look(stack)
    _, processor, database = after.since(before)
    back = probe.traffic(before.back, after.back)
    rows = [[part, f"{processor[part] / IDLE_S * 1e3:.2f}"] for part in PARTS]
    print_table(("idle", "ms of processor a second"), rows)
    print(f"\nIdle: {len(after.back)} connections at the back, {back[0] / IDLE_S:.0f} bytes/s sent, {back[1] / IDLE_S:.0f} bytes/s received, "
          f"{back[2] / IDLE_S:.1f} segments/s; {probe.sql(stack, 'SELECT COUNT(*) FROM information_schema.processlist').strip()} connections, {database['Questions'] / IDLE_S:.1f} questions/s and "
          f"{database['Com_stmt_execute'] / IDLE_S:.1f} executions/s at the database, {database['Bytes_sent'] / IDLE_S:.0f} bytes/s from it")


def measure_sizes(stack):
    folder = stack.bench.stack_folder
    rows = [[name, f"{pss / 2**20:.1f}", f"{private / 2**20:.1f}"] for name, (pss, private) in sorted(probe.memory(stack).items())]
    print_table(("process", "MiB, its share of what is shared counted", "MiB, private and written to"), rows)
    index = probe.folder_bytes(os.path.join(folder, "index"))
    probe.sql(stack, "ANALYZE TABLE lexmq_history.lookups")
    # The statistics are samples; the file is what it takes.
    count = int(probe.sql(stack, "SELECT COUNT(*) FROM lexmq_history.lookups"))
    sizes = probe.sql(stack, "SELECT data_length, index_length FROM information_schema.tables"
                             " WHERE table_schema = 'lexmq_history' AND table_name = 'lookups'").split()
    print(f"\nIndex files: {index / 2**20:.1f} MiB. History: {count:,} rows, {int(sizes[0]) / count:.0f} bytes a row of data and "
          f"{int(sizes[1]) / count:.0f} of indexes.")


def measure_accounts(stack):
    pid = stack.pids()["auth-1"]
    before, begin = processor_seconds(pid), time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda n: client(stack, "register", f"user {n}", "--password-stdin", user=n, stdin="correct horse\n"), range(USERS)))
    seconds = time.monotonic() - begin
    print(f"\nRegistering: {(processor_seconds(pid) - before) / USERS * 1e3:.1f} ms of processor of auth each, "
          f"{USERS / seconds:.1f} a second with {THREADS} at once, their clients' starts included.")


def measure_journal(stack):
    """One look-up while history stands still."""
    path = os.path.join(stack.bench.stack_folder, "journal")
    pid = stack.pids()["history-1"]
    before = probe.folder_bytes(path)
    os.kill(pid, signal.SIGSTOP)
    try:
        client(stack, "lookup", "serendipity", user=0)
        first = probe.folder_bytes(path)
        client(stack, "lookup", "serendipity", user=0)
        second = probe.folder_bytes(path)
    finally:
        os.kill(pid, signal.SIGCONT)
    print(f"\nJournal: {first - before} bytes, then {second - first} bytes for a look-up of one word of 11 letters.")


def measure_build(stack):
    """All lookup workers start without index files: one of them builds."""
    index = os.path.join(stack.bench.stack_folder, "index")
    size = probe.folder_bytes(index)
    pids = stack.pids()
    before, begin = probe.database(stack), time.monotonic()
    for name in ("lookup-1", "lookup-2"):
        os.kill(pids[name], signal.SIGTERM)
    for name in ("lookup-1", "lookup-2"):
        while os.path.exists(f"/proc/{pids[name]}"):
            time.sleep(0.05)
    run("find", index, "-type", "f", "-delete")
    stack.start()
    seconds = time.monotonic() - begin
    after = probe.database(stack)
    print(f"\nBuilding {size / 2**20:.1f} MiB of index files: {(after['Bytes_sent'] - before['Bytes_sent']) / 2**20:.1f} MiB from the database, "
          f"{seconds:.1f} s from SIGTERM to serving again.")


def measure(bench, curve):
    stack = Stack(bench, curve)
    try:
        stack.start()
        print(f"\n## {'CURVE' if curve else 'Plaintext'}")
        costs, busiest, wires = zip(*(measure_load(stack, name) for name in LOADS))
        print_table(("microseconds of processor a look-up", "look-ups/s", "client", *PARTS[:4], "all but the client"), costs)
        print_table(("the busiest thread of each", *PARTS[:4]), busiest)
        print_table(("bytes a look-up", "front in", "front out", "segments", "back out", "back in", "segments", "redo log",
                     "records a commit"), wires)
        if curve:
            measure_idle(stack)
            measure_sizes(stack)
            measure_accounts(stack)
            measure_journal(stack)
            measure_build(stack)
    finally:
        ignore_signals()
        stack.stop()
    heed_signals()


def main():
    build = build_folder()
    heed_signals()
    with scratch() as folder, scratch(build) as stack_folder:
        os.chmod(folder, 0o755)
        words = os.path.join(folder, "words.txt")
        write_words(words)
        for curve in (False, True):
            inner = os.path.join(stack_folder, "curve" if curve else "plain")
            os.mkdir(inner)
            os.makedirs(os.path.join(folder, inner.rsplit("/", 1)[1]))
            measure(Bench(build, os.path.join(folder, inner.rsplit("/", 1)[1]), inner, words, Processes(folder)), curve)
    print(f"\n{time.strftime('%Y-%m-%d')}, {machine()}, load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError) as failure:
        sys.exit(f"bench: {failure}")
