"""Compares what clients saw (ledger.py) with what the database has (tables.py): were the promises kept?

    python3 -B -m tests.chaos.check LOG_DIR TABLES_DIR [DEADLINE_MS [FAULTS]]

FAULTS is a JSON file of what faults excuse: disturbed, journals_full, rogues, clocks, stale.

The tables are to be dumped when all services are back and the journals delivered (settle.py waits for that)."""

import json
import sys
from collections import Counter

from tests.chaos import evidence, promise_accounts, promise_history, promise_isolation, promise_reading, promise_replies, promise_sessions, promise_tokens
from tests.chaos.figures import Figures

SHOWN = 20  # violations of one promise in a report

# Title, and what checks it for one client: a generator of violations, given the case and where to count what it looked at.
PROMISES = [
    ("1 recorded is in the history once", [promise_history.recorded_once]),
    ("2 in order", [promise_history.in_order]),
    ("3 nothing that nobody asked for, nothing twice", [promise_history.asked_for, promise_history.removed]),
    ("4 recorded:false is delivered", [promise_history.delivered]),
    ("5 one FINAL, in time", [promise_replies.one_final, promise_replies.in_time, promise_replies.no_surprise, promise_replies.right_words]),
    ("6 nothing of others", [promise_isolation.own_words, promise_isolation.own_account, promise_isolation.own_sessions, promise_isolation.own_token]),
    ("7 one's own writes are read", [promise_reading.own_writes, promise_reading.readings_in_order, promise_reading.cleared_is_gone,
                                     promise_reading.export_is_whole, promise_reading.stats_add_up]),
    ("8 accounts last, names are unique", [promise_accounts.accounts_last, promise_accounts.asked_once, promise_accounts.ends_last,
                                            promise_sessions.sessions_listed]),
    ("9 ended sessions are refused, live ones taken", [promise_tokens.revoked_refused, promise_tokens.live_taken]),
]


class Case:
    """What a promise is checked by: one client, and what all have in common."""

    def __init__(self, client, tables, path, deadline, troubles, allowed):
        self.client, self.tables, self.path, self.deadline = client, tables, path, deadline
        self.troubles, self.allowed = troubles, allowed


class Allowed:
    """What faults excuse. journals_whole: False when one took a journal away. journals_full, rogues: (begin, end), by the monotonic clock,
    in which the disk under a journal was full, and in which a rogue worker was given requests (rogue.py). clocks: likewise, when one was
    set wrong."""

    HELD = 35.0  # seconds that a message of a rogue may lie in a gateway that stands still

    def __init__(self, journals_whole=True, journals_full=(), rogues=(), clocks=()):
        self.journals_whole, self.journals_full, self.rogues, self.clocks = journals_whole, journals_full, rogues, clocks

    def loss(self, lookup):
        """A record is synced to the journal before its reply leaves: it is lost only when the journal's disk was full while it was open."""
        return not self.journals_whole or any(begin < lookup.answered and end > lookup.sent for begin, end in self.journals_full)

    def rogue(self, begin, end):
        """Whether a rogue may have had what was open from begin to end."""
        return any(rogue_begin < end and rogue_end > begin for rogue_begin, rogue_end in self.rogues)

    def clock(self, since):
        """Whether a clock was wrong then or later."""
        return any(end > since for _, end in self.clocks)

    def stray(self, at):
        return self.rogue(at - self.HELD, at)


class Verdict:
    """violations: texts that begin with the promise's number. counts: how much of what was looked at, by (promise, what)."""

    def __init__(self):
        self.violations, self.counts, self.figures = [], {title: Counter() for title, _ in PROMISES}, Figures()

    def take(self, title, found):
        self.violations += [f"{title.split()[0]}: {text}" for text in found]

    def report(self):
        lines = self.figures.table()
        for title, counts in self.counts.items():
            number = title.split()[0] + ":"
            broken = [text for text in self.violations if text.startswith(number)]
            lines.append(f"{'BROKEN' if broken else 'kept  '} {title}")
            lines += [f"         {count:>9} {what}" for what, count in sorted(counts.items()) if count]
            lines += [f"       ! {text[len(number) + 1:]}" for text in broken[:SHOWN]]
            if len(broken) > SHOWN:
                lines.append(f"       ! and {len(broken) - SHOWN} more")
        return "\n".join(lines)


def check(log_dir, tables_dir, deadline_ms, disturbed=(), journals_whole=True, stale=(), **faults):
    """disturbed: (begin, end) by the monotonic clock in which the way between clients and gateways was disturbed on purpose, beyond what
    the clients' own pings show. stale: likewise, the way between services and the database. The rest: see Allowed."""
    tables, path, troubles = evidence.Tables(tables_dir), evidence.Path(log_dir, disturbed), promise_tokens.Troubles()
    names, users, verdict, allowed = promise_accounts.Names(), set(), Verdict(), Allowed(journals_whole, **faults)
    for begin, end in [*path.bad, *stale]:
        troubles.add(begin, end)
    for client in evidence.clients(log_dir):
        case = Case(client, tables, path, deadline_ms / 1000, troubles, allowed)
        for title, functions in PROMISES:
            for function in functions:
                verdict.take(title, function(case, verdict.counts[title]))
        troubles.take(client)
        names.take(client)
        users.update(client.users)
        verdict.figures.take(client)
    verdict.take(PROMISES[2][0], promise_history.nobodys(tables, users, verdict.counts[PROMISES[2][0]]))
    verdict.take(PROMISES[7][0], names.violations(verdict.counts[PROMISES[7][0]]))
    verdict.take(PROMISES[8][0], troubles.violations(verdict.counts[PROMISES[8][0]]))
    return verdict


def main(log_dir, tables_dir, deadline_ms="10000", faults="/dev/null"):
    with open(faults, encoding="ascii") as file:
        verdict = check(log_dir, tables_dir, int(deadline_ms), **json.loads(file.read() or "{}"))
    print(verdict.report())
    return 1 if verdict.violations else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
