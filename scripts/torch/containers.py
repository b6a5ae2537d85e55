"""The files of torch.save byte by byte: where storages and checksums lie, and what around them changed."""

import io
import pickletools
import struct
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
import torch

from loading import TolerantUnpickler


@dataclass(frozen=True)
class Record:
    """Bytes of a file with the places of their CRC-32, of which files of the older form have none."""

    name: str
    begin: int
    end: int
    checksums: tuple = ()

    @property
    def is_storage(self):
        """Whether it holds elements of tensors."""
        return not self.checksums or "/data/" in self.name


def is_zip(data):
    """Whether it is of torch's present form."""
    return data[:4] == b"PK\x03\x04"


def records(data):
    """All records of an archive, or the storages of a file of the older form."""
    return zip_records(data) if is_zip(data) else legacy_records(data)


def zip_records(data):
    """The records in the order of the archive's directory."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos, entry = archive.infolist(), archive.start_dir
    found = []
    for info in infos:
        local = info.header_offset
        begin = local + 30 + sum(struct.unpack_from("<2H", data, local + 26))
        end = begin + info.file_size
        # Bit 3: the checksum follows the content, with a signature.
        own = (local + 14,) if not info.flag_bits & 8 else (end + 4,) if info.file_size else ()
        found.append(Record(info.filename, begin, end, (entry + 16, *own)))
        entry += 46 + sum(struct.unpack_from("<3H", data, entry + 28))
    return found


class _StorageSizes(TolerantUnpickler):
    """Notes how many bytes each storage has that a pickle refers to."""

    def __init__(self, file):
        super().__init__(file)
        self.sizes = {}

    def persistent_load(self, reference):
        if reference[0] == "module":
            return reference[1]
        _, kind, key, _, count, *_ = reference
        dtype = getattr(kind, "dtype", torch.uint8)
        self.sizes[key] = count * torch.empty(0, dtype=dtype).element_size()
        storage = torch.UntypedStorage(self.sizes[key])
        return torch.storage.TypedStorage(wrap_storage=storage, dtype=dtype, _internal=True)


def legacy_records(data):
    """The storages of the older form, which follow five pickles; the fourth refers to them, the fifth orders them."""
    file = io.BytesIO(data)
    for _ in range(3):
        TolerantUnpickler(file).load()
    content = _StorageSizes(file)
    content.load()
    keys = [value for code, value, _ in pickletools.genops(file) if "BINUNICODE" in code.name]
    place, found = file.tell(), []
    for key in keys:
        # A count of elements stands before each.
        place += 8
        found.append(Record(key, place, place + content.sizes[key]))
        place = found[-1].end
    return found


def container_problems(newest, average):
    """What differs between two files besides storages and right checksums."""
    if len(average) != len(newest):
        yield f"the file has {len(average)} bytes, the newest {len(newest)}"
        return
    try:
        before, after = records(newest), records(average)
    except Exception as error:  # A damaged pickle or archive can raise anything.
        yield f"the file cannot be taken apart: {error!r}"
        return
    if before != after:
        yield "records lie elsewhere than in the newest"
        return
    variable = np.zeros(len(newest), bool)
    for record in before:
        if record.is_storage:
            variable[record.begin:record.end] = True
        for place in record.checksums:
            variable[place:place + 4] = True
            yield from checksum_problems(newest, average, record, place)
    wrong = (np.frombuffer(newest, np.uint8) != np.frombuffer(average, np.uint8)) & ~variable
    if wrong.any():
        yield f"byte {int(np.argmax(wrong))} is neither a tensor's nor a checksum's and differs from the newest's"


def checksum_problems(newest, average, record, place):
    """A checksum is that of its content; it is the newest's where the newest has none, or has the same content."""
    old, new = (struct.unpack_from("<I", data, place)[0] for data in (newest, average))
    content = average[record.begin:record.end]
    is_unchanged = content == newest[record.begin:record.end]
    wanted = old if is_unchanged or old == 0 else zlib.crc32(content)
    if new != wanted:
        yield f"{record.name} has the checksum {new:#010x} at byte {place}, not {wanted:#010x}"
