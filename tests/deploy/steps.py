"""A test that is one story: steps in their order, each with its time and figures, and a table of them at the end.

    def body(story):
        story.step("what is done", function, argument)

    sys.exit(steps.main(body))
"""

import signal
import sys
import time
import traceback

from tests.deploy.tools import Unavailable, say

SKIPPED = 77  # exit status; what automake's test driver takes for "skipped"
COLUMNS = [("seconds", "seconds", "{:.1f}"), ("look_ups", "look-ups", "{:,}"), ("gap_ms", "gap ms", "{:,.0f}"),
           ("record_gap_ms", "record gap ms", "{:,.0f}"), ("unrecorded", "recorded later", "{:,}"), ("visits", "visits", "{:,}")]


class Story:
    def __init__(self):
        self.rows = []

    def step(self, name, action, *arguments, needed=False):
        """Runs it; what it returns, a dict, fills the table. A failure is told and counted; one that is `needed` ends the story."""
        begin, figures, state = time.monotonic(), {}, "FAILED"
        try:
            figures = action(*arguments) or {}
            state = "ok"
        except Unavailable:
            state = "skipped"
            raise
        except Exception as error:
            say("".join(traceback.format_exception(error)) if not isinstance(error, AssertionError) else f"    {error}")
            if needed:
                raise Ended from None
        finally:
            seconds = time.monotonic() - begin
            self.rows.append((name, state, dict(figures, seconds=seconds)))
            say(f"{state:7} {name} ({seconds:.1f} s)")
        return state == "ok"

    def count(self, state):
        return sum(row[1] == state for row in self.rows)

    def table(self):
        lines = [["step"] + [title for _, title, _ in COLUMNS]]
        for name, state, figures in self.rows:
            lines.append([name if state == "ok" else f"{name} ({state})"] +
                         [form.format(figures[key]) if key in figures else "" for key, _, form in COLUMNS])
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        for line in lines:
            say("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                          for i, (cell, width) in enumerate(zip(line, widths))).rstrip())


class Ended(Exception):
    """A step that all others need has failed."""


def main(body):
    """Runs `body (story)`; returns the exit status after a last line `N passed, N failed[, N skipped]`."""
    story, skipped, cut_off = Story(), 0, False
    # Cleaning up is done by exceptions, so the signals that end a test are one.
    for number in signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, lambda *_: sys.exit(1))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        body(story)
    except Unavailable as error:
        say(f"SKIPPED: {error}")
        skipped = 1
    except Ended:
        pass
    except (KeyboardInterrupt, SystemExit):
        say("cut off")
        cut_off = True
    if story.rows:
        story.table()
    passed, failed = story.count("ok"), story.count("FAILED")
    say(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or cut_off else SKIPPED if skipped else 0
