#!/usr/bin/env python3
"""Interleaved rounds of `lawa average` and of its yardsticks on generated checkpoints.

The yardsticks do the least that any tool must: `cat` reads the inputs, `dd conv=fsync` writes one output and waits for the
disk. `lawa average` does both and waits for the disk too. The inputs are read before every measured run, so that all find
them in the page cache; a round runs each command once, so that a slow moment of the machine meets all of them.
Usage: bench.py LAWA DIRECTORY RESULTS
"""

import json
import os
import platform
import shutil
import statistics
import struct
import subprocess
import sys
import time

ROUNDS = int(os.environ.get("LAWAD_BENCH_ROUNDS", "7"))
MEMBERS = 5
BYTES = int(os.environ.get("LAWAD_BENCH_MIB", "512")) << 20
TENSOR_BYTES = 32 << 20
# The upper byte of a bf16 number holds its sign and seven bits of its exponent. These keep any sign and make the
# exponent one of magnitudes from 2^-15 to 2, so that every number is finite and normal, as weights are.
UPPER = bytes((byte & 0x80) | (0x38 + (byte & 0x07)) for byte in range(256))


def write_checkpoint(path):
    """A safetensors file of random bf16 tensors of 32 MiB."""
    count = max(1, BYTES // TENSOR_BYTES)
    header = json.dumps({
        f"layers.{i}.weight": {
            "dtype": "BF16", "shape": [TENSOR_BYTES // 8192, 4096],
            "data_offsets": [i * TENSOR_BYTES, (i + 1) * TENSOR_BYTES],
        } for i in range(count)
    }).encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        for _ in range(count):
            numbers = bytearray(os.urandom(TENSOR_BYTES))
            numbers[1::2] = numbers[1::2].translate(UPPER)
            file.write(numbers)
        file.flush()
        os.fsync(file.fileno())


def write_checkpoints(paths):
    """Writes them in a process of its own: what this one holds at its largest would count as every command's peak."""
    writer = os.fork()
    if writer == 0:
        status = 1
        try:
            for path in paths:
                write_checkpoint(path)
            status = 0
        finally:
            os._exit(status)
    if os.waitpid(writer, 0)[1] != 0:
        sys.exit("bench: the checkpoints could not be written")


def warm(paths):
    """Brings files into the page cache."""
    buffer = bytearray(1 << 20)
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            while file.readinto(buffer):
                pass


def measure(command):
    """Wall and processor seconds and the peak of the resident memory of one command."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} failed: {message.decode(errors='replace')}")
    return {
        "wall": seconds, "cpu": usage.ru_utime + usage.ru_stime, "rss": usage.ru_maxrss * 1024,
        "disk_reads": usage.ru_inblock * 512,
    }


def remove(path):
    for leftover in (path, path + ".lawa.json"):
        if os.path.isdir(leftover):
            shutil.rmtree(leftover)
        elif os.path.lexists(leftover):
            os.remove(leftover)


def row(name, runs, base):
    walls = [run["wall"] for run in runs]
    median = statistics.median(walls)
    cpu = statistics.median(run["cpu"] for run in runs)
    rss = max(run["rss"] for run in runs) / 2**20
    return (f"{name:<22}{median:>8.2f}{min(walls):>8.2f} - {max(walls):<6.2f}"
            f"{cpu:>8.2f}{rss:>10.0f}{median / base:>9.2f}")


def main():
    lawa, directory, results = sys.argv[1:]
    shutil.rmtree(directory, ignore_errors=True)
    os.makedirs(directory)
    needed = (MEMBERS + 2) * BYTES
    if shutil.disk_usage(directory).free < needed + (1 << 30):
        sys.exit(f"bench: {directory} needs {needed + (1 << 30)} free bytes")
    inputs = [os.path.join(directory, f"step_{100 * (i + 1)}.safetensors") for i in range(MEMBERS)]
    output = os.path.join(directory, "output.safetensors")
    write_checkpoints(inputs)
    commands = {
        "cat inputs": ["cat", *inputs],
        "dd conv=fsync output": ["dd", f"if={inputs[-1]}", f"of={output}", "bs=1M", "conv=fsync", "status=none"],
        "lawa average": [lawa, "average", "--quiet", "--output", output, *inputs],
    }
    runs = {name: [] for name in commands}
    for number in range(ROUNDS):
        for name, command in commands.items():
            remove(output)
            warm(inputs)
            runs[name].append(measure(command))
        print(f"round {number + 1} of {ROUNDS}", file=sys.stderr)
    shutil.rmtree(directory)

    yardstick = sum(statistics.median(run["wall"] for run in runs[name]) for name in list(commands)[:2])
    print(f"{MEMBERS} members of {BYTES >> 20} MiB bf16, {ROUNDS} rounds, warm; {platform.processor() or platform.machine()}, "
          f"{os.cpu_count()} processors, Linux {platform.release()}")
    print(f"{'':<22}{'wall s':>8}{'min - max':>15}{'cpu s':>10}{'RSS MiB':>10}{'ratio':>9}")
    for name in commands:
        print(row(name, runs[name], yardstick))
    print("wall and cpu: medians; RSS: the peak, mapped inputs included, at least this script's own; "
          "ratio: to the sum of cat and dd")
    with open(results, "w", encoding="utf-8") as file:
        json.dump({
            "members": MEMBERS, "bytes": BYTES, "rounds": ROUNDS, "kernel": platform.release(),
            "processors": os.cpu_count(), "runs": runs,
        }, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
