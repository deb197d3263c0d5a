"""Medians, ratios and goals, as Markdown."""

from statistics import median

# Ratio of the rates of two contenders, and the least it should be (None: shown, not judged).
RATIOS = [
    ("gateway", "proxy", 0.6),
    ("stack", "proxy", 0.25),
    ("stack", "dictd", 5.0),
    ("stack", "dictd unpacked", None),
    ("proxy", "dictd", None),
]


class Results:
    """Measurements by (security, load, contender)."""

    def __init__(self):
        self.measured = {}

    def add(self, security, load, contender, measurement):
        self.measured.setdefault((security, load, contender), []).append(measurement)

    def median(self, key, value):
        return median(one[value] for one in self.measured[key])

    def unrecorded(self, key):
        return sum(one["unrecorded"] for one in self.measured[key])


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def judged(ratio, goal, unrecorded):
    if goal is None:
        return f"{ratio:.2f}"
    if unrecorded:
        return f"not reached: {unrecorded} answers without a record ({ratio:.2f} of {goal:g})"
    if ratio >= goal:
        return f"{ratio:.2f}, reached"
    return f"not reached: {ratio:.2f} of {goal:g}"


def rows(results, security, loads, contenders):
    yield f"### {security}\n"
    yield "| load | contender | requests/s | p50 ms | p99 ms |"
    yield "|---|---|--:|--:|--:|"
    for load in loads:
        for contender in contenders:
            key = (security, load, contender)
            yield (f"| {load} | {contender} | {number(results.median(key, 'per_second'))} "
                   f"| {results.median(key, 'p50_ms'):.2f} | {results.median(key, 'p99_ms'):.2f} |")
    yield ""
    yield "| load | " + " | ".join(f"{one} / {other}" + (f", goal {goal:g}" if goal else "")
                                   for one, other, goal in RATIOS) + " |"
    yield "|---" * (len(RATIOS) + 1) + "|"
    for load in loads:
        cells = []
        for one, other, goal in RATIOS:
            rate, against = (results.median((security, load, name), "per_second") for name in (one, other))
            cells.append(judged(rate / against, goal, results.unrecorded((security, load, one))))
        yield f"| {load} | " + " | ".join(cells) + " |"
    yield ""


def table(results, securities, loads, contenders):
    return "\n".join(line for security in securities for line in rows(results, security, loads, contenders))
