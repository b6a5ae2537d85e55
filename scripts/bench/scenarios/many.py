"""What a directory full of checkpoints costs while nothing happens, at a look and in a burst."""

import json
import os
import shutil
import signal
import statistics
import subprocess
import time

from daemon import Daemon
from figures import Spread, mib
from process import Failed
from report import Section, Target
from rounds import say
from trainer import save_directory, save_file

CHECKPOINTS = 10_000
AVERAGES = 2_000
BURST = 1_000
# Numbers in a checkpoint: what it holds is not what is measured.
COUNT = 64
STARTS = 3
LOOKS = 9
IDLE_SECONDS = 60
# Nothing computed for so long: what has begun is done, also what waits for checkpoints to settle.
QUIET = 3
# The control socket waits half a minute for what a client might still ask, libdispatch five seconds for more work.
FORGOTTEN = 35
# Looks come when something happens and when it is asked for, and an interval never ends within a run.
CONFIGURATION = {"rescan": "24h", "recipes": [{"name": "lawa", "window": {"last": 5}}]}
# Averages of a thousand checkpoints that come at once are not what a burst is to show.
NEVER = {**CONFIGURATION, "recipes": [{**CONFIGURATION["recipes"][0], "from_step": 10**15}]}


def fill(workspace, save, count=CHECKPOINTS):
    """A directory of checkpoints that were saved an hour ago and more, a minute apart."""
    watch = workspace.path("run")
    os.mkdir(watch)
    newest = time.time() - 3600
    for step in range(1, count + 1):
        save(watch, step, COUNT)
    for base, directories, files in os.walk(watch, topdown=False):
        for name in files:
            set_time(os.path.join(base, name), newest, count)
        for name in directories:
            set_time(os.path.join(base, name), newest, count)
    return watch


def set_time(path, newest, count):
    """Dates a path by the step in it."""
    relative = path.rpartition("/run/")[2].partition("/")[0]
    step = int("".join(filter(str.isdigit, relative)))
    os.utime(path, (newest - 60 * (count - step),) * 2)


def empty(workspace):
    for name in ("run", "run.lawa"):
        workspace.remove(name)


def start(workspace, watch, configuration):
    """Figures of one start up to the end of the first look."""
    workspace.remove("run.lawa")
    with Daemon(workspace, watch, **configuration) as daemon:
        peak, anonymous = daemon.memory()
        return {
            "seconds": daemon.start_seconds, "processor": daemon.start_processor, "peak": peak,
            "anonymous": anonymous,
        }


