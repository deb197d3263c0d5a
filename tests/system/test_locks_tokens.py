"""Session tokens (docs/protocol.md section 8) that nobody was given: forged, spoiled, expired, revoked, of other keys, of other users."""

import ctypes
import ctypes.util
import os
import struct
import subprocess
import tempfile
import time
import unittest

import msgpack

from tests.system.attack_wire import SIGNATURE, Caller, Keys, Token, code, key_id
from tests.system.stack import BUILD, Stack, wait_until

CONTEXT = b"lexmq-token-1"
AT_ONCE = 1000  # a connection may have 2,000 requests open
PROBES = (("auth", "whoami", {}), ("lookup", "define", {"words": ["abandon"], "record": False}), ("history", "recent", {}))
REFUSED = {"unauthorized"}
sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))


def setUpModule():
    global stack, keys
    # Cheap passwords: none is guessed at here.
    stack = Stack(LEXMQ_PASSWORD_OPS="1", LEXMQ_PASSWORD_MEMORY="1").up()
    keys = Keys(stack)


def tearDownModule():
    stack.close()


def signing_key(folder):
    """The 64 bytes of an Ed25519 secret key, its public half the second."""
    with open(os.path.join(folder, "auth", "token.secret")) as file:
        return bytes.fromhex(file.read().strip())


def signed(claims, secret, context=CONTEXT):
    signature = ctypes.create_string_buffer(SIGNATURE)
    text = context + claims
    sodium.crypto_sign_detached(signature, None, text, ctypes.c_ulonglong(len(text)), secret)
    return claims + signature.raw


def made_up_key():
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    sodium.crypto_sign_keypair(public, secret)
    return public.raw, secret.raw


