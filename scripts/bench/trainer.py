"""Saves small checkpoints as trainers do, in Python and without PyTorch."""

import io
import json
import os
import struct
import zipfile


def safetensors(step, count):
    """A file with one tensor of `count` numbers of f32, none of them zero."""
    entry = {"weight": {"dtype": "F32", "shape": [count], "data_offsets": [0, 4 * count]}}
    header = json.dumps(entry).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + _numbers(step, count)


def torch_archive(step, count):
    """What torch.save({"model": {"weight": ...}, "iter_num": step}) writes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        file.writestr("archive/data.pkl", _objects(step, count))
        file.writestr("archive/byteorder", "little")
        file.writestr("archive/data/0", _numbers(step, count))
        file.writestr("archive/version", "3\n")
    return archive.getvalue()


def _numbers(step, count):
    return struct.pack("<f", 1 + step / 1024) * count


def _objects(step, count):
    """The pickle, opcode by opcode (Python's pickletools), for a pickler would import torch."""
    def text(value):
        return b"X" + struct.pack("<I", len(value)) + value

    def integer(value):
        return b"J" + struct.pack("<i", value)

    storage = b"(" + text(b"storage") + b"ctorch\nFloatStorage\n" + text(b"0") + text(b"cpu") + integer(count) + b"tQ"
    shape_and_strides = b"(" + integer(count) + b"t" + b"(" + integer(1) + b"t"
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + integer(0) + shape_and_strides + b"\x89}tR"
    model = b"}(" + text(b"weight") + tensor + b"u"
    return b"\x80\x02}(" + text(b"model") + model + text(b"iter_num") + integer(step) + b"u."


def save_directory(watch, step, count):
    """As transformers.Trainer: weights by rename, its own state last."""
    directory = os.path.join(watch, f"checkpoint-{step}")
    os.mkdir(directory)
    _write(os.path.join(directory, "config.json"), b"{}")
    weights = os.path.join(directory, "model.safetensors")
    _write(weights + ".tmp", safetensors(step, count))
    os.rename(weights + ".tmp", weights)
    _write(os.path.join(directory, "trainer_state.json"), b'{"global_step": %d}' % step)


def save_file(watch, step, count):
    """One file for each checkpoint, by rename."""
    path = os.path.join(watch, f"step_{step}.safetensors")
    _write(path + ".tmp", safetensors(step, count))
    os.rename(path + ".tmp", path)


def save_in_place(watch, step, count):
    """One file that every save overwrites."""
    _write(os.path.join(watch, "checkpoint.pt"), torch_archive(step, count))


def _write(path, content):
    with open(path, "wb") as file:
        file.write(content)
