"""Waits until what the services still owe is done: journals delivered, histories of deleted users erased."""

import time

from tests.chaos import check, evidence, tables

AGAIN = 1.0  # seconds between two looks at the database


def _journaled(log_dir, allowed):
    """{user: {request: number of words}} that were answered recorded:false, and have to come."""
    waiting = {}
    for client in evidence.clients(log_dir):
        for user in client.users.values():
            if user.delete_sent() < evidence.NEVER:
                continue
            bound = user.bound()
            for lookup in user.lookups:
                if lookup.answered < evidence.NEVER and lookup.recorded == evidence.NEVER and lookup.sent > bound and \
                        not (user.clears and allowed.clock(lookup.sent)):
                    waiting.setdefault(user.number, {})[lookup.request.id] = len(lookup.words)
    return waiting


def _owed(tables_dir, waiting):
    """How many look-ups are not there in all their words, and how many histories are to be erased."""
    found = evidence.Tables(tables_dir)
    owed = len(found.erasures)
    for user, requests in waiting.items():
        left = dict(requests)
        for row in found.history.get(user, ()):
            if row.request in left:
                left[row.request] -= 1
        owed += sum(count > 0 for count in left.values())
    return owed


def settle(connection_arguments, log_dir, tables_dir, seconds, clocks=()):
    """Dumps the tables until nothing is owed, or time is up; returns how many things are owed then. The clients must have ended. clocks: as in
    check.Allowed."""
    waiting, end = _journaled(log_dir, check.Allowed(clocks=clocks)), time.monotonic() + seconds
    while True:
        tables.dump(connection_arguments, tables_dir)
        owed = _owed(tables_dir, waiting)
        if not owed or time.monotonic() > end:
            return owed
        time.sleep(AGAIN)
