"""Which Python runs the embedded system: the one that was asked, or the system's where that is clearly faster.

A Python that a version manager compiled with its defaults has neither link-time optimization nor static calls.
One such (3.11.7) took 1.5 times as long for the code below as Debian's 3.11.2 on the same machine, and all
services' Python together 6 % more CPU for a case. The image that compose.yaml runs has an optimized one.
Parsed by old Pythons, too, as `setup` is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from deploy.embedded.telling import say

OLDEST = (3, 11)
OF_THE_SYSTEM = Path("/usr/bin/python3")
CLEARLY = 0.85
"""A Python is clearly faster when it takes at most this share of the other's time."""
ANSWER_SECONDS_MAX = 20.0
YARDSTICK = """
import ensurepip, sys, time, venv
assert sys.version_info >= tuple(map(int, sys.argv[1:]))
class Thing:
    __slots__ = ("left", "right")
    def __init__(self, left, right):
        self.left, self.right = left, right
    def both(self, times):
        return self.left + self.right * times
def work():
    total = 0
    for number in range(20000):
        thing = Thing(number, 2)
        words = {"total": thing.both(3), "text": f"{number}-{total % 7}"}
        total += words["total"] + len(words["text"].split("-"))
def took():
    began = time.process_time()
    work()
    return time.process_time() - began
print(min(took() for _ in range(9)))
"""
"""Objects, calls, dicts and short texts, which is what the route is made of; needs what makes an environment."""


def interpreter() -> str:
    """Return the program that environments are made with; who says `make PYTHON=...` decides.

    What runs in an environment keeps its Python: the race's peers run on the product's.
    """
    if "PYTHON" in os.environ or sys.prefix != sys.base_prefix:
        return sys.executable
    return faster_of(sys.executable, OF_THE_SYSTEM)


def faster_of(own: str, other: Path) -> str:
    """Return `other` where it can make environments and is clearly faster than `own`, else `own`."""
    theirs = seconds(str(other))
    mine = seconds(own)
    if theirs is None or mine is None or theirs > mine * CLEARLY:
        return own
    say(f"taking {other}, {mine / theirs:.1f} times as fast as {own}")
    return str(other)


def seconds(program: str) -> float | None:
    """Return what a Python needs for the yardstick; None where there is none, an old one, or one without venv."""
    try:
        done = subprocess.run(
            [program, "-c", YARDSTICK, *map(str, OLDEST)],
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS_MAX,
            check=True,
        )
        return float(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
