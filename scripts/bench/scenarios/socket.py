"""What clients of the control socket that mean harm cost everybody else."""

import json
import os
import shutil
import subprocess
import sys
import time

from daemon import Daemon
from figures import Spread, mib, ratios
from process import Failed
from report import Section, Target
from rounds import Trial, interleave
from scenarios.many import empty, fill
from trainer import save_directory

CLIENTS = 64
CHECKPOINTS = 10_000
QUESTIONS = 300
# Numbers in a checkpoint that is averaged: 256 MiB of f32.
COUNT = 64 << 20
MEMBERS = 3
# What the clients have done by then they go on doing.
WARM_UP = 2
SCRIPT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "runners", "hostile_clients.py")


def run(workspace, settings):
    if os.geteuid() != 0:
        raise Failed("clients of another user need root")
    workspace.require(2 * (MEMBERS + 1) * 4 * COUNT)
    watch = fill(workspace, save_directory, CHECKPOINTS)
    trials = [Trial("idle", lambda: trial(workspace, watch, 0)),
              Trial(f"{CLIENTS} hostile clients", lambda: trial(workspace, watch, CLIENTS))]
    results = interleave("socket", trials, settings.rounds)
    empty(workspace)
    section = Section("socket", f"The control socket beside {CLIENTS} clients that mean harm")
    rows = [[name, *(Spread.of(run[key] for run in runs).text(digits, scale) for key, digits, scale in (
        ("p50", 2, 1000), ("p99", 2, 1000), ("average", 3, 1), ("stop", 2, 1)
    )), mib(max(run["memory"] for run in runs))] for name, runs in results.items()]
    section.table(["", "status ms, median", "status ms, p99", "average s", "stop s", "anon MiB"], rows)
    idle, hostile = results.values()
    for key, text, limit in (("p99", "status p99 beside hostile clients", 2), ("average", "averaging time beside them", 1.05)):
        ratio = ratios([run[key] for run in hostile], [run[key] for run in idle])
        section.targets.append(Target(f"{text}, of idle", ratio.median, limit, unit="x"))
        section.notes.append(f"{text}, of idle, round by round: {ratio.text()}.")
    section.notes.append(
        f"{QUESTIONS} questions for the status in each run, each on a connection of its own; an average of {MEMBERS} "
        f"members of {mib(4 * COUNT)} MiB; {CHECKPOINTS} checkpoints in the lists. The clients are threads of one Python "
        "process that shares the machine's cores with the daemon."
    )
    section.runs["socket"] = results
    return section


def trial(workspace, watch, clients):
    """One daemon's life."""
    shutil.rmtree(watch + ".lawa", ignore_errors=True)
    path = os.path.abspath(workspace.path("lawad.sock"))
    configuration = {
        "rescan": "24h", "control": {"socket": path, "mode": "0666"},
        "recipes": [{"name": "lawa", "window": {"last": MEMBERS}, "from_step": CHECKPOINTS + 1}],
    }
    steps = range(CHECKPOINTS + 1, CHECKPOINTS + 1 + MEMBERS)
    try:
        for step in steps[:-1]:
            save_directory(watch, step, COUNT)
        with Daemon(workspace, watch, **configuration) as daemon, attackers(path, clients):
            time.sleep(WARM_UP)
            times = sorted(question(daemon) for _ in range(QUESTIONS))
            save_directory(watch, steps[-1], COUNT)
            daemon.wait_for("published ")
            seconds = json.loads(daemon.ask("/v1/averages?limit=1"))["averages"][0]["seconds"]
            memory = daemon.memory()[1]
            start = time.monotonic()
            daemon.process.terminate()
            daemon.process.wait(60)
            stop = time.monotonic() - start
    finally:
        for step in steps:
            workspace.remove(os.path.join("run", f"checkpoint-{step}"))
    return {
        "p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100], "average": seconds, "stop": stop,
        "memory": memory,
    }


def question(daemon):
    start = time.monotonic()
    daemon.ask("/v1/status")
    return time.monotonic() - start


class attackers:
    """Clients that mean harm, for as long as a `with` lasts."""

    def __init__(self, path, count):
        self.command = [sys.executable, SCRIPT, path, str(count)] if count else None

    def __enter__(self):
        if self.command:
            self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
            if self.process.stdout.readline() != "ready\n":
                raise Failed("the hostile clients did not begin")

    def __exit__(self, *_):
        if self.command:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
