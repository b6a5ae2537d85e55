"""What the environment says about a run of the benchmarks."""

import os
from dataclasses import dataclass

SCENARIOS = ("warm", "cold", "kernels", "memory", "cache", "growth", "peers", "torch", "latency", "many", "socket")
MIB = 1 << 20


def memory_bytes():
    """The machine's memory."""
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemTotal:"))


def integer(name, default, least=1):
    """A whole number from the environment."""
    text = os.environ.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise SystemExit(f"bench: {name}={text} is not a whole number of at least {least}; change it or unset it")
    return int(text)


@dataclass(frozen=True)
class Settings:
    """Sizes in bytes."""

    scenarios: tuple
    rounds: int
    member: int
    members: int
    threads: int
    cache_rounds: int
    trainer: int
    cache_member: int
    large: int
    peer_rounds: int
    saves: int


def from_environment():
    """Reads LAWAD_BENCH and the variables LAWAD_BENCH_*."""
    chosen = tuple(name for name in os.environ.get("LAWAD_BENCH", ",".join(SCENARIOS)).split(",") if name)
    unknown = [name for name in chosen if name not in SCENARIOS]
    if unknown:
        raise SystemExit(f"bench: LAWAD_BENCH names {', '.join(unknown)}; it may name {', '.join(SCENARIOS)}")
    rounds = integer("LAWAD_BENCH_ROUNDS", 7)
    # More than half of the memory would leave no room for the members beside it.
    trainer = min(integer("LAWAD_BENCH_TRAINER_MIB", 12288) * MIB, memory_bytes() // 2)
    return Settings(
        scenarios=tuple(name for name in SCENARIOS if name in chosen),
        rounds=rounds,
        member=integer("LAWAD_BENCH_MIB", 1024) * MIB,
        members=integer("LAWAD_BENCH_MEMBERS", 5, least=2),
        threads=integer("LAWAD_BENCH_THREADS", 2),
        cache_rounds=integer("LAWAD_BENCH_CACHE_ROUNDS", 3),
        trainer=trainer,
        cache_member=integer("LAWAD_BENCH_CACHE_MIB", trainer // 4 // MIB) * MIB,
        large=integer("LAWAD_BENCH_LARGE_MB", 25000) * 1_000_000,
        peer_rounds=integer("LAWAD_BENCH_PEER_ROUNDS", rounds),
        saves=integer("LAWAD_BENCH_SAVES", 30),
    )
