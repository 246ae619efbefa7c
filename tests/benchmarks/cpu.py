"""CPU time from the operating system: of each service, of Kafka, of PostgreSQL as the sum of its processes."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
POSTGRES: Final = "postgres"

Pids = Callable[[], Mapping[str, int | None]]


def cpu_seconds(pid: int, *, with_ended_children: bool = False) -> float:
    """Return the CPU time a process has used; 0 when it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    fields = stat.rpartition(")")[2].split()
    # user, system, and both of children waited for: fields 14 to 17 of proc(5).
    return sum(map(int, fields[11 : 15 if with_ended_children else 13])) / TICKS_PER_SECOND


def family_seconds(pid: int) -> float:
    """Return the CPU time of a server and all its children, also of those that have ended."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return cpu_seconds(pid, with_ended_children=True) + sum(cpu_seconds(int(child)) for child in children)


def used(pids: Mapping[str, int | None]) -> dict[str, float]:
    """Return the CPU seconds used so far, by name."""
    return {
        name: family_seconds(pid) if name == POSTGRES else cpu_seconds(pid)
        for name, pid in pids.items()
        if pid is not None
    }


def between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Return what was used between two readings. A process that was replaced counts from its start."""
    return {
        name: seconds - before.get(name, 0.0) if seconds >= before.get(name, 0.0) else seconds
        for name, seconds in after.items()
    }


def memory_mib(pid: int) -> float:
    """Return the resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kib) / 1024
