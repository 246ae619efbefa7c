"""Work that needs much memory or a core for long, in a process of its own: what it took ends with it."""

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import structlog
import uvloop

from services.chassis.failures import die
from services.chassis.logs import configure_logs
from services.chassis.outages import is_transient
from services.chassis.settings import ServiceSettings, load

S = TypeVar("S", bound=ServiceSettings)

EXIT_AGAIN: Final = 75
"""What it needs is away, and the same may succeed later; as EX_TEMPFAIL of sysexits.h."""
EXIT_REFUSED: Final = 65
"""What it was given cannot be worked off, and nothing is broken; as EX_DATAERR of sysexits.h."""
PR_SET_PDEATHSIG: Final = 1
LOWEST: Final = 19
"""The niceness that leaves a busy core to everybody else."""
GROUP_OF_SESSION: Final = Path("/proc/self/autogroup")
"""Where Linux shares the cores among sessions, niceness counts within one only, and the session's own is here."""

_log = structlog.get_logger("whistle.apart")


class ApartError(RuntimeError):
    """Work apart failed, and would again; its log says why."""


class WorkRefusedError(RuntimeError):
    """The work cannot be done on what there is; trying again helps only when that has changed."""


async def run_apart(module: str, *arguments: str, seconds_max: float) -> bool:
    """Run a module in a process with this one's settings and output; say whether it did its work.

    It did not where what it needed was away, where it was killed, as by a machine without memory left, and where it
    took longer than `seconds_max`. Whoever waits and is cancelled ends it.

    Raises:
        WorkRefusedError: it raised this; its log says why.
        ApartError: it failed otherwise.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        async with asyncio.timeout(seconds_max):
            status = await child.wait()
    except TimeoutError:
        _log.error("work apart took too long", module=module, seconds_max=seconds_max)
        return False
    finally:
        if child.returncode is None:
            child.kill()
    if status < 0:
        _log.error("work apart was killed", module=module, signal=-status)
    elif status == EXIT_REFUSED:
        raise WorkRefusedError(f"{module} {' '.join(arguments)}")
    elif status not in {0, EXIT_AGAIN}:
        raise ApartError(f"{module} {' '.join(arguments)} ended with {status}")
    return status == 0


def yield_to_others() -> None:
    """Leave the cores to everybody else from now on: for work apart that holds nothing others wait for."""
    os.setpriority(os.PRIO_PROCESS, 0, LOWEST)
    with suppress(OSError):
        GROUP_OF_SESSION.write_text(str(LOWEST), encoding="ascii")


def work_apart(name: str, settings_type: type[S], work: Callable[[S], Coroutine[Any, Any, None]]) -> NoReturn:
    """Do the work as a process that `run_apart` started, and leave. It ends with the process that waits for it."""
    _end_with_parent()
    settings = load(settings_type)
    configure_logs(name, settings.log_level)
    try:
        uvloop.run(work(settings))
    except WorkRefusedError as error:
        _log.error("work apart is refused", reason=str(error))
        raise SystemExit(EXIT_REFUSED) from None
    except Exception as error:  # noqa: BLE001 -- crash-only; who waits is told by the status
        if not is_transient(error):
            die(error)
        _log.warning("what work apart needs is away", error=repr(error)[:200])
        raise SystemExit(EXIT_AGAIN) from None
    raise SystemExit(0)


def _end_with_parent() -> None:
    control = getattr(ctypes.CDLL(None), "prctl", None)  # of Linux; elsewhere it ends when its work is done
    if control is not None:
        control(PR_SET_PDEATHSIG, signal.SIGKILL)
