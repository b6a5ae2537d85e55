"""Counting tries and failures."""

import threading
import time


class Attack:
    """One kind of attack: tries made of those possible, and what failed."""

    def __init__(self, name, seconds=None):
        self.name, self.tries, self.possible, self.failures, self.notes = name, 0, 0, [], {}
        self._lock = threading.Lock()
        self._end = time.monotonic() + seconds if seconds else None

    @property
    def is_over(self):
        """Whether its share of the time is used up."""
        return self._end is not None and time.monotonic() >= self._end

    def count(self, problems, label):
        """Counts a try; its problems are told at once."""
        with self._lock:
            self.tries += 1
            for problem in problems:
                self.failures.append(f"{label}: {problem}")
                print(f"FAILED {self.name}: {label}: {problem}", flush=True)

    def note(self, key, amount=1):
        """Adds to a figure that is told beside the tries."""
        with self._lock:
            self.notes[key] = self.notes.get(key, 0) + amount

    def highest(self, key, value):
        """Keeps the highest of a figure."""
        with self._lock:
            self.notes[key] = max(self.notes.get(key, 0), value)

    @property
    def line(self):
        """The attack as a row of the table."""
        share = f" of {self.possible}" if self.possible > self.tries else ""
        notes = ", ".join(f"{value:,} {key}" for key, value in self.notes.items())
        return f"| {self.name} | {self.tries:,}{share}{' (' + notes + ')' if notes else ''} | {len(self.failures)} |"
