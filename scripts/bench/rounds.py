"""Interleaved rounds: a slow moment of the machine meets all that are compared."""

import random
import sys
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Trial:
    """Something to measure: `prepare` is not timed, `run` returns what was measured."""

    name: str
    run: Callable
    prepare: Callable = lambda: None
    # Measured behind the others, because it depends on how long they took.
    is_last: bool = False
    # A comparison that no target needs is not worth the time of all rounds.
    most_rounds: int = sys.maxsize


# For the most_rounds of trials that are quick enough for a median.
FEW = 3


def say(text):
    """Progress, which is no result."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def interleave(title, trials, rounds):
    """Runs every trial once a round, in an order that changes, and returns the measurements by name.

    The n-th measurement of a trial is of round n; some end early.
    """
    order = random.Random(len(trials))
    results = {trial.name: [] for trial in trials}
    for number in range(rounds):
        say(f"{title}: round {number + 1} of {rounds}")
        shuffled = [trial for trial in trials if number < trial.most_rounds]
        order.shuffle(shuffled)
        shuffled.sort(key=lambda trial: trial.is_last)
        for trial in shuffled:
            trial.prepare()
            results[trial.name].append(trial.run())
    return results


def records(results):
    """Measurements of processes, for the results."""
    return {name: [run.record() for run in runs] for name, runs in results.items()}
