"""Files of torch.save beside safetensors with the same tensors, and beside a loop of torch.load."""

import os

from figures import memory, processor_seconds, ratios, walls
from report import Section, Target
from rounds import FEW, Trial, interleave, records
from scenarios.peers import RUNNERS, Venv

SAFETENSORS, TORCH = "lawa average, .safetensors", "lawa average, .pt"
LOOP = "torch.load loop, fsync"
OPEN = "lawa inspect"
MANY = 100_000
HEADER = ["wall s, median (min - max)", "processor s", "anon MiB", "file MiB", "peak MiB"]


def average(workspace, settings, files):
    """The command that averages files into one."""
    return [
        workspace.lawa, "average", "--quiet", "--threads", str(settings.threads),
        "--output", workspace.path("output"), *files,
    ]


def runner(venv, name, *arguments):
    return [venv.python, os.path.join(RUNNERS, name), *arguments]


def write_members(workspace, settings, venv):
    """The same tensors as safetensors and as .pt."""
    members = workspace.model("members", settings.member, settings.members)
    workspace.require(settings.members * settings.member)
    os.makedirs(workspace.path("torch"))
    saved = [workspace.path(f"torch/step_{index}.pt") for index in range(len(members.all_files))]
    pairs = [path for pair in zip(members.all_files, saved, strict=True) for path in pair]
    workspace.run(runner(venv, "torch_save.py", *pairs), environment=venv.environment)
    return members.all_files, saved


def compare(workspace, settings, section, venv, files, prepare, title):
    plain, saved = files
    commands = {
        SAFETENSORS: (average(workspace, settings, plain), plain),
        TORCH: (average(workspace, settings, saved), saved),
    }
    if title == "warm":
        commands[LOOP] = (runner(venv, "torch_load_mean.py", workspace.path("output"), *saved), saved)
    trials = [
        Trial(
            name,
            lambda command=command: workspace.run(command, environment=venv.environment),
            prepare=lambda files=files: prepare(files),
            **({"most_rounds": FEW} if name == LOOP else {}),
        )
        for name, (command, files) in commands.items()
    ]
    results = interleave(f"torch, {title}", trials, settings.rounds)
    base = [run.wall for run in results[SAFETENSORS]]
    section.table([title, *HEADER, "wall / safetensors"], [
        [
            name, walls(runs).text(), processor_seconds(runs), *memory(runs),
            ratios([run.wall for run in runs], base[: len(runs)]).text(),
        ]
        for name, runs in results.items()
    ])
    section.runs[title] = records(results)
    ratio = ratios([run.wall for run in results[TORCH]], base).median
    section.targets.append(Target(f"torch, {title}: .pt / safetensors", ratio, 1.1))


def open_many(workspace, settings, section, venv):
    path = workspace.path("many.pt")
    workspace.run(runner(venv, "torch_many.py", str(MANY), path), environment=venv.environment)
    command = [workspace.lawa, "inspect", "--json", path]
    results = interleave(
        "torch, opening", [Trial(OPEN, lambda: workspace.run(command), lambda: workspace.warm([path]))], settings.rounds
    )
    title = f"opening {MANY} tensors"
    section.table(
        [title, *HEADER],
        [[name, walls(runs).text(), processor_seconds(runs), *memory(runs)] for name, runs in results.items()],
    )
    section.runs[title] = records(results)
    section.targets.append(Target(f"{title}, seconds", walls(results[OPEN]).median, 1.0))


def run(workspace, settings, venv_path=".build/bench-venv"):
    section = Section("torch", "Files of torch.save")
    venv = Venv(venv_path)
    if not venv.has("torch") or not venv.has("safetensors"):
        section.notes.append("SKIPPED: `make bench-peers` installs PyTorch, which writes the files.")
        return section
    files = write_members(workspace, settings, venv)
    compare(workspace, settings, section, venv, files, workspace.warm, "warm")
    compare(workspace, settings, section, venv, files, workspace.evict, "cold")
    workspace.remove("members")
    workspace.remove("torch")
    open_many(workspace, settings, section, venv)
    workspace.remove("many.pt")
    section.notes.append(
        "The same tensors, bf16, in one file a member. Every record's CRC-32 is checked while it is read, and those of "
        "the average are mended; safetensors has none. The loop starts Python and imports PyTorch. `lawa inspect "
        "--json` also prints a line for each tensor."
    )
    return section
