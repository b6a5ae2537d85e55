"""Small models with exact means, and their files: safetensors, shards with an index, and torch.save's zip."""

import ctypes
import io
import json
import os
import pickle
import random
import struct
import sys
import types
import zipfile

_library = None


def load_checksum(library):
    """Takes the function that `checksum.c` was compiled to."""
    global _library
    _library = ctypes.CDLL(library)
    _library.crc64nvme.argtypes, _library.crc64nvme.restype = (ctypes.c_char_p, ctypes.c_size_t), ctypes.c_uint64
    # Its table is made once, before there are threads.
    _library.crc64nvme(b"", 0)


def checksum(data):
    """The checksum of some bytes as a manifest has it."""
    return f"crc64nvme:{_library.crc64nvme(bytes(data), len(data)):016x}"


def make(seed, repetitions=1):
    """A model of three tensors whose elements have so few bits that any mean in double precision rounds once.

    The first has 200 elements, repeated so many times.
    """
    source = random.Random(seed)
    return {
        name: [source.randrange(-16384, 16384) / 256 for _ in range(count)] * (repetitions if count == 200 else 1)
        for name, count in (("layer.weight", 200), ("layer.bias", 33), ("head", 35))
    }


def mean(models):
    """The mean of models, rounded to F32."""
    return {name: [_single(sum(values) / len(models)) for values in zip(*(m[name] for m in models))] for name in models[0]}


def _single(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def safetensors(model, names=None):
    """A model, or some of its tensors in a given order, as a safetensors file."""
    header, data = {}, b""
    for name in names or list(model):
        values = struct.pack(f"<{len(model[name])}f", *model[name])
        header[name] = {"dtype": "F32", "shape": [len(model[name])], "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps(header).encode()
    # One length whatever the names' order, so that files that differ may have one size.
    text += b" " * (-len(text) % 256)
    return struct.pack("<Q", len(text)) + text + data


def read_safetensors(data):
    """The tensors of a safetensors file."""
    size = struct.unpack("<Q", data[:8])[0]
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        tensors[name] = list(struct.unpack(f"<{(end - start) // 4}f", data[start:end]))
    return tensors


class _Storage:
    def __init__(self, key, count):
        self.key, self.count = key, count


class _Tensor:
    def __init__(self, key, count):
        self.storage, self.count = _Storage(key, count), count

    def __reduce__(self):
        return sys.modules["torch._utils"]._rebuild_tensor_v2, (self.storage, 0, (self.count,), (1,), False, {})


def _stand_in(name, **values):
    # torch is not needed to write its files, only the names by which its pickles call it.
    module = types.ModuleType(name)
    for key, value in values.items():
        value.__module__, value.__qualname__ = name, key
        setattr(module, key, value)
    return module


class _Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, _Storage):
            return ("storage", sys.modules["torch"].FloatStorage, value.key, "cpu", value.count)
        return None


def torch_bytes(model, step):
    """The bytes that torch.save would write for {"model": …, "step": …}."""
    if "torch" not in sys.modules:
        sys.modules["torch"] = _stand_in("torch", FloatStorage=type("FloatStorage", (), {}))
        sys.modules["torch._utils"] = _stand_in("torch._utils", _rebuild_tensor_v2=lambda *a: None)
    text, archive = io.BytesIO(), io.BytesIO()
    tensors = {name: _Tensor(str(index), len(values)) for index, (name, values) in enumerate(model.items())}
    _Pickler(text, protocol=2).dump({"model": tensors, "step": step})
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as zip_file:
        # A fixed date: the same model is the same bytes.
        for name, data in [("data.pkl", text.getvalue()), ("byteorder", b"little"), ("version", b"3\n")] + [
            (f"data/{index}", struct.pack(f"<{len(values)}f", *values)) for index, values in enumerate(model.values())
        ]:
            zip_file.writestr(zipfile.ZipInfo(f"archive/{name}", (2024, 1, 1, 0, 0, 0)), data)
    return archive.getvalue()


def read_torch(path, names):
    """The tensors of a file of `torch_bytes`, or of an average of such; zipfile checks its CRC-32s."""
    with zipfile.ZipFile(path) as archive:
        root = archive.namelist()[0].split("/")[0]
        data = [archive.read(f"{root}/data/{index}") for index in range(len(names))]
    return {name: list(struct.unpack(f"<{len(part) // 4}f", part)) for name, part in zip(names, data)}


def read_directory(path):
    """The tensors of all safetensors files of a directory."""
    tensors = {}
    for name in os.listdir(path):
        if name.endswith(".safetensors"):
            with open(os.path.join(path, name), "rb") as file:
                tensors.update(read_safetensors(file.read()))
    return tensors
