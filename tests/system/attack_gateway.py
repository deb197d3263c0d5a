"""A hostile gateway, in plaintext: whatever it is asked, every text of the answer is one that a terminal would obey."""

import threading

import msgpack
import zmq

from tests.system.mdp_peers import C_FINAL, CLIENT

# A title, a cleared screen, a C1 CSI, a turned writing direction, backspaces, a line that looks like another, DEL, a BEL.
POISON = "safe\x1b]0;owned\x07\x1b[2J\x1b[31m\u009b31mred\u202egnp\u2066x\x08\x08\x7f\r\nlexmq: fake\x00\u2028end\u061c"
ENTRY = dict.fromkeys(("dict", "headword", "text", "phonetic", "reading", "pos", "forms", "audio"), POISON)
ENTRY.update(tags=[POISON], aliases=[POISON], forms=f"p:{POISON}/d:{POISON}")
RECORDS = [{"n": n, "word": POISON, "time": 2 ** 40 + n, "found": True} for n in range(3)]
LOGIN = {"user": 1, "name": POISON, "tok": b"t" * 114, "expires": 2 ** 42}
SERVICE = {**dict.fromkeys(("workers", "credit", "free", "queued", "queued_bytes", "open", "requests", "finals", "busy", "timeouts", "unavailable",
                            "redispatched", "lost"), 1), "service": POISON, "latency": [1, 1]}
WORKER = {**dict.fromkeys(("credit", "held", "open", "finals", "ready_ms", "silent_ms"), 1), "service": POISON, "name": POISON, "draining": False}
ANSWERS = {
    "register": LOGIN, "login": LOGIN, "passwd": LOGIN,
    "whoami": {"user": 1, "name": POISON, "created": 1, "profile": {POISON: POISON}, "session": b"s" * 16, "issued": 1, "expires": 2 ** 42},
    "sessions": {"sessions": [{"session": b"s" * 16, "issued": 1, "expires": 2 ** 42, "current": True}]},
    "define": {"results": [{"word": POISON, "found": True, "rule": POISON, "entries": [ENTRY, ENTRY], "suggestions": []},
                           {"word": POISON, "found": False, "rule": "", "entries": [], "suggestions": [POISON]}], "recorded": True},
    "match": {"matches": [{"word": POISON, "dict": POISON, "rule": POISON, "distance": 1, "rank": 1}], "cursor": b"", "complete": True},
    "suggest": {"words": [POISON]},
    "dictionaries": {"dictionaries": [{"name": POISON, "title": POISON, "entries": 1, "version": 1}]},
    "recent": {"records": RECORDS}, "list": {"records": RECORDS, "cursor": 0},
}
STATUS = {"version": POISON, "uptime_ms": 1, "draining": False, "open": 1, "bad_frames": 1, "unroutable": 1, "late_replies": 1, "refused": 1,
          "latency_bounds_us": [1000], "services": [SERVICE]}


class HostileGateway:
    """With `refuses`, every answer is an error. `asked` has the requests."""

    def __init__(self, refuses=False):
        self.refuses = refuses
        self.asked = []  # what it was sent
        self.router = zmq.Context.instance().socket(zmq.ROUTER)
        self.router.linger = 0
        self.endpoint = f"tcp://127.0.0.1:{self.router.bind_to_random_port('tcp://127.0.0.1')}"
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while not self.ending.is_set():
            if self.router.poll(50):
                peer, _, _, service, *body = self.router.recv_multipart()
                self.router.send_multipart([peer, CLIENT, C_FINAL, service, self._answer(service, body[0])])

    def _answer(self, service, body):
        if service.startswith(b"mmi."):
            return msgpack.packb(STATUS if service == b"mmi.status" else {"workers": [WORKER]})
        request = msgpack.unpackb(body)
        self.asked.append(request)
        if self.refuses:
            return msgpack.packb({"id": request["id"], "ok": False, "err": {"code": "internal", "msg": POISON}})
        answer = dict(ANSWERS.get(request["op"], {}))
        if request["op"] == "define":
            # As many as were asked, or the client takes it for a broken reply.
            answer["results"] = [dict(answer["results"][n % 2], word=POISON) for n in range(len(request["words"]))]
        return msgpack.packb({"id": request["id"], "ok": True, **answer})

    def close(self):
        self.ending.set()
        self.thread.join(10)
        self.router.close()
