"""The fault campaign: `python3 -m tests.chaos [--seconds N] [--seed S] [--clients N] [--plan]`. docs/chaos.md says what it does.

Everything it makes (processes, network namespaces, mounts) lives in namespaces that the kernel takes down with it, however it ends.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile

from tests.chaos import check, schedule, settle
from tests.chaos.campaign import DEADLINE_MS, Campaign
from tests.chaos.network import Loopback, Wire
from tests.chaos.report import Report
from tests.chaos.world import PARTIES, TOP, World

BUILD = os.path.abspath(os.path.join(TOP, os.environ.get("LEXMQ_BUILD", "build")))
WIRE = os.path.join(BUILD, "tests", "chaos", "lexmq-wire")
LIMIT = 30  # seconds for one command
SETTLE = 20  # seconds until nothing is owed any more
INSIDE = "LEXMQ_CHAOS_INSIDE"  # set for the part that runs in the namespaces, to the scratch folder


def arguments():
    parser = argparse.ArgumentParser(prog="tests.chaos")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--clients", type=int, default=12)
    parser.add_argument("--plan", action="store_true", help="print the plan and do nothing")
    options = parser.parse_args()
    if not 10 <= options.seconds <= 86400 or not 1 <= options.clients <= 1000:
        parser.error("--seconds is 10 to 86400, --clients 1 to 1000")
    return options


def unsharing():
    """The command that gives namespaces of its own to what follows it. Who is not root becomes it, in there only."""
    own = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    # Killed itself, the campaign takes them down: the signal goes to unshare, and from there to all of its pid namespace.
    return ["setpriv", "--pdeathsig", "KILL", "unshare", *own, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]


def refusal():
    """Why there can be no namespaces, mounts and TUN devices here; empty when there can."""
    test = subprocess.run([*unsharing(), "sh", "-c", f"mount -t tmpfs lexmq /mnt && exec '{WIRE}' 2"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT)
    return "" if test.returncode == 0 else test.stdout.strip().splitlines()[-1] if test.stdout.strip() else "unshare failed"


def outside():
    """Makes the scratch folder, runs the campaign in namespaces where there can be some, removes the folder."""
    why = refusal()
    if why:
        print(f"chaos: no namespaces, mounts or TUN devices here ({why}).\n"
              "chaos: faults of processes and peers on the loopback only; no fault of network, disk.", flush=True)
    folder = tempfile.mkdtemp(prefix="lexmq-chaos-")
    try:
        command = [*([] if why else unsharing()), sys.executable, "-B", "-m", "tests.chaos", *sys.argv[1:]]
        process = subprocess.Popen(command, cwd=TOP, env=dict(os.environ, **{INSIDE: folder, INSIDE + "_FULL": "" if why else "1"}))
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # it was interrupted as well, and takes its things down
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def inside(options, folder, full):
    logs = os.path.join(BUILD, "chaos", f"seed-{options.seed}")
    shutil.rmtree(logs, ignore_errors=True)
    os.makedirs(logs)
    if full:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=0700", "lexmq", folder], check=True, timeout=LIMIT)
    network = Wire(WIRE, PARTIES, options.seed) if full else Loopback(PARTIES)
    world = None
    try:
        world = World(BUILD, folder, logs, network, full)
        plan = schedule.make(options.seed, options.seconds, {"network", "disks"} if full else set())
        print(f"chaos: seed {options.seed}, {options.seconds:.0f} s, {len(plan)} faults; logs in {os.path.relpath(logs, TOP)}", flush=True)
        world.start()
        campaign = Campaign(world, plan, options.seconds, options.seed, options.clients)
        return run(campaign, world, logs, options)
    finally:
        if world:
            world.close()
        network.close()


def run(campaign, world, logs, options):
    try:
        campaign.start_clients()
        campaign.measure()
        campaign.run_plan()
        campaign.watch()
        report = Report(campaign, world)
        report.finished = campaign.stop_clients()
        report.owed = settle.settle(world.database.administrator(), campaign.ledger, campaign.tables, SETTLE, campaign.excuses()["clocks"])
        report.endings = world.stop()
        report.verdict = check.check(campaign.ledger, campaign.tables, DEADLINE_MS, **campaign.excuses())
    finally:
        if campaign.clients and campaign.clients.poll() is None:
            campaign.clients.kill()
            campaign.clients.wait()
        campaign.lines.close()
    failed = report.show()
    if failed:
        print(f"chaos: repeat it with: make chaos SECONDS={options.seconds:.0f} SEED={options.seed}; logs in {os.path.relpath(logs, TOP)}")
    elif not os.environ.get("LEXMQ_CHAOS_KEEP"):
        shutil.rmtree(logs)
    print(f"{report.passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def terminate(*_):
    raise KeyboardInterrupt


def main():
    options = arguments()
    if options.plan:
        for step in schedule.make(options.seed, options.seconds, {"network", "disks"}):
            print(f"{step.at:7.2f}  {step.fault} for {step.fault.seconds:.1f} s")
        return 0
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = os.environ.get(INSIDE)
    if not folder:
        return outside()
    # The first process of a pid namespace gets no signal that it has no handler for.
    signal.signal(signal.SIGTERM, terminate)
    try:
        return inside(options, folder, os.environ.get(INSIDE + "_FULL") == "1")
    except KeyboardInterrupt:
        print("chaos: interrupted", flush=True)
        return 130
