"""Attacks lawad and lawa, and counts what fails.

Usage: python3 scripts/torture BINARIES [--seconds N] [--seed N] [--only NAME,...] [--jobs N]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import attacks
import models
from report import Attack
from world import World


def _arguments():
    parser = argparse.ArgumentParser(prog="torture", description="Attacks lawad and lawa, and counts what fails.")
    parser.add_argument("binaries", help="the directory with lawad and lawa")
    parser.add_argument("--seconds", type=int, help="how long it may take, shared out among the attacks; all of it without")
    parser.add_argument("--seed", type=int, default=None, help="which tries, and in which order; told where not given")
    parser.add_argument("--only", default="", help="names of attacks, separated by commas")
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1), help="how many tries at once")
    return parser.parse_args()


def _build(directory, name, *options):
    path = os.path.join(directory, name)
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".c")
    subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-O2", *options, "-o", path, source], check=True)
    return path


def _build_injector(directory):
    path = _build(directory, "inject")
    if subprocess.run([path, "--under", directory, "--", "true"], check=False).returncode != 0:
        print("SKIPPED torture: this machine does not let a process watch another's calls (seccomp_unotify)")
        sys.exit(0)
    return path


def main():
    arguments = _arguments()
    seed = arguments.seed if arguments.seed is not None else int(time.time())
    chosen = [a for a in attacks.ALL if not arguments.only or a.name in arguments.only.split(",")]
    if not chosen:
        sys.exit(f"torture: no attack is named {arguments.only}; known are {', '.join(a.name for a in attacks.ALL)}")
    World.binaries = os.path.abspath(arguments.binaries)
    whole = sum(a.share for a in chosen)
    print(f"torture: seed {seed}", flush=True)
    done = []
    with tempfile.TemporaryDirectory(prefix="lawa-inject-") as directory:
        World.injector = _build_injector(directory)
        models.load_checksum(_build(directory, "checksum", "-shared", "-fPIC"))
        for entry in chosen:
            seconds = arguments.seconds and arguments.seconds * entry.share / whole
            attack, start = Attack(entry.title, seconds), time.monotonic()
            with ThreadPoolExecutor(arguments.jobs) as pool:
                entry.run(attack, pool, seed)
            print(f"{entry.name}: {attack.tries} tries in {time.monotonic() - start:.0f} s, {len(attack.failures)} failures", flush=True)
            done.append(attack)
    print("\n| attack | tries | failures |\n|---|---|---|")
    print("\n".join(attack.line for attack in done))
    failed = sum(len(attack.failures) for attack in done)
    print(f"\n{sum(attack.tries for attack in done):,} tries with seed {seed}, {failed} failures")
    if not all(attack.tries for attack in done):
        sys.exit("torture: an attack made no try")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
