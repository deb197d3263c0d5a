#!/usr/bin/python3
"""Runs fuzz targets and prints what they reached.

    tests/fuzz/run.py SECONDS [NAME]    every target, or the one, so long each

Targets are BUILD/tests/fuzz/fuzz_NAME; what they learn stays in BUILD/corpus/NAME, what breaks them in
BUILD/artifacts. Beside the seeds in tests/fuzz/seeds/NAME there are those that make_seeds.py makes, and words in
tests/fuzz/NAME.dict. LEXMQ_BUILD names the build folder (default build/fuzz), LEXMQ_FUZZ_SEED the seed of libFuzzer's
choices (default: another each time). Exit status 1 when one found a fault.
"""

import base64
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

import make_seeds

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.path.join(TOP, os.environ.get("LEXMQ_BUILD", "build/fuzz")))
INPUT_MAX = 65536  # bytes; more only makes runs slow
INPUT_SECONDS = 10  # an input that takes longer is a finding
MEMORY = 1536  # MiB
GRACE = 300  # seconds beyond its time after which a target is ended
SHARED_MEMORY = "/dev/shm"
PRINTED_MAX = 4096  # bytes of an input that is printed, for who has only what was printed


class Outcome:
    def __init__(self, name, runs, features, result, output):
        self.name, self.runs, self.features, self.result, self.output = name, runs, features, result, output


def number(pattern, output):
    found = re.findall(pattern, output)
    return int(found[-1]) if found else 0


def printed(path):
    with open(path, "rb") as file:
        data = file.read(PRINTED_MAX + 1)
    return "" if len(data) > PRINTED_MAX else f"\n{os.path.basename(path)}, base64: {base64.b64encode(data).decode()}"


def fuzz(name, seconds, scratch):
    corpus = os.path.join(BUILD, "corpus", name)
    artifacts = os.path.join(BUILD, "artifacts")
    seeds = os.path.join(TOP, "tests", "fuzz", "seeds", name)
    folder = os.path.join(scratch, name)
    for path in (corpus, artifacts, folder):
        os.makedirs(path, exist_ok=True)
    before = set(os.listdir(artifacts))
    command = [os.path.join(BUILD, "tests", "fuzz", "fuzz_" + name), f"-max_total_time={seconds}", f"-max_len={INPUT_MAX}",
               f"-timeout={INPUT_SECONDS}", f"-rss_limit_mb={MEMORY}", f"-artifact_prefix={artifacts}/{name}-",
               "-print_final_stats=1", "-close_fd_mask=3", corpus]
    command += [path for path in (seeds, os.path.join(scratch, "seeds", name)) if os.path.isdir(path)]
    if os.environ.get("LEXMQ_FUZZ_SEED"):
        command.append("-seed=" + os.environ["LEXMQ_FUZZ_SEED"])
    words = os.path.join(TOP, "tests", "fuzz", name + ".dict")
    if os.path.exists(words):
        command.append("-dict=" + words)
    process = subprocess.Popen(command, env=dict(os.environ, TMPDIR=folder), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        output = process.communicate(timeout=seconds + GRACE)[1].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        process.kill()
        output = process.communicate()[1].decode("utf-8", "replace")
    found = sorted(set(os.listdir(artifacts)) - before)
    found = [os.path.join(artifacts, path) for path in found if path.startswith(name + "-")]
    output += "".join(printed(path) for path in found)
    found = [os.path.relpath(path, TOP) for path in found]
    result = "ok" if process.returncode == 0 else "FAILED " + " ".join(found)
    return Outcome(name, number(r"number_of_executed_units:\s+(\d+)", output), number(r"ft: (\d+)", output), result, output)


def main():
    seconds = int(sys.argv[1])
    wanted = sys.argv[2] if len(sys.argv) > 2 else ""
    names = sorted(os.path.basename(path)[5:-2] for path in glob.glob(os.path.join(TOP, "tests", "fuzz", "fuzz_*.c")))
    names = [name for name in names if not wanted or name == wanted]
    if not names:
        print(f"there is no target {wanted}", file=sys.stderr)
        return 2
    scratch = tempfile.mkdtemp(prefix="lexmq-fuzz-", dir=SHARED_MEMORY if os.path.isdir(SHARED_MEMORY) else None)
    try:
        make_seeds.make(os.path.join(scratch, "seeds"))
        with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            outcomes = list(pool.map(lambda name: fuzz(name, seconds, scratch), names))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for outcome in outcomes:
        if outcome.result != "ok":
            print("\n".join("    " + line for line in outcome.output.splitlines()[-60:]))
    print(f"{'target':16}{'runs':>12}{'features':>10}  result")
    for outcome in outcomes:
        print(f"{outcome.name:16}{outcome.runs:12,}{outcome.features:10,}  {outcome.result}")
    failed = sum(outcome.result != "ok" for outcome in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
