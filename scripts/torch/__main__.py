"""Tests `lawa average` with PyTorch: stored windows of files of torch.save, and windows that torch writes now.

Usage: python3 scripts/torch LAWA WINDOWS
LAWA is the program, WINDOWS a directory of windows, each with `run` and `expected`.
"""

import argparse
import logging
import os
import sys
import tempfile
import time
import traceback
import warnings

import numpy
import safetensors
import torch

import damage
import export
import live
import same_format
from loading import load
from program import REFUSED, average, output_name
from windows import Window, version

FORMATS = {False: "own format", True: "safetensors"}


class Tally:
    """Prints a line for each check and counts them."""

    def __init__(self):
        self.passed, self.failed = 0, 0

    def add(self, name, problems, remark=""):
        """One check; returns whether it has passed, as it has where there are no problems."""
        try:
            problems = list(problems)
        except Exception:  # The other checks are to run all the same.
            problems = traceback.format_exc().splitlines()
        self.passed += not problems
        self.failed += bool(problems)
        print("FAILED" if problems else "ok", name + (f": {remark}" if remark and not problems else ""), flush=True)
        for problem in problems:
            print(f"    {problem}", flush=True)
        return not problems


def check(tally, lawa, window, output, is_export):
    """Averages one window in one format and checks what comes of it; returns whether all is well."""
    name = f"{window.name}, {FORMATS[is_export]}"
    outcome = average(lawa, window, output, is_export)
    if outcome.problems:
        return tally.add(name, outcome.problems)
    if window.refused or (is_export and not export.is_possible(window)):
        why = window.refused or "safetensors has no name for a type of its tensors"
        wrong = [] if outcome.status == REFUSED else [f"status {outcome.status}, not {REFUSED}, though {why}"]
        return tally.add(name, wrong, f"refused: {why}")
    if outcome.status:
        return tally.add(name, [f"status {outcome.status}: {outcome.said:.500}"])
    return tally.add(name, (export if is_export else same_format).problems(window, output))


def check_stored(tally, lawa, directory):
    """One window that lies in the repository, in both formats."""
    window = Window(directory)
    try:
        for weights in window.weights:
            load(window.newest_file(weights))
    except Exception as error:  # torch says in many ways that it does not know what a newer one wrote.
        told = f"torch {torch.__version__} does not load the newest member: {error!r:.200}"
        if version(torch.__version__) < window.written_by:
            print(f"SKIPPED {window.name}: {told}")
        else:
            tally.add(window.name, [told])
        return
    for is_export in FORMATS:
        with tempfile.TemporaryDirectory(prefix="lawa-torch.") as scratch:
            check(tally, lawa, window, os.path.join(scratch, output_name(window, is_export)), is_export)


def check_live(tally, lawa, name, is_zip):
    """A window that torch writes now: as the others, then in use, and then damaged."""
    with tempfile.TemporaryDirectory(prefix="lawa-torch.") as scratch:
        live.write(os.path.join(scratch, name), is_zip)
        window = Window(os.path.join(scratch, name))
        outputs, passed = {}, []
        for is_export, label in FORMATS.items():
            own = os.path.join(scratch, label)
            os.mkdir(own)
            outputs[is_export] = os.path.join(own, output_name(window, is_export))
            passed.append(check(tally, lawa, window, outputs[is_export], is_export))
        if not all(passed):
            return
        tally.add(f"{name} loads with weights_only and trains on", live.resume_problems(outputs[False]))
        tally.add(f"{name} loads with load_model", live.load_model_problems(outputs[True], outputs[False]))
        missed, count = damage.unnoticed(outputs[False])
        tally.add(f"{name}: {count} differences of loaded values are found", missed)
        for is_export, label in FORMATS.items():
            missed, count = damage.undetected(window, outputs[is_export], is_export)
            tally.add(f"{name}, {label}: {count} damages are found", missed)


def main():
    parser = argparse.ArgumentParser(prog="torch", description=__doc__.splitlines()[0])
    parser.add_argument("lawa", help="the program")
    parser.add_argument("windows", help="directory of windows, each with `run` and `expected`")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    began = time.monotonic()
    tally = Tally()
    for name in sorted(os.listdir(options.windows)):
        check_stored(tally, options.lawa, os.path.join(options.windows, name))
    for name, is_zip in (("saved now", True), ("saved now in the older form", False)):
        check_live(tally, options.lawa, name, is_zip)
    print(
        f"{tally.passed} checks passed, {tally.failed} failed, in {time.monotonic() - began:.0f} s with torch "
        f"{torch.__version__}, safetensors {safetensors.__version__}, numpy {numpy.__version__}, archives tested by "
        f"{' and '.join(same_format.ARCHIVE_TESTS)}"
    )
    if tally.failed or not tally.passed:
        sys.exit(1)


if __name__ == "__main__":
    main()
