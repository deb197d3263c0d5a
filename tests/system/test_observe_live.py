"""deploy/observe on a running stack: every page, Debian's Prometheus, every panel of the dashboard, and alerts before and after a fault."""

import json
import os
import re
import signal
import subprocess
import unittest
import urllib.error
import urllib.parse
import urllib.request

from tests.system.stack import PATIENCE, TOP, Stack, load_report, wait_until
from tests.system.test_observe import METRIC, documented, expressions

LIMIT = 5  # seconds for one answer
# What there is nothing of on a healthy stack.
EMPTY = re.compile(r'code!="ok"|^ALERTS')
# Alerts on time, which a busy machine may bring near; the rest must not even be pending.
TIMING = {"LexmqSlow", "LexmqRecordsLate", "LexmqCommitsSlow", "LexmqPasswordsSlow", "LexmqWorkersBusy"}
if PATIENCE > 1:
    TIMING.add("LexmqHistoryAway")  # under valgrind it is, for a moment, when its first calls have come too late


def get(url):
    with urllib.request.urlopen(url, timeout=LIMIT) as answer:
        return answer.read().decode()


class Prometheus:
    """deploy/observe/local beside a stack, looking once a second."""

    def __init__(self, stack):
        self.url = f"http://127.0.0.1:{stack.port + 20}"
        self.process = subprocess.Popen([os.path.join(TOP, "deploy", "observe", "local")], stdin=subprocess.DEVNULL,
                                        env=dict(stack.environment, LEXMQ_SCRAPE_INTERVAL="1s"), text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.communicate(timeout=30)[0]
        finally:
            self.process.kill()

    def ask(self, path, **arguments):
        try:
            return json.loads(get(f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(arguments)}"))["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{arguments}: {error.read().decode()}") from None

    def query(self, expression):
        return self.ask("query", query=expression)["result"]

    def is_ready(self):
        try:
            return bool(get(f"{self.url}/-/ready"))
        except OSError:  # does not listen yet, or says 503
            return False

    def alerts(self):
        """{name: its states}, pending or firing."""
        found = {}
        for alert in self.ask("alerts")["alerts"]:
            found.setdefault(alert["labels"]["alertname"], set()).add(alert["state"])
        return found


def setUpModule():
    global stack, prometheus
    stack = Stack()
    stack.environment["LEXMQ_STACK_METRICS"] = "1"
    stack.up()
    prometheus = Prometheus(stack)
    wait_until(prometheus.is_ready, "Prometheus is ready")


def tearDownModule():
    try:
        prometheus.close()
    finally:
        stack.close()


def targets():
    """{name in the stack: address}"""
    with open(os.path.join(stack.var, "observe", "targets.json")) as file:
        return {t["labels"]["instance"]: t["targets"][0] for t in json.load(file)}


def end(process):
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


def services_without_worker():
    return {a["labels"]["service"] for a in prometheus.ask("alerts")["alerts"] if a["labels"]["alertname"] == "LexmqNoWorker"}


class Observed(unittest.TestCase):
    """In the order of their names: the last one breaks the stack."""

    def setUp(self):
        wait_until(lambda: len(prometheus.query('up{job=~"lexmq-.+"} == 1')) == 5, "all five programs are scraped")

    def load(self):
        process = stack.load(4, 0)
        self.addCleanup(end, process)
        self.assertEqual(process.stdout.readline().strip(), "started")
        return process

    def test_1_pages_are_as_documented(self):
        kinds = {}
        for address in targets().values():
            kinds.update(re.findall(r"^# TYPE (\S+) (\S+)$", get(f"http://{address}/metrics"), re.M))
        self.assertEqual(set(kinds), documented())
        with open(os.path.join(TOP, "docs", "metrics.md")) as file:
            for names, kind in re.findall(r"^\| (`.+?) \| (gauge|counter|histogram) \|", file.read(), re.M):
                self.assertEqual({(n, kinds[n]) for n in METRIC.findall(names)}, {(n, kind) for n in METRIC.findall(names)})

    def test_2_panels_and_alerts_under_load(self):
        process = self.load()
        wait_until(lambda: prometheus.query('count_over_time(lexmq_records_total{outcome="recorded"}[1m]) > 5 and '
                                            'rate(lexmq_records_total{outcome="recorded"}[10s]) > 0'), "records are seen to be made")
        for title, expression in expressions():
            with self.subTest(panel=title, expression=expression):
                result = prometheus.query(expression.replace("[1m]", "[10s]"))
                if not EMPTY.search(expression):
                    self.assertTrue(result, "no data")
        wait_until(lambda: all(r["health"] == "ok" for g in prometheus.ask("rules")["groups"] for r in g["rules"]),
                   "every rule was evaluated without error")
        near = prometheus.alerts()
        self.assertLessEqual(set(near), TIMING, near)
        self.assertNotIn("firing", set().union(*near.values()), near)
        report = load_report(process)
        self.assertEqual(report["failed"], 0, report)

    def test_3_alerts_of_a_history_that_is_gone(self):
        process = self.load()
        try:
            stack.kill("history-1")
            wanted = {"LexmqHistoryAway", "LexmqNoWorker", "LexmqTargetDown", "LexmqProgramMissing"}
            wait_until(lambda: wanted <= set(prometheus.alerts()), "the alerts know", 60)
            wait_until(lambda: services_without_worker() == {"history", "history.record", "history.erase"}, "each service of it is told", 60)
        finally:
            stack.script("scale", "history", "1")
        wait_until(lambda: not wanted & set(prometheus.alerts()), "the alerts know that it is back", 60)
        report = load_report(process)
        self.assertEqual((report["failed"], report["missing"], report["twice"]), (0, 0, 0), report)


if __name__ == "__main__":
    unittest.main()
