"""User B reaches for what is user A's: by every op and argument that could name it, by A's request ids, and by text that SQL, LIKE or a path would obey."""

import os
import unicodedata
import unittest

import msgpack

from tests.system.attack_wire import Caller, Keys, Token, code
from tests.system.mdp_peers import C_FINAL
from tests.system.stack import Stack

PASSWORD = "correct horse"
HOSTILE = ["'", "\"", "\\", "`", "%", "_", "a%", "\\%", "';--", "' OR '1'='1", "'; DROP TABLE lookups; --", "\" OR \"\"=\"", "a' UNION SELECT 1--",
           "*/ x /*", "${x}", "{{7*7}}", "../../etc/passwd", "a\0b", "\u202egnp.exe", "e\u0301\u0301\u0301", "\ufeffbom", "\x1b[31mred", "𝕬😀",
           "x" * 255, "字" * 85]


def setUpModule():
    global stack, keys
    # Cheap passwords: none is guessed at here.
    stack = Stack(LEXMQ_PASSWORD_OPS="1", LEXMQ_PASSWORD_MEMORY="1").up()
    keys = Keys(stack)


def tearDownModule():
    stack.close()


class Isolation(unittest.TestCase):
    def setUp(self):
        self.caller = Caller(stack, keys.stranger())
        self.addCleanup(self.caller.close)
        mark = os.urandom(4).hex()
        self.a, self.b = (self.caller.register(f"{who} {mark}") for who in "ab")
        self.mine = ["secret of a", "abandon", "'"]
        self.assertTrue(self.caller.look_up(self.a["tok"], *self.mine)["recorded"])
        self.assertTrue(self.caller.look_up(self.b["tok"], "of b")["recorded"])

    def call(self, service, op, who, **arguments):
        return self.caller.call(service, op, who["tok"], **arguments)

    def names_of_a(self):
        """Keys under which a server might be told whose data is meant, with A's."""
        session = Token(self.a["tok"]).session
        return {"user": self.a["user"], "user_id": self.a["user"], "uid": self.a["user"], "name": self.a["name"], "id_user": self.a["user"],
                "session": session, "session_id": session, "token": self.a["tok"], "toks": [self.a["tok"]], "claims": {"user": self.a["user"]},
                "owner": self.a["name"]}

    def assert_a_is_untouched(self):
        self.assertEqual(self.caller.words(self.a["tok"]), self.mine)
        self.assertEqual(self.call("auth", "whoami", self.a)["name"], self.a["name"])
        self.assertEqual(code(self.caller.call("auth", "login", name=self.a["name"], password=PASSWORD)), "ok")

    def test_history(self):
        first = self.call("history", "list", self.a)["records"]
        of_a = self.names_of_a()
        for op in ("recent", "list", "search"):
            for more in ({}, *({"cursor": r["n"] + d} for r in first for d in (-1, 0, 1)), {"cursor": 2 ** 64 - 1}):
                for order in ({}, {"order": "oldest"}) if op == "list" else ({},):
                    records = self.call("history", op, self.b, **of_a, **more, **order)["records"]
                    self.assertLessEqual({r["word"] for r in records}, {"of b"}, (op, more))
        for prefix in ("secret", "", "%", "_", "' OR 1=1 -- "):
            records = self.call("history", "search", self.b, prefix=prefix, **of_a)["records"]
            self.assertLessEqual({r["word"] for r in records}, {"of b"})
        stats = self.call("history", "stats", self.b, limit=100, **of_a)
        self.assertEqual((stats["total"], [t["word"] for t in stats["top"]]), (1, ["of b"]))
        self.caller.request(b"history", self.caller.body("export", self.b["tok"], **of_a))
        words = []
        while True:
            command, _, frames = self.caller.reply()
            words += [r["word"] for r in msgpack.unpackb(frames[0]).get("records", [])]
            if command == C_FINAL:
                break
        self.assertEqual(words, ["of b"])
        self.assertEqual(self.call("history", "clear", self.b, **of_a)["cleared"], 1)
        self.assert_a_is_untouched()

    def test_account(self):
        of_a = self.names_of_a()
        self.assertEqual(code(self.call("auth", "revoke", self.b, **of_a)), "not_found")
        self.assertEqual(code(self.call("auth", "revoke", self.b, session=os.urandom(16))), "not_found")  # the same as for none
        who = self.call("auth", "whoami", self.b, **of_a)
        self.assertEqual((who["user"], who["name"]), (self.b["user"], self.b["name"]))
        self.assertEqual([s["session"] for s in self.call("auth", "sessions", self.b, **of_a)["sessions"]], [Token(self.b["tok"]).session])
        fresh = self.call("auth", "passwd", self.b, **of_a, password=PASSWORD, new_password="another horse")
        self.assertEqual(Token(fresh["tok"]).user, self.b["user"])
        self.assertEqual(code(self.call("auth", "logout", fresh, **of_a)), "ok")
        fresh = self.caller.call("auth", "login", name=self.b["name"], password="another horse", **{k: v for k, v in of_a.items() if k != "name"})
        self.assertEqual(Token(fresh["tok"]).user, self.b["user"])
        self.assertEqual(code(self.call("auth", "delete", fresh, **of_a, password="another horse")), "ok")
        self.assert_a_is_untouched()

    def test_two_tokens_in_one_body(self):
        """A key that occurs twice is refused: no part can see another `tok` than the one that was checked."""
        for tokens in ((self.b, self.a), (self.a, self.b)):
            body = bytearray(self.caller.body("recent", tokens[0]["tok"]))
            body[0] += 1
            body += msgpack.packb("tok") + msgpack.packb(tokens[1]["tok"])
            self.assertEqual(code(msgpack.unpackb(self.caller.ask(b"history", bytes(body))[0])), "bad_request")

    def test_request_ids_of_another(self):
        """What A did under an id, B does not get, does not undo, and is not spared, by using that id."""
        ids = {op: os.urandom(16) for op in ("register", "login", "passwd", "logout", "delete", "clear", "define")}
        names = [f"{who} {os.urandom(4).hex()}" for who in ("id a", "id b")]

        def story(name, number):
            """Every op under its id; what was answered."""
            call, password, other = self.caller.call, f"password {number}", f"other horse {number}"
            seen = {"register": call("auth", "register", id=ids["register"], name=name, password=password)}
            if not seen["register"]["ok"]:
                self.caller.register(name, password)
            seen["login"] = call("auth", "login", id=ids["login"], name=name, password=password)
            token = seen["login"].get("tok") or call("auth", "login", name=name, password=password)["tok"]
            seen["define"] = call("lookup", "define", token, id=ids["define"], words=[name])
            seen["clear"] = call("history", "clear", token, id=ids["clear"])
            seen["passwd"] = call("auth", "passwd", token, id=ids["passwd"], password=password, new_password=other)
            if not seen["passwd"]["ok"]:
                seen["passwd again"] = call("auth", "passwd", token, password=password, new_password=other)
            token = seen["passwd"].get("tok") or seen["passwd again"]["tok"]
            self.assertEqual(call("auth", "whoami", token)["name"], name)
            seen["delete"] = call("auth", "delete", token, id=ids["delete"], password=other)
            return seen
        first, second = (story(name, number) for number, name in enumerate(names))
        self.assertEqual({op: code(reply) for op, reply in first.items()}, dict.fromkeys(first, "ok"))
        mine = {Token(first[op]["tok"]).user for op in ("register", "login", "passwd")}
        self.assertEqual(len(mine), 1)
        for op in ("register", "login", "passwd", "delete"):
            self.assertEqual(code(second[op]), "bad_request", (op, second[op]))
            self.assertNotIn("tok", second[op])
        self.assertTrue(second["define"]["recorded"])
        self.assertEqual((first["clear"]["cleared"], second["clear"]["cleared"]), (1, 1))
        self.assert_a_is_untouched()

    def test_hostile_words(self):
        """They are looked up, recorded and given back as they are, and searched for as text: nothing in them is obeyed."""
        words = [word for word in HOSTILE if len(word.encode()) <= 255]
        self.assertEqual(self.call("history", "clear", self.b)["cleared"], 1)
        self.assertTrue(self.caller.look_up(self.b["tok"], *words)["recorded"])
        self.assertEqual(self.caller.words(self.b["tok"]), words)
        for word in words:
            reply = self.call("history", "search", self.b, prefix=word, limit=100)
            self.assertIn(code(reply), ("ok", "bad_request"))
            if reply["ok"] and word.isascii() and word.isprintable():
                found = {r["word"] for r in reply["records"]}
                self.assertEqual(found, {w for w in words if w.lower().startswith(word.lower())}, word)
        for name, value in (("dict", "'; DROP TABLE dictionaries; --"), ("dict", "../../etc/passwd"), ("dict", "%"), ("dict", "lexmq\0"), ("dict", "x" * 70000)):
            self.assertIn(code(self.call("lookup", "define", self.b, words=["abandon"], **{name: value})), ("not_found", "bad_request"))
        for strategy in ("exact", "prefix", "substring", "wildcard", "re", "lev", "text", "' OR 1=1"):
            for word in words:
                self.assertIn(code(self.call("lookup", "match", self.b, strategy=strategy, pattern=word)), ("ok", "bad_request"), (strategy, word))
        self.assert_a_is_untouched()
        self.assertEqual(stack.sql("SELECT COUNT(*) FROM lexmq_dict.dictionaries").strip(), "1")

    def test_hostile_names(self):
        for name in HOSTILE + ["", " ", " a", "a ", "a  b", "a\nb", "a\tb", "a\u200bb", "a\u00adb", "\ue000", "\U000e0041", "x" * 33, "x" * 100000, "a\u2028b"]:
            reply = self.caller.call("auth", "register", name=name, password=PASSWORD)
            if reply["ok"]:
                self.assertEqual(self.call("auth", "whoami", reply)["name"], unicodedata.normalize("NFC", name))
                self.assertEqual(self.caller.words(reply["tok"]), [])
                # One account and no other: a name is no pattern.
                self.assertEqual(self.call("auth", "whoami", self.caller.call("auth", "login", name=name, password=PASSWORD))["user"], reply["user"])
                self.assertEqual(code(self.call("auth", "delete", reply, password=PASSWORD)), "ok")
            else:
                self.assertEqual(code(reply), "bad_request", name)
                self.assertFalse(0 < len(name) <= 32 and name.isascii() and name.isprintable() and name == name.strip() and "  " not in name, name)
                self.assertEqual(code(self.caller.call("auth", "login", name=name, password=PASSWORD)), "unauthorized")

    def test_names_that_look_alike(self):
        """One account for every way to write a name; another's cannot be had by other letter case, width or composition."""
        mark = os.urandom(4).hex()
        own = self.caller.register(f"Zoé Ångström {mark}")
        for name in (f"zoé ångström {mark}", f"ZOÉ ÅNGSTRÖM {mark}", f"Zoe\u0301 A\u030angstro\u0308m {mark}", f"Ｚｏé Ångström {mark}", f"Zoé \u212bngström {mark}"):
            self.assertEqual(code(self.caller.call("auth", "register", name=name, password="another horse")), "conflict", name)
            self.assertEqual(self.caller.call("auth", "login", name=name, password=PASSWORD)["user"], own["user"])

    def test_hostile_profiles(self):
        values = [v for v in HOSTILE if v.isprintable() and len(v) <= 256]
        name = f"profile {os.urandom(4).hex()}"
        profile = {f"k{n}": value for n, value in enumerate(values[:16])}
        own = self.caller.call("auth", "register", name=name, password=PASSWORD, profile=profile)
        self.assertEqual(code(own), "ok")
        self.assertEqual(self.call("auth", "whoami", own)["profile"], profile)
        for bad in ({"a'b": "x"}, {"": "x"}, {"K": "x"}, {"x" * 33: "x"}, {"k": "\x1b[2J"}, {"k": "a\0"}, {"k": "x" * 257}, {"k": 1}, {"k": {"a": "b"}},
                    {f"k{n}": "x" for n in range(17)}, []):
            self.assertEqual(code(self.caller.call("auth", "register", name=f"{name} 2", password=PASSWORD, profile=bad)), "bad_request", bad)


if __name__ == "__main__":
    unittest.main()
