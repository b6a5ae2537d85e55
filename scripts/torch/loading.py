"""Loads what torch.save wrote with torch itself, also where a pickle names classes that cannot be imported here."""

import io
import pickle
import types

import torch

_stand_ins = {}


class StandIn:
    """An instance of a class that cannot be imported: it only keeps what the pickle says about it."""

    def __new__(cls, *arguments, **_):
        instance = object.__new__(cls)
        instance.__dict__["(arguments)"] = arguments
        return instance

    def __init__(self, *_, **__):
        pass

    def __setstate__(self, state):
        self.__dict__.update(state if isinstance(state, dict) else {"(state)": state})

    def append(self, value):
        self.__dict__.setdefault("(items)", []).append(value)

    def __setitem__(self, key, value):
        self.__dict__.setdefault("(entries)", {})[key] = value


def stand_in(module, name):
    """The class that stands for one that cannot be imported; the same one each time."""
    if (module, name) not in _stand_ins:
        base = torch.Tensor if name.endswith("Tensor") else StandIn
        _stand_ins[module, name] = type(name, (base,), {"__module__": module})
    return _stand_ins[module, name]


class TolerantUnpickler(pickle.Unpickler):
    """Puts a stand-in where a class cannot be imported."""

    def find_class(self, module, name):
        try:
            return super().find_class(module, name)
        except (ImportError, AttributeError):
            return stand_in(module, name)


def _tolerant_pickle():
    """What torch.load asks of its `pickle_module`."""
    module = types.ModuleType("tolerant_pickle")
    module.__dict__.update({key: value for key, value in vars(pickle).items() if not key.startswith("__")})
    module.Unpickler = TolerantUnpickler
    module.load = lambda file, **options: TolerantUnpickler(file, **options).load()
    module.loads = lambda data, **options: TolerantUnpickler(io.BytesIO(data), **options).load()
    return module


_pickle_module = _tolerant_pickle()


def load(path):
    """Everything that is in a file. It runs what the pickle says: only for files of this repository."""
    return torch.load(path, map_location="cpu", weights_only=False, pickle_module=_pickle_module)


def loads_safely(path):
    """Whether torch loads a file with `weights_only`."""
    try:
        torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # Whatever torch, pickle or the file make of it: they agree on no type.
        return False
    return True


def plain(tensor):
    """A tensor without a class of its own or a gradient, over the same bytes."""
    return getattr(tensor, "_local_tensor", tensor).detach().as_subclass(torch.Tensor)


def element_bytes(tensor):
    """The elements of a tensor, in rows."""
    rows = plain(tensor).resolve_conj().resolve_neg().contiguous()
    return rows.reshape(-1).view(torch.uint8).numpy().tobytes() if rows.numel() else b""


def storage_bytes(storage):
    """All bytes of an untyped storage."""
    return torch.empty(0, dtype=torch.uint8).set_(storage).numpy().tobytes() if storage.nbytes() else b""


def model_tensors(root, path):
    """The model that lies at the keys `path`, as {name: tensor}; keys of nested dicts are joined by dots."""
    for key in path:
        inside = root if isinstance(root, dict) else vars(root)
        root = inside[key]
    found = {}
    _collect(root, "", found)
    return found


def _collect(value, name, found):
    if isinstance(value, torch.Tensor):
        found[name] = value
    for key, inner in _inside(value):
        _collect(inner, f"{name}.{key}" if name else str(key), found)


def _inside(value):
    """What a dict holds, or what the state_dict of a pickled module would."""
    if isinstance(value, dict):
        return value.items()
    if "_modules" not in getattr(value, "__dict__", {}):
        return ()
    passing = value.__dict__.get("_non_persistent_buffers_set", ())
    buffers = {key: buffer for key, buffer in value._buffers.items() if key not in passing}
    return {**value._parameters, **buffers, **value._modules}.items()
