"""How the time of an average grows with its size, its members and its tensors."""

from figures import Spread, memory, walls
from report import Section, Target
from rounds import Trial, interleave, records
from scenarios.large import large_run

SIZES = (10_000_000, 100_000_000, 1_000_000_000)
COUNTS = (2, 5, 10, 20)
TENSORS = (100, 100_000)
HEADER = ["wall s, median (min - max)", "GB/s moved", "anon MiB", "file MiB", "peak MiB"]


def row(name, runs, moved):
    return [name, walls(runs).text(digits=3), f"{moved / walls(runs).median / 1e9:.2f}", *memory(runs)]


def average(workspace, settings, members, warm=True):
    command = workspace.average_command(members, workspace.modes[0], settings.threads)
    prepare = (lambda: workspace.warm(members.all_files)) if warm else (lambda: None)
    return lambda: workspace.run(command), prepare


def by_bytes(workspace, settings, section):
    """Sparse members, so that neither the disk nor the page cache is what grows."""
    models = {size: workspace.model(f"sparse-{size}", size, 2, sparse=True) for size in SIZES}
    trials = [
        Trial(f"2 x {model.size / 1e9:.2f} GB", *average(workspace, settings, model, warm=False))
        for model in models.values()
    ]
    results = interleave("growth by bytes", trials, 3)
    rows = [
        row(trial.name, results[trial.name], 3 * model.size)
        for trial, model in zip(trials, models.values(), strict=True)
    ]
    for size in SIZES:
        workspace.remove(f"sparse-{size}")
    large, size = large_run(workspace, settings)
    rows.append(row(f"2 x {size / 1e9:.2f} GB", [large], 3 * size))
    section.table(["sparse members", *HEADER], rows)
    section.runs["bytes"] = records({**results, rows[-1][0]: [large]})


def by_count(workspace, settings, section):
    members = workspace.model("members", 128 << 20, max(COUNTS))
    choices = {
        count: type(members)(members.directories[-count:], members.files[-count:], members.size) for count in COUNTS
    }
    trials = [Trial(f"{count} members", *average(workspace, settings, chosen)) for count, chosen in choices.items()]
    results = interleave("growth by members", trials, settings.rounds)
    workspace.remove("members")
    section.table(
        [f"warm, {members.size / 2**20:.0f} MiB each", *HEADER],
        [row(t.name, results[t.name], (count + 1) * members.size) for t, count in zip(trials, COUNTS, strict=True)],
    )
    section.runs["members"] = records(results)


def by_tensors(workspace, settings, section):
    models = {
        count: workspace.model(f"tensors-{count}", 256 << 20, settings.members, layout="tiny", tensors=count)
        for count in TENSORS
    }
    trials = [Trial(f"{count} tensors", *average(workspace, settings, model)) for count, model in models.items()]
    results = interleave("growth by tensors", trials, settings.rounds)
    for count in TENSORS:
        workspace.remove(f"tensors-{count}")
    moved = (settings.members + 1) * (256 << 20)
    section.table(
        [f"warm, {settings.members} x 256 MiB", *HEADER], [row(name, runs, moved) for name, runs in results.items()]
    )
    few, many = ([run.wall for run in runs] for runs in results.values())
    extra = Spread.of(b - a for a, b in zip(few, many, strict=True)).median
    section.targets.append(Target("100000 tensors instead of 100, the same bytes: more time", extra, 0.2, unit=" s"))
    section.runs["tensors"] = records(results)


def run(workspace, settings):
    section = Section("growth", "Growth: by bytes, members and tensors")
    by_bytes(workspace, settings, section)
    by_count(workspace, settings, section)
    by_tensors(workspace, settings, section)
    section.notes += [
        "Sparse members cost no reading from a disk, but the average is written in full; the largest was run once.",
    ]
    return section
