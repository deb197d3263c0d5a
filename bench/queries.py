"""What is asked: lists of words and patterns made from WordNet's headwords, random and the same in every run."""

import os
import random
import string

SEED = 2229
PIECE = (3, 6)  # characters of a piece of a headword
SPECIAL = set(".[]{}()*+?^$|/")


def headwords(index):
    """Those of a DICT index, without its notes on itself."""
    with open(index, encoding="utf-8") as file:
        words = sorted({line.split("\t")[0] for line in file} - {""})
    return [word for word in words if not word.startswith(("00-database", "00database"))]


class Maker:
    def __init__(self, words):
        self.words = words
        self.known = set(words)
        self.random = random.Random(SEED)

    def word(self):
        return self.random.choice(self.words)

    def edited(self):
        """A headword with one random edit; blanks stay single and inside, as ours squeezes them and dictd does not."""
        while True:
            word, letter = self.word(), self.random.choice(string.ascii_lowercase)
            at = self.random.randrange(len(word))
            edit = self.random.randrange(4)
            if edit == 3 and at + 1 < len(word):
                word = word[:at] + word[at + 1] + word[at] + word[at + 2:]
            else:
                word = word[:at] + ("" if edit == 0 else letter) + word[at + (edit != 1):]
            if word and " ".join(word.split()) == word:
                return word

    def miss(self):
        while True:
            word = self.edited()
            if word not in self.known:
                return word

    def size(self):
        return self.random.randint(*PIECE)

    def piece(self):
        word, size = self.word(), self.size()
        at = self.random.randint(0, max(0, len(word) - size))
        return word[at:at + size]

    def plain(self, size):
        """A piece in which no character has a meaning to a regular expression."""
        while True:
            piece = self.piece()[:size]
            if len(piece) == size and not SPECIAL & set(piece):
                return piece

    def expression(self):
        a, b, c = self.plain(3), self.plain(2), self.plain(2)
        return self.random.choice([f"^{a}", f"{a}$", f"{a[0]}.{a[2]}", f"[aeiou]{a}", f"({b}|{c}){a[:2]}",
                                   f"^{a[0]}.*{b}$", f"{a[0]}{a[1]}?{a[2]}{b[0]}", f"{a}.+{b}"])


def lists(words, count):
    """{question: so many words or patterns}; of define all headwords, so that what they lead to is not in a cache."""
    make = Maker(words)
    one_word = lambda: make.random.choice(make.word().split(" "))
    makers = {
        "exact": lambda: make.random.choice((make.word, make.miss))(),
        "prefix": lambda: make.word()[:make.size()],
        "suffix": lambda: make.word()[-make.size():],
        "substring": make.piece,
        "word": one_word,
        "first": one_word,
        "last": one_word,
        "re": make.expression,
        "soundex": make.edited,
        "lev": make.edited,
    }
    made = {question: [maker() for _ in range(count)] for question, maker in makers.items()}
    shuffled = make.random.sample(words, len(words))
    return {"define": shuffled, "answer": shuffled, **made, "lev2": made["lev"]}


def write(words, folder, count):
    """The lists as files, a line each. Returns {question: path}."""
    paths = {}
    for question, asked in lists(words, count).items():
        paths[question] = os.path.join(folder, question + ".txt")
        with open(paths[question], "w", encoding="utf-8") as file:
            file.write("\n".join(asked) + "\n")
    return paths


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().split("\n")[:-1]
