"""What people do with rules, on the page and by the API: sheets become a draft, a draft a version, and the way back.

Who may is asked twice: by the caller, and by the database's own functions.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.chassis.postgres import Pool
from services.chassis.web.problems import Problem, of_status
from services.desk.store.examining import Examining
from services.desk.store.rehearsing import Rehearsing, Wanted
from services.ledger.store.refused_tasks import count_and_tell
from services.reference.deciding.compile import CompiledReference
from services.reference.model.version import ReferenceVersion
from services.reference.sheets.replacing import UploadRefusedError, replaced
from services.reference.versions.content import content_of
from services.reference.versions.drafts import (
    draft_content,
    forget_refused,
    keep_refused,
    number_in_force,
    withdraw,
)
from services.reference.versions.publish import PublicationRefusedError, Published, draft, publish, redraft
from services.reference.versions.register import register

SEE: Final = ("rule_owner", "center_leader", "center_operator", "inspector", "operator")
UPLOAD: Final = ("rule_owner",)
CONFIRM: Final = ("rule_owner", "center_leader")
FILE_BYTES_MAX: Final = 8 * 1024 * 1024
SECONDS_MAX: Final = 60.0
NOTE_MIN: Final = 2
NOTE_MAX: Final = 500
BUSY_SECONDS: Final = 10
SLUGS: Final = {
    "RV001": ("own-draft", 409),
    "RV002": ("too-soon", 422),
    "RV003": ("draft-gone", 409),
    "RV009": ("admissions-changed", 409),
    "RV010": ("replay-running", 409),
    "RV011": ("too-many-drafts", 409),
    "42501": ("not-yours-to-do", 403),
}


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn what the database refuses, and what takes too long, into the Problem that says it."""
    try:
        yield
    except PublicationRefusedError as error:
        slug, status = SLUGS.get(error.code, ("draft-gone", 409))
        raise Problem(slug, "Not done", status, str(error)) from None
    except TimeoutError:
        raise of_status(503, headers={"Retry-After": str(BUSY_SECONDS)}) from None


@dataclass(frozen=True, slots=True)
class Drafting:
    """Drafts and versions of one desk process; sheets are read one upload at a time: a second of a core each."""

    pool: Pool
    latest: Callable[[], CompiledReference]
    """The version in force."""
    examining: Examining = field(default_factory=Examining)
    rehearsing: Rehearsing = field(init=False)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rehearsing", Rehearsing(self.pool))

    async def upload(self, uploads: Mapping[str, bytes], note: str, token_hash: bytes) -> int:
        """Draft the version in force with the uploaded files in the place of its own; return the draft's number.

        Raises:
            UploadRefusedError: everything that is wrong with the sheets; kept for its person, until they upload again.
            Problem: no reason, no files, nothing changed, too many drafts, or not theirs to do.
        """
        said = _reason(note)
        if not uploads:
            raise Problem("no-file", "No file", 422, "Choose the sheets to upload.")
        with refusals_told():
            try:
                version = await self._read(uploads)
            except UploadRefusedError as error:
                await self._keep_refused(error, token_hash)
                raise
            async with self.pool.acquire() as connection, connection.transaction():
                await forget_refused(connection, token_hash)
                return await draft(connection, version, said, token_hash)

    async def replay(self, number: int, cases: int, token_hash: bytes) -> None:
        """Decide the latest cases again by the draft, in the background."""
        active = self.latest()
        async with self.pool.acquire() as connection:
            content = await draft_content(connection, number)
        if content is None:
            raise of_status(404)
        with refusals_told():
            examined = await self.examining.of(number, active, content)
            wanted = Wanted(draft_id=number, active=active, draft=examined.draft, cases=cases, token_hash=token_hash)
            await self.rehearsing.begin(wanted)

    async def publish(self, number: int, against: int, begins: datetime, token_hash: bytes) -> Published:
        """Publish somebody else's draft, as it was seen beside the version `against`, from an instant on."""
        with refusals_told():
            async with self.pool.acquire() as connection:
                if await number_in_force(connection) != against:
                    raise Problem("rules-moved-on", "Another version came into force", 409)
                return await publish(connection, number, begins, token_hash)

    async def withdraw(self, number: int, token_hash: bytes) -> None:
        """Take an open draft back."""
        with refusals_told():
            await withdraw(self.pool, number, token_hash)

    async def again(self, number: int, note: str, token_hash: bytes) -> int:
        """Draft an earlier version again: the way back is another publication, by another person."""
        said = _reason(note)
        with refusals_told():
            async with self.pool.acquire() as connection:
                return await redraft(connection, number, said, token_hash)

    async def _read(self, uploads: Mapping[str, bytes]) -> ReferenceVersion:
        active = self.latest().version
        known = await register(self.pool)
        async with asyncio.timeout(SECONDS_MAX), self.lock:
            version = await asyncio.to_thread(replaced, active, uploads, known)
            if await asyncio.to_thread(content_of, version) == await asyncio.to_thread(content_of, active):
                raise Problem("nothing-changed", "Nothing changed", 422, "The sheets say what is in force already.")
        return version

    async def _keep_refused(self, error: UploadRefusedError, token_hash: bytes) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await keep_refused(connection, error.refusals, error.workbooks, token_hash)
            await count_and_tell(connection, error.refusals, token_hash)


def _reason(note: str) -> str:
    said = note.strip()[:NOTE_MAX]
    if len(said) < NOTE_MIN:
        raise Problem("reason-missing", "A reason is needed", 422)
    return said
