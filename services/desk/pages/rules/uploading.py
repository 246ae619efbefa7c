"""`POST /rules/drafts`: sheets become a draft, or come back with everything that is wrong with them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import Problem, of_status
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.rules.publishing import refused_as_problem, require_role
from services.desk.pages.rules.view import UPLOAD
from services.desk.pages.visit import Visit
from services.ledger.store.refused_tasks import count_and_tell
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.replacing import FILES_MAX, UploadRefusedError, replaced
from services.reference.versions.content import content_of
from services.reference.versions.drafts import forget_refused, keep_refused
from services.reference.versions.publish import PublicationRefusedError, draft
from services.reference.versions.register import register

FILE_BYTES_MAX: Final = 8 * 1024 * 1024
SECONDS_MAX: Final = 60.0
NOTE_MIN: Final = 2
NOTE_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class UploadingPages:
    """Takes sheets, one upload at a time: reading a district's sheets takes a second of a core."""

    parts: PageParts
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def add_to(self, app: FastAPI) -> None:
        """Add the route."""
        self.parts.door.post(app, "/rules/drafts", self.upload)

    async def upload(self, visit: Visit) -> Response:
        """Draft the version in force with the uploaded files in the place of its own."""
        require_role(visit, *UPLOAD)
        note = visit.form.text("note")[:NOTE_MAX]
        if len(note) < NOTE_MIN:
            raise Problem("reason-missing", "A reason is needed", 422)
        uploads = await _files(visit)
        try:
            version = await self._read(uploads)
        except UploadRefusedError as error:
            await self._tell_refused(visit, error)
            return to("/rules?done=refused")
        except TimeoutError:
            raise of_status(503, headers={"Retry-After": "10"}) from None
        try:
            number = await self._draft(visit, version, note)
        except PublicationRefusedError as error:
            raise refused_as_problem(error) from None
        return to(f"/rules?draft={number}&done=drafted")

    async def _read(self, uploads: Mapping[str, bytes]) -> ReferenceVersion:
        active = self.parts.names.latest().version
        known = await register(self.parts.desk.pool)
        async with asyncio.timeout(SECONDS_MAX), self.lock:
            version = await asyncio.to_thread(replaced, active, uploads, known)
            if await asyncio.to_thread(content_of, version) == await asyncio.to_thread(content_of, active):
                raise Problem("nothing-changed", "Nothing changed", 422, "The sheets say what is in force already.")
        return version

    async def _draft(self, visit: Visit, version: ReferenceVersion, note: str) -> int:
        async with self.parts.desk.pool.acquire() as connection, connection.transaction():
            await forget_refused(connection, visit.session)
            return await draft(connection, version, note, visit.session)

    async def _tell_refused(self, visit: Visit, error: UploadRefusedError) -> None:
        try:
            async with self.parts.desk.pool.acquire() as connection, connection.transaction():
                await keep_refused(connection, error.refusals, error.workbooks, visit.session)
                await count_and_tell(connection, error.refusals, visit.session)
        except PublicationRefusedError as refused:
            raise refused_as_problem(refused) from None


async def _files(visit: Visit) -> dict[str, bytes]:
    files = visit.form.files("sheets")
    if not files:
        raise Problem("no-file", "No file", 422, "Choose the sheets to upload.")
    contents: dict[str, bytes] = {}
    for file in files[: FILES_MAX + 1]:
        content = await file.read(FILE_BYTES_MAX + 1)
        if len(content) > FILE_BYTES_MAX:
            raise of_status(413)
        # Some browsers send a path; the name is its last part.
        contents[PurePath((file.filename or "").replace("\\", "/")).name] = content
    return contents
