"""The register of admissions as versions see it: what a draft may rely on, and what has ended since (S0-08, S0-10)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol

import msgspec

from services.reference.model.duties import HOLDS, Admission
from services.reference.model.version import ReferenceVersion

SELECT: Final = """
    select admission_id as id, title, requested_by, items, units, funds, staff, powers, state, decided_on, valid_to,
        reason
    from reference.admissions order by admission_id
"""


class Connection(Protocol):
    """An asyncpg connection, or the pool."""

    async def fetch(self, query: str, *args: object) -> Any: ...


async def register(connection: Connection) -> tuple[Admission, ...]:
    """Return every admission that was ever asked for, by number."""
    rows = await connection.fetch(SELECT)
    return tuple(msgspec.convert(dict(row), Admission) for row in rows)


def lacking(version: ReferenceVersion, known: Sequence[Admission]) -> tuple[str, ...]:
    """Return why duties of a version may not go down by the register as it is now, once for each admission.

    Versions that carry no admissions are older than the register; they were judged by their sheets.
    """
    if not version.admissions:
        return ()
    said = {admission.id: admission for admission in version.admissions}
    now = {admission.id: admission for admission in known}
    named = dict.fromkeys(duty.admission for duty in version.duty_lists)
    return tuple(reason for name in named for reason in _why_not(name, said.get(name), now.get(name)))


def as_registered(version: ReferenceVersion, known: Sequence[Admission]) -> ReferenceVersion:
    """Return the version with its admissions as the register has them now."""
    now = {admission.id: admission for admission in known}
    return msgspec.structs.replace(version, admissions=tuple(now.get(each.id, each) for each in version.admissions))


def with_ends(version: ReferenceVersion, ends: Mapping[str, date]) -> ReferenceVersion:
    """Return the version with these admissions withdrawn, each from its day on."""
    if not ends:
        return version
    return msgspec.structs.replace(version, admissions=tuple(_ended(each, ends) for each in version.admissions))


def _why_not(name: str, said: Admission | None, now: Admission | None) -> Iterator[str]:
    if now is None:
        yield f"no admission {name} in the register"
    elif now.state not in HOLDS:
        yield f"admission {name} is not approved: {now.state}"
    elif said is not None and _end(now) < _end(said):
        yield f"admission {name} ends on {now.valid_to}, which the draft does not know"


def _ended(admission: Admission, ends: Mapping[str, date]) -> Admission:
    if admission.id not in ends:
        return admission
    ends_on = min(_end(admission), ends[admission.id])
    return msgspec.structs.replace(admission, state="withdrawn", valid_to=ends_on)


def _end(admission: Admission) -> date:
    return admission.valid_to or date.max
