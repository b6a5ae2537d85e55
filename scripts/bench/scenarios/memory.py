"""What an average holds in memory."""

from figures import memory, walls
from report import Section, Target
from rounds import Trial, interleave, records
from scenarios.large import large_run
from scenarios.warm import label

MEMBER = 256 << 20
ROUNDS = 3
LIMITS = {5: 24, 20: 64}
# The kernel gives memory in blocks; a peak between two looks is found by looking often.
INTERVAL = 0.001


def run(workspace, settings):
    section = Section("memory", "Memory: peak resident, anonymous and file apart")
    rows = []
    members = workspace.model("members", MEMBER, max(LIMITS))
    for count, limit in LIMITS.items():
        chosen = type(members)(members.directories[-count:], members.files[-count:], members.size)
        trials = [
            Trial(
                label(mode, settings.threads),
                lambda mode=mode: workspace.run(
                    workspace.average_command(chosen, mode, settings.threads), interval=INTERVAL
                ),
                prepare=lambda: workspace.warm(chosen.all_files),
            )
            for mode in workspace.modes
        ]
        results = interleave(f"memory, k = {count}", trials, ROUNDS)
        rows += [
            [f"{name}, {count} x {members.size / 2**20:.0f} MiB", *memory(runs), walls(runs).text()]
            for name, runs in results.items()
        ]
        section.runs[f"k = {count}"] = records(results)
        ours = results[label(workspace.modes[0], settings.threads)]
        peak = max(run.peak for run in ours) / 2**20
        section.targets.append(Target(f"peak resident memory, k = {count}", peak, limit, unit=" MiB"))
    workspace.remove("members")
    large, size = large_run(workspace, settings)
    rows.append([
        f"{label(workspace.modes[0], settings.threads)}, 2 x {size / 1e9:.0f} GB sparse", *memory([large]),
        walls([large]).text(),
    ])
    section.runs["sparse"] = [large.record()]
    section.table(["warm", "anon MiB", "file MiB", "peak MiB", "wall s, median (min - max)"], rows)
    section.notes += workspace.notes + [
        "anon: what only this process holds. file: pages of the page cache that it has mapped at one moment, its own "
        "program included. peak: the kernel's own count of both (VmHWM).",
    ]
    return section
