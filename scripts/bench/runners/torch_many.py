"""Writes a state dict of many small tensors: torch_many.py COUNT TARGET."""

import sys

import torch

count, target = int(sys.argv[1]), sys.argv[2]
torch.save({f"layers.{index}.weight": torch.full((16,), index, dtype=torch.float32) for index in range(count)}, target)
