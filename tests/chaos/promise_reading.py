"""Promise 7: whoever reads the history finds what was acknowledged before, in order."""

from collections import Counter

from tests.chaos.evidence import NEVER
from tests.chaos.reading import Expectation, readings


def _missing_of_all(reading, expectation):
    """Words that a complete reading must have, and has too few times."""
    expected = Counter()
    for lookup in expectation.surely_there(reading.sent, reading.answered):
        expected.update(word for word, found in zip(lookup.words, lookup.found) if reading.wanted(word, found))
    return expected - Counter(record[1] for record in reading.records)


def _missing_of_newest(reading, expectation):
    """Words that are newer than the oldest shown, and are not shown. Only words that were asked for once tell."""
    shown = {record[1] for record in reading.records}
    # What was sent before a clear may be there anew by a journal, behind what came after the clear.
    bound = expectation.user.bound(reading.answered)
    known = [expectation.by_word[word] for word in shown if word in expectation.by_word and expectation.by_word[word].sent > bound]
    oldest = min((lookup.recorded for lookup in known), default=NEVER)
    missing = []
    for lookup in expectation.surely_there(reading.sent, reading.answered):
        # Acknowledgements before the oldest's own cannot be newer than it.
        if lookup.recorded <= oldest:
            break
        if lookup.sent > oldest:
            missing += [word for word in lookup.words if word in expectation.by_word and word not in shown]
    return missing


def own_writes(case, counts):
    for user in case.client.users.values():
        expectation = Expectation(user)
        for reading in readings(user):
            counts["readings with one's own writes"] += 1
            missing = (_missing_of_all if reading.complete else _missing_of_newest)(reading, expectation)
            if missing:
                yield f"user {user.number}, {reading.request}: does not show {list(missing)[:3]}, recorded before"
            if reading.prefix is None and not reading.complete:
                continue
            unwanted = [record[1] for record in reading.records if not reading.wanted(record[1], record[2])]
            if unwanted:
                yield f"user {user.number}, {reading.request}: shows {unwanted[:3]}, which was not searched for"


def readings_in_order(case, counts):
    for user in case.client.users.values():
        expectation, bound = Expectation(user), user.bound()
        for reading in readings(user):
            counts["readings in order"] += 1
            if not reading.ordered:
                yield f"user {user.number}, {reading.request}: its records are not in the order of n"
                continue
            last = -NEVER
            for _, word, _ in reading.records:
                lookup = expectation.by_word.get(word)
                if not lookup or lookup.sent <= bound:
                    continue
                if lookup.recorded < last:
                    yield f"user {user.number}, {reading.request}: '{word}' stands after what was sent when it was recorded"
                last = max(last, lookup.sent)


def cleared_is_gone(case, counts):
    """A reading that was sent after a clear was acknowledged shows nothing from before."""
    for user in case.client.users.values():
        if not user.clears:
            continue
        expectation = Expectation(user)
        for reading in readings(user):
            counts["readings of users who clear"] += 1
            for _, word, _ in reading.records:
                lookup = expectation.by_word.get(word)
                if lookup and expectation.surely_gone(lookup, reading.sent):
                    yield f"user {user.number}, {reading.request}: shows '{word}', which was cleared before"


def export_is_whole(case, counts):
    for user in case.client.users.values():
        for reading in readings(user):
            if reading.request.op != "export":
                continue
            counts["exports"] += 1
            said = next(reply.data["count"] for reply in reading.request.good() if reply.t == reading.answered)
            if said != len(reading.records):
                yield f"user {user.number}, {reading.request}: {len(reading.records)} records, and a count of {said}"


def stats_add_up(case, counts):
    """Between what must be there and what can be there."""
    for user in case.client.users.values():
        expectation = Expectation(user)
        for request in user.requests:
            if request.op != "stats":
                continue
            for reply in request.good():
                counts["statistics"] += 1
                least = sum(len(lookup.words) for lookup in expectation.surely_there(request.sent, reply.t))
                most = sum(len(lookup.words) for lookup in user.lookups
                           if lookup.sent < reply.t and not expectation.surely_gone(lookup, request.sent))
                total = reply.data["total"]
                if not least <= total <= most or reply.data["found"] + reply.data["missed"] != total:
                    yield f"user {user.number}, {request}: {reply.data}, where {least} to {most} look-ups are right"
