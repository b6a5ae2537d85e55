"""Killing the programs, and failing one of their calls, at every call that changes the disk."""

import errno
import os
import random

import verdict
from scenarios import all_scenarios

# What a disk, a quota, a signal and a file server answer.
ERRORS = (errno.EIO, errno.ENOSPC, errno.EINTR, errno.EDQUOT, errno.ESTALE)
# What may fail for as long as the program runs, a call or a few that belong together.
PERSISTENT = (
    "openat", "openat2", "mkdir,mkdirat", "rename,renameat,renameat2", "unlink,unlinkat", "link,linkat", "symlink,symlinkat",
    "fsync", "pwrite64,pwritev2,io_submit", "ftruncate", "fallocate", "fchmod", "utimensat", "copy_file_range",
    "getdents64", "newfstatat,statx", "read,pread64,preadv2", "statfs,fstatfs",
)  # fmt: skip


def _list(scenario):
    """The calls of one undisturbed pass."""
    world, _ = scenario.prepare()
    with world:
        listing = world.root + ".list"
        scenario.disturb(world, "--list", listing)
        with open(listing) as file:
            lines = file.read().splitlines()
        os.remove(listing)
        return [line.split(" ", 1)[1].replace(world.root, "") for line in lines]


def _try(scenario, options, is_killed):
    """Disturbs once, recovers, and gives every problem."""
    world, known = scenario.prepare()
    with world:
        before = verdict.tree(world.run)
        status = scenario.disturb(world, *options)
        problems = [] if is_killed or 0 <= status < 128 else [f"ended by signal {status - 128}: {world.text()[-300:]}"]
        problems += scenario.after(world, known, is_at_rest=False)
        problems += scenario.recover(world)
        problems += scenario.after(world, known, is_at_rest=True)
        if verdict.tree(world.run) != before:
            problems.append("the watched directory was changed")
        return problems


def kill(attack, pool, seed):
    """SIGKILL at each call that changes the disk."""
    tries = [(s, n, call) for s, calls in _listed(pool) for n, call in enumerate(calls, 1)]
    _run(attack, pool, seed, tries, lambda t: _try(t[0], ("--kill", t[1]), True), lambda t: f"{t[0].name}, killed at {t[2]}")


def fail_once(attack, pool, seed):
    """One error at each of them."""
    source = random.Random(seed)
    tries = [
        (s, n, call, source.choice(ERRORS)) for s, calls in _listed(pool) for n, call in enumerate(calls, 1)
    ]
    _run(
        attack,
        pool,
        seed,
        tries,
        lambda t: _try(t[0], ("--fail", t[1], "--errno", t[3]), False),
        lambda t: f"{t[0].name}, {errno.errorcode[t[3]]} of {t[2]}",
    )


def fail_for_good(attack, pool, seed):
    """A call that fails for as long as the program runs, from its first or from a later use."""
    source = random.Random(seed)
    tries = [
        (s, calls, source.choice((1, 1, 3, 9)), source.choice(ERRORS[:2] + (errno.EACCES, errno.EPERM)))
        for s in all_scenarios()
        for calls in PERSISTENT
    ]
    _run(
        attack,
        pool,
        seed,
        tries,
        lambda t: _try(t[0], ("--calls", t[1], "--fail", f"{t[2]}-", "--errno", t[3]), False),
        lambda t: f"{t[0].name}, {errno.errorcode[t[3]]} of {t[1]} from use {t[2]} on",
    )


def _listed(pool):
    scenarios = all_scenarios()
    return list(zip(scenarios, pool.map(_list, scenarios)))


def _run(attack, pool, seed, tries, attempt, label):
    attack.possible = len(tries)
    random.Random(seed).shuffle(tries)

    def one(item):
        if not attack.is_over:
            attack.count(attempt(item), label(item))

    list(pool.map(one, tries))
