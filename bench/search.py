#!/usr/bin/python3
"""make bench-search: what searching costs, beside Debian's dictd with the same WordNet, and whether both find the same.

    bench/search.py [--equal]       --equal: only whether both find the same

docs/search.md says what is measured and how to read it. LEXMQ_BUILD names the build folder. LEXMQ_BENCH_FAST=1 measures
so shortly that it only tells whether everything works."""

import argparse
import json
import os
import sys
import time

import equality
import memory
import queries
import search_table
from contenders import DICTD_FOLDER, Bench, Stack, dictd_arguments, launch_dictd
from processes import Failure, Processes, run
from session import build_folder, heed_signals, ignore_signals, machine, scratch

FAST = os.environ.get("LEXMQ_BENCH_FAST") == "1"
MEASURE_MS, WARM_UP_MS = (100, 20) if FAST else (1000, 200)
COUNT = 100 if FAST else 2000  # questions of each kind
LARGE_COUNT = 100 if FAST else 300
WINDOW = 32  # commands open at once where a rate is measured
# The dictionaries of the large one, which the stack has one by one; it has WordNet already.
LARGE = ("wn", "gcide", "freedict-deu-eng", "freedict-eng-deu")
WORKERS = 4
INDEXED_SECONDS = 120
UNQUOTED = set('"\\')  # what bench/lib/words.c refuses
LARGE_QUESTIONS = ("define", "prefix", "substring", "re", "lev", "lev2")


class Cores:
    """Servers are asked on one core, from another where there is one."""

    def __init__(self):
        cores = sorted(os.sched_getaffinity(0))
        self.server, self.client = cores[0], cores[-1]

    @staticmethod
    def pin(pid, core):
        for thread in os.listdir(f"/proc/{pid}/task"):
            os.sched_setaffinity(int(thread), {core})


def write_queries(folder, name, words, count):
    folder = os.path.join(folder, name)
    os.mkdir(folder)
    return queries.write(words, folder, count)


def make_index(bench, name, dictionaries):
    """Returns the file and what making it has cost."""
    path = os.path.join(bench.folder, name + ".lexidx")
    sources = [f"{DICTD_FOLDER}/{one}.index" for one in dictionaries]
    output, most = memory.run_and_watch(bench.program("bench/make_index"), "--output", path, *sources)
    return path, {**json.loads(output), "anonymous": most}


def measure_in_process(bench, cores, index, paths):
    """{question: measurement}, "open" among them."""
    output = run(bench.program("bench/search"), "--index", index, "--core", str(cores.server), "--measure",
                 str(MEASURE_MS), *(f"{question}={path}" for question, path in paths.items()), seconds=300,
                 to_the_end=False)
    return {one["question"]: one for one in map(json.loads, output.splitlines())}


def measure_load(bench, cores, arguments, window):
    return json.loads(run("taskset", "-c", str(cores.client), bench.program("bench/load"), *arguments, "--clients", "1",
                          "--window", str(window), "--warm-up", str(WARM_UP_MS), "--measure", str(MEASURE_MS)))


def served_questions(paths):
    return {question: path for question, path in paths.items() if question not in ("answer", "lev2")}


def await_no_child(process):
    while True:
        with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
            if not file.read().strip():
                return
        time.sleep(0.01)


def measure_dictd(bench, cores, process, port, paths):
    """dictd makes a process for each client; what such a one has used is known once it is gone."""
    measured = {}
    for question, path in served_questions(paths).items():
        arguments = dictd_arguments(port, path)
        if question != "define":
            arguments += ["--strategy", question]
        before = memory.processor_seconds(process.pid, children=True)
        rate = measure_load(bench, cores, arguments, WINDOW)
        await_no_child(process)
        used = memory.processor_seconds(process.pid, children=True) - before
        measured[question] = {**rate, "own_us": used * 1e6 / rate["answered"],
                              "p50_ms": measure_load(bench, cores, arguments, 1)["p50_ms"]}
        await_no_child(process)
    return measured


