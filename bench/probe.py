"""What a running stack has used so far: processor, database, bytes on its connections. Differences of two looks are costs."""

import json
import os
import re
import subprocess

from memory import field, processor_seconds
from processes import Failure, clean_environment, run

DATABASE_COUNTERS = ("Handler_commit", "Innodb_os_log_written", "Bytes_sent", "Bytes_received", "Questions",
                     "Com_stmt_execute")


def services(stack, pids):
    """{"lookup": [pids]}: all processes of a kind; the client is not among them."""
    kinds = {}
    for name, pid in pids.items():
        kinds.setdefault(name.split("-")[0], []).append(pid)
    return kinds


def sql(stack, statement):
    return run("mariadb", "--no-defaults", "-N", "-B", "--socket",
               os.path.join(stack.bench.stack_folder, "run", "mysqld.sock"), "-e", statement)


def database(stack):
    lines = sql(stack, "SHOW GLOBAL STATUS").splitlines()
    values = dict(line.split("\t", 1) for line in lines if "\t" in line)
    return {name: int(values[name]) for name in DATABASE_COUNTERS}


def finals(stack):
    """Requests of lookup that workers have answered."""
    config = os.path.join(stack.bench.stack_folder, "client.zpl")
    status = json.loads(run(stack.bench.program("bin/lexmq"), "status", "--json", env=clean_environment(LEXMQ_CONFIG=config)))
    return next(s["finals"] for s in status["services"] if s["service"] == "lookup")


def connections(port):
    """{(peer's port): (bytes sent, bytes received, segments sent, segments received)}, seen from the side that listens."""
    output = subprocess.run(["ss", "-tinH", f"sport = :{port}"], stdout=subprocess.PIPE, text=True, check=True).stdout
    found, peer = {}, None
    for line in output.splitlines():
        if not line[:1].isspace():
            peer = line.split()[4].rsplit(":", 1)[1] if line.startswith("ESTAB") else None
        elif peer:
            numbers = {name: int(n) for name, n in re.findall(r"(bytes_sent|bytes_received|segs_out|segs_in):(\d+)", line)}
            found[peer] = tuple(numbers.get(n, 0) for n in ("bytes_sent", "bytes_received", "segs_out", "segs_in"))
    return found


def traffic(before, after):
    """What went over the connections that were there at both looks: sent, received, segments both ways."""
    total = [0, 0, 0, 0]
    for peer, numbers in after.items():
        if peer in before:
            total = [t + a - b for t, a, b in zip(total, numbers, before[peer])]
    return total[0], total[1], total[2] + total[3]


def threads(pids):
    """{thread: processor seconds}"""
    return {f"{pid}/{thread}": processor_seconds(f"{pid}/task/{thread}") for pid in pids for thread in os.listdir(f"/proc/{pid}/task")}


class Look:
    def __init__(self, stack):
        self.finals = finals(stack)
        self.threads = {kind: threads(pids) for kind, pids in services(stack, stack.pids()).items()}
        self.processor = {kind: sum(map(processor_seconds, pids)) for kind, pids in services(stack, stack.pids()).items()}
        self.database = database(stack)
        self.front, self.back = connections(stack.port), connections(stack.port + 1)

    def busiest(self, before, kind):
        """Processor seconds of the busiest thread of a kind of process."""
        return max(seconds - before.threads[kind].get(thread, 0) for thread, seconds in self.threads[kind].items())

    def since(self, before):
        """(look-ups, {kind: processor seconds}, {counter: n})"""
        return (self.finals - before.finals,
                {kind: seconds - before.processor[kind] for kind, seconds in self.processor.items()},
                {name: n - before.database[name] for name, n in self.database.items()})


def memory(stack):
    """{process: (proportional, private) bytes}."""
    return {name: (field(f"/proc/{pid}/smaps_rollup", "Pss"), field(f"/proc/{pid}/smaps_rollup", "Private_Dirty"))
            for name, pid in stack.pids().items()}


def folder_bytes(path):
    total = 0
    for folder, _, names in os.walk(path):
        total += sum(os.path.getsize(os.path.join(folder, name)) for name in names)
    return total


def expect(condition, what):
    if not condition:
        raise Failure(what)
