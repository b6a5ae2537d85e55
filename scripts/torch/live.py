"""Windows that the installed torch writes now: a small model with an optimizer, some steps of training apart."""

import json
import os
from fractions import Fraction

import numpy as np
import torch
from safetensors.torch import load_model, save_file

MEMBERS = 3


class Small(torch.nn.Module):
    """Tied weights, normalization with running statistics, and a convolution that lies in channels-last order."""

    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(12, 8)
        self.convolution = torch.nn.Conv2d(2, 4, 3, padding=1).to(memory_format=torch.channels_last)
        self.normalization = torch.nn.BatchNorm2d(4)
        self.body = torch.nn.Linear(16, 8)
        self.head = torch.nn.Linear(8, 12, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, tokens):
        image = self.embedding(tokens).reshape(-1, 2, 2, 2)
        features = self.normalization(self.convolution(image)).flatten(1)
        return self.head(torch.tanh(self.body(features)))


def make():
    """A model and its optimizer."""
    model = Small()
    return model, torch.optim.AdamW(model.parameters(), lr=0.05)


def train(model, optimizer, generator):
    """A few steps towards random targets."""
    for _ in range(4):
        tokens, targets = (torch.randint(0, 12, (6,), generator=generator) for _ in range(2))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(tokens), targets).backward()
        optimizer.step()


def write(directory, is_zip):
    """Writes a window and its expectation, in the form of the stored ones."""
    run, expected = os.path.join(directory, "run"), os.path.join(directory, "expected")
    os.makedirs(run)
    os.makedirs(expected)
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(2)
    model, optimizer = make()
    names, states = [], []
    for step in range(10, 10 * MEMBERS + 1, 10):
        train(model, optimizer, generator)
        names.append(f"ckpt_{step}.pt")
        content = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "loss": 1 / step}
        torch.save(content, os.path.join(run, names[-1]), _use_new_zipfile_serialization=is_zip)
        states.append({name: tensor.clone() for name, tensor in model.state_dict().items()})
    averaged = [name for name, tensor in states[-1].items() if tensor.is_floating_point()]
    means = {name: exact_mean([state[name] for state in states]) for name in averaged}
    save_file(means, os.path.join(expected, "expected.safetensors"))
    weights = {
        "file": "", "path": ["model"], "expected": "expected.safetensors", "averaged": averaged,
        "identical": [name for name in states[-1] if name not in averaged],
    }
    with open(os.path.join(expected, "expected.json"), "w", encoding="utf-8") as file:
        json.dump({"kind": "file", "window": names, "newest": names[-1], "weights": [weights]}, file)


def exact_mean(tensors):
    """The means of f32 tensors: exact sums, divided once and rounded once to nearest, ties to even."""
    columns = zip(*(tensor.contiguous().flatten().tolist() for tensor in tensors))
    values = np.array([rounded(sum(map(Fraction, column)) / len(column)) for column in columns], np.float32)
    return torch.from_numpy(values).reshape(tensors[0].shape)


def rounded(value):
    """The f32 number that is nearest to a fraction."""
    near = np.float32(float(value))
    around = (near, np.nextafter(near, np.float32(-np.inf)), np.nextafter(near, np.float32(np.inf)))
    return min(around, key=lambda number: (abs(Fraction(float(number)) - value), int(number.view(np.uint32)) & 1))


def resume_problems(output):
    """Whether training goes on from an average: it loads with weights_only into a new model and a new optimizer."""
    content = torch.load(output, map_location="cpu", weights_only=True)
    if content["step"] != 10 * MEMBERS:
        yield f"its step is {content['step']}, not the newest's"
    state = content["model"]
    if state["head.weight"].data_ptr() != state["embedding.weight"].data_ptr():
        yield "tied weights are no longer one"
    model, optimizer = make()
    model.load_state_dict(state)
    optimizer.load_state_dict(content["optimizer"])
    train(model, optimizer, torch.Generator().manual_seed(3))
    if not all(torch.isfinite(parameter).all() for parameter in model.parameters()):
        yield "training that goes on from it does not stay finite"


def load_model_problems(output, averaged):
    """Whether load_model, which allows no name too many or too few, makes the averaged model of an export."""
    model, _ = make()
    load_model(model, output)
    state = torch.load(averaged, map_location="cpu", weights_only=True)["model"]
    for name, tensor in model.state_dict().items():
        if not torch.equal(tensor, state[name]):
            yield f"load_model gives {name!r} other elements than the average in torch's format has"