def calls(daemon, log):
    """System calls of one full look, by name, as strace counts them; none where there is no strace."""
    if not shutil.which("strace"):
        return {}
    command = ["strace", "-c", "-U", "name,calls", "-o", log, "-f", "-p", str(daemon.process.pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        if "attached" not in tracer.stderr.readline():
            raise Failed("strace cannot attach to lawad")
        daemon.rescan()
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
    with open(log, encoding="ascii") as file:
        rows = [line.split() for line in file]
    return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit() and row[0] != "total"}


def idle(daemon):
    """How often threads woke in a minute in which nothing happened."""
    daemon.settle(QUIET)
    time.sleep(FORGOTTEN)
    before, processor = daemon.switches(), daemon.processor()
    time.sleep(IDLE_SECONDS)
    after = daemon.switches()
    counts = [count - before.get(number, 0) for number, count in after.items()]
    return {"all": sum(counts), "processor": daemon.processor() - processor}


def burst(daemon, save, first):
    """Looks and processor seconds for a thousand checkpoints that come at once."""
    looks, processor = daemon.looks(), daemon.processor()
    begin = time.monotonic()
    for step in range(first, first + BURST):
        save(daemon.watch, step, COUNT)
    seconds = time.monotonic() - begin
    daemon.settle(QUIET)
    return {"seconds": seconds, "looks": daemon.looks() - looks, "processor": daemon.processor() - processor}


def copy_averages(daemon, count):
    """Makes the one average that there is into many, of earlier steps."""
    directory = os.path.join(daemon.output, "lawa")
    name = os.readlink(os.path.join(directory, "latest"))
    source = os.path.join(directory, name)
    is_directory = os.path.isdir(source)
    manifest = os.path.join(source, "lawa.json") if is_directory else source + ".lawa.json"
    with open(manifest, encoding="utf-8") as file:
        content = json.load(file)
    for step in range(1, count + 1):
        copy = name.replace(str(content["step"]), str(step))
        path = os.path.join(directory, copy)
        (shutil.copytree if is_directory else shutil.copy)(source, path)
        told = {**content, "name": copy, "step": step, "created": "2020-01-01T00:00:00Z"}
        with open(os.path.join(path, "lawa.json") if is_directory else path + ".lawa.json", "w", encoding="utf-8") as f:
            json.dump(told, f)


def measure(workspace, settings, save, title):
    say(f"many, {title}: writing {CHECKPOINTS} checkpoints")
    watch = fill(workspace, save)
    say(f"many, {title}: starting")
    result = {"starts": [start(workspace, watch, CONFIGURATION) for _ in range(STARTS)]}
    workspace.remove("run.lawa")
    with Daemon(workspace, watch, **CONFIGURATION) as daemon:
        daemon.wait_for("published ")
        daemon.settle(QUIET)
        result["watches"] = daemon.watches()
        say(f"many, {title}: looking")
        result["looks"] = [daemon.rescan() for _ in range(LOOKS)]
        result["calls"] = calls(daemon, workspace.path("calls"))
        say(f"many, {title}: idle for {IDLE_SECONDS} s")
        result["idle"] = idle(daemon)
        say(f"many, {title}: with {AVERAGES} averages")
        copy_averages(daemon, AVERAGES)
        result["first_look_with_averages"] = daemon.rescan()
        result["looks_with_averages"] = [daemon.rescan() for _ in range(LOOKS)]
    workspace.remove("run.lawa")
    with Daemon(workspace, watch, **NEVER) as daemon:
        daemon.settle(QUIET)
        say(f"many, {title}: a burst of {BURST}")
        result["burst"] = burst(daemon, save, CHECKPOINTS + 1)
        result["peak_after_burst"] = daemon.memory()[0]
    empty(workspace)
    return result


def milliseconds(looks, clock="processor"):
    return Spread.of(look[clock] for look in looks).text(digits=1, scale=1000)


def rows(results):
    """A row for each figure, a column for each kind of checkpoint."""
    figures = {
        f"start to ready, s, {STARTS} starts": lambda r: Spread.of(s["seconds"] for s in r["starts"]).text(),
        "start to ready, processor s": lambda r: Spread.of(s["processor"] for s in r["starts"]).text(),
        "peak memory at ready, MiB": lambda r: mib(max(s["peak"] for s in r["starts"])),
        "inotify watches": lambda r: str(r["watches"]),
        f"full look, ms, {LOOKS} looks": lambda r: milliseconds(r["looks"], "seconds"),
        "full look, processor ms": lambda r: milliseconds(r["looks"]),
        "full look, system calls": lambda r: str(sum(r["calls"].values())) if r["calls"] else "no strace",
        f"wake-ups in {IDLE_SECONDS} idle s": lambda r: str(r["idle"]["all"]),
        f"full look with {AVERAGES} averages, processor ms": lambda r: milliseconds(r["looks_with_averages"]),
        "the first of those": lambda r: milliseconds([r["first_look_with_averages"]]),
        f"{BURST} more at once: saved within, s": lambda r: f"{r['burst']['seconds']:.2f}",
        "looks": lambda r: str(r["burst"]["looks"]),
        "processor ms for them": lambda r: f"{r['burst']['processor'] * 1000:.0f}",
        "peak memory after them, MiB": lambda r: mib(r["peak_after_burst"]),
    }
    return [[name, *(figure(result) for result in results.values())] for name, figure in figures.items()]


def run(workspace, settings):
    section = Section("many", f"Many checkpoints: {CHECKPOINTS} old ones in one directory")
    kinds = {"directories": save_directory, "single files": save_file}
    results = {title: measure(workspace, settings, save, title) for title, save in kinds.items()}
    section.table([f"{CHECKPOINTS} checkpoints", *results], rows(results))
    section.runs = results
    for title, result in results.items():
        seconds = statistics.median(s["seconds"] for s in result["starts"])
        section.targets += [
            Target(f"{CHECKPOINTS} {title}: start to ready", seconds, 2, unit=" s"),
            Target(f"{CHECKPOINTS} {title}: wake-ups in {IDLE_SECONDS} idle seconds", result["idle"]["all"], 0),
        ]
    section.notes += [
        "A full look is one that `lawa rescan` or the interval `rescan` asks for; processor time of the whole program. "
        "The window is the latest 5; a burst comes to a daemon that is to make no averages yet. Files are in the page "
        "cache.",
        "Wake-ups are voluntary context switches of all threads.",
    ]
    return section
