"""How it went: outcomes and latencies by op, and the longest times in which nothing was answered or recorded."""

from array import array
from collections import Counter

READS = {"match", "suggest", "dictionaries"}


class Figures:
    def __init__(self):
        self.outcomes, self.latencies = {}, {}
        self.good, self.recorded = array("d"), array("d")
        self.begin = self.end = None

    def take(self, client):
        self.begin = min(filter(None, (self.begin, client.first)))
        self.end = max(filter(None, (self.end, client.last)))
        for request in client.requests.values():
            self.outcomes.setdefault(request.op, Counter())[request.outcome or "open"] += 1
            for reply in request.good():
                self.good.append(reply.t)
                if request.op == "define" and reply.data["recorded"]:
                    self.recorded.append(reply.t)
            if request.outcome == "ok":
                self.latencies.setdefault(request.op, array("d")).append(request.answered() - request.sent)

    def longest(self, times):
        """(seconds, when it began, in seconds since the run did) of the longest time without any, once there was one."""
        marks = [*sorted(times), self.end] if times else [self.begin, self.end]
        length, begin = max(((b - a, a) for a, b in zip(marks, marks[1:])), default=(0, self.begin))
        return length, begin - self.begin

    def table(self):
        if self.begin is None:
            return ["no client left a log"]
        seconds = max(self.end - self.begin, 0.001)
        lines = [f"{'op':13}{'ok':>9}{'other outcomes':>40}{'p50 ms':>9}{'p95':>9}{'p99':>9}{'max':>9}"]
        for op in sorted(self.outcomes):
            others = " ".join(f"{outcome} {count}" for outcome, count in sorted(self.outcomes[op].items()) if outcome != "ok")
            lines.append(f"{op:13}{self.outcomes[op]['ok']:>9}{others:>40}" + "".join(f"{1000 * value:>9.1f}" for value in self.percentiles(op)))
        total = sum(sum(outcomes.values()) for outcomes in self.outcomes.values())
        lines.append(f"{total} requests in {seconds:.0f} s, {total / seconds:.0f} a second")
        for what, times in ("any good answer", self.good), ("any look-up recorded", self.recorded):
            length, begin = self.longest(times)
            lines.append(f"longest without {what}: {length:.2f} s, {begin:.1f} s from the beginning")
        return lines

    def percentiles(self, op):
        values = sorted(self.latencies.get(op, ()))
        return [values[min(len(values) - 1, int(len(values) * part))] if values else 0 for part in (0.5, 0.95, 0.99, 1)]
