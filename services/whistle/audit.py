"""Who did what with the command line: one row per act, in the act's own transaction, never changed."""

import getpass
import json
from collections.abc import Mapping
from typing import Any, Final

from services.whistle.connecting import Connection

NOTE: Final = "select delivery.note_act($1, $2, $3, $4::jsonb)"


async def note(connection: Connection, act: str, subject: str, details: Mapping[str, Any]) -> None:
    """Write the act down: the login name of the machine and the database role are part of the row."""
    await connection.execute(NOTE, getpass.getuser(), act, subject, json.dumps(details, ensure_ascii=False))