class Tokens(unittest.TestCase):
    def setUp(self):
        self.caller = Caller(stack, keys.stranger())
        self.addCleanup(self.caller.close)

    def register(self, name):
        return self.caller.register(name)["tok"]

    def answers(self, tokens, probes=PROBES):
        """The codes that every service has for every token, as many asked at once as a connection may have open."""
        questions = [(probe, token) for probe in probes for token in tokens]
        codes = {}
        for begin in range(0, len(questions), AT_ONCE):
            self.ask(questions[begin:begin + AT_ONCE], codes)
        return codes

    def ask(self, questions, codes):
        asked = {}
        for (service, op, arguments), token in questions:
            id = os.urandom(16)
            asked[id] = service, token
            self.caller.request(service.encode(), self.caller.body(op, token, id, **arguments))
        for _ in range(len(asked)):
            reply = msgpack.unpackb(self.caller.reply(60)[2][0])
            codes.setdefault(code(reply), []).append(asked.pop(reply["id"]))
        self.assertEqual(asked, {})

    def assert_refused(self, *tokens):
        codes = self.answers(tokens)
        self.assertEqual(set(codes), REFUSED, {c: w[:3] for c, w in codes.items() if c not in REFUSED})

    def assert_accepted(self, *tokens):
        self.assertEqual(set(self.answers(tokens)), {"ok"})

    def assert_refused_soon(self, token):
        """By auth at once; by the others once they have read the revocation, which they look for every second."""
        self.assertEqual(set(self.answers([token], PROBES[:1])), REFUSED)
        # Two lookup workers: twice in a row each.
        wait_until(lambda: all(set(self.answers([token] * 4)) == REFUSED for _ in range(2)), "everybody refuses it")

    def test_spoiled(self):
        """Every bit turned, every length, bytes more."""
        token = self.register("spoiled")
        # The cache of verified tokens knows the good one meanwhile.
        self.assert_accepted(token)
        turned = [token[:bit // 8] + bytes([token[bit // 8] ^ 1 << bit % 8]) + token[bit // 8 + 1:] for bit in range(8 * len(token))]
        self.assert_refused(*turned)
        self.assert_refused(*(token[:size] for size in range(len(token))))
        self.assert_refused(token + b"\0", token + token[-1:], token + token, b"\0" + token, token[1:], token * 5, os.urandom(len(token)), bytes(200))
        self.assert_accepted(token)

    def test_no_token_and_other_types(self):
        for service, op, arguments in PROBES:
            for token in (None, "a text", 1, True, [b"x"], {"a": b"x"}):
                reply = self.caller.call(service, op, token, **arguments)
                self.assertIn(code(reply), ("unauthorized", "bad_request"), (service, token))

    def test_genuine_key_other_times(self):
        """With the deployment's own key, to show that time is looked at and not the signature alone."""
        secret = signing_key(keys.folder)
        token = Token(self.register("times"))
        self.assertEqual(signed(token.claims(), secret), token.bytes())  # this test signs as auth does
        now = int(time.time() * 1000)
        token.issued, token.expires = now - 7200000, now - 1
        self.assert_refused(signed(token.claims(), secret))
        token.expires = 0
        self.assert_refused(signed(token.claims(), secret))
        # A session that nobody opened: auth refuses it; the others cannot know.
        token.session, token.expires = os.urandom(16), now + 3600000
        self.assertEqual(set(self.answers([signed(token.claims(), secret)], PROBES[:1])), REFUSED)

    def test_other_keys(self):
        """A key of one's own, of another deployment, under its own id or ours, another's claims, another context."""
        victim, attacker = Token(self.register("victim")), Token(self.register("attacker"))
        public, secret = made_up_key()
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([os.path.join(BUILD, "bin", "lexmq-keygen"), folder], check=True, stdout=subprocess.DEVNULL, timeout=30)
            other = signing_key(folder)
        forged = []
        for key in (secret, other):
            for named in (victim.key, key_id(public), key_id(other[32:]), bytes(8)):
                forged.append(signed(struct.pack(">B8s", 1, named) + victim.claims()[9:], key))
        attacker.user = victim.user
        forged += [attacker.bytes(), victim.claims() + attacker.signature, signed(attacker.claims(), secret),
                   signed(victim.claims(), signing_key(keys.folder), b""), signed(victim.claims(), signing_key(keys.folder), b"lexmq-token-2")]
        # The point of order 2 and the like as a signature, and all zeros.
        forged += [victim.claims() + bytes(64), victim.claims() + b"\1" + bytes(63)]
        self.assert_refused(*forged)

    def test_revoked(self):
        """By logout, revoke, passwd and delete, everywhere; the sessions beside stay."""
        first = self.register("leaver")

        def log_in(password="correct horse"):
            return self.caller.call("auth", "login", name="leaver", password=password)["tok"]
        second, third = log_in(), log_in()
        self.assert_accepted(first, second, third)
        self.assertEqual(code(self.caller.call("auth", "logout", first)), "ok")
        self.assertEqual(code(self.caller.call("auth", "revoke", third, session=Token(second).session)), "ok")
        self.assert_refused_soon(first)
        self.assert_refused_soon(second)
        self.assert_accepted(third)
        fresh = self.caller.call("auth", "passwd", third, password="correct horse", new_password="another horse")["tok"]
        self.assert_refused_soon(third)
        self.assert_accepted(fresh)
        again = log_in("another horse")
        self.assertEqual(code(self.caller.call("auth", "delete", fresh, password="another horse")), "ok")
        self.assert_refused_soon(fresh)
        self.assert_refused_soon(again)

    def test_two_users_in_one_connection(self):
        """Asked in turn, all at once, under the same ids: each has his own, through every cache."""
        tokens = {name: self.register(name) for name in ("castor", "pollux")}
        ids = [os.urandom(16) for _ in range(150)]
        for id in ids:
            for name, token in tokens.items():
                self.caller.request(b"lookup", self.caller.body("define", token, id, words=[f"{name} {id.hex()}"]))
        for _ in range(2 * len(ids)):
            self.assertEqual(code(msgpack.unpackb(self.caller.reply(60)[2][0])), "ok")
        for name, token in tokens.items():
            self.assertEqual(self.caller.call("auth", "whoami", token)["name"], name)
            wait_until(lambda token=token: len(self.caller.words(token)) == len(ids), "all is recorded")
            self.assertEqual(sorted(self.caller.words(token)), sorted(f"{name} {id.hex()}" for id in ids))

    def test_name_registered_anew(self):
        """A new account of an old name has another id, also when the database crashed in between, and nothing of the old."""
        first = self.caller.register("phoenix")
        self.caller.look_up(first["tok"], "abandon")
        self.assertEqual(code(self.caller.call("auth", "delete", first["tok"], password="correct horse")), "ok")
        stack.kill("database")
        stack.script("up")
        second = wait_until(lambda: self.once("phoenix"), "registered")
        self.assertGreater(second["user"], first["user"])
        self.assert_refused_soon(first["tok"])
        self.assertEqual(self.caller.words(second["tok"]), [])

    def once(self, name):
        reply = self.caller.call("auth", "register", name=name, password="correct horse")
        return reply if reply["ok"] else None

    def test_restored_backup(self):
        """Tokens outlive a restore: who was shut out since stays out, and a new account has not the id of one that is not there any more."""
        path = os.path.join(stack.var, "tmp", "backup")
        stays, leaves, changes = (self.caller.register(f"{name} before") for name in ("stays", "leaves", "changes"))
        stack.script("backup", path)
        late = self.caller.register("late")
        self.assertEqual(code(self.caller.call("auth", "logout", leaves["tok"])), "ok")
        self.caller.call("auth", "passwd", changes["tok"], password="correct horse", new_password="another horse")
        stack.script("restore", path)
        self.assert_accepted(stays["tok"])
        self.assert_refused_soon(leaves["tok"])
        self.assert_refused_soon(changes["tok"])
        fresh = self.caller.register("fresh")
        self.assertGreater(fresh["user"], late["user"])
        self.caller.look_up(fresh["tok"], "abandon")
        self.assertEqual(self.caller.words(late["tok"]), [])
        # The password is the one of the backup again, and what it opens is good everywhere at once.
        again = self.caller.call("auth", "login", name="changes before", password="correct horse")
        self.assert_accepted(again["tok"])


if __name__ == "__main__":
    unittest.main()
