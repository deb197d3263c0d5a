"""Promise 5: a request gets one FINAL within the gateway's deadline, or its connection breaks."""

from tests.chaos.rogue import MESSAGE as ROGUE

SLACK = 1.0  # seconds beyond the deadline

# Codes that a well-behaved client never gets: a fault of somebody.
SURPRISES = ("bad_request", "forbidden", "internal", "not_found", "too_large")


def one_final(case, counts):
    for request in case.client.requests.values():
        counts["requests sent more than once"] += len(request.sends) > 1
        counts["requests answered well more than once"] += len(request.good()) > 1
        for connection in {send.connection for send in request.sends}:
            sent = sum(send.connection == connection for send in request.sends)
            messages = [reply for reply in request.replies if reply.connection == connection]
            finals = sum(reply.final for reply in messages)
            counts["FINALs"] += finals
            if finals > sent:
                yield f"{case.client.name}, {request}: sent {sent} times on connection {connection}, and {finals} FINALs"
            elif finals == sent and messages and not messages[-1].final:
                yield f"{case.client.name}, {request}: a PARTIAL after the last FINAL"
        unasked = {reply.connection for reply in request.replies} - {send.connection for send in request.sends}
        if unasked:
            yield f"{case.client.name}, {request}: answered on connections {unasked} that it was not sent on"
    for at, what in case.client.strays:
        if case.allowed.stray(at):
            counts["nonsense of a rogue"] += 1
        else:
            yield f"{case.client.name}: {what}"


def _waits(case, request):
    """(send, its FINAL or None) of each transmission: on one connection they follow each other."""
    finals = {}
    for reply in request.replies:
        if reply.final:
            finals.setdefault(reply.connection, []).append(reply)
    for send in request.sends:
        mine = finals.get(send.connection)
        yield send, mine.pop(0) if mine else None


def in_time(case, counts):
    """What the client's own way or process may have caused is counted, not blamed (path.py)."""
    limit = case.deadline + SLACK
    for request in case.client.requests.values():
        for send, final in _waits(case, request):
            connection = case.client.connections[send.connection]
            end = send.t + limit
            if final and final.t <= end:
                counts["answered in time"] += 1
            elif connection.down <= end:
                counts["connection broke before the answer"] += 1
            elif case.client.last < end:
                counts["log ended before the answer"] += 1
            elif any(begin < end and until > send.t for begin, until in case.client.pauses) or not case.path.is_good(connection.gateway, send.t, end):
                counts["late, the way or the client being disturbed"] += 1
            elif case.allowed.rogue(send.t, end):
                counts["late or never, a rogue being there"] += 1
            else:
                what = f"answered after {final.t - send.t:.1f} s" if final else "never answered"
                yield f"{case.client.name}, {request}: {what} on gateway {connection.gateway}, which was well"


def no_surprise(case, counts):
    for request in case.client.requests.values():
        for reply in request.replies:
            if reply.code == "internal" and reply.data.get("msg") == ROGUE and case.allowed.rogue(request.sent, reply.t):
                counts["failures of a rogue"] += 1
            elif reply.code in SURPRISES:
                yield f"{case.client.name}, {request}: {reply.code}, {reply.data.get('msg')}"


def right_words(case, counts):
    """The answer to a look-up is about the words asked, in their order."""
    for request in case.client.requests.values():
        if request.op != "define":
            continue
        for reply in request.good():
            counts["look-ups answered"] += 1
            if [word for word, _ in reply.data["r"]] != request.arguments["words"]:
                yield f"{case.client.name}, {request}: answered about {reply.data['r'][:3]}"
            if reply.data["recorded"] and not request.arguments.get("record", True):
                yield f"{case.client.name}, {request}: recorded, and was not to be"
