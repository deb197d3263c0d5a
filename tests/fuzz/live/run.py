#!/usr/bin/python3
"""Live fuzz: mutated messages against a running stack, while ordinary clients look words up and must not feel it.

    tests/fuzz/live/run.py MESSAGES [SEED]

A stack with CURVE gets most of the messages, one without encryption the rest. On each: a warm-up of the fuzz; then a time without
it, the fuzz, and a time without it again, in which eight clients measure what their look-ups take. In the end every process must be
there under its pid, its memory and descriptors as after the warm-up, no request of the clients failed or was answered wrongly, and
their p99 during the fuzz below twice the p99 without it. Environment: RATE, messages a second (0: as many as go); COSTLY, one op of accounts in
so many has a password hashed; VERDICT=0 leaves the latency to the reader.

The fuzz runs under nice 19, so that the processor time that it needs itself is taken from what nobody else wants; what its messages
cost the stack is what is measured.
"""

import json
import os
import re
import subprocess
import sys
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path.insert(0, os.path.join(TOP, "tests", "system"))

import stack as stacks  # noqa: E402

CURVE_SHARE = 0.7
CLIENTS, PAUSE_MS = 8, 5
WARM_UP_SHARE, WARM_UP_MIN, WARM_UP_MAX = 0.05, 20000, 400000
QUIET_S = 20  # without fuzz, before and after
WORKER, SERVICES, CALLS = "fuzz", "fuzz", "history.record,lookup"
CHECKED = bool(os.environ.get("LEXMQ_SANITIZE") or os.environ.get("LEXMQ_CHECKER"))
RSS_SHARE, RSS_BYTES = 0.25, 24 << 20  # what a process may grow
DESCRIPTORS = 24
WATCH_S = 5  # between looks whether everything is still there
P99_FACTOR = 2.0
PROGRAMS = ("flood", "probe")
PROCESSES = ("gateway", "auth-1", "lookup-1", "lookup-2", "history-1", "database")


class Failure(Exception):
    pass


def program(name):
    return os.path.join(stacks.BUILD, "tests", "fuzz", "live", name)


def rss(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) << 10


def sizes(stack):
    """Of each process: pid, memory, descriptors."""
    found = {}
    for name in PROCESSES:
        pid = stack.pid(name)
        if not stack.running(name):
            raise Failure(f"{name} is gone")
        found[name] = (pid, rss(pid), len(os.listdir(f"/proc/{pid}/fd")))
    return found


def compare(before, after):
    problems = []
    for name, (pid, memory, descriptors) in before.items():
        new_pid, new_memory, new_descriptors = after[name]
        print(f"    {name:10} {memory >> 10:9,} -> {new_memory >> 10:9,} KiB   {descriptors:4} -> {new_descriptors:4} descriptors")
        if new_pid != pid:
            problems.append(f"{name} is another process")
        # Sanitizers and valgrind keep what was freed, to find who uses it.
        if not CHECKED and new_memory > memory * (1 + RSS_SHARE) + RSS_BYTES:
            problems.append(f"{name} has grown")
        if new_descriptors > descriptors + DESCRIPTORS:
            problems.append(f"{name} has more descriptors")
    return problems


