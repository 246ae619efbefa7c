"""Exit statuses, and which error gives which: part of the command line's contract."""

import socket
from enum import IntEnum

import asyncpg
from aiokafka.errors import KafkaError
from aiokafka.errors import UnknownTopicOrPartitionError as UnknownTopic

from services.chassis.delivery.producer import SendFailedError
from services.chassis.migrations import ChangedMigrationError
from services.chassis.setting_files import UnreadableSettingError
from services.reference.sheets.refusals import SheetsRefusedError
from services.reference.versions.publish import PublicationRefusedError


class ExitStatus(IntEnum):
    """What a script may rely on."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3


class RefusedError(Exception):
    """The command would do harm, or what it asked for cannot be; the message says why."""


class UsageError(Exception):
    """An argument or a setting is missing or makes no sense."""


class UnreachableError(Exception):
    """A server that is needed does not answer."""


UNREACHABLE = (
    UnreachableError,
    SendFailedError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    ConnectionError,
    TimeoutError,
    socket.gaierror,
)
REFUSED = (
    RefusedError,
    SheetsRefusedError,
    PublicationRefusedError,
    ChangedMigrationError,
    asyncpg.PostgresError,
    UnknownTopic,
)


def status_of(error: BaseException) -> ExitStatus | None:
    """Return the status an error ends the command with; None for a fault of ours, which shows its traceback."""
    if isinstance(error, UsageError | UnreadableSettingError):
        return ExitStatus.USAGE
    if isinstance(error, UNREACHABLE) or (isinstance(error, KafkaError) and not isinstance(error, UnknownTopic)):
        return ExitStatus.UNREACHABLE
    if isinstance(error, REFUSED):
        return ExitStatus.REFUSED
    if isinstance(error, OSError):
        return ExitStatus.REFUSED if error.filename else ExitStatus.UNREACHABLE
    return None


def reason_of(error: BaseException) -> str:
    """Return what to print: the message, or the error's name where it has none."""
    return str(error).strip() or type(error).__name__
