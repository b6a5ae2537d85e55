"""Compares two loaded files value by value, and their storages byte by byte."""

import re
import struct

import numpy as np
import torch

from loading import plain, storage_bytes

# More of them would tell nothing new.
MOST = 8
ADDRESS = re.compile(r" at 0x[0-9a-f]+")
ATOMS = (type(None), bool, int, str, bytes, bytearray, complex, type, torch.dtype, torch.device)
TENSOR_FACTS = ("requires_grad", "is_leaf", "layout", "device", "dtype", "shape")
STRIDED_FACTS = ("stride", "storage_offset", "is_conj", "is_neg")


class Comparison:
    """Walks an expected value and a found one side by side."""

    def __init__(self, expected, found):
        self.problems = []
        # Storages that were compared; by them, the aliasing of both must be the same.
        self.found_for, self.expected_for = {}, {}
        self.seen, self.kept = set(), []
        self.pending = [(expected, found, "root")]
        while self.pending and len(self.problems) < MOST:
            self.compare(*self.pending.pop())

    @property
    def storage_count(self):
        """How many different storages were reached that hold something."""
        return len(self.found_for)

    def note(self, where, what):
        self.problems.append(f"{where}: {what}")

    def compare(self, expected, found, where):
        """Compares two values, and has those within them compared later."""
        if type(expected) is not type(found):
            self.note(where, f"is a {type(found).__name__}, not a {type(expected).__name__}")
        elif isinstance(expected, float):
            if struct.pack("d", expected) != struct.pack("d", found):
                self.note(where, f"is {found!r}, not {expected!r}")
        elif isinstance(expected, ATOMS):
            if expected != found:
                self.note(where, f"is {found!r:.80}, not {expected!r:.80}")
        elif id(expected) not in self.seen:
            self.seen.add(id(expected))
            self.compare_whole(expected, found, where)

    def compare_whole(self, expected, found, where):
        """Compares two values of one type that hold others."""
        if isinstance(expected, torch.Tensor):
            self.compare_tensors(expected, found, where)
        elif isinstance(expected, torch.UntypedStorage):
            self.compare_storages(expected, found, where)
        elif isinstance(expected, torch.storage.TypedStorage):
            self.compare_storages(expected._untyped_storage, found._untyped_storage, where)
        elif isinstance(expected, (np.ndarray, np.generic)):
            if (expected.dtype, expected.shape, expected.tobytes()) != (found.dtype, found.shape, found.tobytes()):
                self.note(where, "is another value of numpy")
        elif isinstance(expected, dict):
            self.compare_each(expected.items(), found.items(), where)
        elif isinstance(expected, (list, tuple)):
            self.compare_each(enumerate(expected), enumerate(found), where)
        elif isinstance(expected, (set, frozenset)):
            if expected != found:
                self.note(where, f"is {found!r:.80}, not {expected!r:.80}")
        elif not getattr(expected, "__dict__", None):
            if ADDRESS.sub("", repr(expected)) != ADDRESS.sub("", repr(found)):
                self.note(where, f"is {found!r:.80}, not {expected!r:.80}")
        self.compare_attributes(expected, found, where)

    def compare_each(self, expected, found, where):
        expected, found = list(expected), list(found)
        if [repr(key) for key, _ in expected] != [repr(key) for key, _ in found]:
            self.note(where, f"has {len(found)} other keys than the {len(expected)} of the newest")
            return
        self.pending += [(a, b, f"{where}[{key!r}]") for (key, a), (_, b) in zip(expected, found)]

    def compare_attributes(self, expected, found, where):
        a, b = (dict(getattr(value, "__dict__", {})) for value in (expected, found))
        if a or b:
            # The dicts are new: kept, so that no other gets their identity.
            self.kept.append(a)
            self.pending.append((a, b, f"{where}.__dict__"))

    def compare_tensors(self, expected, found, where):
        """Compares what tensors are, where their elements lie, and the storages behind them."""
        facts = [[getattr(tensor, fact) for fact in TENSOR_FACTS] for tensor in (expected, found)]
        if facts[0] != facts[1]:
            self.note(where, f"has {facts[1]}, not {facts[0]}")
            return
        if hasattr(expected, "_local_tensor"):
            # A DTensor: how it is spread over devices, and what of it lies on this one.
            for part in ("_spec", "_local_tensor"):
                self.pending.append((getattr(expected, part), getattr(found, part), f"{where}.{part}"))
            return
        if expected.layout != torch.strided:
            self.note(where, f"has the layout {expected.layout}, which this comparison does not know")
            return
        expected, found = plain(expected), plain(found)
        if expected.device.type == "meta":
            return
        facts = [[getattr(tensor, fact)() for fact in STRIDED_FACTS] for tensor in (expected, found)]
        if facts[0] != facts[1]:
            self.note(where, f"has {facts[1]}, not {facts[0]}")
            return
        self.compare_storages(expected.untyped_storage(), found.untyped_storage(), where)

    def compare_storages(self, expected, found, where):
        """Compares all bytes of two storages, once, also those that belong to no tensor."""
        if expected.nbytes() != found.nbytes():
            self.note(where, f"has a storage of {found.nbytes()} bytes, not {expected.nbytes()}")
            return
        if not expected.nbytes():
            return
        a, b = expected.data_ptr(), found.data_ptr()
        is_new = a not in self.found_for
        if self.found_for.setdefault(a, b) != b or self.expected_for.setdefault(b, a) != a:
            self.note(where, "shares its storage with other tensors than in the newest")
        elif is_new:
            wanted, got = (np.frombuffer(storage_bytes(storage), np.uint8) for storage in (expected, found))
            wrong = np.flatnonzero(wanted != got)
            if len(wrong):
                first = wrong[0]
                self.note(
                    where, f"{len(wrong)} of {len(got)} bytes of its storage are wrong, the first is byte {first}: "
                    f"{got[first]:#04x}, not {wanted[first]:#04x}",
                )
