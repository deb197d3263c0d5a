"""Promise 9: a session that was ended is refused soon, and no other is.

Services learn of the end by polling once a second, when they reach the database, which nobody can see from outside. So a token that is
taken though its session ended more than REVOKED_WITHIN ago is a violation only when all was well from the end until the answer: no
request of any client failed, was slow, or was answered recorded:false, and no connection broke. Otherwise it is counted as undecided."""

from tests.chaos import protocol

REVOKED_WITHIN = 2.0  # seconds: the interval of polling, and as much again for a loaded machine
SLOW = 1.0            # seconds after which an answer says that something is not well
HASHING = ("register", "login", "passwd", "delete")


class Troubles:
    """Of all clients together, by whole seconds."""

    def __init__(self):
        self.seconds, self.taken = set(), []

    def add(self, begin, end):
        self.seconds.update(range(int(begin), int(end) + 1))

    def take(self, client):
        for request in client.requests.values():
            for reply in request.replies:
                sent = max((send.t for send in request.sends if send.t <= reply.t), default=reply.t)
                unrecorded = reply.final and reply.ok and request.op == "define" and request.arguments.get("record", True) and not reply.data["recorded"]
                if reply.code in protocol.TRY_AGAIN or unrecorded or self.is_slow(client, request, sent, reply.t):
                    self.add(sent, reply.t)
        for connection in client.connections.values():
            if connection.down <= client.last and not connection.closed:
                self.add(connection.down, connection.down)

    def is_slow(self, client, request, sent, answered):
        """By no fault of the client, and not because a password is hashed."""
        paused = any(begin < answered and end > sent for begin, end in client.pauses)
        return answered - sent > SLOW and not paused and request.op not in HASHING

    def violations(self, counts):
        for text, begin, end in self.taken:
            if self.seconds.isdisjoint(range(int(begin), int(end) + 1)):
                yield text
            else:
                counts["taken in a time of trouble: undecided"] += 1


def revoked_refused(case, counts):
    """What is taken is judged when the troubles of all clients are known."""
    for request in case.client.requests.values():
        ended = request.known.get("revoked")
        if ended is None or request.sent - ended < REVOKED_WITHIN:
            continue
        for reply in request.replies:
            if reply.final and reply.ok:
                text = f"user {request.user}, {request}: taken {request.sent - ended:.1f} s after its session was ended"
                case.troubles.taken.append((text, ended, reply.t))
            elif reply.code == "unauthorized":
                counts["ended tokens refused"] += 1
    return ()


def _ends(request, session):
    if request.op == "logout":
        return request.session == session
    if request.op == "revoke":
        return request.arguments["session"] == session
    return request.op in ("passwd", "delete")


def live_taken(case, counts):
    """A token whose session nobody ended is good."""
    for user in case.client.users.values():
        ends = [request for request in user.requests if request.op in ("logout", "revoke", "passwd", "delete")]
        for request in user.requests:
            for reply in request.replies:
                if reply.code != "unauthorized":
                    counts["live tokens taken"] += reply.ok and reply.final
                elif not any(_ends(end, request.session) and end.sent < reply.t and end is not request for end in ends):
                    yield f"user {user.number}, {request}: unauthorized, and its session was never ended"
