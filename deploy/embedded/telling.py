"""What set-up says and runs. Parsed by old Pythons, too, so that theirs is the first sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class Missing(Exception):  # noqa: N818 (a sentence for a person, printed without a traceback)
    """Something the machine lacks; the message says what and how to get it."""


def say(what: str) -> None:
    sys.stdout.write(what + " …\n")
    sys.stdout.flush()


def run(argv: list[str], environment: dict[str, str] | None = None) -> int:
    """Run quietly; what the program said is shown only when it fails."""
    done = subprocess.run(argv, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode
