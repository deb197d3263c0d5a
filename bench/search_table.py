"""The figures of bench/search.py and its goals, as Markdown."""

import equality

# Questions whose rate in process is to be so many times dictd's.
RATIOS = {"lev": 20, "prefix": 10, "substring": 10}
DEFINE_PER_SECOND = 1_000_000
LEV2_US, LARGE_LEV2_US = 1000, 5000
OPEN_MS = 1000
LARGE_KEYS = 800_000
SIZE_RATIO = 2.0
MEMORY_RATIO = 1.1


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def judged(value, goal, enough, unit=""):
    verdict = "reached" if enough else "**not reached**"
    return f"{number(value)}{unit} | {goal} | {verdict}"


def in_process_ratio(ours, dictd):
    """Of processor times, dictd's by ours."""
    return dictd["own_us"] * ours["per_second"] / 1e6


class Report:
    """What was measured; parts that were not are empty."""

    def __init__(self):
        self.wordnet = {}  # make_index
        self.ours = {}  # by question, in process
        self.dictd = {}  # by question
        self.served = {}  # by question
        self.comparisons = []
        self.large = {}
        self.large_figures = {}
        self.held = {}  # bytes by number of processes

    def text(self, only_equality):
        parts = [equality.table(self.comparisons)]
        if not only_equality:
            parts += [self._questions(), self._large(), self._sections(), self._goals()]
        return "\n".join(line for part in parts for line in part)

    def _questions(self):
        yield ("| question | results | in process /s | median µs | p99 µs | served /s | worker's µs | dictd /s "
               "| median µs | dictd's µs | in process / dictd | served / dictd | dictd's / worker's µs |")
        yield "|---" + "|--:" * 12 + "|"
        for question, ours in self.ours.items():
            if question == "open":
                continue
            cells = [question] + [number(ours[name]) for name in ("results", "per_second", "median_us", "p99_us")]
            cells += self._beside(ours, self.served.get(question), self.dictd.get(question))
            yield "| " + " | ".join(cells) + " |"
        yield ""

    @staticmethod
    def _beside(ours, served, dictd):
        cells = [number(served["per_second"]), number(served["own_us"])] if served else ["", ""]
        if dictd:
            cells += [number(dictd["per_second"]), number(dictd["p50_ms"] * 1000), number(dictd["own_us"]),
                      number(in_process_ratio(ours, dictd))]
        else:
            cells += [""] * 4
        if served:
            cells += [number(served["per_second"] / dictd["per_second"]), number(dictd["own_us"] / served["own_us"])]
        else:
            cells += ["", ""]
        return cells

    def _large(self):
        for name, made, figures in (("WordNet", self.wordnet, self.ours), ("large", self.large, self.large_figures)):
            yield (f"{name}: {made['keys']:,} keys, {made['entries']:,} entries; index made in {made['seconds']:.1f} s "
                   f"with {made['anonymous'] / 2**20:,.0f} MiB, opened in {figures['open']['milliseconds']:.0f} ms\n")
        yield "| question | results | in process /s | median µs | p99 µs |"
        yield "|---" + "|--:" * 4 + "|"
        for question, ours in self.large_figures.items():
            if question != "open":
                yield (f"| {question} | {number(ours['results'])} | {number(ours['per_second'])} "
                       f"| {number(ours['median_us'])} | {number(ours['p99_us'])} |")
        yield ""

    def _sections(self):
        yield "| part of the index | WordNet, bytes | a key | large, bytes | a key |"
        yield "|---" + "|--:" * 4 + "|"
        for name, size in self.wordnet["sections"].items():
            large = self.large["sections"].get(name, 0)
            yield (f"| {name} | {size:,} | {size / self.wordnet['keys']:.1f} | {large:,} "
                   f"| {large / self.large['keys']:.1f} |")
        yield (f"| in all | {self.wordnet['index_bytes']:,} | | {self.large['index_bytes']:,} | |")
        yield (f"| source text | {self.wordnet['source_bytes']:,} | | {self.large['source_bytes']:,} | |")
        yield ""

    def _goals(self):
        yield "| goal | measured | least or most | |"
        yield "|---|--:|--:|---|"
        for question, least in RATIOS.items():
            ratio = in_process_ratio(self.ours[question], self.dictd[question])
            yield f"| {question}, in process / dictd | " + judged(ratio, least, ratio >= least) + " |"
            ratio = self.served[question]["per_second"] / self.dictd[question]["per_second"]
            yield f"| {question}, served / dictd | " + judged(ratio, least, ratio >= least) + " |"
            ratio = self.dictd[question]["own_us"] / self.served[question]["own_us"]
            yield f"| {question}, dictd's / worker's processor time | " + judged(ratio, least, ratio >= least) + " |"
        rate = self.ours["define"]["per_second"]
        yield "| define, a second | " + judged(rate, f"{DEFINE_PER_SECOND:,}", rate >= DEFINE_PER_SECOND) + " |"
        for name, figures, most in (("WordNet", self.ours, LEV2_US), ("large", self.large_figures, LARGE_LEV2_US)):
            median = figures["lev2"]["median_us"]
            yield f"| {name}: lev within 2, median | " + judged(median, most, median <= most, " µs") + " |"
        opened = self.large_figures["open"]["milliseconds"]
        enough = self.large["keys"] >= LARGE_KEYS
        yield (f"| large: opened, of {LARGE_KEYS:,} keys or more | "
               + judged(opened, OPEN_MS, enough and opened <= OPEN_MS, " ms") + " |")
        for name, made in (("WordNet", self.wordnet), ("large", self.large)):
            ratio = made["index_bytes"] / made["source_bytes"]
            yield f"| {name}: index / source text | " + judged(ratio, SIZE_RATIO, ratio <= SIZE_RATIO) + " |"
        one, several = sorted(self.held)
        ratio = self.held[several] / self.held[one]
        yield (f"| the large one's dictionaries: memory of {several} workers / of one | "
               + judged(ratio, MEMORY_RATIO, ratio <= MEMORY_RATIO) + " |")
        yield ""
