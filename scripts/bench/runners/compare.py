"""Prints the largest difference between the tensors of two directories: compare.py OURS THEIRS."""

import glob
import os
import sys

from safetensors import safe_open


def tensors(directory):
    """The file of every tensor."""
    found = {}
    for path in sorted(glob.glob(os.path.join(directory, "*.safetensors"))):
        with safe_open(path, framework="pt") as file:
            found.update(dict.fromkeys(file.keys(), path))
    return found


def main():
    ours, theirs = map(tensors, sys.argv[1:])
    if not ours or ours.keys() != theirs.keys():
        raise SystemExit(f"{len(ours)} tensors against {len(theirs)}, {len(ours.keys() ^ theirs.keys())} in one only")
    largest = 0.0
    for name, path in ours.items():
        with safe_open(path, framework="pt") as a, safe_open(theirs[name], framework="pt") as b:
            largest = max(largest, (a.get_tensor(name).float() - b.get_tensor(name).float()).abs().max().item())
    print(largest)


main()
