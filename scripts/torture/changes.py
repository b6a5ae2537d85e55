"""Members that change while they are looked at, pinned and read."""

import os
import random
import shutil
import time

import formats
import models
import verdict
from world import Daemon, World, until

# How often the large tensor repeats itself: at the lowest rate a pass of three members takes two seconds, long enough to
# be met in the middle.
SIZE = 900
RATE = "1MiB"
OTHER = 7000


def _weights(world, step):
    path = f"{world.run}/{world.form.entry(step)}"
    if world.form.is_file:
        return path
    return path + "/" + sorted(n for n in os.listdir(path) if n.endswith(".safetensors"))[0]


class Change:
    """Changes one member; what it holds then is noted, where it is a checkpoint."""

    def __init__(self, world, known, step, source):
        self.world, self.known, self.step, self.source = world, known, step, source
        self.path = _weights(world, step)
        self.status = os.stat(self.path)

    def _data(self, order=None):
        model = models.make(OTHER + self.step, SIZE)
        self.known.add(self.world.form, model, self.step)
        if self.world.form.name == "directory" and order:
            data = models.safetensors(model, order)
            self.known.add_data([data], model)
            return data
        return self.world.form.data(model, self.step) if self.world.form.is_file else models.safetensors(model)

    def _keep_times(self):
        os.utime(self.path, ns=(self.status.st_atime_ns, self.status.st_mtime_ns))

    def _overwrite(self, data):
        with open(self.path, "r+b") as file:
            file.write(data)

    def deleted(self):
        os.remove(self.path)

    def truncated(self):
        os.truncate(self.path, self.source.randrange(self.status.st_size))

    def truncated_with_its_times(self):
        self.truncated()
        self._keep_times()

    def extended(self):
        with open(self.path, "ab") as file:
            file.write(b"\0" * 5000)

    def emptied_and_written(self):
        data = self._data()
        with open(self.path, "wb") as file:
            file.write(data)

    def overwritten(self):
        self._overwrite(self._data())

    def overwritten_with_its_times(self):
        self._overwrite(self._data())
        self._keep_times()

    def other_header_with_its_times(self):
        self._overwrite(self._data(["head", "layer.weight", "layer.bias"]))
        self._keep_times()

    def replaced(self):
        with open(self.path + ".new", "wb") as file:
            file.write(self._data())
        os.rename(self.path + ".new", self.path)

    def replaced_with_its_times(self):
        self.replaced()
        self._keep_times()

    def renamed_away(self):
        os.rename(self.path, self.world.root + "/away")

    def replaced_by_a_directory(self):
        os.remove(self.path)
        os.mkdir(self.path)

    def replaced_by_a_pipe(self):
        os.remove(self.path)
        os.mkfifo(self.path)

    def filled_with_rubbish(self):
        self._overwrite(self.source.randbytes(self.status.st_size))


KINDS = sorted(n for n, f in vars(Change).items() if callable(f) and not n.startswith("_"))
MOMENTS = ("before the pass", "in the pass", "between two passes")


def change(attack, pool, seed):
    """Each kind of change, by each way of reading and pinning, at each moment."""
    tries = [
        (form, kind, io, pin, moment)
        for form in (formats.Directory(), formats.File())
        for kind in KINDS
        for io in ("auto", "mmap", "direct", "read")
        for pin in ("auto", "none", "copy")
        for moment in MOMENTS
    ]
    random.Random(seed).shuffle(tries)
    attack.possible = len(tries)

    def one(item):
        if not attack.is_over:
            form, kind, io, pin, moment = item
            label = f"{form.name}, {kind.replace('_', ' ')} {moment}, io {io}, pin {pin}"
            attack.count(_try(attack, seed, *item), label)

    list(pool.map(one, tries))


def _try(attack, seed, form, kind, io, pin, moment):
    known = verdict.Known()
    with World(form) as world:
        world.configure(pin=pin, limits={"read_rate": RATE, "io": io})
        for step in (100, 200, 300):
            model = models.make(step, SIZE)
            known.add(form, model, step)
            form.save(world.run, step, model)
        disturbance = Change(world, known, 200, random.Random(f"{seed}{kind}{io}{pin}{moment}"))
        if moment == "before the pass":
            world.once(timeout=300)
            shutil.rmtree(world.averages, ignore_errors=True)
            getattr(disturbance, kind)()
        with Daemon(world) as daemon:
            if moment == "in the pass":
                until(lambda: daemon.ask()["activity"]["bytes_done"] > 0, 30)
                getattr(disturbance, kind)()
            if moment == "between two passes":
                until(lambda: os.path.lexists(world.averages + "/latest"), 60)
                getattr(disturbance, kind)()
            # The run goes on, and an average that ends at its newest has to come, of whatever is whole.
            for step in (400, 500, 600):
                model = models.make(step, SIZE)
                known.add(form, model, step)
                form.save(world.run, step, model, time.time() + step / 1000)
            newest = f"{world.averages}/{form.entry(600)}"
            came = until(lambda: os.path.exists(newest) and os.readlink(world.averages + "/latest") == form.entry(600), 90)
            problems = [] if came else [f"no average of the run that goes on came: {world.text()[-400:]}"]
            if daemon.process.poll() is not None:
                problems.append(f"the daemon ended with {daemon.process.returncode}: {world.text()[-300:]}")
        attack.note("averages verified", len(verdict.published(world)))
        return problems + verdict.at_an_instant(world, known)


def in_place(attack, pool, seed):
    """One file that a trainer writes again and again, in four ways, faster than averages are made."""
    ways = ("rename", "truncate and write", "write over", "write over in pieces")
    tries = [(way, n) for n in range(4) for way in ways]
    attack.possible = len(tries)

    def one(item):
        if not attack.is_over:
            attack.count(_write_in_place(attack, f"{seed}{item}", item[0]), f"one file in place, {item[0]}")

    list(pool.map(one, tries))


def _write_in_place(attack, seed, way, saves=24):
    source, known, form = random.Random(seed), verdict.Known(), formats.Torch()
    with World(form) as world, Daemon(world):
        path = world.run + "/ckpt.pt"
        for step in range(1, saves + 1):
            model = models.make(step)
            known.add(form, model, step)
            data = models.torch_bytes(model, step)
            if way == "rename" or not os.path.exists(path):
                with open(path + ".tmp", "wb") as file:
                    file.write(data)
                os.rename(path + ".tmp", path)
            elif way == "truncate and write":
                with open(path, "wb") as file:
                    file.write(data)
            else:
                with open(path, "r+b") as file:
                    for start in range(0, len(data), 1500 if way.endswith("pieces") else len(data)):
                        file.write(data[start : start + 1500] if way.endswith("pieces") else data)
                        file.flush()
                    file.truncate()
            attack.note("saves")
            until(lambda: False, source.uniform(0.05, 2.2))
        until(lambda: os.path.exists(f"{world.averages}/ckpt-{saves}.pt"), 30)
        attack.note("averages verified", len(verdict.published(world)))
        return verdict.at_an_instant(world, known)
