"""Promise 8, of sessions: a list of one's sessions has those that were opened, and none that was ended."""


class Opening:
    """A session: when its request was sent, and when the token was there."""
    __slots__ = ("session", "sent", "answered")

    def __init__(self, session, sent, answered):
        self.session, self.sent, self.answered = session, sent, answered


def _openings(client):
    """{user: [Opening]} of all whose token came."""
    openings = {}
    for request in client.requests.values():
        if request.op in ("register", "login", "passwd"):
            for reply in request.good():
                user = request.user if request.op == "passwd" else reply.data["user"]
                openings.setdefault(user, []).append(Opening(reply.data["s"], request.sent, reply.t))
    return openings


def _covers(end, opening):
    """Could that request have ended this session?"""
    if end.op == "logout":
        return end.session == opening.session
    if end.op == "revoke":
        return end.arguments["session"] == opening.session
    kept = {reply.data["s"] for reply in end.good()} if end.op == "passwd" else ()
    return opening.session not in kept and opening.sent < end.answered()


def _surely_ended(end, opening, sent):
    return end.answered() < sent and _covers(end, opening) and (end.op in ("logout", "revoke") or opening.answered < end.sent)


def sessions_listed(case, counts):
    openings = _openings(case.client)
    for user in case.client.users.values():
        ends = [request for request in user.requests if request.op in ("logout", "revoke", "passwd", "delete")]
        for request in user.requests:
            if request.op != "sessions":
                continue
            for reply in request.good():
                shown = {session for session, _ in reply.data["r"]}
                counts["lists of sessions"] += 1
                for opening in openings.get(user.number, ()):
                    if opening.session in shown and any(_surely_ended(end, opening, request.sent) for end in ends):
                        yield f"user {user.number}, {request}: shows {opening.session}, which was ended before"
                    if opening.session not in shown and opening.answered < request.sent and not any(
                            end.sent < reply.t and _covers(end, opening) for end in ends):
                        yield f"user {user.number}, {request}: does not show {opening.session}, which is open"
