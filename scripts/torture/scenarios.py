"""What the daemon is in the middle of while it is killed or its calls fail."""

import os
import shutil

import formats
import models
import verdict
from world import World


class Scenario:
    """A kind of checkpoints, what lies there, and the command that is disturbed."""

    def __init__(self, form, work, exchange=True):
        self.form, self.work, self.exchange = form, work, exchange
        self.name = f"{form.name} {work.name}" + ("" if exchange else " without exchange")

    def prepare(self):
        """A world in which the work is due, and what every checkpoint holds."""
        world, known = World(self.form), verdict.Known()
        self.work.prepare(world, known)
        return world, known

    def disturb(self, world, *options):
        """Does the work under the injector; the exit status."""
        options = (*options,) if self.exchange else (*options, "--no-exchange")
        return self.work.act(world, options)

    def recover(self, world):
        """Does it again, undisturbed; a problem where that fails."""
        return self.work.recover(world)

    def after(self, world, known, is_at_rest):
        """What is wrong with what is there now."""
        return self.work.check(world, known, is_at_rest)


def save(world, known, *steps):
    """Saves checkpoints."""
    for step in steps:
        model = models.make(step)
        known.add(world.form, model, step)
        world.form.save(world.run, step, model)


class DaemonWork:
    """Work of `lawad --once`."""

    name = ""
    newest = 300
    keep_last = None

    def prepare(self, world, known):
        """Makes the work due."""
        raise NotImplementedError

    def act(self, world, options):
        """Does the work under the injector."""
        return world.once(world.inject(*options, under=world.root))

    def recover(self, world):
        """Two clean starts: the second finds nothing to do."""
        for _ in range(2):
            status = world.once()
            if status != 0:
                return [f"a clean start ended with {status}: {world.text()[-300:]}"]
        return []

    def check(self, world, known, is_at_rest):
        """What is wrong."""
        if is_at_rest:
            return verdict.at_rest(world, known, self.newest, self.keep_last)
        return verdict.at_an_instant(world, known)


class First(DaemonWork):
    """The first average of a run."""

    name = "first"

    def prepare(self, world, known):
        save(world, known, 100, 200, 300)


class Next(DaemonWork):
    """A further one, for which retention removes the one before, and pins are made and let go of."""

    name = "next"
    newest = 500
    keep_last = 1

    def prepare(self, world, known):
        world.configure(retention={"keep_last": 1})
        save(world, known, 100, 200, 300)
        world.once()
        save(world, known, 400, 500)


class Again(DaemonWork):
    """The same one made again, because a member came late: what readers have is replaced."""

    name = "again"

    def prepare(self, world, known):
        save(world, known, 100, 200, 300)
        world.once()
        save(world, known, 250)


class Rotated(DaemonWork):
    """One with a member that only its pin still holds."""

    name = "rotated"
    newest = 400

    def prepare(self, world, known):
        save(world, known, 100, 200, 300)
        world.once()
        save(world, known, 400)
        gone = f"{world.run}/{world.form.entry(200)}"
        os.remove(gone) if world.form.is_file else shutil.rmtree(gone)


class ByHand:
    """`lawa average` of three checkpoints."""

    name = "by hand"

    def prepare(self, world, known):
        """Saves the members and makes the directory that the average goes into."""
        save(world, known, 100, 200, 300)
        os.makedirs(world.averages)

    def _arguments(self, world):
        members = [f"{world.run}/{world.form.entry(step)}" for step in (100, 200, 300)]
        return ["average", *members, "--output", f"{world.averages}/{world.form.entry(300)}"]

    def act(self, world, options):
        """Averages under the injector."""
        return world.lawa(*self._arguments(world), prefix=world.inject(*options, under=world.root))

    def recover(self, world):
        """Averages again where nothing is there yet."""
        if os.path.exists(f"{world.averages}/{world.form.entry(300)}"):
            # Somebody has the average; another one clears what was left beside it.
            arguments = self._arguments(world)
            status = world.lawa(*arguments[:-1], f"{world.averages}/{world.form.entry(301)}")
        else:
            status = world.lawa(*self._arguments(world))
        return [f"lawa average ended with {status}: {world.text()[-300:]}"] if status else []

    def check(self, world, known, is_at_rest):
        """What is wrong."""
        problems = verdict.at_an_instant(world, known)
        if is_at_rest:
            left = [name for name in os.listdir(world.averages) if name.startswith(".")]
            problems += [f"{left} was left beside the average"] if left else []
            if world.form.entry(300) not in verdict.published(world):
                problems.append("the average is missing")
        return problems


def all_scenarios():
    """Every kind of checkpoints with every kind of work, and three without the exchange of two names."""
    works = [First(), Next(), Again(), Rotated(), ByHand()]
    found = [Scenario(form, work) for form in formats.ALL for work in works]
    return found + [Scenario(form, Again(), exchange=False) for form in formats.ALL[:3]]
