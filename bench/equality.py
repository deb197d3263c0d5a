"""Whether a strategy finds what dictd's finds, and where not, why: docs/search.md explains each class."""

import concurrent.futures
import contextlib
import os
import queue
import socket
import string

import queries
from processes import Failure, run

STRATEGIES = ("exact", "prefix", "suffix", "substring", "word", "first", "last", "re", "soundex", "lev")
WINDOW = 20  # commands that leave in one write
SILENCE_SECONDS = 60


class DictClient:
    """RFC 2229, as much of it as MATCH needs."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=SILENCE_SECONDS)
        self.pending = b""
        self.lines = []
        self.line()

    def close(self):
        """Also wakes who waits for an answer."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def line(self):
        while not self.lines:
            data = self.socket.recv(1 << 20)
            if not data:
                raise Failure("dictd closed the connection")
            # The kernel forgets it; without it, each small write of dictd's waits for a delayed acknowledgement.
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            *complete, self.pending = (self.pending + data).split(b"\r\n")
            self.lines = complete[::-1]
        return self.lines.pop()

    def answer(self):
        status = self.line()
        if status.startswith(b"552"):
            return set()
        if not status.startswith(b"152"):
            raise Failure(f"dictd answers: {status.decode()}")
        found = set()
        while (line := self.line()) != b".":
            found.add(line[line.index(b'"') + 1:-1].decode())
        self.line()
        return found

    def match(self, strategy, patterns):
        """Yields what is found for each of them."""
        for begin in range(0, len(patterns), WINDOW):
            window = patterns[begin:begin + WINDOW]
            self.socket.sendall("".join(f'MATCH wn {strategy} "{one}"\r\n' for one in window).encode())
            for _ in window:
                yield self.answer()


def is_an_edit_of_letters(word, asked):
    """What dictd tries: deletions, exchanges of neighbours, insertions and substitutions of a to z."""
    letters = string.ascii_lowercase
    for at in range(len(asked) + 1):
        head, tail = asked[:at], asked[at:]
        if word == head + tail[1:] or (len(tail) > 1 and word == head + tail[1] + tail[0] + tail[2:]):
            return True
        if len(word) > at and word[at] in letters and word in (head + word[at] + tail, head + word[at] + tail[1:]):
            return True
    return False


def reason(strategy, asked, word, is_ours):
    """The class of a word that only one of the two found."""
    if not is_ours and word.startswith("00-database"):
        return "dictd's notes on the dictionary"
    if strategy == "lev" and is_ours and word == asked:
        return "the word itself"
    if strategy == "lev" and is_ours and not is_an_edit_of_letters(word, asked):
        return "an edit of something other than a letter"
    if strategy == "re" and is_ours and asked[0] == "^" and "|" not in asked and asked[1:2] in string.punctuation:
        return "dictd takes the character behind ^ as it is"
    if strategy == "soundex" and is_ours and asked[0] in string.punctuation:
        return "the word asked begins with punctuation"
    if strategy == "soundex" and not is_ours and asked[0] == "9":
        return "dictd searches from 9 to the end"
    return "UNEXPLAINED"


class Comparison:
    """Of one strategy."""

    def __init__(self, strategy):
        self.strategy = strategy
        self.asked = 0
        self.equal = 0
        self.results = 0  # of dictd
        self.reasons = {}  # {class: [count, example]}

    def add(self, asked, dictd, ours):
        self.asked += 1
        self.results += len(dictd)
        self.equal += dictd == ours
        for words, is_ours in ((dictd - ours, False), (ours - dictd, True)):
            for word in sorted(words):
                why = reason(self.strategy, asked, word, is_ours)
                example = f"`{asked}`: {'ours' if is_ours else 'dictd'} alone has `{word}`"
                self.reasons.setdefault(why, [0, example])[0] += 1

    def row(self):
        differences = "; ".join(f"{why}: {count} ({example})" for why, (count, example) in sorted(self.reasons.items()))
        return f"| {self.strategy} | {self.asked} | {self.equal} | {self.results} | {differences or 'none'} |"


def compare_strategy(strategy, path, answers, clients):
    comparison = Comparison(strategy)
    patterns = queries.read(path)
    client = clients.get()
    with open(answers, encoding="utf-8") as file:
        for asked, line, dictd in zip(patterns, file, client.match(strategy, patterns), strict=True):
            comparison.add(asked, dictd, set(line.split("\t")[:-1]))
    clients.put(client)
    return comparison


def compare(program, index, paths, folder, port):
    """The comparisons of all strategies. `program` is bench/search; dictd has a process for each of two connections."""
    run(program, "--index", index, "--answers", folder, *(f"{name}={paths[name]}" for name in STRATEGIES), seconds=300,
        to_the_end=False)
    both = [DictClient(port), DictClient(port)]
    clients = queue.SimpleQueue()
    for client in both:
        clients.put(client)
    with concurrent.futures.ThreadPoolExecutor(len(both)) as pool:
        try:
            # The longest first.
            waiting = {name: pool.submit(compare_strategy, name, paths[name], os.path.join(folder, name), clients)
                       for name in sorted(STRATEGIES, key=lambda name: name != "re")}
            return [waiting[name].result() for name in STRATEGIES]
        finally:
            # After an interrupt nobody waits for the answers.
            pool.shutdown(wait=False, cancel_futures=True)
            for client in both:
                client.close()


def table(comparisons):
    yield "| strategy | queries | equal | words of dictd | differences, by word |"
    yield "|---|--:|--:|--:|---|"
    for comparison in comparisons:
        yield comparison.row()
    yield ""


def unexplained(comparisons):
    return sum(one.reasons.get("UNEXPLAINED", [0])[0] for one in comparisons)
