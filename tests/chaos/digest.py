"""What of a reply goes into the ledger: all that a promise can be checked by, and no entries of dictionaries."""

from tests.chaos import protocol


def _records(body):
    return {"r": [[record["n"], record["word"], record["found"]] for record in body.get("records", [])],
            "cursor": body.get("cursor"), "count": body.get("count")}


def _opened(body):
    return {"user": body.get("user"), "name": body.get("name"), "s": protocol.session_of(body["tok"]).hex(), "expires": body["expires"]}


def _define(body):
    return {"recorded": body["recorded"], "r": [[result["word"], result["found"]] for result in body["results"]]}


def _stats(body):
    return {"total": body["total"], "found": body["found"], "missed": body["missed"], "distinct": body["distinct"],
            "top": [[one["word"], one["count"]] for one in body["top"]]}


def _whoami(body):
    return {"user": body["user"], "name": body["name"], "profile": body["profile"], "s": body["session"].hex()}


DIGESTS = {
    "register": _opened, "login": _opened, "passwd": _opened, "whoami": _whoami,
    "sessions": lambda body: {"r": [[one["session"].hex(), one["current"]] for one in body["sessions"]]},
    "define": _define,
    "match": lambda body: {"matches": len(body["matches"]), "complete": body["complete"]},
    "suggest": lambda body: {"words": len(body["words"])},
    "dictionaries": lambda body: {"dictionaries": len(body["dictionaries"])},
    "recent": _records, "list": _records, "search": _records, "export": _records,
    "stats": _stats,
    "clear": lambda body: {"cleared": body["cleared"]},
}


def digest(op, body):
    """Broken when a result is not as the protocol says."""
    if not body["ok"]:
        return {"msg": str(body["err"].get("msg"))[:120], "retry_ms": body["err"].get("retry_ms")}
    try:
        return DIGESTS[op](body) if op in DIGESTS else {}
    except (KeyError, TypeError, AttributeError) as error:
        raise protocol.Broken(f"a reply to {op} without {error}") from error
