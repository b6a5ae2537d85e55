"""The loop that everybody writes for .pt files: torch_load_mean.py OUTPUT FILE..."""

import os
import sys

import torch

output, *paths = sys.argv[1:]
sums = {}
types = {}
for path in paths:
    for name, tensor in torch.load(path, map_location="cpu", weights_only=True).items():
        types[name] = tensor.dtype
        if name in sums:
            sums[name] += tensor.to(torch.float32)
        else:
            sums[name] = tensor.to(torch.float32)
torch.save({name: (total / len(paths)).to(types[name]) for name, total in sums.items()}, output)
with open(output, "rb") as file:
    os.fsync(file.fileno())
