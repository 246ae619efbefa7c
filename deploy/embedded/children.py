"""Child processes, each written down, so that what a killed parent left is ended at the next start."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Final

from deploy.embedded.run_as import RunAs

FILE: Final = "children.json"
TICK_SECONDS: Final = 0.05


@dataclass(slots=True)
class Children:
    """The processes started for one state folder, by name."""

    folder: Path
    logs: Path
    _known: dict[str, tuple[int, str]] = field(default_factory=dict)

    def start(
        self, name: str, argv: Sequence[str], environment: Mapping[str, str], run_as: RunAs | None = None
    ) -> subprocess.Popen[bytes]:
        """Start `argv` in its own session, so that Ctrl-C reaches the supervisor only; its output goes to its log."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                argv,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **(run_as.arguments() if run_as else {}),
            )
        self._known[name] = (child.pid, _started_at(child.pid))
        self._write()
        return child

    def forget(self, name: str) -> None:
        """Strike a process out that has ended."""
        self._known.pop(name, None)
        self._write()

    def end_leftovers(self) -> list[str]:
        """Kill what an earlier owner of this folder left running; return the names."""
        try:
            left = json.loads((self.folder / FILE).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return []
        ended = [name for name, (pid, started_at) in left.items() if _kill(int(pid), str(started_at))]
        self._write()
        return ended

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f"{FILE}.new"
        fresh.write_text(json.dumps(self._known), encoding="utf-8")
        fresh.replace(self.folder / FILE)


def end(child: subprocess.Popen[bytes], gentle: signal.Signals, grace_seconds: float) -> int:
    """Ask `child` to stop, kill it after the grace; return its exit status."""
    with suppress(ProcessLookupError):
        child.send_signal(gentle)
    try:
        return child.wait(grace_seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


def kill_at_once(server: subprocess.Popen[bytes]) -> None:
    """`kill -9` a server and the processes it has started; none of them does anything more when this returns."""
    with suppress(ProcessLookupError):
        server.send_signal(signal.SIGSTOP)  # it starts no other meanwhile
    for pid in _children_of(server.pid):
        _kill(pid, _started_at(pid))
    server.kill()
    server.wait()


def _children_of(parent: int) -> list[int]:
    pids = (int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal())
    return [pid for pid in pids if _stat(pid)[1:2] == [str(parent)]]


def _kill(pid: int, started_at: str) -> bool:
    # A pid is used again; with its start time it names one process for ever.
    if not started_at or _started_at(pid) != started_at:
        return False
    os.kill(pid, signal.SIGKILL)
    for _ in range(100):
        if _started_at(pid) != started_at:
            break
        Event().wait(TICK_SECONDS)
    return True


def _started_at(pid: int) -> str:
    stat = _stat(pid)
    return stat[19] if stat and stat[0] != "Z" else ""


def _stat(pid: int) -> list[str]:
    """Return what Linux says of a process, from its state on; nothing where there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return stat.rpartition(")")[2].split()
