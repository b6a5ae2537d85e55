"""Writes the tensors of safetensors files as torch.save does: torch_save.py SOURCE TARGET [SOURCE TARGET...]."""

import sys

import torch
from safetensors.torch import load_file

paths = sys.argv[1:]
for source, target in zip(paths[::2], paths[1::2], strict=True):
    torch.save(load_file(source), target)
