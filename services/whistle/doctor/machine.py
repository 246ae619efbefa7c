"""The machine: Python, Java, and PostgreSQL's tools."""

import asyncio
import re
import shutil
import subprocess
import sys
from typing import Final

from services.whistle.doctor.finding import Finding
from services.whistle.exits import RefusedError
from services.whistle.postgres_tools import tools_for

PYTHON_OLDEST: Final = (3, 11)
JAVA_OLDEST: Final = 17
POSTGRES_OLDEST: Final = 15
_JAVA: Final = re.compile(r'version "(\d+)')


async def python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    fault = None if sys.version_info >= PYTHON_OLDEST else found
    return Finding.judged("python", fault, found, "install Python 3.11 or newer and make the environment anew")


async def java() -> Finding:
    """Only the embedded Kafka needs it."""
    program = shutil.which("java")
    if program is None:
        return Finding.skipped("java", "not here; only `whistle up` and `make demo` need Java 17")
    told = await asyncio.to_thread(
        subprocess.run, [program, "-version"], capture_output=True, text=True, check=False, timeout=20
    )
    found = _JAVA.search(told.stderr)
    major = int(found[1]) if found else 0
    remedy = f"install Java {JAVA_OLDEST} or newer, or set JAVA_HOME"
    return Finding.judged("java", None if major >= JAVA_OLDEST else f"version {major}", f"version {major}", remedy)


async def postgres_tools() -> Finding:
    """Backup and restore need them."""
    try:
        tools = await asyncio.to_thread(tools_for, POSTGRES_OLDEST)
    except RefusedError as error:
        return Finding.failed("postgres tools", str(error), "install postgresql-client, or name its folder with PG_BIN")
    return Finding.ok("postgres tools", f"pg_dump {tools.major}")
