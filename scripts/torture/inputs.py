"""Configurations and files that nobody meant: a sentence and an exit status, never a signal or a flood of memory."""

import copy
import json
import os
import random
import struct
import subprocess
import zipfile

import formats
from scenarios import save
import verdict
from world import World, environment

MEMORY_MIB = 512
BATCH = 25


def _run(arguments, timeout=60):
    """Runs a program; its status, peak memory in MiB, and what it said."""
    process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment())
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    return process.returncode, usage.ru_maxrss >> 10, text


VALUES = (
    None, True, False, 0, 1, -1, 2**31, 2**63, -(2**63), 2**64, 1e308, 1e-308, 0.1, "", "a", "\0", "\ud800", "/", "..", "~", "x" * 5000,
    "10GiB", "-1B", "1e99TiB", "5min", "-5s", "99999999999h", "∞", "NaN", [], {}, [[]], {"a": {}}, [None] * 100, {"last": 3}, {"last": 0},
    {"last": 2**40}, {"steps": -1}, {"fraction": 2}, {"command": ["true"]}, {"command": []}, {"command": "x"},
)  # fmt: skip


def configurations(attack, pool, seed):
    """Values of every kind for every key."""
    source = random.Random(seed)
    base = {
        "watch": "/nonexistent/run", "output": "/nonexistent/out", "layout": "auto", "recipes": [{"name": "lawa", "window": {"last": 5}}],
        "tensors": {"include": ["*"], "exclude": []}, "pin": "auto", "retention": {"keep_last": 1, "keep_every_steps": 5},
        "limits": {"min_free": "10GiB", "max_pinned": "1GiB", "threads": 2, "read_rate": "1GiB"}, "settle": "1s", "rescan": "1min",
        "hooks": {"on_average": {"command": ["true"], "timeout": "5s"}}, "control": {"mode": "0600", "group": None}, "log": {"level": "info"},
    }  # fmt: skip
    tries = [source.getrandbits(64) for _ in range(4000)]
    attack.possible = len(tries)

    def batch(numbers):
        for number in numbers:
            if attack.is_over:
                return
            own = random.Random(number)
            text = _mutated(own, base)
            with World(formats.Directory()) as world:
                with open(world.configuration, "wb") as file:
                    file.write(text)
                status, memory, said = _run([world.binaries + "/lawad", "check-config", world.configuration])
            problems = [] if status in (0, 78) else [f"ended with {status}: {said[-200:]} for {text[:300]}"]
            problems += [f"took {memory} MiB"] if memory > MEMORY_MIB else []
            problems += ["said nothing"] if not said else []
            attack.count(problems, f"configuration {number}")

    list(pool.map(batch, [tries[n : n + BATCH] for n in range(0, len(tries), BATCH)]))


def _mutated(source, base):
    value = json.loads(json.dumps(base))
    for _ in range(source.randrange(1, 4)):
        place = value
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = source.choice(keys)
            if isinstance(place[key], (dict, list)) and place[key] and source.random() < 0.7:
                place = place[key]
                continue
            place[key] = copy.deepcopy(source.choice(VALUES))
            break
        if not isinstance(value, dict) or not value:
            break
    text = json.dumps(value).encode("utf-8", "surrogatepass")
    if source.random() < 0.2:
        data = bytearray(text)
        for _ in range(source.randrange(1, 6)):
            data[source.randrange(len(data))] = source.randrange(256)
        text = bytes(data)
    return text


def files(attack, pool, seed):
    """Checkpoints with bytes changed, cut, doubled and swapped: inspect and average say what is wrong."""
    tries = [random.Random(seed).getrandbits(48) + n for n in range(2000)]
    attack.possible = len(tries) * 2

    def batch(numbers):
        for number in numbers:
            if attack.is_over:
                return
            _try_file(attack, random.Random(number), number)

    list(pool.map(batch, [tries[n : n + BATCH] for n in range(0, len(tries), BATCH)]))


def _try_file(attack, source, number):
    form = source.choice(formats.ALL)
    with World(form) as world:
        save(world, verdict.Known(), 100, 200)
        victims = [os.path.join(d, f) for d, _, fs in os.walk(world.run) for f in fs]
        victim = source.choice(victims)
        with open(victim, "rb") as file:
            data = bytearray(file.read())
        for _ in range(source.randrange(1, 8)):
            _damage(source, data)
        with open(victim, "wb") as file:
            file.write(data)
        paths = [f"{world.run}/{form.entry(step)}" for step in (100, 200)]
        for arguments in (["inspect", *paths[:1]], ["average", *paths, "--output", world.root + "/out"]):
            status, memory, said = _run([world.binaries + "/lawa", *arguments])
            problems = [] if status in (0, 1, 65, 73, 75) else [f"ended with {status}: {said[-200:]}"]
            problems += [f"took {memory} MiB"] if memory > MEMORY_MIB else []
            attack.count(problems, f"{form.name} {number}, lawa {arguments[0]}")


