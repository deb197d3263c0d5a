"""A page of metrics, and the table in docs/metrics.md that says what has to be on it."""

import os
import re
import subprocess
import urllib.error
import urllib.request

from tests.system.stack import PATIENCE, TOP

LIMIT = 20 * PATIENCE  # seconds
SAMPLE = re.compile(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'([a-z]+)="((?:[^"\\]|\\.)*)"')


def get(port, path):
    """(status, body)"""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=LIMIT) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Page:
    def __init__(self, text):
        self.text = text
        self.kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        self.samples = []  # (family, labels, value); of a histogram the sum and the count under their own names
        for line in text.splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                self.samples.append((name, dict(LABEL.findall(labels or "")), float(value)))

    def value(self, name, **labels):
        """The sum of the samples that have these labels."""
        return sum(value for other, having, value in self.samples
                   if other == name and labels.items() <= having.items())

    def labels(self):
        """For each family that has samples, the set of its label names, as one string each."""
        found = {}
        for name, labels, _ in self.samples:
            family = name
            for suffix in ("_bucket", "_sum", "_count"):
                if name.endswith(suffix) and self.kinds.get(name[:-len(suffix)]) == "histogram":
                    family = name[:-len(suffix)]
            found.setdefault(family, set()).add(",".join(sorted(set(labels) - {"le"})))
        return found


def page(port):
    status, text = get(port, "/metrics")
    assert status == 200, text
    return Page(text)


def promised(program):
    """What docs/metrics.md promises of a program, "gateway", "auth", "lookup" or "history": name to labels."""
    wanted = {"All programs", program.capitalize() if program == "gateway" else program}
    if program != "gateway":
        wanted.add("Workers")
    names, heading = {}, None
    with open(os.path.join(TOP, "docs", "metrics.md"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                heading = line.strip("# \n")
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if heading not in wanted or len(cells) != 3:
                continue
            # "(lookup, history)" at the end of a row: of these alone.
            only = re.search(r"\(([a-z, ]+)\)$", cells[2])
            if only and program not in only.group(1).split(", "):
                continue
            for name, labels in re.findall(r"`([a-z_]+)(?:\{([a-z,]+)\})?`", cells[0]):
                names[name] = ",".join(sorted(labels.split(","))) if labels else ""
    return names


def check(text):
    """What `promtool check metrics` finds: nothing, if all is well."""
    result = subprocess.run(["promtool", "check", "metrics"], input=text, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=LIMIT, text=True)
    return result.stdout + (f"exit code {result.returncode}" if result.returncode else "")
