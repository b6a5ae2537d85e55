"""Damages right averages on purpose: a check that does not find such a damage would be worth nothing."""

import struct
import zlib

import torch
from safetensors.torch import load_file

import export
import same_format
from compare import Comparison
from containers import records
from loading import element_bytes, load

WEIGHT, MOMENT = "body.weight", "exp_avg"


def damages(window, output):
    """(what is damaged, the words by which it must be found, the damaged bytes) of an average in torch's format."""
    data = same_format.read(output)
    content = torch.load(output, weights_only=True)
    weight = place(data, content["model"][WEIGHT])
    moment = place(data, next(iter(content["optimizer"]["state"].values()))[MOMENT])
    yield "a flipped bit of the model", WEIGHT, mended(flipped(data, weight))
    yield "a flipped bit of the optimizer", MOMENT, mended(flipped(data, moment))
    yield "the newest's model instead of the mean", WEIGHT, same_format.read(window.newest)
    yield "a byte at the end", "bytes, the newest", data + b"\0"
    # The learning rate stands in the pickle, as the key before its value.
    rate = data.index(b"G" + struct.pack(">d", 0.05)) + 8
    yield "a flipped bit of the pickle", "differs from the newest's", mended(flipped(data, rate))
    for record in records(data):
        if record.begin <= weight < record.end:
            for checksum in record.checksums:
                yield f"a checksum at byte {checksum}", "has the checksum", flipped(data, checksum)


def export_damages(output):
    """The same for an average as safetensors."""
    data = same_format.read(output)
    yield "a flipped bit", WEIGHT, flipped(data, place(data, load_file(output)[WEIGHT]))
    yield "another name", "body.weighs", data.replace(b'"body.weight"', b'"body.weighs"')
    yield "another alias", "save_model", data.replace(b'"head.weight":"', b'"head.weighs":"')


def unnoticed(output):
    """Differences from what is loaded of an average that a comparison does not notice; and how many were tried."""
    def another_number(content):
        content["step"] += 1

    def untied(content):
        content["model"]["head.weight"] = content["model"]["head.weight"].clone()

    def tied(content):
        first, second = content["optimizer"]["state"][0], content["optimizer"]["state"][1]
        second["step"] = first["step"]

    def trainable(content):
        content["model"][WEIGHT].requires_grad_()

    def transposed(content):
        content["model"][WEIGHT] = content["model"][WEIGHT].t().contiguous().t()

    def another_order(content):
        content["model"][WEIGHT] = content["model"].pop(WEIGHT)

    changes = (another_number, untied, tied, trainable, transposed, another_order)
    missed = []
    for change in changes:
        content = load(output)
        change(content)
        if not Comparison(load(output), content).problems:
            missed.append(f"a comparison does not notice what is {change.__name__}")
    return missed, len(changes)


def undetected(window, output, is_export):
    """The damages of an average that are not found; and how many were tried."""
    tried = list(export_damages(output) if is_export else damages(window, output))
    right, missed = same_format.read(output), []
    checker = export if is_export else same_format
    try:
        for what, words, damaged in tried:
            with open(output, "wb") as file:
                file.write(damaged)
            if damaged == right or not any(words in problem for problem in checker.problems(window, output)):
                missed.append(f"the checks do not find {what}")
    finally:
        with open(output, "wb") as file:
            file.write(right)
    return missed, len(tried)


def place(data, tensor):
    """Where the elements of a tensor lie in a file that holds them once."""
    elements = element_bytes(tensor)
    if data.count(elements) != 1:
        raise ValueError("the file does not hold the tensor's elements exactly once")
    return data.index(elements)


def flipped(data, position):
    """The same bytes with one bit of another value."""
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1:]


def mended(data):
    """The same bytes with the checksums that belong to them: what is then found is not found by a checksum."""
    mended_data = bytearray(data)
    for record in records(data):
        for checksum in record.checksums:
            struct.pack_into("<I", mended_data, checksum, zlib.crc32(data[record.begin:record.end]))
    return bytes(mended_data)
