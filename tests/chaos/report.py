"""What a campaign says at its end: a table, and one check for each thing that has to hold."""

import collections
import signal

from tests.chaos import schedule
from tests.chaos.campaign import PROMISED
from tests.chaos.check import PROMISES
from tests.chaos.world import MACHINES

# What a program of ours never ends with, whatever is done to it: these are crashes.
CRASHES = {-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS, -signal.SIGILL, -signal.SIGFPE, -signal.SIGSYS}


class Report:
    def __init__(self, campaign, world):
        self.campaign, self.world = campaign, world
        self.finished = False  # the clients ended in order
        self.endings = {}  # exit statuses other than 0 at the end, by process
        self.owed = 0
        self.verdict = None
        self.passed = 0

    def faults(self):
        """Rows of (kind, number, number by kind of target)."""
        counts = collections.Counter(fault.kind for fault, _, _ in self.campaign.injected)
        targets = collections.defaultdict(collections.Counter)
        for fault, _, _ in self.campaign.injected:
            targets[fault.kind][MACHINES.get(fault.target, "")] += 1
        for kind in sorted(counts, key=counts.get, reverse=True):
            by = ", ".join(f"{target} {number}" for target, number in sorted(targets[kind].items()) if target)
            yield kind, counts[kind], by

    def crashes(self):
        return [f"{process.name} ended by signal {-status}" for process in self.world.processes.values()
                for status in process.exits if status in CRASHES and process.kind != "database"]

    def checks(self):
        """(what has to hold, what speaks against it)."""
        campaign = self.campaign
        recovery = campaign.recovery
        yield (f"healthy by itself within {PROMISED:.0f} s",
               [] if recovery is not None and recovery <= PROMISED else
               [f"healthy after {recovery:.1f} s" if recovery is not None else f"never healthy: {campaign.sick}"])
        yield "no program crashed", self.crashes()
        yield "every program ended in order", [f"{name}: exit status {status}" for name, status in self.endings.items()]
        yield "the clients ended in order", [] if self.finished else ["they did not"]
        missing = {step.fault.kind for step in campaign.plan} - {fault.kind for fault, _, _ in campaign.injected}
        yield "every fault of the plan was injected and healed", [*campaign.trouble, *(f"never: {kind}" for kind in sorted(missing))]
        owed = self.owed - self.verdict.counts[PROMISES[3][0]]["look-ups lost with a journal"]
        yield "nothing is owed when the clients have ended", [f"{owed} look-ups or erasures"] if owed > 0 else []
        for title in self.verdict.counts:
            number = title.split()[0] + ":"
            yield f"promise {title}", [text for text in self.verdict.violations if text.startswith(number)]

    def show(self):
        """Prints it; the number of checks that failed."""
        total = len(self.campaign.injected)
        print(f"\nfaults: {total}, of {len(schedule.KINDS)} kinds there are")
        for kind, number, by in self.faults():
            print(f"  {kind:14} {number:5}  {by}")
        arrived, lost, dropped = self.campaign.packets
        print(f"network: {arrived} packets, {lost} lost to faults, {dropped} found no room")
        print(f"restarts: {sum(p.starts - 1 for p in self.world.processes.values())}, "
              f"of which by themselves: {', '.join(self.own()) or 'none'}")
        print(self.verdict.report())
        failed = 0
        print()
        for what, against in self.checks():
            print(f"{'FAILED' if against else 'ok':6} {what}")
            for line in against[:20]:
                print(f"         {line}")
            failed += bool(against)
            self.passed += not against
        return failed

    def own(self):
        """Exits that were neither a kill nor the end of an orderly stop."""
        for process in self.world.processes.values():
            statuses = collections.Counter(status for status in process.exits if status not in (0, -signal.SIGKILL))
            for status, number in sorted(statuses.items()):
                yield f"{process.name} with {status} {number} times"
