"""What timm's avg_checkpoints.py does with all the files it is given: timm_mean.py OUTPUT FILE...

It loads with timm's loader, sums in f64, counts the members of every tensor, saves in f32 and takes the SHA-256 of the
output. The script itself lies beside timm's package and is not installed with it.
"""

import hashlib
import os
import sys

import torch
from safetensors.torch import load_file, save_file

try:
    from timm.models import load_state_dict
except Exception:  # torchvision, which timm imports, is missing or was built for another torch.
    load_state_dict = load_file

output, *paths = sys.argv[1:]
sums = {}
counts = {}
for path in paths:
    for name, tensor in load_state_dict(path).items():
        if name in sums:
            sums[name] += tensor.to(torch.float64)
            counts[name] += 1
        else:
            sums[name] = tensor.clone().to(torch.float64)
            counts[name] = 1
for name, total in sums.items():
    total.div_(counts[name])
limits = torch.finfo(torch.float32)
means = {name: total.clamp(limits.min, limits.max).to(torch.float32) for name, total in sums.items()}
os.makedirs(output)
target = os.path.join(output, "model.safetensors")
save_file(means, target)
with open(target, "rb") as file:
    print(hashlib.sha256(file.read()).hexdigest())
