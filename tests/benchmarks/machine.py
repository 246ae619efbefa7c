"""On what and of what a run was made."""

import os
import platform
import subprocess
from pathlib import Path

import msgspec

from deploy.embedded.state import PROJECT


class Machine(msgspec.Struct, frozen=True):
    cpu: str
    cores: int
    memory_gib: float
    system: str
    python: str
    load_before: float
    """Load average when the run began: above 1, other programs were at work."""


def this_machine() -> Machine:
    """Return what this machine is."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown CPU")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Machine(
        cpu=model,
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(memory, 1),
        system=platform.platform(terse=True),
        python=platform.python_version(),
        load_before=round(os.getloadavg()[0], 1),
    )


def this_commit() -> str:
    """Return the commit checked out, marked where the product's code differs from it."""
    git = ["git", "-C", str(PROJECT)]
    head = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(
        [*git, "status", "--porcelain", "--", "services", "deploy"], capture_output=True, text=True, check=False
    )
    return (head.stdout.strip() or "unknown") + ("+changes" if changed.stdout.strip() else "")
