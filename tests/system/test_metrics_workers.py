"""The workers as they are watched: what docs/metrics.md promises of them, and whether they say when they would not serve."""

import re
import unittest

from tests.system import exposition
from tests.system.stack import Stack, wait_until

WORKERS = ("auth-1", "lookup-1", "lookup-2", "history-1")
LOOKUPS = ("lookup-1", "lookup-2")


def setUpModule():
    global stack
    stack = Stack()
    # Port 0: each takes a free one and says in its log which.
    stack.environment.update(LEXMQ_METRICS="127.0.0.1:0")
    stack.up()
    stack.register("Watched", session="watched")


def tearDownModule():
    stack.close()


def port(name):
    return int(re.findall(r"metrics at http://127\.0\.0\.1:0, port (\d+)", stack.log(name))[-1])


def page(name):
    return exposition.page(port(name))


def total(names, metric, **labels):
    return sum(page(name).value(metric, **labels) for name in names)


def ready(name):
    status, body = exposition.get(port(name), "/readyz")
    return body.splitlines() if status == 503 else [] if (status, body) == (200, "ok\n") else [f"{status} {body}"]


def all_ready():
    return all(ready(name) == [] for name in WORKERS)


def look_up(*words):
    return stack.lexmq_json("lookup", *words, "--json", session="watched")


