"""Runs one whole process and measures it."""

import os
import re
import resource
import select
import subprocess
import tempfile
import time
from dataclasses import asdict, dataclass

FIELDS = re.compile(rb"^(VmHWM|RssAnon|RssFile):\s+(\d+) kB", re.MULTILINE)


@dataclass
class Run:
    """What one process took: seconds and bytes."""

    wall: float
    cpu: float
    peak: int
    peak_anonymous: int
    peak_file: int
    disk_read: int

    def record(self):
        """For the results."""
        return asdict(self)


class Failed(Exception):
    """A measured process that did not end well."""


class MemorySampler:
    """The largest figures of /proc/PID/status over time.

    getrusage alone will not do: ru_maxrss of a child that was made by vfork begins with the parent's memory.
    """

    def __init__(self, pid):
        self.descriptor = os.open(f"/proc/{pid}/status", os.O_RDONLY | os.O_CLOEXEC)
        self.largest = {b"VmHWM": 0, b"RssAnon": 0, b"RssFile": 0}

    def sample(self):
        """Looks once; a process that has ended has no such figures any more."""
        try:
            text = os.pread(self.descriptor, 4096, 0)
        except ProcessLookupError:
            return
        for name, kibibytes in FIELDS.findall(text):
            self.largest[name] = max(self.largest[name], int(kibibytes) * 1024)

    def close(self):
        os.close(self.descriptor)


def wait_sampling(pid, sampler, interval):
    """Returns when the process has ended, without reaping it."""
    descriptor = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        sampler.sample()
        while not poll.poll(interval * 1000):
            sampler.sample()
    finally:
        os.close(descriptor)


def measure(command, interval=0.005, environment=None):
    """Runs a command to its end without what it prints; its memory is looked at every `interval` seconds."""
    with tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment
        )
        sampler = MemorySampler(process.pid)
        try:
            wait_sampling(process.pid, sampler, interval)
            wall = time.monotonic() - start
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            sampler.close()
            if process.returncode is None:
                process.kill()
                process.wait()
        errors.seek(0)
        if process.returncode != 0:
            message = errors.read().decode(errors="replace").strip()[-2000:]
            raise Failed(f"{' '.join(command[:3])} ... ended with status {process.returncode}: {message}")
        return Run(
            wall=wall,
            cpu=usage.ru_utime + usage.ru_stime,
            peak=peak(sampler.largest[b"VmHWM"], usage.ru_maxrss * 1024),
            peak_anonymous=sampler.largest[b"RssAnon"],
            peak_file=sampler.largest[b"RssFile"],
            disk_read=usage.ru_inblock * 512,
        )


def peak(sampled, reported):
    """The kernel's own peak where it cannot be this process's, else the largest that was seen."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return max(sampled, reported) if reported > own else sampled
