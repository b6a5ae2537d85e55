"""A window of checkpoints and what must become of it, as `expected/expected.json` says."""

import json
import os
import re
from dataclasses import dataclass

import torch
from safetensors.torch import load_file

from loading import element_bytes, load, model_tensors, plain


@dataclass(frozen=True)
class Weights:
    """One weight file of a checkpoint."""

    # Below the checkpoint; empty where the checkpoint is a file.
    file: str
    # The keys at which the model lies.
    path: list
    averaged: list
    identical: list
    # {name: elements in rows} of the averaged tensors.
    means: dict

    def expected(self, newest):
        """The newest file as loaded, with the means in the place of its averaged tensors."""
        root = load(newest)
        tensors = model_tensors(root, self.path)
        if set(self.averaged + self.identical) != set(tensors):
            raise ValueError(f"expected.json and {newest} name different tensors")
        for name in self.averaged:
            overwrite(plain(tensors[name]), self.means[name])
        # Tensors that share bytes have been given the same ones.
        if any(element_bytes(tensors[name]) != self.means[name] for name in self.averaged):
            raise ValueError(f"the means expected of {newest} contradict each other")
        return root


def overwrite(tensor, rows):
    """Gives a tensor its elements, in rows, wherever they lie."""
    if not tensor.numel():
        return
    # Complex numbers are safetensors' pairs where it knows no such type: the bytes are the same.
    values = torch.frombuffer(bytearray(rows), dtype=tensor.dtype).reshape(tensor.shape)
    # torch does not write to an expanded tensor, whose elements share bytes.
    once = tuple(slice(0, 1) if stride == 0 else slice(None) for stride in tensor.stride())
    tensor[once].copy_(values[once])


def version(text):
    """The first version that a text names, as a tuple that can be compared."""
    found = re.search(r"(\d+)\.(\d+)", text)
    return tuple(map(int, found.groups())) if found else ()


class Window:
    """The checkpoints to average, oldest first, and the expectation."""

    def __init__(self, directory):
        self.name = os.path.basename(directory)
        self.directory = directory
        with open(os.path.join(directory, "expected", "expected.json"), encoding="utf-8") as file:
            record = json.load(file)
        self.members = [os.path.join(directory, "run", name) for name in record["window"]]
        self.newest = os.path.join(directory, "run", record["newest"])
        # By which version of torch the members were written, as numbers; empty where it is the installed one.
        self.written_by = version(record.get("versions", ""))
        self.is_directory = record["kind"] == "dir"
        # Why no average can be made; None where one can.
        self.refused = record["why"] if record.get("refused") else None
        self.options = record.get("options", [])
        # Files beside the weights, which are the newest's: those that must be there, and those that may.
        self.required = record.get("required", [])
        self.optional = record.get("optional", [])
        self.weights = [self._weights(entry) for entry in record.get("weights", [])]

    def _weights(self, entry):
        means = load_file(os.path.join(self.directory, "expected", entry["expected"]))
        return Weights(
            file=entry["file"], path=entry["path"], averaged=entry["averaged"], identical=entry["identical"],
            means={name: element_bytes(tensor) for name, tensor in means.items()},
        )

    def newest_file(self, weights):
        """Where the newest member's file of these weights lies."""
        return os.path.join(self.newest, weights.file) if weights.file else self.newest
