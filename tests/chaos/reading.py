"""A history read back: one answer, or all the pages of one, as one list of records."""

from tests.chaos.evidence import NEVER


class Reading:
    """records: [n, word, found], oldest first. complete: they are all there were, of those that `wanted` lets pass. sent, answered: of the first
    page's request and the last page's answer."""

    def __init__(self, request, records, newest_first, complete, sent, answered):
        self.request, self.complete, self.sent, self.answered = request, complete, sent, answered
        self.ordered = all(a[0] > b[0] if newest_first else a[0] < b[0] for a, b in zip(records, records[1:]))
        self.records = records[::-1] if newest_first else records
        self.prefix, self.only_found = request.arguments.get("prefix"), request.arguments.get("found")

    def wanted(self, word, found):
        return (self.prefix is None or word.startswith(self.prefix)) and (self.only_found is None or found == self.only_found)


LIMIT = 10  # of recent, when the request has none


def _recent(request, reply):
    records = reply.data["r"]
    return Reading(request, records, True, len(records) < request.arguments.get("limit", LIMIT), request.sent, reply.t)


def _export(request, final):
    """The PARTIALs since the request was last sent on that connection. None when it was then under way there twice: whose pages they are
    nobody can tell."""
    sends = [send.t for send in request.sends if send.connection == final.connection and send.t <= final.t]
    finals = [reply.t for reply in request.replies if reply.final and reply.connection == final.connection and reply.t < final.t]
    begin = max(sends)
    if len(sends) - len(finals) > 1 or max(finals, default=begin) > begin:
        return None
    pages = [reply for reply in request.replies if not reply.final and reply.connection == final.connection and begin <= reply.t <= final.t]
    return Reading(request, [record for page in pages for record in page.data["r"]], False, True, request.sent, final.t)


def _paged(requests):
    """None when a page is missing. A page that was asked for twice has two answers; the first is what the client went on with."""
    finals = [min(request.good(), key=lambda reply: reply.t, default=None) for request in requests]
    if None in finals:
        return None
    newest = requests[0].op == "search" or requests[0].arguments["order"] == "newest"
    records = [record for final in finals for record in final.data["r"]]
    return Reading(requests[0], records, newest, finals[-1].data["cursor"] == 0, requests[0].sent, finals[-1].t)


def readings(user):
    paged = {}
    for request in user.requests:
        if request.op == "recent":
            yield from (_recent(request, reply) for reply in request.good())
        elif request.op == "export":
            yield from filter(None, (_export(request, final) for final in request.good()))
        elif request.op in ("list", "search"):
            paged.setdefault(request.known["reading"], []).append(request)
    for requests in paged.values():
        reading = _paged(requests)
        if reading:
            yield reading


class Expectation:
    """What a user's look-ups promise to any reading."""

    def __init__(self, user):
        self.user = user
        self.acknowledged = sorted((lookup for lookup in user.lookups if lookup.recorded < NEVER), key=lambda one: one.recorded)
        count = {}
        for lookup in user.lookups:
            for word in lookup.words:
                count[word] = count.get(word, 0) + 1
        # By a word that was asked for once, its look-up is known.
        self.by_word = {word: lookup for lookup in user.lookups for word in lookup.words if count[word] == 1}

    def surely_there(self, sent, answered):
        """Look-ups that were acknowledged before the reading was sent, and that no clear may have touched, newest first."""
        if self.user.delete_sent() < answered:
            return
        bound = self.user.bound(answered)
        for lookup in reversed(self.acknowledged):
            if lookup.recorded < bound:
                return
            if lookup.recorded < sent and lookup.sent > bound:
                yield lookup

    def surely_gone(self, lookup, sent):
        return any(clear.answered() < sent and lookup.is_gone(clear) for clear in self.user.clears)
