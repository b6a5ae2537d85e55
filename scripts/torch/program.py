"""Runs `lawa average` and watches what it leaves and touches."""

import hashlib
import os
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """How a run ended: its status, what it said, and what was wrong with it besides the average."""

    status: int
    said: str
    problems: list


# What a run takes is far less than a second.
PATIENCE = 120
# EX_DATAERR of sysexits.h: these checkpoints cannot be averaged.
REFUSED = 65


def output_name(window, is_export):
    """A name for the average that has the newest's suffix, or that of safetensors."""
    if window.is_directory:
        return "average"
    if is_export:
        return "average.safetensors"
    return "average" + (".pth.tar" if window.newest.endswith(".pth.tar") else os.path.splitext(window.newest)[1])


def average(lawa, window, output, is_export):
    """Averages a window into `output`, which must be in a directory of its own."""
    command = [lawa, "average", *window.members, "--output", output, "--quiet", *window.options]
    command += ["--format", "safetensors" if is_export else "same"]
    before = fingerprint(window.directory)
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome(None, "", [f"it did not end within {PATIENCE} s"])
    said = " ".join((done.stderr or done.stdout).split())
    return Outcome(done.returncode, said, list(run_problems(done.returncode, said, output, window, before)))


def run_problems(status, said, output, window, before):
    """What holds for every run, whether it made an average or refused to."""
    if fingerprint(window.directory) != before:
        yield "the members were touched"
    left = set(os.listdir(os.path.dirname(output)))
    name = os.path.basename(output)
    if status == 0:
        if name not in left:
            yield "it ended well but left no average"
        beside = set() if window.is_directory else {name + ".lawa.json"}
        if left - {name} != beside:
            yield f"beside the average lie {sorted(left - {name})}, not {sorted(beside)}"
    elif status < 0 or status >= 128:
        yield f"it crashed with status {status}: {said:.300}"
    else:
        if left:
            yield f"it failed and left {sorted(left)}"
        if not said.startswith("lawa: "):
            yield f"it failed and said only \"{said:.300}\""


def fingerprint(directory):
    """Contents, identities and times of all files below a directory."""
    found = {}
    for parent, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(parent, name)
            status = os.stat(path)
            with open(path, "rb") as file:
                found[path] = (hashlib.sha256(file.read()).digest(), status.st_ino, status.st_mtime_ns)
    return found
