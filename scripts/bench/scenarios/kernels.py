"""The arithmetic alone, on one core and mapped data."""

from figures import Spread, ratios
from report import Section
from rounds import say

ELEMENTS = ("bf16", "f32", "f16", "f64")
MEMBERS, MEMBER = 5, 128 << 20


def seconds_by(figures):
    """Seconds of each loop by (work, level)."""
    return {(trial["work"], trial["level"]): trial["seconds"] for trial in figures["trials"]}


def rows_of(figures):
    seconds = seconds_by(figures)
    levels = list(dict.fromkeys(level for _, level in seconds))
    # The fastest way to load the bytes in each round, whatever the instructions.
    fastest = [min(times) for times in zip(*(seconds["read", level] for level in levels), strict=True)]
    size = figures["bytes"]
    for level in levels:
        means, reads = seconds["mean", level], seconds["read", level]
        yield [
            f"{figures['element']}, {level}, {figures['placement']}",
            Spread.of(size / time for time in means).text(digits=1, scale=1e-9),
            Spread.of(size / time for time in reads).text(digits=1, scale=1e-9),
            ratios(fastest, means).text(),
        ]


def run(workspace, settings):
    section = Section("kernels", f"Kernels: mean of {MEMBERS} mapped members of {MEMBER >> 20} MiB, one core")
    rows = []
    for element in ELEMENTS:
        say(f"kernels: {element}")
        members = workspace.model("members", MEMBER, MEMBERS, element=element)
        workspace.warm(members.all_files)
        for placement in ("staggered", "plain"):
            figures = workspace.tool(
                "kernels", "--element", element, "--rounds", str(max(7, settings.rounds)), "--placement", placement,
                *members.all_files,
            )
            rows += rows_of(figures)
            section.runs[f"{element}, {placement}"] = figures
        workspace.remove("members")
    section.table(["elements, instructions, mapping", "mean GB/s", "read GB/s", "of the fastest read"], rows)
    section.notes += [
        "GB/s of input. The guard that finds NaN and infinities, and the check that a sum was exact, are part of the "
        "mean. Results go to one block of 256 KiB; the members are larger than any cache.",
        "plain: mapped where the kernel likes, which is at multiples of 2 MiB, where on some processors equal places "
        "of the members compete for the same lines of the first-level cache. staggered: 13 pages further for each.",
    ]
    return section