def measure_served(bench, cores, stack, paths):
    """One look-up worker, which has one core; everything else has the other."""
    arguments = stack.start()
    stack.run("scale", "lookup", "1")
    for name, pid in stack.pids().items():
        cores.pin(pid, cores.server if name == "lookup-1" else cores.client)
    worker = stack.pids()["lookup-1"]
    measured = {}
    for question, path in served_questions(paths).items():
        if question == "define":
            continue  # make bench measures it
        before = memory.processor_seconds(worker)
        rate = measure_load(bench, cores, [*arguments, "--contender", "match", "--strategy", question, "--words", path],
                            WINDOW)
        used = memory.processor_seconds(worker) - before
        measured[question] = {**rate, "own_us": used * 1e6 / rate["answered"]}
    return measured


def workers(stack):
    return [pid for name, pid in stack.pids().items() if name.startswith("lookup-")]


def measure_memory(stack, count, dictionaries):
    """The memory of so many look-up workers together, once each has all the dictionaries."""
    stack.run("scale", "lookup", str(count))
    end = time.monotonic() + INDEXED_SECONDS
    while any(memory.mapped(pid, ".lexidx") < dictionaries for pid in workers(stack)):
        if time.monotonic() > end:
            raise Failure(f"a worker does not have all dictionaries after {INDEXED_SECONDS} s")
        time.sleep(0.1)
    return memory.settled(workers(stack), INDEXED_SECONDS)


def measure_stack(bench, cores, paths, report):
    stack = Stack(bench, False)
    try:
        report.served = measure_served(bench, cores, stack, paths)
        say("measured the stack")
        dictionaries = memory.mapped(workers(stack)[0], ".lexidx") + len(LARGE[1:])
        for name in LARGE[1:]:
            stack.run("import", f"{DICTD_FOLDER}/{name}.index", name)
        for count in (1, WORKERS):
            report.held[count] = measure_memory(stack, count, dictionaries)
        say("measured memory")
    finally:
        # From here on nothing interrupts us, or processes would be left behind.
        ignore_signals()
        stack.stop()
        heed_signals()


def measure_large(bench, cores, report):
    """A dictionary made of several, with words of its own asked for."""
    index, report.large = make_index(bench, "large", LARGE)
    keys = os.path.join(bench.folder, "keys.txt")
    run(bench.program("bench/search"), "--index", index, "--keys", keys)
    words = [word for word in queries.read(keys) if not UNQUOTED & set(word)]
    paths = {question: path for question, path in write_queries(bench.folder, "large", words, LARGE_COUNT).items()
             if question in LARGE_QUESTIONS}
    report.large_figures = measure_in_process(bench, cores, index, paths)


def say(text):
    print(f"bench: {text}", file=sys.stderr)


def measure(bench, paths, report, only_equality):
    cores = Cores()
    index, report.wordnet = make_index(bench, "wn", ["wn"])
    process, port = launch_dictd(bench, "dictd")
    if not only_equality:
        cores.pin(process.pid, cores.server)
        report.ours = measure_in_process(bench, cores, index, paths)
        say("measured in process")
        report.dictd = measure_dictd(bench, cores, process, port, paths)
        say("measured dictd")
    report.comparisons = equality.compare(bench.program("bench/search"), index, paths, bench.folder, port)
    say("compared with dictd")
    bench.processes.stop()
    if not only_equality:
        measure_stack(bench, cores, paths, report)
        measure_large(bench, cores, report)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--equal", action="store_true", help="only whether both find the same")
    arguments = parser.parse_args()
    begin = time.monotonic()
    report = search_table.Report()
    heed_signals()
    with scratch() as folder, scratch(build_folder()) as stack_folder:
        os.chmod(folder, 0o755)
        paths = write_queries(folder, "wn", queries.headwords(f"{DICTD_FOLDER}/wn.index"), COUNT)
        bench = Bench(build_folder(), folder, stack_folder, paths["define"], Processes(folder))
        try:
            measure(bench, paths, report, arguments.equal)
        finally:
            bench.processes.stop()
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}, {time.monotonic() - begin:.0f} s in all\n")
    print(report.text(arguments.equal))
    if equality.unexplained(report.comparisons):
        raise Failure("dictd finds something else, and no reason is known")


if __name__ == "__main__":
    try:
        main()
    except (Failure, OSError) as failure:
        sys.exit(f"bench: {failure}")
