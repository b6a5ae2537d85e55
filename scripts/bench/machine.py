"""What a figure has to be read with: the machine, without anything that names it."""

import os
import platform

from settings import memory_bytes


def first_line(path, prefix=""):
    """The first line of a file that begins so, without that beginning; empty where there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return next((line[len(prefix):].strip() for line in file if line.startswith(prefix)), "")
    except OSError:
        return ""


def processor_name():
    """The model as the processor tells it."""
    model = first_line("/proc/cpuinfo", "model name").lstrip("\t :")
    return model or platform.processor() or platform.machine()


def instruction_set():
    """The best of the levels that kernels are compiled for."""
    flags = first_line("/proc/cpuinfo", "flags").split()
    return "AVX-512" if "avx512bw" in flags else "AVX2" if "avx2" in flags else "baseline"


def filesystem(path):
    """The type of the filesystem that holds a path."""
    device = os.stat(path).st_dev
    with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            # proc_pid_mountinfo(5): the third field is the device, the type follows a lone hyphen.
            fields, _, rest = line.partition(" - ")
            if fields.split()[2] == f"{os.major(device)}:{os.minor(device)}":
                return rest.split()[0]
    return "unknown filesystem"


def read_ahead_kib(path):
    """What the disk's queue reads ahead; None where it has none."""
    device = os.stat(path).st_dev
    base = f"/sys/dev/block/{os.major(device)}:{os.minor(device)}"
    text = first_line(f"{base}/queue/read_ahead_kb") or first_line(f"{base}/../queue/read_ahead_kb")
    return int(text) if text.isdecimal() else None


def evicts_idle_pages():
    """Whether the kernel drops idle page cache by itself (DAMON): what is to be warm has to be read anew each time."""
    base = "/sys/kernel/mm/damon/admin/kdamonds"
    try:
        return any(first_line(f"{base}/{name}/state") == "on" for name in os.listdir(base))
    except OSError:
        return False


def describe(path):
    """The description that goes into the results."""
    return {
        "processor": processor_name(),
        "cores": os.cpu_count(),
        "instruction_set": instruction_set(),
        "memory_bytes": memory_bytes(),
        "kernel": platform.release().split("-")[0],
        "filesystem": filesystem(path),
        "read_ahead_kib": read_ahead_kib(path),
        "virtual": "hypervisor" in first_line("/proc/cpuinfo", "flags").split(),
        "evicts_idle_pages": evicts_idle_pages(),
    }


def sentence(machine):
    """The description in one line."""
    parts = [
        f"{machine['processor']}, {machine['cores']} cores ({machine['instruction_set']})",
        f"{machine['memory_bytes'] / 2**30:.0f} GiB",
        machine["filesystem"],
        f"Linux {machine['kernel']}",
    ]
    if machine["virtual"]:
        parts.append("virtual machine")
    return ", ".join(parts)
