"""Promise 8: names are unique, and what was acknowledged about an account stays so."""

from tests.chaos.evidence import NEVER

NOBODY = None  # in a set of passwords: maybe there is no such account


def _account_steps(client):
    """(name, request) of what concerns accounts, in the order of sending; whoever has a token is named by who opened it."""
    names = {}
    for request in sorted(client.requests.values(), key=lambda one: one.sent):
        if request.op in ("register", "login"):
            for reply in request.good():
                names[reply.data["user"]] = request.arguments["name"]
            yield request.arguments["name"], request
        elif request.op in ("passwd", "delete") and request.user in names:
            yield names[request.user], request


def _after_register(state, request):
    if request.outcome == "conflict":
        fault = "conflict, and nobody has the name" if state == {NOBODY} and not request.arguments["name"].lower().startswith("race ") else None
        return state, fault
    password = request.arguments["password"]
    if request.good():
        return {password}, None if NOBODY in state else "registered, and the name is taken"
    return state | {password}, None


def _after_login(state, request):
    password = request.arguments["password"]
    if request.good():
        return {password}, None if password in state else "a password that is not, or no longer, the right one is taken"
    if request.outcome == "unauthorized" and state == {password}:
        return state, "the right password is refused"
    return state, None


def _after_passwd(state, request):
    old, new = request.arguments["password"], request.arguments["new_password"]
    if request.good():
        return {new}, None if old in state else "changed by a password that is not the right one"
    return (state | {new}, None) if request.outcome in ("timeout", None) else (state, None)


def _after_delete(state, request):
    if request.good():
        return {NOBODY}, None if request.arguments["password"] in state else "deleted by a password that is not the right one"
    return (state | {NOBODY}, None) if request.outcome in ("timeout", None) else (state, None)


STEPS = {"register": _after_register, "login": _after_login, "passwd": _after_passwd, "delete": _after_delete}


def accounts_last(case, counts):
    """Follows each account through all that was acknowledged: which passwords may be right, and whether there is an account at all."""
    states, users = {}, {}
    for name, request in _account_steps(case.client):
        # Logins that overlap the end of what they log in to may go either way; that their tokens are refused is promise 9.
        if name.startswith("turmoil ") and request.op == "login":
            continue
        state, fault = STEPS[request.op](states.get(name, {NOBODY}), request)
        states[name] = state
        counts["steps of accounts"] += 1
        if fault:
            yield f"{case.client.name}, {request} of '{name}': {fault}"
        for reply in request.good() if request.op == "register" else ():
            users[name] = reply.data["user"]
    for name, user in users.items():
        there = user in case.tables.users
        if NOBODY not in states[name] and not there:
            yield f"user {user}, '{name}': registered, never deleted, and there is no such user"
        if states[name] == {NOBODY} and there:
            yield f"user {user}, '{name}': deleted, and the user is there"


def asked_once(case, counts):
    """An id that was sent again opened one session, not two."""
    for request in case.client.requests.values():
        if request.op in ("register", "login", "passwd"):
            sessions = {reply.data["s"] for reply in request.good()}
            counts["sessions opened"] += len(sessions)
            if len(sessions) > 1:
                yield f"{case.client.name}, {request}: answered with {len(sessions)} sessions"


def ends_last(case, counts):
    """The revocation of every session whose end was acknowledged is where all services read it."""
    for request in case.client.requests.values():
        if request.op not in ("logout", "revoke", "passwd", "delete") or not request.good():
            continue
        counts["ends of sessions"] += 1
        session = request.arguments["session"] if request.op == "revoke" else request.session
        if request.user in case.tables.revoked_users or (request.op in ("logout", "revoke") and session in case.tables.revoked_sessions):
            continue
        yield f"user {request.user}, {request}: acknowledged, and there is no such revocation"


class Names:
    """Over all clients: who registered what."""

    def __init__(self):
        self.registered, self.refused, self.unknown = {}, {}, set()

    def take(self, client):
        for request in client.requests.values():
            if request.op != "register":
                continue
            name = request.arguments["name"].casefold()
            good = min(request.good(), key=lambda reply: reply.t, default=None)
            if good:
                user = client.users.get(good.data["user"])
                gone = user.delete_sent() if user else NEVER
                self.registered.setdefault(name, []).append((good.data["user"], good.t, gone))
            elif request.outcome == "conflict":
                self.refused.setdefault(name, []).append(request)
            else:
                self.unknown.add(name)

    def violations(self, counts):
        counts["names registered"] += len(self.registered)
        counts["names refused"] += len(self.refused)
        for name, owners in self.registered.items():
            for at, (user, since, gone) in enumerate(owners):
                for other, other_since, other_gone in owners[at + 1:]:
                    if user != other and not gone < other_since and not other_gone < since:
                        yield f"'{name}' was given to user {user} and to user {other}"
        for name, requests in self.refused.items():
            if name not in self.registered and name not in self.unknown:
                yield f"'{name}' was refused {len(requests)} times, {requests[0]}, and nobody has it"