class Names(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        wait_until(all_ready, "all workers are ready")
        look_up("abandon")
        cls.pages = {name: page(name) for name in WORKERS}

    def test_every_promise_is_kept_and_nothing_else_is_there(self):
        for name, found in self.pages.items():
            promised = exposition.promised(name.split("-")[0])
            self.assertGreater(len(promised), 20)
            self.assertEqual(sorted(found.kinds), sorted(promised), name)
            for family, labels in found.labels().items():
                self.assertEqual(labels, {promised[family]}, f"{name}: {family}")

    def test_what_has_numbers_from_the_start(self):
        for name, found in self.pages.items():
            # Durations and calls are there once there was one.
            late = {"lexmq_request_duration_seconds", "lexmq_calls_total", "lexmq_call_duration_seconds"}
            self.assertEqual(set(found.kinds) - set(found.labels()) - late, set(), name)

    def test_promtool_finds_nothing(self):
        for name, found in self.pages.items():
            self.assertEqual(exposition.check(found.text), "", name)

    def test_promtool_would_find_something(self):
        self.assertIn("_total", exposition.check("# HELP a x\n# TYPE a counter\na 1\n"))
        self.assertIn("exit code", exposition.check("a{ 1\n"))

    def test_build(self):
        for name, found in self.pages.items():
            self.assertEqual(found.value("lexmq_build_info", program=f"lexmq-{name.split('-')[0]}"), 1)


class Numbers(unittest.TestCase):
    def setUp(self):
        wait_until(all_ready, "all workers are ready")

    def test_look_ups(self):
        words = ["abandon"] * 5
        answered = total(LOOKUPS, "lexmq_requests_total", op="define", code="ok")
        recorded = total(LOOKUPS, "lexmq_records_total", outcome="recorded")
        committed = page("history-1").value("lexmq_committed_records_total")
        durations = total(LOOKUPS, "lexmq_request_duration_seconds_count", op="define")
        for word in words:
            look_up(word)
        self.assertEqual(total(LOOKUPS, "lexmq_requests_total", op="define", code="ok") - answered, 5)
        self.assertEqual(total(LOOKUPS, "lexmq_request_duration_seconds_count", op="define") - durations, 5)
        self.assertEqual(total(LOOKUPS, "lexmq_records_total", outcome="recorded") - recorded, 5)
        history = page("history-1")
        self.assertEqual(history.value("lexmq_committed_records_total") - committed, 5)
        self.assertEqual(history.value("lexmq_commit_records_count"), history.value("lexmq_commits_total"))
        self.assertEqual(history.value("lexmq_commit_duration_seconds_count"), history.value("lexmq_commits_total"))
        self.assertEqual(history.value("lexmq_requests_total", service="history.record", code="ok"),
                         total(LOOKUPS, "lexmq_calls_total", service="history.record", code="ok"))
        for name in LOOKUPS:
            found = page(name)
            self.assertEqual(found.value("lexmq_requests_open"), 0)
            self.assertEqual(found.value("lexmq_records_pending"), 0)
            self.assertEqual(found.value("lexmq_index_version", dictionary="lexmq"), 1)
            self.assertGreater(found.value("lexmq_index_entries", dictionary="lexmq"), 100)
            self.assertEqual(found.value("lexmq_session_up"), 1)

    def test_ages(self):
        """Times are seconds since 1970 to the millisecond, and go on."""
        now = page("lookup-1").value("lexmq_index_checked_timestamp_seconds")
        loaded = page("lookup-1").value("lexmq_index_loaded_timestamp_seconds")
        started = page("lookup-1").value("process_start_time_seconds")
        self.assertTrue(started - 1 < loaded <= now, (started, loaded, now))
        for name, metric in (("lookup-1", "lexmq_index_checked_timestamp_seconds"),
                             ("lookup-1", "lexmq_revocations_read_timestamp_seconds"),
                             ("history-1", "lexmq_revocations_read_timestamp_seconds")):
            before = page(name).value(metric)
            wait_until(lambda: before < page(name).value(metric) < before + 10, f"{metric} of {name} goes on")

    def test_passwords(self):
        before = page("auth-1")
        stack.lexmq("login", "Watched", "--password-stdin", session="again", stdin="correct horse\n")
        stack.lexmq("login", "Watched", "--password-stdin", session="again", stdin="wrong horse\n", code=3)
        after = page("auth-1")
        for code in ("ok", "unauthorized"):
            self.assertEqual(after.value("lexmq_requests_total", op="login", code=code) -
                             before.value("lexmq_requests_total", op="login", code=code), 1, code)
        self.assertEqual(after.value("lexmq_password_hash_duration_seconds_count") -
                         before.value("lexmq_password_hash_duration_seconds_count"), 2)
        self.assertEqual(after.value("lexmq_password_hashes_running"), 0)
        self.assertGreater(after.value("lexmq_db_statements_total"), before.value("lexmq_db_statements_total"))


class Readiness(unittest.TestCase):
    def setUp(self):
        wait_until(all_ready, "all workers are ready")

    def test_database_away_and_back(self):
        journaled = total(LOOKUPS, "lexmq_records_total", outcome="journaled")
        delivered = total(LOOKUPS, "lexmq_records_total", outcome="delivered")
        stack.kill("database")
        look_up("abandon")  # the first record that cannot be committed tells history
        wait_until(lambda: ready("auth-1") == ready("history-1") == ["database is away"], "they say so")
        self.assertEqual(page("history-1").value("lexmq_database_away"), 1)
        self.assertEqual(page("auth-1").value("lexmq_database_away"), 1)
        self.assertGreater(page("auth-1").value("lexmq_db_errors_total", kind="lost"), 0)
        for name in WORKERS:  # nobody is to be killed for it
            self.assertEqual(exposition.get(port(name), "/healthz"), (200, "ok\n"))
        for name in LOOKUPS:
            self.assertEqual(ready(name), [])
        look_up("abandon")
        wait_until(lambda: total(LOOKUPS, "lexmq_records_total", outcome="journaled") - journaled == 2, "journaled")
        self.assertGreater(total(LOOKUPS, "lexmq_history_away"), 0)
        wait_until(lambda: total(LOOKUPS, "lexmq_journal_bytes") > 0, "the journal has bytes")
        stack.script("up")
        wait_until(all_ready, "all workers are ready again")
        wait_until(lambda: total(LOOKUPS, "lexmq_records_total", outcome="delivered") - delivered == 2, "delivered")
        wait_until(lambda: total(LOOKUPS, "lexmq_journal_bytes") == 0, "the journal is empty")
        self.assertEqual(total(LOOKUPS, "lexmq_history_away"), 0)
        self.assertEqual(total(LOOKUPS, "lexmq_records_total", outcome="lost"), 0)

    def test_gateway_away_and_back(self):
        stack.kill("gateway")
        services = {"auth-1": ["auth"], "lookup-1": ["lookup"], "lookup-2": ["lookup"],
                    "history-1": ["history", "history.record", "history.erase"]}
        for name, wanted in services.items():
            reasons = [f"no gateway takes requests of {service}" for service in wanted]
            wait_until(lambda: ready(name) == reasons, f"{name} says that it is alone")
            self.assertEqual(page(name).value("lexmq_session_up"), 0)
            self.assertEqual(exposition.get(port(name), "/livez"), (200, "ok\n"))
        stack.script("up")
        wait_until(all_ready, "all workers are ready again")


if __name__ == "__main__":
    unittest.main()
