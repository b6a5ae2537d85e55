"""Checks an average that was written as safetensors, beside what save_model makes of the same model."""

import json
import os
import tempfile

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_model

from loading import element_bytes, model_tensors, plain
from same_format import companion_problems, read

INDEX = "pytorch_model.bin.index.json"


# Types of torch for which safetensors has no name.
NAMELESS = {torch.complex32, torch.complex128}


def is_possible(window):
    """Whether safetensors has names for all types of a window's tensors."""
    models = [expected_model(window, weights) for weights in window.weights]
    return not any(tensor.dtype in NAMELESS for model in models for tensor in model.values())


def problems(window, output):
    """Everything that is wrong with an exported average of a window."""
    names = {}
    for weights in window.weights:
        name = weights.file.replace("pytorch_model", "model").replace(".bin", ".safetensors")
        path = os.path.join(output, name) if name else output
        expected = expected_model(window, weights)
        for problem in file_problems(expected, path):
            yield f"{name}: {problem}" if name else problem
        names.update({key: name for key in expected})
    if window.is_directory:
        index = INDEX.replace("pytorch_model.bin", "model.safetensors")
        yield from index_problems(names, os.path.join(output, index))
        yield from companion_problems(window, output, {index, *names.values()}, {INDEX})


def expected_model(window, weights):
    """What the exported model must hold, by name."""
    root = weights.expected(window.newest_file(weights))
    return {name: plain(tensor) for name, tensor in model_tensors(root, weights.path).items()}


def file_problems(expected, path):
    """Everything that is wrong with one exported file."""
    try:
        names, metadata, found = contents(path)
    except (OSError, SafetensorError) as error:
        yield f"safetensors does not load it: {error}"
        return
    yield from name_problems(expected, names, metadata)
    for name in sorted(names & set(expected)):
        wanted, got = expected[name], found[name]
        if (got.dtype, got.shape) != (wanted.dtype, wanted.shape):
            yield f"{name!r} is {got.dtype} {list(got.shape)}, not {wanted.dtype} {list(wanted.shape)}"
        elif element_bytes(got) != element_bytes(wanted):
            yield f"{name!r} has other elements than expected"


def contents(path):
    """Names, metadata and tensors of a file."""
    with safe_open(path, framework="pt") as file:
        names = set(file.keys())
        return names, file.metadata() or {}, {name: file.get_tensor(name) for name in names}


def name_problems(expected, names, metadata):
    """Whether save_model would leave out the same tensors; of a model that it refuses, nothing may get lost."""
    reference = reference_names(expected)
    if reference:
        if (names, metadata) != reference:
            yield f"it has {sorted(names)} and says {metadata}; save_model: {sorted(reference[0])} and {reference[1]}"
        return
    aliases = {name: kept for name, kept in metadata.items() if name != "format"}
    if set(aliases) & names or set(aliases) | names != set(expected):
        yield f"it has {sorted(names)} and {sorted(aliases)} in its metadata, of {sorted(expected)}"
        return
    for name, kept in aliases.items():
        if kept not in names or not lies_within(expected[name], expected[kept]):
            yield f"{kept!r} cannot stand for {name!r}"


def reference_names(model):
    """The names and the metadata that save_model writes; None where it refuses the model."""
    class Module:
        """All that save_model asks of one."""

        @staticmethod
        def state_dict():
            return dict(model)

    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "reference.safetensors")
        try:
            save_model(Module(), path, metadata={"format": "pt"})
        except (RuntimeError, ValueError):
            return None
        return contents(path)[:2]


def lies_within(tensor, other):
    """Whether the bytes of a tensor are a part of those of another, both in rows."""
    begin, end = tensor.data_ptr(), tensor.data_ptr() + tensor.nbytes
    return (
        tensor.is_contiguous() and other.is_contiguous()
        and other.data_ptr() <= begin and end <= other.data_ptr() + other.nbytes
    )


def index_problems(names, path):
    """Whether the index of shards tells where each tensor is and how many bytes all have."""
    if not os.path.exists(path):
        yield f"{os.path.basename(path)} is missing"
        return
    index = json.loads(read(path))
    written = {}
    for name in set(names.values()):
        tensors = contents(os.path.join(os.path.dirname(path), name))[2]
        written.update({key: (name, tensor.nbytes) for key, tensor in tensors.items()})
    if index["weight_map"] != {key: name for key, (name, _) in written.items()}:
        yield f"the index says {index['weight_map']}"
    if index["metadata"]["total_size"] != sum(count for _, count in written.values()):
        yield f"the index says {index['metadata']}"
