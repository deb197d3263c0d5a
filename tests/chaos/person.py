"""What one client does, by a seed: looks words up, reads its history, and now and then something about its account."""

import asyncio
import itertools

from tests.chaos import protocol
from tests.chaos.account import Account

HISTORY_LIMIT = 3000  # words after which a client becomes somebody else: reading everything must stay cheap
REVOKED_AFTER = 2.5  # seconds after which a client tries a token whose session was ended


class Person:
    """`traits`, from the client's number: pipelined windows, slow reading, clearing, deleting. `arena` is where names are raced for."""

    def __init__(self, number, caller, random, words, arena, run, pace):
        self.number, self.caller, self.random, self.words, self.arena = number, caller, random, words, arena
        self.run, self.pace, self.lives, self.serial = run, pace, itertools.count(1), itertools.count(1)
        self.account, self.history = None, 0
        self.old = []  # accounts that are gone, while tokens of theirs are still to be tried
        self.actions = self.choose_actions()

    def choose_actions(self):
        number = self.number
        table = [
            (40, self.define_own), (24, self.define_known), (6, self.define_batch), (1.5, self.define_unrecorded),
            (2, self.define_once), (2, self.define_twice), (8 if number % 3 == 1 else 0, self.window),
            (6, self.match), (4, self.suggest), (0.5, self.dictionaries),
            (6, self.recent), (1.2, self.list_all), (2, self.search), (2.5, self.stats), (0.7, self.export),
            (0.4 if number % 3 == 0 else 0, self.clear),
            (2, self.whoami), (1, self.sessions), (0.25, self.login_beside), (0.25, self.revoke_other), (0.2, self.relogin),
            (0.12, self.change_password), (0.1 if number % 4 == 2 else 0, self.start_anew), (0.1, self.wrong_password),
            (0.12, self.race), (0.06, self.turmoil), (0.5 if number % 10 == 7 else 0, self.read_slowly),
        ]
        return [action for _, action in table], list(itertools.accumulate(weight for weight, _ in table))

    # ---- life ----

    async def begin(self):
        """A user of one's own, logged in."""
        life = next(self.lives)
        # Some take the name again that they gave back, but none whose fate they do not know.
        if not (self.number % 8 == 2 and self.account and self.account.gone):
            self.name = f"{self.run} {self.number:03d} {life}"
        self.account, self.history = Account(self.caller, self.name, f"{self.name} first {life}"), 0
        self.mark = f"zq{self.number:03d}{life:02d}"
        await self.account.register({"mark": self.mark}, twice=self.random.random() < 0.1)

    async def live(self, leaving):
        while not leaving.is_set():
            if not self.account or self.account.lost or self.account.gone or self.history > HISTORY_LIMIT:
                await self.begin_again()
                continue
            if not self.account.token:
                if not await self.account.login(twice=self.random.random() < 0.1):
                    self.account.lost = True
                continue
            actions, weights = self.actions
            requests = await (self.revoked_use() or self.random.choices(actions, cum_weights=weights)[0]()) or 1
            await self.pace(leaving, requests)

    async def begin_again(self):
        if self.account and self.account.revoked:
            self.old.append(self.account)
        await self.begin()

    def revoked_use(self):
        now = asyncio.get_running_loop().time()
        for account in [*self.old, self.account]:
            if account.revoked and account.revoked[0][2] + REVOKED_AFTER < now:
                return account.use_revoked(self.random)
        self.old = [account for account in self.old if account.revoked]
        return None

    def ask(self, op, arguments=None, **more):
        return self.account.ask(op, arguments, **more)

    def own(self):
        self.history += 1
        return f"{self.mark} {next(self.serial)}"

    def known(self):
        self.history += 1
        return self.random.choice(self.words)

    # ---- look-ups ----

    async def define_own(self):
        await self.ask("define", {"words": [self.own()]})

    async def define_known(self):
        await self.ask("define", {"words": [self.known()]})

    async def define_batch(self):
        count = self.random.choice([2, 2, 3, 3, 5, 5, 8, 20, 50, 400])
        await self.ask("define", {"words": [self.own() if self.random.random() < 0.3 else self.known() for _ in range(count)]})

    async def define_unrecorded(self):
        await self.ask("define", {"words": [f"{self.mark} unrecorded {next(self.serial)}"], "record": False})

    async def define_once(self):
        await self.ask("define", {"words": [self.own()]}, once=True)

    async def define_twice(self):
        await self.ask("define", {"words": [self.own(), self.known()]}, twice=True)
        return 2

    async def window(self):
        count = self.random.randint(4, 24)
        await asyncio.gather(*(self.ask("define", {"words": [self.own()]}) for _ in range(count)))
        return count

    async def match(self):
        strategy = self.random.choice(["exact", "prefix", "suffix", "substring", "lev", "soundex"])
        word = self.random.choice(self.words)
        pattern = word if strategy in ("exact", "lev", "soundex") else word[:3]
        await self.ask("match", {"strategy": strategy, "pattern": pattern, "limit": self.random.choice([5, 20, 100])})

    async def suggest(self):
        await self.ask("suggest", {"prefix": self.random.choice(self.words)[:2]})

    async def dictionaries(self):
        await self.ask("dictionaries")

    # ---- history ----

    async def recent(self):
        await self.ask("recent", {"limit": self.random.choice([1, 10, 10, 50])})

    async def pages(self, op, arguments):
        """All pages; they are one reading for the checker by the id of the first."""
        reading, cursor, count = None, 0, 0
        while True:
            more = {"cursor": cursor} if cursor else {}
            reading = reading or f"{self.mark} {next(self.serial)}"
            answer = await self.ask(op, {**arguments, **more}, known={"reading": reading})
            count += 1
            cursor = answer.body["cursor"] if answer.ok else 0
            if not cursor:
                return count

    async def list_all(self):
        return await self.pages("list", {"limit": self.random.choice([100, 300, 1000]), "order": self.random.choice(["newest", "oldest"])})

    async def search(self):
        return await self.pages("search", {"prefix": self.mark, "limit": 1000} if self.random.random() < 0.5 else {"found": True, "limit": 1000})

    async def stats(self):
        await self.ask("stats", {"limit": 10})

    async def export(self):
        await self.ask("export")

    async def read_slowly(self):
        """Asks for much, and reads nothing for a while."""
        asking = asyncio.gather(*(self.ask("export") for _ in range(3)))
        await asyncio.sleep(0)
        await self.caller.sleep_without_reading(self.random.uniform(1, 3))
        await asking
        return 3

    async def clear(self):
        answer = await self.ask("clear", twice=self.random.random() < 0.2)
        # Without an answer anything may be cleared at any time: a new user is easier to keep account of.
        self.account.lost = self.account.lost or not answer.ok

    # ---- account ----

    async def whoami(self):
        await self.ask("whoami")

    async def sessions(self):
        await self.ask("sessions")

    async def login_beside(self):
        await self.account.login_beside()

    async def revoke_other(self):
        if self.account.others:
            await self.account.revoke_other()

    async def relogin(self):
        await self.account.logout()

    async def change_password(self):
        await self.account.change_password(twice=self.random.random() < 0.2)

    async def start_anew(self):
        await self.account.delete()

    async def wrong_password(self):
        await self.account.wrong_password()

    async def race(self):
        """Two clients want the same name; whoever has it looks a word up and gives it back."""
        name = await self.arena.meet(self.run)
        if not name:
            return
        spelled = name.upper() if self.random.random() < 0.5 else name
        account = Account(self.caller, spelled, f"{spelled} {self.number}")
        if await account.register({"mark": self.mark}):
            await account.ask("define", {"words": [f"{self.mark} race {next(self.serial)}"]})
            if self.random.random() < 0.5:
                await account.delete()

    async def turmoil(self):
        """Logins, look-ups, and what ends them all, at the same moment. A login by the old password came before the end, and its session was
        ended with the others, or after it, and was refused: so no token that it gave is good any more."""
        name = f"turmoil {self.mark} {self.run} {next(self.serial)}"
        account = Account(self.caller, name, f"{name} first")
        if not await account.register({"mark": self.mark}):
            return 1
        end = account.delete if self.random.random() < 0.5 else account.change_password
        logins = [account.open("login") for _ in range(3)]
        lookups = [account.ask("define", {"words": [f"{self.mark} turmoil {next(self.serial)}"]}) for _ in range(3)]
        answers = await asyncio.gather(*logins[:2], end(), logins[2], *lookups)
        if account.revoked:
            for answer in answers[:2] + answers[3:4]:
                if answer.ok:
                    account.end(answer.body["tok"], protocol.session_of(answer.body["tok"]))
            self.old.append(account)
        return 8


class Arena:
    """Where two clients meet to register one name at the same moment."""

    def __init__(self):
        self.waiting, self.serial = None, itertools.count(1)

    async def meet(self, run):
        """The name, or None when nobody else came within 2 s."""
        # Whoever waited may have given up this very moment.
        if self.waiting and not self.waiting.done():
            name, waiting = f"race {run} {next(self.serial)}", self.waiting
            self.waiting = None
            waiting.set_result(name)
            return name
        self.waiting = mine = asyncio.get_running_loop().create_future()
        try:
            return await asyncio.wait_for(mine, 2.0)
        except asyncio.TimeoutError:
            return None
        finally:
            if self.waiting is mine:
                self.waiting = None
