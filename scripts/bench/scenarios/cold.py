"""Members that have to come from the disk."""

from figures import Spread, memory, processor_seconds, ratios, walls
from report import Section, Target
from rounds import FEW, Trial, interleave, records
from scenarios.warm import COPY, label

DIRECT = {1: "O_DIRECT read, 1 thread", 2: "O_DIRECT read, 2 threads"}
CAT = "cat of the inputs"
HEADER = [
    "wall s, median (min - max)", "processor s", "anon MiB", "file MiB", "peak MiB",
    "GB/s moved", "of O_DIRECT, 1 thread", "of O_DIRECT, 2 threads",
]


def trials_of(workspace, settings, members):
    """Every one begins with nothing of the inputs in the page cache."""
    def trial(name, command, **options):
        return Trial(name, lambda: workspace.run(command), lambda: workspace.evict(members.all_files), **options)

    def average(mode, **options):
        name = label(mode, settings.threads)
        return trial(name, workspace.average_command(members, mode, settings.threads), **options)

    trials = [
        trial(name, workspace.direct_read_command(members.all_files, threads)) for threads, name in DIRECT.items()
    ]
    trials.append(trial(CAT, ["cat", *members.all_files]))
    trials.append(trial(COPY, workspace.copy_command(members.newest), most_rounds=FEW))
    trials.append(average(workspace.modes[0]))
    return trials + [average(mode, most_rounds=FEW) for mode in workspace.modes[1:]]


def moved(name, settings, members):
    """The bytes that a command reads and writes."""
    read = settings.members * members.size
    return 2 * members.size if name == COPY else read + members.size if name.startswith("lawa") else read


def run(workspace, settings):
    members = workspace.model("members", settings.member, settings.members)
    trials = trials_of(workspace, settings, members)
    results = interleave("cold", trials, settings.rounds)
    workspace.remove("members")
    rates = {name: [moved(name, settings, members) / run.wall for run in runs] for name, runs in results.items()}
    title = f"bf16, {settings.members} x {members.size / 2**20:.0f} MiB"
    section = Section("cold", "Cold: members on the disk, one durable average")
    section.table([title, *HEADER], [
        [
            name, walls(runs).text(), processor_seconds(runs), *memory(runs), Spread.of(rates[name]).text(scale=1e-9),
            ratios(rates[name], rates[DIRECT[1]]).text(), ratios(rates[name], rates[DIRECT[2]]).text(),
        ]
        for name, runs in results.items()
    ])
    ours = label(workspace.modes[0], settings.threads)
    for name in DIRECT.values():
        share = ratios(rates[ours], rates[name]).median
        section.targets.append(Target(f"cold {title}: bytes moved a second / {name}", share, 0.95, at_most=False))
    section.notes += workspace.notes + [
        "Inputs are dropped from the page cache before every run; what a virtual disk's host caches is out of reach.",
        "Moved is what a command reads and writes; the O_DIRECT yardstick and `cat` only read, in requests of 1 MiB "
        "from huge pages and of 128 KiB through the page cache.",
        f"Ways of reading other than the first, and `cp`: {min(FEW, settings.rounds)} rounds.",
    ]
    section.runs = records(results)
    return section
