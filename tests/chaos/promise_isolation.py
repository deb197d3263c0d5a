"""Promise 6: no answer shows anything of another user."""

OPENING = ("register", "login", "passwd")


def own_words(case, counts):
    """Histories and statistics have only words that this very user asked for."""
    for user in case.client.users.values():
        words = {word for lookup in user.lookups for word in lookup.words}
        for request in user.requests:
            if request.op not in ("recent", "list", "search", "export", "stats"):
                continue
            for reply in request.replies:
                if not reply.ok:
                    continue
                seen = [word for word, _ in reply.data["top"]] if request.op == "stats" else [record[1] for record in reply.data["r"]]
                counts["words of histories that are one's own"] += len(seen)
                foreign = [word for word in seen if word not in words]
                if foreign:
                    yield f"user {user.number}, {request}: shows {foreign[:3]}, for which this user never asked"


def own_account(case, counts):
    """whoami is about the session that asks."""
    named, marks = {}, {}
    for request in case.client.requests.values():
        if request.op in ("register", "login"):
            for reply in request.good():
                named.setdefault(reply.data["user"], request.arguments["name"])
                if request.op == "register":
                    marks[reply.data["user"]] = request.arguments["profile"]
    for user in case.client.users.values():
        for request in user.requests:
            if request.op != "whoami":
                continue
            for reply in request.good():
                counts["whoami about oneself"] += 1
                seen = reply.data
                expected = {"user": user.number, "s": request.session}
                if user.number in named:
                    expected["name"] = named[user.number]
                if user.number in marks:
                    expected["profile"] = marks[user.number]
                wrong = {key: seen[key] for key in expected if seen[key] != expected[key]}
                if wrong:
                    yield f"user {user.number}, {request}: shows {wrong}"


def own_sessions(case, counts):
    """A list of sessions has none of others, and the one that asks as the current one."""
    for user in case.client.users.values():
        for request in user.requests:
            if request.op != "sessions":
                continue
            for reply in request.good():
                counts["lists of one's own sessions"] += 1
                foreign = [session for session, _ in reply.data["r"] if case.tables.sessions.get(session, user.number) != user.number]
                if foreign:
                    yield f"user {user.number}, {request}: shows sessions {foreign[:3]} of others"
                current = [session for session, current in reply.data["r"] if current]
                if current != [request.session]:
                    yield f"user {user.number}, {request}: {current} as the current session, asked by {request.session}"


def own_token(case, counts):
    """A token that is given out is of the user who asked, by the table of sessions."""
    for request in case.client.requests.values():
        if request.op not in OPENING:
            continue
        for reply in request.good():
            counts["tokens given out"] += 1
            user = reply.data["user"] if request.op != "passwd" else request.user
            owner = case.tables.sessions.get(reply.data["s"])
            if owner != user:
                yield f"{case.client.name}, {request}: a session of user {user} that the table gives to {owner}"
            if request.op != "passwd" and reply.data["name"].casefold() != request.arguments["name"].casefold():
                yield f"{case.client.name}, {request}: as {request.arguments['name']}, answered as {reply.data['name']}"
