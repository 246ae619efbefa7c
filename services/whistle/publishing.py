"""Drafts and publications of reference versions, as two persons make them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.identity.persons import give_token
from services.identity.tokens import hash_of
from services.reference.model.version import ReferenceVersion
from services.reference.versions.content import content_of
from services.reference.versions.publish import draft, publish
from services.whistle.connecting import Connection
from services.whistle.exits import RefusedError

NOTICE: Final = timedelta(seconds=6)
"""The least a publication gives is 4 s (design §7); the rest is for the way to the server."""
LATEST: Final = "select version, sha256 = sha256($1) as is_same from reference.versions order by version desc limit 1"
NOW: Final = "select clock.now()"
REVOKE: Final = "select identity.revoke_token($1)"
MAY_PUBLISH: Final = """
    select exists (
        select from identity.list_persons()
        where person_id = $1 and role = any ($2)
            and valid_from <= (select clock.now()) and valid_to > (select clock.now()))
"""
DRAFTERS: Final = ("rule_owner",)
APPROVERS: Final = ("rule_owner", "center_leader")


@dataclass(frozen=True, slots=True)
class Published:
    """What came of a publication. `is_new` is false where the version in force says the same already."""

    number: int
    active_from: datetime | None
    is_new: bool


async def publish_version(
    connection: Connection,
    version: ReferenceVersion,
    persons: tuple[UUID, UUID],
    *,
    note: str,
    active_from: datetime | None = None,
) -> Published:
    """Draft as the first person and publish as the second, unless the newest version says the same.

    Args:
        connection: in a transaction, so that nothing of a refused publication stays.
        version: its content; number and instant are given here.
        persons: who drafted and who approved; two, each with the role for it.
        note: why, for those who look back.
        active_from: when it comes into force; none: as soon as may be, the first version of a district at once.

    Raises:
        RefusedError: a person has not the role.
        PublicationRefusedError: one person for both, or too little notice.
    """
    content = content_of(version)
    latest = await connection.fetchrow(LATEST, content)
    if latest is not None and latest["is_same"]:
        return Published(latest["version"], None, is_new=False)
    now: datetime = await connection.fetchval(NOW)
    begins = active_from or (now if latest is None else now + NOTICE)
    for person, roles in zip(persons, (DRAFTERS, APPROVERS), strict=True):
        if not await connection.fetchval(MAY_PUBLISH, person, list(roles)):
            raise RefusedError(f"{person} has not the role {' or '.join(roles)} now")
    async with standing_in_for(connection, persons[0]) as drafter, standing_in_for(connection, persons[1]) as approver:
        drafted = await draft(connection, version, note, drafter)
        published = await publish(connection, drafted, begins, approver)
    return Published(published.number, begins, is_new=True)


@asynccontextmanager
async def standing_in_for(connection: Connection, person: UUID) -> AsyncIterator[bytes]:
    """Give the hash of a token of `person` that nobody else ever sees; revoked when the block is left.

    For a district's first version: nobody has a token yet when the sheet of persons has just been read.
    """
    token = await give_token(connection, person, timedelta(minutes=1))
    yield hash_of(token.secret)
    await connection.execute(REVOKE, token.prefix)
