"""A service in miniature: counts its starts, says when it is healthy, drains on SIGTERM, dies on demand."""

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

FOLDER = Path(os.environ["FOLDER"])


def main(name: str, act: str) -> int:
    if act == "--health":
        return 0 if is_up(FOLDER / f"{name}.up") else 1
    with (FOLDER / "started").open("a") as log:
        log.write(f"{name} {os.environ.get('GREETING', '')}\n")
    if act == "once":
        return 0
    if act.startswith("fail"):
        sys.stdout.write(f"{name} cannot work\n")
        return int(act.removeprefix("fail"))
    return serve(name)


def is_up(told: Path) -> bool:
    """Say whether the process that told so still runs: an earlier one's word counts for no later one."""
    pid = told.read_text(encoding="ascii") if told.exists() else ""
    return bool(pid) and Path(f"/proc/{pid}").exists()


def serve(name: str) -> int:
    stopped = threading.Event()
    temporary = Path(tempfile.gettempdir())
    (FOLDER / f"{name}.temporary").write_text(",".join(each.name for each in temporary.iterdir()), encoding="utf-8")
    (temporary / "half-written").touch()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    (FOLDER / f"{name}.up").write_text(str(os.getpid()), encoding="ascii")
    stopped.wait()
    (FOLDER / f"{name}.drained").touch()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
