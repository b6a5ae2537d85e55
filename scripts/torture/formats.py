"""The kinds of checkpoints that are tortured: how a trainer saves them, and how their averages are read."""

import json
import os

import models

# Seconds since 1970 of a step 0.
LONG_AGO = 1_700_000_000


class Format:
    """How checkpoints of one kind are saved and averages of them read."""

    name = ""
    is_file = False

    def entry(self, step):
        """The name of a checkpoint."""
        raise NotImplementedError

    def save(self, run, step, model, time=None):
        """Saves a checkpoint as a trainer does, with times of long ago unless told, so that it need not settle."""
        raise NotImplementedError

    def read(self, path):
        """The tensors of a checkpoint, or of an average of such."""
        raise NotImplementedError

    def age(self, path, time):
        """Gives all below a path a time."""
        for directory, _, files in os.walk(path):
            for name in files:
                os.utime(os.path.join(directory, name), (time, time))
        os.utime(path, (time, time))


class Directory(Format):
    """transformers.Trainer: `checkpoint-N/` with one weight file."""

    name = "directory"

    def entry(self, step):
        return f"checkpoint-{step}"

    def weights(self, model, step):
        return {"model.safetensors": models.safetensors(model)}

    def save(self, run, step, model, time=None):
        path = os.path.join(run, self.entry(step))
        os.makedirs(path, exist_ok=True)
        files = self.weights(model, step)
        files["config.json"] = b'{"model_type": "tiny"}'
        files["trainer_state.json"] = json.dumps({"global_step": step}).encode()
        for name, data in files.items():
            with open(os.path.join(path, name), "wb") as file:
                file.write(data)
        self.age(path, time or LONG_AGO + step)
        return path

    def read(self, path):
        return models.read_directory(path)


class Sharded(Directory):
    """The same with two shards and their index."""

    name = "sharded"

    def weights(self, model, step):
        names = list(model)
        shards = {"model-00001-of-00002.safetensors": names[:1], "model-00002-of-00002.safetensors": names[1:]}
        index = {"metadata": {}, "weight_map": {name: file for file, part in shards.items() for name in part}}
        files = {file: models.safetensors(model, part) for file, part in shards.items()}
        return files | {"model.safetensors.index.json": json.dumps(index).encode()}


class File(Format):
    """A numbered series of safetensors files."""

    name = "file"
    is_file = True
    suffix = ".safetensors"

    def entry(self, step):
        return f"model_step_{step}{self.suffix}"

    def data(self, model, step):
        return models.safetensors(model)

    def save(self, run, step, model, time=None):
        path = os.path.join(run, self.entry(step))
        with open(path + ".tmp", "wb") as file:
            file.write(self.data(model, step))
        os.rename(path + ".tmp", path)
        self.age(path, time or LONG_AGO + step)
        return path

    def read(self, path):
        with open(path, "rb") as file:
            return models.read_safetensors(file.read())


class Torch(File):
    """A numbered series of files of torch.save."""

    name = "torch"
    suffix = ".pt"

    def data(self, model, step):
        return models.torch_bytes(model, step)

    def read(self, path):
        return models.read_torch(path, list(models.make(0)))


ALL = [Directory(), Sharded(), File(), Torch()]
