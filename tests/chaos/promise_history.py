"""Promises 1 to 4: what was looked up is in the history, once, in order, and nothing else is."""

from tests.chaos.evidence import NEVER


def _rows_by_request(case, user):
    rows = {}
    for row in case.tables.history.get(user.number, ()):
        rows.setdefault(row.request, []).append(row)
    return rows


def _missing(lookup, rows):
    there = {(row.position, row.word) for row in rows}
    return [word for position, word in enumerate(lookup.words) if (position, word) not in there]


def recorded_once(case, counts):
    """1: what was acknowledged as recorded is there, unless its user cleared or deleted it since."""
    for user in case.client.users.values():
        if user.delete_sent() < NEVER:
            continue
        rows, bound = _rows_by_request(case, user), user.bound()
        for lookup in user.lookups:
            if lookup.recorded == NEVER or lookup.sent <= bound:
                continue
            counts["recorded look-ups found again"] += 1
            missing = _missing(lookup, rows.get(lookup.request.id, ()))
            if missing:
                yield f"user {user.number}, {lookup.request}: recorded:true, and {missing[:3]} is not in the history"


def delivered(case, counts):
    """4: what was answered recorded:false is there too, once the journals are delivered."""
    for user in case.client.users.values():
        if user.delete_sent() < NEVER:
            continue
        rows, bound = _rows_by_request(case, user), user.bound()
        for lookup in user.lookups:
            if lookup.answered == NEVER or lookup.recorded < NEVER or lookup.sent <= bound:
                continue
            counts["look-ups that went by a journal"] += 1
            missing = _missing(lookup, rows.get(lookup.request.id, ()))
            if missing and user.clears and case.allowed.clock(lookup.sent):
                counts["taken for what was looked up before a clear, by a clock that was wrong"] += 1
            elif missing and not case.allowed.loss(lookup):
                yield f"user {user.number}, {lookup.request}: recorded:false, and {missing[:3]} was never delivered"
            elif missing:
                counts["look-ups lost with a journal"] += 1


def in_order(case, counts):
    """2: who was acknowledged before another was sent stands before it."""
    for user in case.client.users.values():
        rows, bound = _rows_by_request(case, user), user.bound()
        present = [lookup for lookup in user.lookups if lookup.request.id in rows and lookup.sent > bound]
        acknowledged = sorted((lookup for lookup in present if lookup.recorded < NEVER), key=lambda one: one.recorded)
        last, before, at = 0, None, 0
        for lookup in sorted(present, key=lambda one: one.sent):
            while at < len(acknowledged) and acknowledged[at].recorded < lookup.sent:
                number = max(row.number for row in rows[acknowledged[at].request.id])
                last, before = max((last, before), (number, acknowledged[at].request.id))
                at += 1
            counts["look-ups in order"] += 1
            if min(row.number for row in rows[lookup.request.id]) < last:
                yield f"user {user.number}, {lookup.request}: sent after {before} was recorded, and stands before it"
            positions = [row.position for row in rows[lookup.request.id]]
            if positions != sorted(positions):
                yield f"user {user.number}, {lookup.request}: its words are not in the order asked"


def _judge_row(case, user, row):
    request = case.client.requests.get(row.request)
    if request is None or request.user != user.number:
        return "which this user never sent"
    if request.op != "define" or row.position >= len(request.arguments["words"]):
        return "which asked for no such word"
    if row.word != request.arguments["words"][row.position]:
        return "which asked for another word"
    if not request.arguments.get("record", True):
        return "which was not to be recorded"
    for reply in request.good():
        if reply.data["r"][row.position][1] != row.found:
            return "whose answer said otherwise about found"
    return None


def asked_for(case, counts):
    """3: every row was asked for by its user, and is there once."""
    for user in case.client.users.values():
        seen = set()
        for row in case.tables.history.get(user.number, ()):
            counts["rows of the history"] += 1
            where = f"user {user.number}, row {row.number} '{row.word}' of request {row.request}"
            fault = _judge_row(case, user, row)
            if fault:
                yield f"{where}, {fault}"
            elif (row.request, row.position) in seen:
                yield f"{where} is there twice"
            seen.add((row.request, row.position))


def removed(case, counts):
    """3: what its user cleared, or deleted with the account, is not there."""
    for user in case.client.users.values():
        rows = case.tables.history.get(user.number, ())
        if user.deleted() < NEVER and rows:
            if user.number in case.tables.erasures:
                counts["deleted users whose history is still to be erased"] += 1
            else:
                yield f"user {user.number} is deleted, and {len(rows)} rows of the history are left"
            continue
        clears = [clear for clear in user.clears if clear.answered() < NEVER]
        lookups = {lookup.request.id: lookup for lookup in user.lookups}
        for row in rows if clears else ():
            lookup = lookups.get(row.request)
            if not lookup:
                continue
            before = [clear for clear in clears if lookup.answered < clear.sent]
            if any(lookup.is_gone(clear) or (lookup.is_stale(clear) and not case.allowed.clock(lookup.sent)) for clear in before):
                yield f"user {user.number}, {lookup.request}: '{row.word}' was looked up, then cleared, and is there"
            elif before:
                counts["rows that are there after a clear, by a clock that was set or a second worker"] += 1
    counts["clears"] += sum(len(user.clears) for user in case.client.users.values())


def nobodys(tables, known_users, counts):
    """3, over all clients: a user of the history whom no client was. Those of probe() have names that begin with `probe `."""
    for user, rows in tables.history.items():
        if user in known_users:
            continue
        if tables.users.get(user, "").startswith("probe "):
            counts["rows of probes"] += len(rows)
        else:
            yield f"user {user}, who is none of the clients, has {len(rows)} rows, as '{rows[0].word}'"