class Probe:
    def __init__(self, stack, certificate):
        self.process = subprocess.Popen([program("probe"), stack.fronts(), certificate, str(CLIENTS), str(PAUSE_MS)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "started\n":
            raise Failure("the clients did not start")

    def mark(self):
        """What was counted since the last mark."""
        self.process.stdin.write("mark\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=60)


def flood(stack, certificate, messages, seed):
    own = os.path.join(stack.var, "keys", WORKER, "curve.cert_secret") if certificate != "-" else "-"
    process = subprocess.Popen(["nice", "-n", "19", program("flood"), str(stack.port), str(stack.port + 1), certificate, own, str(messages),
                                str(seed), os.environ.get("RATE", "0"), os.environ.get("COSTLY", "400")], stdout=subprocess.PIPE, text=True)
    try:
        output = watched(stack, process, time.monotonic() + 120 + messages / 200)
    finally:
        process.kill()
    if process.returncode != 0:
        raise Failure(f"the fuzz ended with {process.returncode}")
    return json.loads(output.splitlines()[-1])


def watched(stack, process, end):
    """What the fuzz prints; ends with a failure as soon as a process of the stack does."""
    while time.monotonic() < end:
        try:
            return process.communicate(timeout=WATCH_S)[0]
        except subprocess.TimeoutExpired:
            gone = [name for name in PROCESSES if not stack.running(name)]
            if gone:
                raise Failure("; ".join(f"{name} is gone: {(stack.log(name).splitlines() or [''])[-1]}" for name in gone)) from None
    raise Failure("the fuzz did not end in time")


def quiet(probe, seconds):
    probe.mark()
    end = time.monotonic() + seconds
    stacks.wait_until(lambda: time.monotonic() > end, "the end of the quiet time", seconds + 10)
    return probe.mark()


def show(what, counted):
    print(f"    {what:14} {counted['requests']:8,} look-ups  p50 {counted['p50_us'] / 1000:8.2f} ms  p99 {counted['p99_us'] / 1000:8.2f} ms  "
          f"failed {counted['failed']}  wrong {counted['wrong']}  recorded later {counted['unrecorded']}")


def judge(phases, verdict):
    problems = [f"{phase['failed']} failed, {phase['wrong']} wrong" for phase in phases if phase["failed"] or phase["wrong"]]
    base = max(phases[0]["p99_us"], phases[2]["p99_us"])
    print(f"    p99 with the fuzz is {phases[1]['p99_us'] / base:.2f} times that without")
    if verdict and phases[1]["p99_us"] > P99_FACTOR * base:
        problems.append("the clients felt it")
    return problems


def show_errors(stack):
    """What the programs say went wrong, by its words without numbers: nobody's input is to make one of them say it often."""
    for name in PROCESSES[:-1]:
        kinds = {}
        for line in stack.log(name).splitlines():
            if " ERROR " in line:
                kind = re.sub(r"[0-9a-f]{8,}|\d+", "#", line.split("] ", 1)[-1])[:150]
                kinds[kind] = kinds.get(kind, 0) + 1
        for kind, count in sorted(kinds.items(), key=lambda item: -item[1])[:5]:
            print(f"    {name} logged {count:,} times: {kind}")


def add_worker(stack):
    """A key of the rogue worker's own, which the gateway takes up while it runs."""
    subprocess.run([os.path.join(stacks.BUILD, "bin", "lexmq-keygen"), "worker", WORKER, "--services", SERVICES, "--calls", CALLS,
                    os.path.join(stack.var, "keys")], check=True, env=stack.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(messages, seed, insecure, quiet_s=QUIET_S, verdict=True):
    """A list of what is not as it must be."""
    stack = stacks.Stack(**({"LEXMQ_STACK_INSECURE": "1"} if insecure else {})).up()
    try:
        certificate = "-" if insecure else os.path.join(stack.var, "keys", "public", "gateway.cert")
        print(f"  {'plaintext' if insecure else 'CURVE'}: {messages:,} messages, seed {seed}", flush=True)
        if not insecure:
            add_worker(stack)
        probe = Probe(stack, certificate)
        warm_up = min(max(int(messages * WARM_UP_SHARE), min(WARM_UP_MIN, messages // 4)), WARM_UP_MAX)
        flood(stack, certificate, warm_up, seed + 1)
        before = sizes(stack)
        phases = [quiet(probe, quiet_s)]
        report = flood(stack, certificate, messages - warm_up, seed)
        phases.append(probe.mark())
        phases.append(quiet(probe, quiet_s))
        print(f"    {report['sent'] + warm_up:,} sent, {report['sent'] / max(report['seconds'], 0.1):,.0f} a second; of {report['sent']:,} "
              f"{report['valid']:,} unchanged, {report['raw']:,} connections, socket full {report['full']:,} times")
        print(f"    received {report['received']}\n    one answer in 16: {report['codes']}")
        show("before", phases[0]), show("with the fuzz", phases[1]), show("after", phases[2])
        problems = judge(phases, verdict) + compare(before, sizes(stack))
        probe.close()
        show_errors(stack)
        status = stack.status()
        print("    gateway: " + ", ".join(f"{key} {status[key]:,}" for key in ("bad_frames", "unroutable", "late_replies", "refused", "open")))
    finally:
        stack.close()  # says what sanitizers have found
    return problems


def main():
    messages = int(sys.argv[1])
    seed = int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else 1
    verdict = os.environ.get("VERDICT", "1") != "0"
    missing = [name for name in PROGRAMS if not os.path.exists(program(name))]
    if missing:
        sys.exit(f"not built: {' '.join(missing)}")
    begin = time.monotonic()
    curve = int(messages * CURVE_SHARE)
    try:
        problems = run(curve, seed, False, verdict=verdict) + run(messages - curve, seed + 2, True, verdict=verdict)
    except (Failure, AssertionError, subprocess.SubprocessError) as failure:
        problems = [str(failure)]
    for problem in problems:
        print(f"  FAILED: {problem}")
    print(f"fuzz-live: {messages:,} messages in {time.monotonic() - begin:.0f} s: {'failed' if problems else 'nothing found'}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
