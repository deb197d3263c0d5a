"""deploy/observe: rules, their tests and the dashboard against docs/metrics.md and promtool."""

import json
import os
import re
import subprocess
import tempfile
import unittest

from tests.system.stack import LIMIT, TOP

OBSERVE = os.path.join(TOP, "deploy", "observe")
DASHBOARD = os.path.join(OBSERVE, "grafana", "dashboards", "lexmq.json")
METRIC = re.compile(r"\b(?:lexmq|process)_[a-z_]+")
# What a histogram is shown as.
PARTS = re.compile(r"_(?:bucket|sum|count)$")
# Grafana's variables, as promtool may read them.
VARIABLES = (("$__rate_interval", "1m"), ("$instance", ".*"), ("$service", ".*"))


def text(*path):
    with open(os.path.join(TOP, *path), encoding="utf-8") as file:
        return file.read()


def dashboard():
    with open(DASHBOARD, encoding="utf-8") as file:
        return json.load(file)


def panels():
    for panel in dashboard()["panels"]:
        yield panel
        yield from panel.get("panels", [])


def substituted(expression):
    for variable, value in VARIABLES:
        expression = expression.replace(variable, value)
    return expression


def expressions():
    """(title of the panel, expression with values for variables)."""
    found = [(panel["title"], substituted(target["expr"])) for panel in panels() for target in panel.get("targets", [])]
    return found + [(a["name"], a["expr"]) for a in dashboard()["annotations"]["list"]]


def documented():
    return set(METRIC.findall(text("docs", "metrics.md")))


def alert_names():
    return re.findall(r"^ +- alert: (\w+)$", text("deploy", "observe", "alerts.yml"), re.M)


def promtool(*arguments):
    return subprocess.run(["promtool", *arguments], cwd=OBSERVE, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=LIMIT)


class Rules(unittest.TestCase):
    def accept(self, *arguments):
        result = promtool(*arguments)
        self.assertEqual(result.returncode, 0, result.stdout)
        return result.stdout

    def test_configurations(self):
        for name in ("prometheus.yml", "prometheus-swarm.yml", "prometheus-local.yml"):
            self.accept("check", "config", name)

    def test_rules(self):
        self.accept("check", "rules", "recording.yml", "alerts.yml")

    def test_alerts_fire_and_keep_silent(self):
        self.accept("test", "rules", "alerts_test.yml")

    def test_each_alert_has_both_cases(self):
        tests = text("deploy", "observe", "alerts_test.yml")
        case = r'ALERTS\{alertname="%s",alertstate="firing"\}\', exp_samples: \[%s$'
        for name in alert_names():
            self.assertRegex(tests, re.compile(case % (name, r"\]\}"), re.M), f"{name} is never shown to be silent")
            self.assertRegex(tests, re.compile(case % (name, ""), re.M), f"{name} is never shown to fire")

    def test_each_alert_has_an_entry_of_the_runbook(self):
        entries = re.findall(r"^#+ (Lexmq\w+)$", text("docs", "runbook.md"), re.M)
        self.assertEqual(sorted(entries), sorted(set(alert_names())))
        links = re.findall(r'^ +runbook: "docs/runbook.md#(\w+)"$', text("deploy", "observe", "alerts.yml"), re.M)
        self.assertEqual(links, [name.lower() for name in alert_names()])

    def test_every_metric_is_documented(self):
        known = documented()
        for name in ("alerts.yml", "recording.yml"):
            # Names of recording rules have colons: what they are made of is looked at where it is recorded.
            used = {m.group() for m in METRIC.finditer(re.sub(r"\w+:\w+:\w+", "", text("deploy", "observe", name)))}
            self.assertEqual({m for m in used if PARTS.sub("", m) not in known}, set(), name)

    def test_recorded_names_exist(self):
        names = re.compile(r"\b[a-z_]+:[a-z_]+:\w+")
        recorded = set(names.findall(text("deploy", "observe", "recording.yml")))
        made = set(re.findall(r"record: (\S+)", text("deploy", "observe", "recording.yml")))
        self.assertEqual(recorded, made)
        self.assertEqual(set(names.findall(text("deploy", "observe", "alerts.yml"))) - made, set())


class Dashboard(unittest.TestCase):
    def test_panels_are_unique_and_do_not_overlap(self):
        taken, numbers = {}, set()
        for panel in dashboard()["panels"]:
            self.assertNotIn(panel["id"], numbers)
            numbers.add(panel["id"])
            at = panel["gridPos"]
            self.assertTrue(at["x"] >= 0 and at["w"] > 0 and at["h"] > 0 and at["x"] + at["w"] <= 24, panel["title"])
            for cell in ((x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])):
                self.assertNotIn(cell, taken, f"{panel['title']} lies on {taken.get(cell)}")
                taken[cell] = panel["title"]

    def test_panels_are_whole(self):
        known = {"row", "stat", "timeseries", "heatmap", "table"}
        self.assertEqual(dashboard()["schemaVersion"], 38)
        variables = {v["name"] for v in dashboard()["templating"]["list"]}
        self.assertEqual(variables, {"datasource", "instance", "service"})
        for panel in panels():
            self.assertIn(panel["type"], known)
            self.assertTrue(panel["title"])
            if panel["type"] == "row":
                continue
            self.assertTrue(panel["description"], panel["title"])
            self.assertTrue(panel["fieldConfig"]["defaults"]["unit"], panel["title"])
            self.assertTrue(panel["targets"], panel["title"])
            letters = [target["refId"] for target in panel["targets"]]
            self.assertEqual(len(set(letters)), len(letters))
            for part in [panel, *panel["targets"]]:
                self.assertEqual(part["datasource"], {"type": "prometheus", "uid": "${datasource}"})
            for target in panel["targets"]:
                used = set(re.findall(r"\$\{?(\w+)", target["expr"]))
                self.assertLessEqual(used, {"__rate_interval", *variables}, panel["title"])

    def test_every_expression_parses(self):
        rules = [{"record": f"panel:expression:{i}", "expr": e} for i, (_, e) in enumerate(expressions())]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            # JSON is YAML.
            json.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)
            file.flush()
            result = promtool("check", "rules", file.name)
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn(f"{len(rules)} rules found", result.stdout)

    def test_every_metric_is_documented(self):
        known = documented()
        queries = [v["definition"] for v in dashboard()["templating"]["list"] if "definition" in v]
        for expression in [e for _, e in expressions()] + queries:
            unknown = {m for m in METRIC.findall(expression) if PARTS.sub("", m) not in known}
            self.assertEqual(unknown, set(), expression)

    def test_documented_metrics_are_shown(self):
        shown = {PARTS.sub("", m) for _, e in expressions() for m in METRIC.findall(e)}
        # Of no use for the eye.
        self.assertEqual(documented() - shown, {"process_virtual_memory_bytes"})


if __name__ == "__main__":
    unittest.main()
