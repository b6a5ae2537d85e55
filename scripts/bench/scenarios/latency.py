"""From the moment a checkpoint is complete to the moment its average begins to read it."""

import os
import random
import subprocess
import sys
import time

from daemon import Daemon
from figures import Spread
from process import Failed
from report import Section, Target
from rounds import say
from scenarios.peers import RUNNERS
from trainer import save_directory, save_file, save_in_place

SETTLES = (1.0, 0.2)
# 4 MB of f32: a pin of a file that is written in place is a copy, and that takes its time.
COUNT = 1_000_000
LAYOUTS = {
    "directory, trainer_state.json last": save_directory,
    "one safetensors file, by rename": save_file,
    "one torch file, in place": save_in_place,
}
LIMIT = 100


class SettleLoop:
    """The yardstick, see runners/settle_loop.py; sees the same saves at the same time."""

    def __init__(self, watch, settle):
        self.command = [sys.executable, os.path.join(RUNNERS, "settle_loop.py"), watch, str(settle)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise Failed("settle_loop.py did not start")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def next(self):
        """When the next file was open."""
        return int(self.process.stdout.readline())


def measure(workspace, save, settle, saves, title):
    """Milliseconds beyond the settling, one for each save, of lawad and of the yardstick."""
    say(f"latency, {title}: {saves} saves")
    pauses = random.Random(saves)
    watch = workspace.path("run")
    os.mkdir(watch)
    configuration = {
        "settle": f"{settle * 1000:.0f}ms", "recipes": [{"name": "lawa", "window": {"last": 1}}],
        "retention": {"keep_last": 2},
    }
    ours, theirs = [], []
    with Daemon(workspace, watch, **configuration) as daemon, SettleLoop(watch, settle) as loop:
        for step in range(1, saves + 1):
            # Another phase of whatever happens at intervals.
            time.sleep(pauses.uniform(0.1, 0.4))
            start = len(daemon.lines)
            save(watch, step, COUNT)
            complete = time.monotonic_ns()
            # The line is written before the first byte is read.
            begun = daemon.wait_for("averaging 1 checkpoints", start)
            daemon.wait_for("published ", start)
            for values, moment in ((ours, begun), (theirs, loop.next())):
                values.append((moment - complete) / 1e6 - settle * 1000)
    workspace.remove("run")
    workspace.remove("run.lawa")
    return ours, theirs


def row(title, who, values):
    return [title, who, *(f"{value:.1f}" for value in (Spread.of(values).median, p95(values), max(values)))]


def p95(values):
    """The smallest of the values that 19 of 20 do not exceed."""
    ordered = sorted(values)
    return ordered[-(-95 * len(ordered) // 100) - 1]


def run(workspace, settings):
    section = Section("latency", "Latency: from a complete checkpoint to its reading, beyond the settling")
    rows, all_ours = [], []
    for settle in SETTLES:
        for name, save in LAYOUTS.items():
            title = f"{name}, settle {settle:g} s"
            ours, theirs = measure(workspace, save, settle, settings.saves, title)
            rows += [row(title, "lawad", ours), row("", "inotify loop", theirs)]
            section.runs[title] = {"lawad": ours, "inotify loop": theirs}
            all_ours += ours
    section.table([f"{settings.saves} saves each", "who", "median ms", "95 % ms", "max ms"], rows)
    target = Target("complete checkpoint to its reading, beyond settle", max(all_ours), LIMIT, unit=" ms")
    section.targets.append(target)
    section.notes.append(
        "From the return of the trainer's last rename or close to the line \"averaging\" in the log, which is written "
        "before the average's first read and timed as it arrives through a pipe, less `settle`; the window is one "
        f"checkpoint of {4 * COUNT / 1e6:.0f} MB. The inotify loop is a Python program that waits for the last event, "
        "sleeps as long and opens the file; it sees the same saves at the same time."
    )
    return section
