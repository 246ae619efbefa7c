"""Switching an emergency mode on and off: one authorised person, a version of its own, and what everybody is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.contracts.codec import event_id_of
from services.contracts.events.notice import NoticeIssued
from services.reference.deciding.organisation import Organisation
from services.reference.model.modes import ModeProfile
from services.reference.model.version import ReferenceVersion
from services.reference.versions.publish import Connection, PublicationRefusedError, asked

EVERYWHERE: Final = frozenset({"department", "company", "center", "district"})
"""Kinds of units that are told wherever it is."""
SWITCH: Final = "select reference.switch_mode($1, $2, $3, null, $4, $5)"
BEGINS: Final = "select active_from from reference.versions where version = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What is asked. `area` is the district or one of its subdistricts."""

    profile: str
    area: str
    on: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Switched:
    """A mode that changes at `active_from`."""

    version: int
    active_from: datetime
    told: tuple[str, ...]
    """The units the notice goes to."""


def profile_of(switch: Switch, version: ReferenceVersion) -> ModeProfile:
    """Return the profile that is to be switched.

    Raises:
        PublicationRefusedError: no such profile, or an area that is neither the district nor a subdistrict.
    """
    units = {unit.id: unit for unit in version.organisation}
    if switch.area not in units or units[switch.area].kind not in ("district", "subdistrict"):
        raise PublicationRefusedError("RV006", f"{switch.area} is neither the district nor a subdistrict")
    for profile in version.profiles:
        if profile.id == switch.profile:
            return profile
    known = ", ".join(profile.id for profile in version.profiles) or "none"
    raise PublicationRefusedError("RV006", f"no profile {switch.profile}; published are: {known}")


async def switch_mode(connection: Connection, switch: Switch, version: ReferenceVersion, token_hash: bytes) -> Switched:
    """Switch a profile of the version in force; call it in the transaction that tells the units.

    It begins as soon as it may: 4 s from now (design §7), by the database's clock.

    Raises:
        PublicationRefusedError: no such profile or area, on or off already, too little notice, no such role.
    """
    profile = profile_of(switch, version)
    arguments = (switch.profile, switch.area, switch.on, switch.reason, token_hash)
    number = int(str(await asked(connection, SWITCH, *arguments)))
    begins: datetime = await connection.fetchval(BEGINS, number)
    return Switched(number, begins, tuple(dict.fromkeys(_told(switch, profile, version))))


def notice_of(switch: Switch, switched: Switched, profile: ModeProfile, at: datetime, epoch: int) -> NoticeIssued:
    """Return what all units of the area are told (S1-19)."""
    return NoticeIssued(
        event_id=event_id_of(epoch, "mode_switched", switched.version),
        at=at,
        kind="mode_switched",
        units=switched.told,
        subject=f"{profile.name_zh}: {'启动' if switch.on else '解除'}",
        facts={
            "profile": profile.id,
            "area": switch.area,
            "on": switch.on,
            "version": switched.version,
            "active_from": switched.active_from.isoformat(),
            "groups": "; ".join(f"{group.name_zh}: {', '.join(group.units)}" for group in profile.groups),
            "reserves": "; ".join(f"{group.name_zh}: {', '.join(group.units)}" for group in profile.reserves),
        },
    )


def _told(switch: Switch, profile: ModeProfile, version: ReferenceVersion) -> Iterator[str]:
    """Every unit of the area, every department and the center; of one subdistrict, not the grassroots of the others."""
    organisation = Organisation(version.organisation)
    for unit in version.organisation:
        ground = unit.serves or unit.id
        if unit.kind in EVERYWHERE or organisation.is_under(ground, [switch.area]):
            yield unit.id
    for group in (*profile.groups, *profile.reserves):
        yield from group.units
