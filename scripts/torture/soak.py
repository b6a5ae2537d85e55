"""A run that goes on for long, with kills at random moments, or without any and with a watch on memory."""

import os
import random
import shutil
import time

import formats
import models
import verdict
from world import Daemon, World

INTERVAL = 0.3


class Trainer:
    """Saves again and again, rotates down to a few, and sometimes goes back or breaks off."""

    def __init__(self, world, known, source):
        self.world, self.known, self.source = world, known, source
        self.step, self.saved = 0, []

    def save(self):
        """Saves the next checkpoint and deletes the oldest."""
        self.step += 10
        model = models.make(self.source.random())
        self.known.add(self.world.form, model, self.step)
        path = self.world.form.save(self.world.run, self.step, model)
        self.saved.append(path)
        while len(self.saved) > 4:
            gone = self.saved.pop(0)
            shutil.rmtree(gone) if os.path.isdir(gone) else os.remove(gone)


def killed(attack, pool, seed):
    """SIGKILL at random moments of a run that goes on; everything that readers see is verified after each."""
    tries = [(form, n) for n in range(25) for form in formats.ALL]
    attack.possible = len(tries)

    def one(item):
        if not attack.is_over:
            attack.count(_kill(attack, random.Random(f"{seed}{item[0].name}{item[1]}"), item[0]), f"{item[0].name}, run {item[1]}")

    list(pool.map(one, tries))


def _kill(attack, source, form, kills=10):
    known, problems = verdict.Known(), []
    with World(form) as world:
        trainer = Trainer(world, known, source)
        world.configure(retention={"keep_last": 3}, rescan="1s")
        for _ in range(4):
            trainer.save()
        for _ in range(kills):
            with Daemon(world) as daemon:
                end = time.monotonic() + source.uniform(0.02, 1.2)
                while time.monotonic() < end:
                    if source.random() < 0.3:
                        trainer.save()
                    time.sleep(0.05)
                daemon.kill()
            attack.note("kills")
            problems += verdict.at_an_instant(world, known)
            attack.note("averages verified", len(verdict.published(world)))
        for _ in range(2):
            status = world.once()
            problems += [f"a clean start ended with {status}: {world.text()[-300:]}"] if status else []
        problems += verdict.at_rest(world, known, trainer.step, keep_last=3)
    return sorted(set(problems))


def soak(attack, pool, seed, seconds=900):
    """Runs that save every 0.3 s: no average is wrong, and memory, descriptors and threads stay as they are."""
    forms = [formats.Directory(), formats.File()]
    attack.possible = len(forms)
    list(pool.map(lambda form: attack.count(_soak(attack, random.Random(seed), form, seconds), form.name), forms))


def _soak(attack, source, form, seconds):
    known, problems, seen = verdict.Known(), [], set()
    with World(form) as world:
        world.configure(retention={"keep_last": 2}, settle="0s")
        trainer = Trainer(world, known, source)
        with Daemon(world) as daemon:
            for _ in range(20):
                trainer.save()
                time.sleep(INTERVAL)
            before = daemon.figures()
            end = time.monotonic() + seconds
            while time.monotonic() < end and not (attack.is_over and len(seen) > 20):
                start = time.monotonic()
                trainer.save()
                for name in set(verdict.published(world)) - seen:
                    # Retention may take it away while it is verified; then it is none that readers have.
                    try:
                        path = f"{world.averages}/{name}"
                        manifest = path + verdict.SUFFIX if form.is_file else path + "/lawa.json"
                        problem = verdict.check_average(path, manifest, form, known)
                        problems += [problem] if problem and os.path.exists(path) else []
                        seen.add(name)
                        attack.note("averages verified")
                    except (OSError, ValueError):
                        pass
                time.sleep(max(0, INTERVAL - (time.monotonic() - start)))
            after = daemon.figures()
            for what, old, new, room in zip(("KiB of memory", "descriptors", "threads"), before, after, (16 << 10, 4, 4)):
                if new > old + room:
                    problems.append(f"{old} {what} became {new}")
            attack.highest("MiB of memory at the end", after[0] >> 10)
            status, _ = daemon.stop()
            problems += [f"it ended with {status}"] if status else []
    return problems