def _damage(source, data):
    # Headers and directories lie at the ends; damage in the numbers between would be no damage to a reader.
    position = source.choice((source.randrange(min(400, len(data)) or 1), len(data) - 1 - source.randrange(min(400, len(data)) or 1)))
    kind = source.randrange(5)
    if not data:
        data += b"x"
    elif kind == 0:
        data[position] = source.randrange(256)
    elif kind == 1:
        del data[position : position + source.randrange(1, 64)]
    elif kind == 2:
        data[position:position] = source.randbytes(source.randrange(1, 64))
    elif kind == 3:
        data[position : position + 8] = struct.pack("<Q", source.choice((0, 1, 2**31, 2**32 - 1, 2**53, 2**63, 2**64 - 1)))
    else:
        del data[source.randrange(len(data)) :]


def bombs(attack, pool, seed):
    """Small files that ask for much: none takes more than half a gibibyte."""
    del seed
    attack.possible = len(BOMBS)

    def one(item):
        if attack.is_over and attack.tries:
            return
        name, make = item
        with World(formats.Directory()) as world:
            path = _made_apart(make, world.root + "/bomb")
            status, memory, said = _run([world.binaries + "/lawa", "inspect", path], timeout=300)
            attack.highest("MiB for the largest", memory)
            problems = [] if status in (0, 65, 75) else [f"ended with {status}: {said[-200:]}"]
            problems += [f"took {memory} MiB for a file of {os.path.getsize(path) >> 20}"] if memory > MEMORY_MIB else []
            attack.count(problems, name)

    list(map(one, BOMBS.items()))


def _made_apart(make, path):
    # In a child: what this process takes for a file would count as the memory of the program that it starts.
    child = os.fork()
    if not child:
        make(path)
        os._exit(0)
    os.waitpid(child, 0)
    return next(path + suffix for suffix in (".pt", ".safetensors") if os.path.exists(path + suffix))


def _pickle(data):
    def make(path):
        with zipfile.ZipFile(path + ".pt", "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("archive/data.pkl", data())
            archive.writestr("archive/version", "3\n")
        return path + ".pt"

    return make


def _header(data):
    def make(path):
        text = data()
        with open(path + ".safetensors", "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
        return path + ".safetensors"

    return make


def _tensors(count, name="{}"):
    entry = '"' + name + '":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'
    return b"{" + b",".join(entry.format(n).encode() for n in range(count)) + b"}"


BOMBS = {
    "fifty million values": _pickle(lambda: b"\x80\x02](" + b"N" * 50_000_000 + b"e."),
    "a hundred million memos": _pickle(lambda: b"\x80\x04]" + b"\x94" * 100_000_000 + b"."),
    "four strings of 200 MiB": _pickle(lambda: b"\x80\x02(" + (b"X" + struct.pack("<I", 200 << 20) + b"a" * (200 << 20)) * 4 + b"t."),
    "fifty million marks": _pickle(lambda: b"\x80\x02" + b"(" * 50_000_000 + b"."),
    "fifty million empty dicts": _pickle(lambda: b"\x80\x02(" + b"}" * 50_000_000 + b"t."),
    "lists in lists": _pickle(lambda: b"\x80\x02" + b"]" * 20_000_000 + b"a" * 19_999_999 + b"."),
    "a million long integers": _pickle(lambda: b"\x80\x02(" + (b"\x8a\x20" + b"\x01" * 32) * 1_000_000 + b"t."),
    "ten million short strings": _pickle(lambda: b"\x80\x04(" + b"\x8c\x01a" * 10_000_000 + b"t."),
    "ten million globals": _pickle(lambda: b"\x80\x02(" + b"ca\nb\n" * 10_000_000 + b"t."),
    "a string that claims 4 GiB": _pickle(lambda: b"\x80\x02X\xff\xff\xff\xff" + b"a" * 1000 + b"."),
    "1.7 million tensors": _header(lambda: _tensors(1_700_000)),
    "long names": _header(lambda: _tensors(20_000, "x" * 4000 + "{}")),
    "nested arrays": _header(lambda: b"[" * 50_000_000),
    "one long shape": _header(lambda: b'{"a":{"dtype":"F32","shape":[' + b"1," * 30_000_000 + b'1],"data_offsets":[0,4]}}'),
    "metadata of 90 MiB": _header(lambda: b'{"__metadata__":{"a":"' + b"b" * 90_000_000 + b'"}}'),
    "ten million keys of metadata": _header(lambda: b'{"__metadata__":{' + b",".join(b'"%d":""' % n for n in range(8_000_000)) + b"}}"),
}  # fmt: skip
