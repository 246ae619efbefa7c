"""`POST /rules/drafts`: sheets become a draft, or come back with everything that is wrong with them."""

from dataclasses import dataclass
from pathlib import PurePath

from fastapi import FastAPI
from starlette.responses import Response

from services.chassis.web.problems import of_status
from services.desk.pages.door import to
from services.desk.pages.parts import PageParts
from services.desk.pages.rules.publishing import require_role
from services.desk.pages.visit import Visit
from services.desk.store.drafting import FILE_BYTES_MAX, UPLOAD
from services.reference.sheets.replacing import FILES_MAX, UploadRefusedError


@dataclass(frozen=True, slots=True)
class UploadingPages:
    """Takes sheets."""

    parts: PageParts

    def add_to(self, app: FastAPI) -> None:
        """Add the route."""
        self.parts.door.post(app, "/rules/drafts", self.upload)

    async def upload(self, visit: Visit) -> Response:
        """Draft the version in force with the uploaded files in the place of its own."""
        require_role(visit, *UPLOAD)
        uploads = await _files(visit)
        try:
            number = await self.parts.drafting.upload(uploads, visit.form.text("note"), visit.session)
        except UploadRefusedError:
            return to("/rules?done=refused")
        return to(f"/rules?draft={number}&done=drafted")


async def _files(visit: Visit) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    for file in visit.form.files("sheets")[: FILES_MAX + 1]:
        content = await file.read(FILE_BYTES_MAX + 1)
        if len(content) > FILE_BYTES_MAX:
            raise of_status(413)
        # Some browsers send a path; the name is its last part.
        contents[PurePath((file.filename or "").replace("\\", "/")).name] = content
    return contents
