"""What has to hold, whatever was done to the daemon."""

import json
import os
import stat

import models

SUFFIX = ".lawa.json"


def tree(path):
    """A directory with all below it: kind, size, times, content and link's target of each entry."""
    found = {}
    for directory, directories, files in os.walk(path):
        for name in directories + files:
            entry = os.path.join(directory, name)
            status = os.lstat(entry)
            if stat.S_ISLNK(status.st_mode):
                content = os.readlink(entry)
            elif stat.S_ISREG(status.st_mode):
                with open(entry, "rb") as file:
                    content = file.read()
            else:
                content = None
            times = None if stat.S_ISDIR(status.st_mode) else status.st_mtime_ns
            found[os.path.relpath(entry, path)] = (stat.S_IFMT(status.st_mode), status.st_size if content else 0, times, content)
    return found


def published(world):
    """The names of what readers take for averages: all but `latest`, manifests and hidden names."""
    if not os.path.isdir(world.averages):
        return []
    return sorted(n for n in os.listdir(world.averages) if n != "latest" and n[0] != "." and not n.endswith(SUFFIX))


def _manifest_path(world, name):
    path = os.path.join(world.averages, name)
    return path + SUFFIX if world.form.is_file else path + "/lawa.json"


def check_average(path, manifest_path, form, known):
    """Why an average is not what its manifest says; None where it is, or where a file's manifest is absent."""
    if not os.path.exists(manifest_path):
        return None if form.is_file else f"{path} has no manifest"
    with open(manifest_path) as file:
        manifest = json.load(file)
    for record in manifest["files"]:
        place = path if form.is_file else os.path.join(path, record["path"])
        with open(place, "rb") as file:
            data = file.read()
        if len(data) != record["size"] or models.checksum(data) != record["checksum"]:
            return f"{place} is not the file that its manifest describes"
    members = [known.get(tuple(f["checksum"] for f in m["files"])) for m in manifest["members"]]
    if None in members:
        return f"{path}: its manifest names members with a content that none ever had"
    if form.read(path) != models.mean(members):
        return f"{path} is not the mean of the members that its manifest names"
    return None


class Known:
    """The models of all checkpoints that were ever saved, by the checksums of their weight files."""

    def __init__(self):
        self._models = {}

    def add(self, form, model, step):
        """Notes a model."""
        if form.is_file:
            files = [form.data(model, step)]
        else:
            weights = form.weights(model, step)
            files = [weights[name] for name in sorted(weights) if name.endswith(".safetensors")]
        self.add_data(files, model)

    def add_data(self, files, model):
        """Notes a model by the bytes of its weight files."""
        self._models[tuple(models.checksum(data) for data in files)] = model

    def get(self, checksums):
        """The model of some weight files, or None."""
        return self._models.get(checksums)


def at_an_instant(world, known):
    """What must hold at every moment: no reader finds half an average, or one beside another's manifest."""
    problems = []
    for name in published(world):
        path = os.path.join(world.averages, name)
        problem = check_average(path, _manifest_path(world, name), world.form, known)
        problems += [problem] if problem else []
    if os.path.isdir(world.averages):
        names = set(os.listdir(world.averages))
        orphans = [n for n in names if n.endswith(SUFFIX) and n[: -len(SUFFIX)] not in names]
        problems += [f"the manifest {name} describes nothing" for name in orphans]
    return problems


def at_rest(world, known, newest, keep_last=None):
    """What must hold once a clean start has done its work: all is made good and nothing is left over."""
    problems = at_an_instant(world, known)
    names = published(world)
    expected = world.form.entry(newest)
    if expected not in names:
        problems.append(f"the average of step {newest} is missing; there are {names}")
    problems += [f"{name} has no manifest" for name in names if not os.path.exists(_manifest_path(world, name))]
    latest = os.path.join(world.averages, "latest")
    target = os.readlink(latest) if os.path.islink(latest) else None
    if target != expected:
        problems.append(f"latest leads to {target}, not to {expected}")
    if keep_last and len(names) > keep_last:
        problems.append(f"{len(names)} averages are kept, not {keep_last}: {names}")
    return problems + leftovers(world)


def leftovers(world):
    """What is in the private place and nobody needs any more."""
    private = world.output + "/.lawad"
    problems = []
    staging = sorted(os.listdir(private + "/staging")) if os.path.isdir(private + "/staging") else []
    if staging:
        problems.append(f"staging still holds {staging}")
    pins = set(os.listdir(private + "/pins")) if os.path.isdir(private + "/pins") else set()
    records = private + "/pin-records"
    known = {n[: -len(".json")] for n in os.listdir(records)} if os.path.isdir(records) else set()
    if pins != known:
        problems.append(f"pins {sorted(pins - known)} have no record, records {sorted(known - pins)} no pin")
    hidden = [n for n in os.listdir(world.root) if n.startswith(".") and ".lawa-" in n]
    return problems + [f"{name} was left beside the run" for name in hidden]
