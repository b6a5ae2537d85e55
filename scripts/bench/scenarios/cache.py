"""What an average leaves of a trainer's files in the page cache."""

import os
import time

from figures import Spread
from report import Section, Target
from rounds import Trial, interleave
from scenarios.warm import label

CONTROL = "nothing, for as long"
CAT = "cat and cp"


def trainer_file(workspace, size):
    """A stand-in for a trainer's data: a file of holes fills the page cache as any other does."""
    path = workspace.path("trainer")
    with open(path, "wb") as file:
        os.truncate(file.fileno(), size)
    return path


class Disturbance:
    """Something that is done beside a trainer, and what it leaves."""

    def __init__(self, workspace, members, trainer):
        self.workspace, self.members, self.trainer = workspace, members, trainer
        self.older = [path for paths in members.files[:-1] for path in paths]
        self.before = {}
        # How long the control waits: as long as the average took in the same round.
        self.wait = 1.0

    def prepare(self):
        """The trainer has read its data and just written its newest checkpoint."""
        self.workspace.remove_outputs()
        self.workspace.evict(self.members.all_files)
        self.workspace.warm([self.trainer])
        self.workspace.warm(self.members.newest)
        self.before = self.shares()

    def shares(self):
        share = self.workspace.share
        return {"trainer": share([self.trainer]), "newest": share(self.members.newest), "older": share(self.older)}

    def measure(self, command):
        """Runs a command, or waits."""
        start = time.monotonic()
        if command:
            self.workspace.run(command)
        else:
            time.sleep(self.wait)
        return {"seconds": time.monotonic() - start, "before": self.before, "after": self.shares()}

    def measure_ours(self, command):
        """Runs the command that the control is compared with."""
        run = self.measure(command)
        self.wait = run["seconds"]
        return run


def left(runs, name):
    """The share of what was cached before that still is, in percent."""
    return Spread.of(100 * run["after"][name] / max(run["before"][name], 1e-9) for run in runs)


def percent(runs, moment, name):
    return Spread.of(100 * run[moment][name] for run in runs).text(digits=1)


def commands_of(workspace, settings, members):
    """What is done beside the trainer, by name; None is nothing."""
    commands = {
        label(mode, settings.threads): workspace.average_command(members, mode, settings.threads)
        for mode in workspace.modes
    }
    script = 'n=$1; shift; for i in $(seq "$n"); do cat "$1" >/dev/null; shift; done; exec "$@"'
    files = members.all_files
    commands[CAT] = ["sh", "-c", script, "sh", str(len(files)), *files, *workspace.copy_command(members.newest)]
    commands[CONTROL] = None
    return commands


def trials_of(disturbance, commands, rounds):
    """The first command and the control in all rounds, the others once."""
    def trial(name, command, measure, **options):
        return Trial(name, lambda: measure(command), disturbance.prepare, **options)

    ours, *others = [name for name, command in commands.items() if command]
    trials = [trial(ours, commands[ours], disturbance.measure_ours)]
    trials += [trial(name, commands[name], disturbance.measure, most_rounds=1) for name in others]
    return trials + [trial(CONTROL, None, disturbance.measure, is_last=True)]


def run(workspace, settings):
    members = workspace.model("members", settings.cache_member, settings.members)
    disturbance = Disturbance(workspace, members, trainer_file(workspace, settings.trainer))
    trials = trials_of(disturbance, commands_of(workspace, settings, members), settings.cache_rounds)
    try:
        results = interleave("cache", trials, settings.cache_rounds)
    finally:
        for name in ("members", "trainer"):
            workspace.remove(name)
    return report(workspace, settings, members, results)


def report(workspace, settings, members, results):
    section = Section(
        "cache",
        f"Page cache: a trainer's {settings.trainer / 2**30:.1f} GiB beside averaging "
        f"{settings.members} x {members.size / 2**30:.1f} GiB",
    )
    section.table(
        ["beside the trainer", "trainer's pages left %", "newest member cached % before", "after", "older ones % after",
         "wall s"],
        [
            [
                name, left(runs, "trainer").text(digits=1), percent(runs, "before", "newest"),
                percent(runs, "after", "newest"), percent(runs, "after", "older"),
                Spread.of(run["seconds"] for run in runs).text(digits=1),
            ]
            for name, runs in results.items()
        ],
    )
    ours = results[label(workspace.modes[0], settings.threads)]
    share = 100 * left(ours, "trainer").median / left(results[CONTROL], "trainer").median
    text = "page cache: trainer's pages left, of those that the control leaves"
    section.targets.append(Target(text, share, 99, at_most=False, unit=" %"))
    section.notes += workspace.notes + [
        "The trainer's file was read once, the newest member just before; the older ones are on the disk alone.",
        "The control tells what this machine drops by itself in that time. "
        f"First way of reading and control: {settings.cache_rounds} rounds, the others one.",
    ]
    section.runs = results
    return section
