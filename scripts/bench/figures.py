"""Medians with their spread, and how they are written."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """Median, smallest and largest of several measurements."""

    median: float
    least: float
    most: float
    count: int

    @staticmethod
    def of(values):
        values = list(values)
        return Spread(statistics.median(values), min(values), max(values), len(values))

    def text(self, digits=2, scale=1):
        """The median, and the range where there is one."""
        median = f"{self.median * scale:.{digits}f}"
        if self.count < 2:
            return median
        return f"{median} ({self.least * scale:.{digits}f} - {self.most * scale:.{digits}f})"

    def record(self):
        return {"median": self.median, "min": self.least, "max": self.most, "count": self.count}


def walls(runs):
    """The wall seconds of several runs."""
    return Spread.of(run.wall for run in runs)


def processor_seconds(runs):
    """The median processor time of several runs."""
    return f"{statistics.median(run.cpu for run in runs):.2f}"


def ratios(numerators, denominators):
    """Ratios of numbers that were measured in the same rounds; a trial that ended early has fewer of them."""
    return Spread.of(a / b for a, b in zip(numerators, denominators))


def mib(count):
    """Bytes in MiB."""
    return f"{count / 2**20:.1f}" if count < 10 * 2**20 else f"{count / 2**20:.0f}"


def memory(runs):
    """The largest anonymous, file and whole resident memory of several runs, in MiB."""
    return [mib(max(getattr(run, name) for run in runs)) for name in ("peak_anonymous", "peak_file", "peak")]
