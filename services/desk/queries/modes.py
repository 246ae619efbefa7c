"""What is read and written about emergency modes."""

from typing import Any, Final

from services.desk.domain.modes import ModesShown, ModeSwitched, ProfileShown, SwitchAsked, SwitchShown
from services.ledger.store.modes import switch_and_tell
from services.reference.model.modes import limits_of
from services.reference.model.version import ReferenceVersion
from services.reference.versions.content import version_of
from services.reference.versions.modes import Switch
from services.reference.versions.publish import PublicationRefusedError

SWITCHES_MAX: Final = 50
IN_FORCE: Final = """
    select version, active_from, content from reference.versions
    where version = reference.version_at((select clock.now()))
"""
IS_ON: Final = """
    select distinct s.profile, s.area from reference.mode_switches s
    where reference.is_on(s.profile, s.area, (select clock.now())) order by s.profile, s.area
"""
SWITCHES: Final = """
    select v.active_from, s.version, s.profile, s.area, s.switched_on as "on", s.person, s.reason
    from reference.mode_switches s join reference.versions v using (version)
    order by v.active_from desc, v.version desc limit $1
"""
AS_ASKED: Final = "RV005"


async def modes_in_force(connection: Any) -> ModesShown:
    """Return the profiles of the version in force and the last switches."""
    version = await _in_force(connection)
    on = [(row["profile"], row["area"]) for row in await connection.fetch(IS_ON)]
    return ModesShown(
        profiles=tuple(
            ProfileShown(
                id=profile.id,
                name_zh=profile.name_zh,
                items=tuple(limits_of(profile, version.catalogue)),
                on_for=tuple(area for known, area in on if known == profile.id),
            )
            for profile in version.profiles
        ),
        switches=tuple(SwitchShown(**row) for row in await connection.fetch(SWITCHES, SWITCHES_MAX)),
    )


async def switched(connection: Any, profile: str, asked: SwitchAsked, token_hash: bytes) -> ModeSwitched:
    """Switch as asked and tell the units; a mode that is so already stays and nobody is told again.

    Raises:
        PublicationRefusedError: no such profile or area, or the person lacks the role.
    """
    version = await _in_force(connection)
    area = asked.area or next(unit.id for unit in version.organisation if unit.kind == "district")
    switch = Switch(profile=profile, area=area, on=asked.on, reason=asked.reason)
    answer = ModeSwitched(profile=profile, area=area, on=asked.on, changed=False)
    try:
        done = await switch_and_tell(connection, switch, version, token_hash)
    except PublicationRefusedError as error:
        if error.code != AS_ASKED:
            raise
        return answer
    return ModeSwitched(
        profile=profile,
        area=area,
        on=asked.on,
        changed=True,
        version=done.version,
        active_from=done.active_from,
        told=len(done.told),
    )


async def _in_force(connection: Any) -> ReferenceVersion:
    row = await connection.fetchrow(IN_FORCE)
    if row is None:
        raise PublicationRefusedError("RV003", "no reference version is published")
    return version_of(row["content"], row["version"], row["active_from"])
