"""One campaign: the stack, its clients, the faults of the plan, and what is left of all that when everything is healed."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

from tests.chaos import faults_machine, faults_network, faults_peers
from tests.chaos.world import TOP

READY = 60  # seconds that the clients have to register and log in
FINISH = 75  # seconds that they have to finish what is open; they end by themselves after 60
WATCH = 60  # seconds that recovery is watched for
PROMISED = 10.0  # seconds after the last fault in which the stack has to be well again
PROBE = 4.0  # seconds for all operations of one probe at least, and PATIENCE times as long as one took when all was well
PATIENCE = 3
DEADLINE_MS = 10000


def is_at_database(fault):
    """Whether services may not have read there, or read late, which sessions were ended."""
    return fault.target == "database" or faults_network.is_between(fault, "database")


class Campaign:
    def __init__(self, world, plan, seconds, seed, clients):
        self.world, self.plan, self.seconds, self.seed, self.count = world, plan, seconds, seed, clients
        self.lines = open(os.path.join(world.logs, "plan.log"), "w")
        self.lock = threading.Lock()
        self.trouble = []  # faults that could not be injected or healed
        self.injected = []  # (fault, when it began, when it was healed), by the monotonic clock
        self.ledger = os.path.join(world.logs, "clients")
        self.tables = os.path.join(world.logs, "tables")
        self.clients = None
        self.begin = self.healed = 0.0
        self.recovery = None  # seconds
        self.usual = 0.0  # seconds that a probe takes when all is well
        self.packets = [0, 0, 0]
        self.sick = ""  # what was last found wanting

    def say(self, text):
        with self.lock:
            line = f"{time.monotonic() - self.begin:7.2f}  {text}"
            print(line, flush=True)
            self.lines.write(line + "\n")
            self.lines.flush()

    # ---- clients ----

    def start_clients(self):
        os.makedirs(self.ledger)
        os.makedirs(self.tables)
        with open(self.world.log("clients"), "ab") as log:
            self.clients = subprocess.Popen(
                [*self.world.network.enter("clients"), sys.executable, "-B", "-m", "tests.chaos.clients", "--fronts",
                 ",".join(self.world.fronts()), "--server-key", self.world.server_key(), "--clients", str(self.count), "--seed",
                 str(self.seed), "--log", self.ledger, "--deadline-ms", str(DEADLINE_MS)],
                cwd=TOP, env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
        timer = threading.Timer(READY, self.clients.kill)
        timer.start()
        line = self.clients.stdout.readline()
        timer.cancel()
        if line.strip() != "ready":
            raise RuntimeError("the clients were not ready in time; see clients.log")

    def stop_clients(self):
        self.clients.send_signal(signal.SIGTERM)
        try:
            return self.clients.wait(FINISH) == 0
        except subprocess.TimeoutExpired:
            return False

    # ---- faults ----

    def execute(self, step):
        fault = step.fault
        length = f" for {fault.seconds:.1f} s" if fault.seconds else ""
        self.say(f"{fault}{length}")
        begun = time.monotonic()
        try:
            fault.inject(self.world)
            end = self.begin + step.at + fault.seconds
            while time.monotonic() < end:
                time.sleep(max(0.0, min(0.1, end - time.monotonic())))
        except Exception as error:  # whatever it is, the campaign goes on and says so
            self.trouble.append(f"{fault}: {error}")
        try:
            fault.heal(self.world)
        except Exception as error:
            self.trouble.append(f"healing {fault}: {error}")
        self.injected.append((fault, begun, time.monotonic()))
        if fault.seconds:
            self.say(f"  healed: {fault}")

    def run_plan(self):
        self.begin = time.monotonic()
        threads = []
        for step in self.plan:
            while time.monotonic() < self.begin + step.at:
                time.sleep(max(0.0, min(0.1, self.begin + step.at - time.monotonic())))
            thread = threading.Thread(target=self.execute, args=(step,), daemon=True)
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
        self.healed = time.monotonic()
        self.packets = self.world.network.counts()
        self.say("everything is healed")

    def times(self, wanted):
        """(begin, end) of the faults for which wanted(fault) holds."""
        return [(begin, end) for fault, begin, end in self.injected if wanted(fault)]

    def excuses(self):
        """What the faults excuse, for the checker; a file of it lies beside the logs."""
        excuses = {"disturbed": self.times(faults_network.is_before_gateways), "journals_full": self.times(faults_machine.is_at_journals),
                   "rogues": self.times(faults_peers.is_rogue), "clocks": self.times(faults_machine.is_of_clocks),
                   "stale": self.times(is_at_database)}
        with open(os.path.join(self.world.logs, "excuses.json"), "w") as file:
            json.dump(excuses, file)
        return excuses

    # ---- recovery ----

    def probe(self, seconds):
        """What does not work within so many seconds for a fresh user through each gateway, as text; empty when all does."""
        script = ("import json, sys\nfrom tests.chaos.probe import probe\n"
                  "print(json.dumps(probe(sys.argv[1].split(','), sys.argv[2], float(sys.argv[3]))))")
        result = subprocess.run([*self.world.network.enter("clients"), sys.executable, "-B", "-c", script,
                                 ",".join(self.world.fronts()), self.world.server_key(), str(seconds)], cwd=TOP, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds * 10)
        if result.returncode != 0:
            return "the probe: " + result.stdout.strip()[-300:]
        bad = [f"{op} through {gateway}: {error}" for op, gateway, ok, error in json.loads(result.stdout.splitlines()[-1]) if not ok]
        return "; ".join(bad)

    def measure(self):
        """How long a probe takes on this machine, loaded as it is, before anything has failed."""
        begun = time.monotonic()
        sick = self.probe(WATCH)
        if sick:
            raise RuntimeError(f"not healthy before the first fault: {sick}")
        self.usual = time.monotonic() - begun

    def ailment(self):
        sick = self.probe(max(PROBE, PATIENCE * self.usual))
        if not sick and (backlog := self.world.backlog()):
            sick = f"{backlog} bytes wait in the journals"
        return sick or self.world.stale_index()

    def watch(self):
        while time.monotonic() < self.healed + WATCH:
            begun = time.monotonic()
            self.sick = self.ailment()
            if not self.sick:
                now = time.monotonic()
                self.recovery = max(0.0, now - self.healed - self.usual)
                self.say(f"healthy after {self.recovery:.1f} s, seen by a probe of {now - begun:.1f} s; usual are {self.usual:.1f} s, not counted")
                return
            self.say(f"not yet: {self.sick[:200]}")
        self.say("not healthy")
