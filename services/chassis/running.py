"""How every process runs: arguments, settings, one loop, one HTTP door, SIGTERM drains, a crash ends with non-zero."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, NoReturn, TypeVar

import structlog
import uvloop

from services.chassis.failures import EXIT_CONFIGURATION, die
from services.chassis.health import ask_health
from services.chassis.logs import configure_logs
from services.chassis.postgres import UnsafeServerError
from services.chassis.server import PortTakenError, listen
from services.chassis.settings import ServiceSettings, load, print_checked
from services.chassis.shell import Shell

S = TypeVar("S", bound=ServiceSettings)

EXIT_FORCED: Final = 130

_log = structlog.get_logger("whistle.running")


@dataclass(frozen=True, slots=True)
class Process(Generic[S]):
    """One kind of process of a service: its settings, and the composition root that runs until it is stopped."""

    settings: type[S]
    run: Callable[[S, Shell], Awaitable[None]]


def run_service(service: str, processes: Mapping[str, Process[Any]], argv: Sequence[str] | None = None) -> NoReturn:
    """Run `python -m services.<service> [process] [--health | --check-config]`; never returns.

    Args:
        service: as in `WHISTLE_<SERVICE>_*` and in metrics.
        argv: without the program's name; the process's own where it is None.
        processes: by name; the key `""` is the only process of a service that has one.
    """
    arguments = _arguments(service, processes, sys.argv[1:] if argv is None else argv)
    process = processes[arguments.process]
    settings = load(process.settings)
    if arguments.check_config:
        print_checked(settings)
        raise SystemExit(0)
    if arguments.health:
        raise SystemExit(ask_health(settings.host, settings.port))
    name = f"{service}-{arguments.process}".rstrip("-")
    configure_logs(name, settings.log_level)
    _log.info("starting", settings=settings.describe())
    try:
        with listen(settings.host, settings.port) as door:
            uvloop.run(_run(process, settings, Shell(name.replace("-", "_"), settings, door)))
    except (PortTakenError, UnsafeServerError) as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(EXIT_CONFIGURATION) from None
    except Exception as error:  # noqa: BLE001 -- crash-only: a supervisor restarts on non-zero only
        die(error)
    _leave(0)


async def _run(process: Process[S], settings: S, shell: Shell) -> None:
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if shell.stopping.is_set():
            _log.warning("second signal: leaving at once")
            _leave(EXIT_FORCED)
        shell.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal)
    await process.run(settings, shell)
    # Faust's threads and tasks know no kind end; everything that matters is committed and closed by now.
    _log.info("stopped")
    _leave(0)


def _leave(status: int) -> NoReturn:
    sys.stdout.flush()
    os._exit(status)


def _arguments(service: str, processes: Mapping[str, Process[Any]], argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m services.{service}")
    names = [name for name in processes if name]
    if names:
        parser.add_argument("process", choices=names)
    else:
        parser.set_defaults(process="")
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--health", action="store_true", help="ask the running process: 0 ready, 1 not")
    asked.add_argument("--check-config", action="store_true", help="print the settings, secrets hidden, and leave")
    return parser.parse_args(argv)
