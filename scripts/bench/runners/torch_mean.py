"""The loop that everybody writes: torch_mean.py OUTPUT FILE..."""

import os
import sys

import torch
from safetensors.torch import load_file, save_file

output, *paths = sys.argv[1:]
sums = {}
types = {}
for path in paths:
    for name, tensor in load_file(path).items():
        types[name] = tensor.dtype
        if name in sums:
            sums[name] += tensor.to(torch.float32)
        else:
            sums[name] = tensor.to(torch.float32)
means = {name: (total / len(paths)).to(types[name]) for name, total in sums.items()}
os.makedirs(output)
target = os.path.join(output, "model.safetensors")
save_file(means, target)
with open(target, "rb") as file:
    os.fsync(file.fileno())
