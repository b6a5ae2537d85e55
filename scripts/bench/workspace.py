"""The directory that benchmarks work in, and the programs that they run there."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass

from process import Failed, measure

# What is left free besides what a scenario asks for.
RESERVE = 4 << 30


@dataclass(frozen=True)
class Members:
    """Checkpoints that were written: directories, their weight files, bytes of all weights of one."""

    directories: list
    files: list
    size: int

    @property
    def all_files(self):
        return [path for paths in self.files for path in paths]

    @property
    def newest(self):
        """The weight files of the newest."""
        return self.files[-1]


class Workspace:
    """Runs programs with their files in one directory, and removes what they leave."""

    def __init__(self, programs, directory):
        self.lawa = os.path.join(programs, "lawa")
        self.daemon = os.path.join(programs, "lawad")
        self.bench = os.path.join(programs, "LawaBench")
        self.directory = directory
        self.clear()
        os.makedirs(directory)
        self.help = subprocess.run(
            [self.lawa, "average", "--help"], capture_output=True, text=True, check=True
        ).stdout
        # Other results that a later scenario can use.
        self.shared = {}

    @property
    def modes(self):
        """The ways of reading and writing that `lawa average` can be told to use; [None] where it has one only."""
        return ["auto", "mmap", "direct", "read"] if "--io" in self.help else [None]

    @property
    def notes(self):
        """What is left out, and why."""
        if "--io" in self.help:
            return []
        return ["SKIPPED the single engine modes: this lawa has no `--io`."]

    def path(self, name):
        return os.path.join(self.directory, name)

    def require(self, byte_count):
        """Gives up early rather than with a full disk."""
        free = shutil.disk_usage(self.directory).free
        if free < byte_count + RESERVE:
            raise Failed(
                f"needs {(byte_count + RESERVE) >> 30} GiB of disk and finds {free >> 30}; "
                "free some or set LAWAD_BENCH_MIB, LAWAD_BENCH_CACHE_MIB, LAWAD_BENCH_LARGE_MB"
            )

    def model(self, name, size, members, **options):
        """Writes members of about `size` bytes each."""
        if not options.get("sparse"):
            self.require((members + 2) * size)
        arguments = ["model", "--output", self.path(name), "--bytes", str(size), "--members", str(members)]
        for option, value in options.items():
            arguments += [f"--{option}"] if value is True else [f"--{option}", str(value)]
        written = self.tool(*arguments)
        return Members(written["members"], written["files"], written["bytes_per_member"])

    def tool(self, *arguments):
        """Runs LawaBench and returns what it says."""
        done = subprocess.run([self.bench, *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"LawaBench {arguments[0]}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout else None

    def warm(self, files):
        """Reads files into the page cache."""
        self.tool("warm", *files)

    def evict(self, files):
        """Drops files from the page cache; as root, by force where that leaves much."""
        self.tool("evict", *files)
        if self.share(files) > 0.01 and os.geteuid() == 0:
            with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as control:
                control.write("1\n")

    def share(self, files):
        """How much of the files' bytes is in the page cache, 0 to 1."""
        figures = self.tool("residency", *files)
        return sum(f["cached_bytes"] for f in figures) / max(1, sum(f["bytes"] for f in figures))

    def average_command(self, members, mode=None, threads=None):
        """The command that averages members into `output`."""
        command = [self.lawa, "average", "--quiet", "--output", self.path("output")]
        command += ["--io", mode] if mode else []
        command += ["--threads", str(threads)] if threads else []
        return command + list(members.directories)

    def copy_command(self, files):
        """Copies files to `copy` and waits until they are on the disk."""
        script = 'to=$1; shift; mkdir "$to" && cp --reflink=never --sparse=never "$@" "$to" && sync "$to"/*'
        return ["sh", "-c", script, "sh", self.path("copy"), *files]

    def direct_read_command(self, files, threads):
        """Reads files past the page cache."""
        return [self.bench, "direct-read", "--threads", str(threads), *files]

    def run(self, command, **options):
        """Measures a command after removing what one before has written."""
        self.remove_outputs()
        return measure(command, **options)

    def remove_outputs(self):
        for name in ("output", "output.lawa.json", "copy"):
            self.remove(name)

    def remove(self, name):
        path = self.path(name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.remove(path)

    def clear(self):
        """Removes everything."""
        shutil.rmtree(self.directory, ignore_errors=True)
