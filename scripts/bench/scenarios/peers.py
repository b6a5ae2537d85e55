"""Other tools that average checkpoints, as `make bench-peers` has installed them."""

import json
import os
import subprocess

from figures import memory, processor_seconds, ratios, walls
from process import Failed
from report import Section, Target
from rounds import Trial, interleave, records, say
from scenarios.warm import CAT, COPY, label, yardsticks

RUNNERS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "runners")
MERGEKIT = "mergekit-yaml, linear"
TIMM = "timm's averaging loop"
TORCH = "plain torch loop, fsync"
# A bf16 number of the size of a weight is rounded by no more than this.
PLAUSIBLE = 1e-3


class Venv:
    """The virtual environment with the other tools."""

    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.python = os.path.join(self.path, "bin", "python")
        self.environment = {
            **os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false",
        }

    def has(self, module):
        check = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
        return os.path.exists(self.python) and subprocess.run([self.python, "-c", check], check=False).returncode == 0

    def versions(self):
        """Of what is compared."""
        script = (
            "import importlib.metadata as m, json\n"
            "print(json.dumps({d.metadata['Name']: d.version for d in m.distributions()"
            " if d.metadata['Name'] in ('torch', 'mergekit', 'timm', 'safetensors', 'transformers')}))"
        )
        done = subprocess.run([self.python, "-c", script], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)


def mergekit_command(venv, workspace, members, output):
    configuration = {
        "merge_method": "linear", "dtype": "bfloat16", "parameters": {"normalize": True},
        "models": [{"model": os.path.abspath(path), "parameters": {"weight": 1.0}} for path in members.directories],
    }
    path = workspace.path("mergekit.yml")
    # JSON is YAML.
    with open(path, "w", encoding="utf-8") as file:
        json.dump(configuration, file)
    return [os.path.join(venv.path, "bin", "mergekit-yaml"), path, output, "--no-copy-tokenizer", "--quiet"]


def commands_of(venv, workspace, members, output):
    """The tools that are there, and a line for each that is not."""
    files = members.all_files
    tools = {
        TORCH: ("safetensors", [venv.python, os.path.join(RUNNERS, "torch_mean.py"), output, *files]),
        MERGEKIT: ("mergekit", mergekit_command(venv, workspace, members, output)),
        TIMM: ("timm", [venv.python, os.path.join(RUNNERS, "timm_mean.py"), output, *files]),
    }
    found = {name: command for name, (module, command) in tools.items() if venv.has(module)}
    return found, [f"SKIPPED {name}: `make bench-peers` has not installed it." for name in tools if name not in found]


def difference(venv, ours, theirs):
    """The largest difference between two averages; raises where one lacks a tensor of the other."""
    command = [venv.python, os.path.join(RUNNERS, "compare.py"), ours, theirs]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"compare: {done.stderr.strip()[-500:]}")
    return float(done.stdout)


def check(venv, workspace, members, commands, output):
    """What each tool's average differs from ours by; a tool whose average is wrong is not compared."""
    workspace.run(workspace.average_command(members, workspace.modes[0]))
    kept = workspace.path("ours")
    os.rename(output, kept)
    differences = {}
    for name, command in list(commands.items()):
        say(f"peers: checking the average of {name}")
        try:
            workspace.run(command, environment=venv.environment)
            differences[name] = difference(venv, kept, output)
        except Failed as error:
            say(f"peers: {name} is left out: {error}")
            del commands[name]
            continue
        if not differences[name] <= PLAUSIBLE:
            say(f"peers: {name} is left out: its average differs from ours by {differences[name]:.3g}")
            del commands[name]
    workspace.remove("ours")
    return differences


def run(workspace, settings, venv_path=".build/bench-venv"):
    section = Section("peers", "Other tools: warm members, equal weights")
    venv = Venv(venv_path)
    if not venv.has("torch"):
        section.notes.append("SKIPPED: `make bench-peers` installs mergekit, timm and PyTorch to compare with.")
        return section
    members = workspace.model("members", settings.member, settings.members)
    output = workspace.path("output")
    commands, skipped = commands_of(venv, workspace, members, output)
    workspace.warm(members.all_files)
    differences = check(venv, workspace, members, commands, output)
    ours = label(workspace.modes[0], settings.threads)
    all_commands = {
        ours: workspace.average_command(members, workspace.modes[0], settings.threads),
        CAT: ["cat", *members.all_files], COPY: workspace.copy_command(members.newest), **commands,
    }
    trials = [
        Trial(
            name,
            lambda command=command: workspace.run(command, environment=venv.environment),
            prepare=lambda: workspace.warm(members.all_files),
        )
        for name, command in all_commands.items()
    ]
    results = interleave("peers", trials, settings.peer_rounds)
    workspace.remove("members")
    workspace.remove("mergekit.yml")
    report(section, settings, members, results, ours, differences)
    section.notes += skipped + [
        "Python tools include starting Python and importing PyTorch. mergekit and timm do not wait for the disk, the "
        "others do. timm keeps its script outside its package: the loop is the script's (sum in f64, result in f32, "
        "SHA-256 of the output) around timm's own loader, or safetensors' where timm cannot be imported.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in sorted(venv.versions().items())) + ".",
    ]
    return section


def report(section, settings, members, results, ours, differences):
    base = yardsticks(results)
    own = [run.wall for run in results[ours]]
    section.table(
        [f"bf16, {settings.members} x {members.size / 2**20:.0f} MiB", "wall s, median (min - max)", "processor s",
         "anon MiB", "file MiB", "peak MiB", "wall / (cat + cp)", "wall / lawa", "largest difference"],
        [
            [
                name, walls(runs).text(), processor_seconds(runs), *memory(runs),
                ratios([r.wall for r in runs], base).text(), ratios([r.wall for r in runs], own).text(digits=1),
                f"{differences[name]:.2g}" if name in differences else "",
            ]
            for name, runs in results.items()
        ],
    )
    section.runs = {"runs": records(results), "differences": differences}
    if MERGEKIT in results:
        faster = ratios([r.wall for r in results[MERGEKIT]], own).median
        section.targets.append(Target("times faster than mergekit, warm", faster, 20, at_most=False))
