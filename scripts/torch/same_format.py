"""Checks an average that has the newest's own format."""

import os
import shutil
import subprocess
import sys

from compare import Comparison
from containers import container_problems, is_zip, records
from loading import load, loads_safely


def problems(window, output):
    """Everything that is wrong with an average of a window."""
    for weights in window.weights:
        path = os.path.join(output, weights.file) if weights.file else output
        for problem in file_problems(weights, window.newest_file(weights), path):
            yield f"{weights.file}: {problem}" if weights.file else problem
    if window.is_directory:
        yield from companion_problems(window, output, [weights.file for weights in window.weights])


def file_problems(weights, newest, path):
    """Everything that is wrong with one averaged file of torch.save."""
    if not os.path.isfile(path):
        yield "is missing"
        return
    before, after = read(newest), read(path)
    yield from container_problems(before, after)
    yield from archive_test_problems(newest, path, before)
    try:
        found = load(path)
    except Exception as error:  # torch.load of a damaged file can raise anything.
        yield f"torch does not load it: {error!r:.300}"
        return
    if loads_safely(newest) and not loads_safely(path):
        yield "torch does not load it with weights_only, as it does the newest"
    comparison = Comparison(weights.expected(newest), found)
    yield from comparison.problems
    storages = sum(record.is_storage and record.end > record.begin for record in records(before))
    # The container's check passes over storages: each must have been compared here.
    if not comparison.problems and comparison.storage_count != storages:
        yield f"{comparison.storage_count} of {storages} storages were compared"


def archive_test_problems(newest, path, content):
    """What programs for zip archives say, where the newest satisfies them."""
    if not is_zip(content):
        return
    for name, passes in ARCHIVE_TESTS.items():
        if passes(newest) and not passes(path):
            yield f"{name} finds it damaged"


def python_passes(path):
    """Whether python3 -m zipfile finds an archive whole; it ends well in either case."""
    done = subprocess.run([sys.executable, "-m", "zipfile", "-t", path], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == "Done testing"


def unzip_passes(path):
    """Whether unzip finds an archive whole."""
    return subprocess.run(["unzip", "-tqq", path], capture_output=True, check=False).returncode == 0


ARCHIVE_TESTS = {"python3 -m zipfile -t": python_passes}
if shutil.which("unzip"):
    ARCHIVE_TESTS["unzip -t"] = unzip_passes


def companion_problems(window, output, written, replaced=()):
    """What is wrong with the files beside the weights; the newest's that are in `replaced` must not be there."""
    for name in (*window.required, *window.optional):
        before, after = os.path.join(window.newest, name), os.path.join(output, name)
        if name in replaced:
            continue
        if not os.path.exists(after):
            if name in window.required:
                yield f"{name} is missing"
        elif read(before) != read(after):
            yield f"{name} differs from the newest's"
    known = {"lawa.json", *written, *window.required, *window.optional} - set(replaced)
    for parent, _, names in os.walk(output):
        for name in names:
            path = os.path.relpath(os.path.join(parent, name), output)
            if path not in known:
                yield f"{path} should not be there"


def read(path):
    """All bytes of a file."""
    with open(path, "rb") as file:
        return file.read()
