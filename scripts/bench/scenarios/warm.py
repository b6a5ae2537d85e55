"""Members in the page cache, as the newest ones of a training run are."""

from dataclasses import dataclass

from figures import memory, processor_seconds, ratios, walls
from report import Section, Target
from rounds import FEW, Trial, interleave, records

CAT, COPY = "cat of the inputs", "cp and fsync of one"
HEADER = ["warm", "wall s, median (min - max)", "processor s", "anon MiB", "file MiB", "peak MiB", "wall / (cat + cp)"]


@dataclass(frozen=True)
class Case:
    """A kind of member."""

    name: str
    options: dict
    scale: int = 1
    is_tiny: bool = False
    all_modes: bool = False


CASES = [
    Case("bf16", {"element": "bf16"}, all_modes=True),
    Case("f32", {"element": "f32"}, scale=2),
    Case("bf16 in 4 shards", {"element": "bf16", "layout": "sharded", "shards": 4}),
    Case("bf16, 1000 tensors of 16 KiB", {"element": "bf16", "layout": "tiny", "tensors": 1000}, is_tiny=True),
]


def label(mode, threads):
    mode_text = f" --io {mode}" if mode else ""
    return f"lawa average{mode_text}, {threads} thread{'s' if threads > 1 else ''}"


def trials_of(workspace, settings, members, all_modes):
    """The yardsticks, then lawa; the inputs are read before each."""
    def trial(name, command, **options):
        return Trial(name, lambda: workspace.run(command), lambda: workspace.warm(members.all_files), **options)

    def average(mode, threads, **options):
        return trial(label(mode, threads), workspace.average_command(members, mode, threads), **options)

    modes = workspace.modes if all_modes else workspace.modes[:1]
    trials = [trial(CAT, ["cat", *members.all_files]), trial(COPY, workspace.copy_command(members.newest))]
    trials.append(average(modes[0], settings.threads))
    trials += [average(mode, settings.threads, most_rounds=FEW) for mode in modes[1:]]
    if all_modes and settings.threads > 1:
        trials.append(average(modes[0], 1, most_rounds=FEW))
    return trials


def yardsticks(results):
    """What reading the inputs and writing one output took, round by round."""
    return [read.wall + write.wall for read, write in zip(results[CAT], results[COPY], strict=True)]


def run_case(workspace, settings, section, case):
    size = 1000 * 16384 if case.is_tiny else settings.member * case.scale
    members = workspace.model("members", size, settings.members, **case.options)
    title = f"{case.name}, {settings.members} x {members.size / 2**20:.0f} MiB"
    trials = trials_of(workspace, settings, members, case.all_modes)
    results = interleave(f"warm, {title}", trials, settings.rounds)
    workspace.remove("members")
    base = yardsticks(results)
    section.table([title, *HEADER[1:]], [
        [
            name, walls(runs).text(), processor_seconds(runs), *memory(runs),
            ratios([run.wall for run in runs], base).text(),
        ]
        for name, runs in results.items()
    ])
    section.runs[title] = records(results)
    if case.all_modes:
        ratio = ratios([run.wall for run in results[trials[2].name]], base)
        section.targets.append(Target(f"warm {title}: wall / (cat + cp and fsync)", ratio.median, 0.6))


def run(workspace, settings):
    section = Section("warm", "Warm: members in the page cache, one durable average")
    for case in CASES:
        run_case(workspace, settings, section, case)
    section.notes += workspace.notes + [
        "Inputs are read before every run. Ratios are taken round by round. `cat` and `cp` are processes of coreutils.",
        f"Ways of reading other than the first, and one thread: {min(FEW, settings.rounds)} rounds.",
    ]
    return section
