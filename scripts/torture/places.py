"""Links and other things where the daemon keeps its own: nothing outside of its places may change."""

import os
import random
import shutil

import formats
import verdict
from scenarios import save
from world import Daemon, World, until

# Where the daemon writes, below its output.
SPOTS = ("", "lawa", ".lawad", ".lawad/pins", ".lawad/pin-records", ".lawad/staging", ".lawad/lock", "lawa/latest", ".lawad/staging/average")
TARGETS = ("the run", "a directory of others", "a checkpoint", "nothing", "itself")
MOMENTS = ("before the start", "while it runs")


def swap(attack, pool, seed):
    """Each place of the daemon's own swapped for a link to each kind of target, before the start and while it runs."""
    tries = [(spot, target, moment, form) for spot in SPOTS for target in TARGETS for moment in MOMENTS for form in (formats.Directory(), formats.File())]
    random.Random(seed).shuffle(tries)
    attack.possible = len(tries)

    def one(item):
        if not attack.is_over:
            spot, target, moment, form = item
            attack.count(_try(*item), f"{form.name}: {spot or 'the output'} is a link to {target} {moment}")

    list(pool.map(one, tries))


def _target(world, target):
    if target == "the run":
        return world.run
    if target == "a checkpoint":
        return f"{world.run}/{world.form.entry(100)}"
    if target == "nothing":
        return world.root + "/nowhere"
    return world.root + "/others"


def _swap(world, spot, target):
    path = os.path.join(world.output, spot) if spot else world.output
    if os.path.lexists(path):
        os.rename(path, world.root + "/aside")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.symlink(os.path.basename(path) if target == "itself" else _target(world, target), path)


def _try(spot, target, moment, form):
    known = verdict.Known()
    with World(form) as world:
        # What is on the way of removal where a link is followed: names of pins, of staging, and of averages.
        for name in ("precious", "staging/mine", "pins/mine", "checkpoint-300", "model_step_300.safetensors", "average"):
            os.makedirs(f"{world.root}/others/{name}")
            with open(f"{world.root}/others/{name}/file", "w") as file:
                file.write("somebody's")
        save(world, known, 100, 200, 300, 400)
        if moment == "before the start":
            _swap(world, spot, target)
        others = verdict.tree(world.root + "/others")
        runs = verdict.tree(world.run)
        with Daemon(world) as daemon:
            if moment == "while it runs":
                until(lambda: os.path.lexists(world.averages + "/latest"), 20)
                try:
                    _swap(world, spot, target)
                except FileNotFoundError:
                    return []  # The spot is there only for a moment.
                save(world, known, 500)
                runs = verdict.tree(world.run)
            until(lambda: daemon.process.poll() is not None or "500" in str(verdict.published(world)), 3)
            until(lambda: False, 1.2)
        status = daemon.process.returncode
        problems = [] if status in (0, 1, 73, 78) else [f"ended with {status}: {world.text()[-300:]}"]
        # An output that is a link from the start is one that its owner made; it leads where the owner wants it.
        if not (spot == "" and moment == "before the start" and target == "a directory of others"):
            if verdict.tree(world.root + "/others") != others:
                problems.append(f"the directory of others was changed: {_difference(others, verdict.tree(world.root + '/others'))}")
        if verdict.tree(world.run) != runs:
            problems.append(f"the run was changed: {_difference(runs, verdict.tree(world.run))}")
        return problems


def _difference(before, after):
    return sorted({k for k in before.keys() | after.keys() if before.get(k) != after.get(k)})[:5]


def overlap(attack, pool, seed):
    """Outputs, recipes and runs that lie in each other, by name and through links."""
    del seed
    cases = {
        "recipe is the run": ("x/lawa", "x", None),
        "recipe is a link to the run": ("x/run", "x/out", ("out/lawa", "../run")),
        "run is a link to the recipe": ("x/run", "x/out", ("run", "out/lawa")),
        "output in the run": ("x/run", "x/run/out", None),
        "output is the run": ("x/run", "x/run", None),
        "output is a link into the run": ("x/run", "x/out", ("out", "run/checkpoint-100")),
        "output is a link to the run": ("x/run", "x/out", ("out", "run")),
        "run in the private place": ("x/out/.lawad/pins", "x/out", None),
        "run is staging": ("x/out/.lawad/staging", "x/out", None),
        "run is the private place": ("x/out/.lawad", "x/out", None),
        "run below a recipe": ("x/out/lawa/run", "x/out", None),
        "output above the run": ("x/out/run", "x/out", None),
    }
    attack.possible = len(cases)

    def one(item):
        name, (run, output, link) = item
        if not attack.is_over:
            attack.count(_overlap(run, output, link), name)

    list(pool.map(one, cases.items()))


def _overlap(run, output, link):
    with World(formats.Directory()) as world:
        os.rmdir(world.run)
        world.run, world.output = f"{world.root}/{run}", f"{world.root}/{output}"
        if link and f"x/{link[0]}" == run:
            os.makedirs(f"{world.root}/x/{link[1]}")
            os.symlink(link[1], world.run)
        os.makedirs(world.run, exist_ok=True)
        known = verdict.Known()
        save(world, known, 100, 200, 300, 400)
        if link and f"x/{link[0]}" != run:
            place = f"{world.root}/x/{link[0]}"
            os.makedirs(os.path.dirname(place), exist_ok=True)
            shutil.rmtree(place, ignore_errors=True)
            os.symlink(link[1], place)
        world.configure(watch=world.run, output=world.output)
        before = verdict.tree(world.run)
        with Daemon(world) as daemon:
            until(lambda: daemon.process.poll() is not None, 2.5)
        after = verdict.tree(world.run)
        return [f"the run was changed: {_difference(before, after)}"] if before != after else []
