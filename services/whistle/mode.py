"""`whistle mode`: which emergency profiles there are and which are on; switching one on and off."""

from dataclasses import asdict
from typing import Annotated, Final

import typer

from services.ledger.store.modes import switch_and_tell
from services.reference.model.modes import limits_of
from services.reference.versions.modes import Switch
from services.whistle.audit import note
from services.whistle.connecting import as_operator
from services.whistle.showing import Answer, AsJson, answer, table
from services.whistle.versions import IN_FORCE, own_token, version_named

app = typer.Typer(help="Emergency modes (平急结合).", no_args_is_help=True)

LAST_SWITCHES: Final = """
    select v.active_from, s.version, s.profile, s.area, s.switched_on, s.person, s.reason
    from reference.mode_switches s join reference.versions v using (version)
    order by v.active_from desc, v.version desc limit $1
"""
IS_ON: Final = """
    select distinct s.profile, s.area from reference.mode_switches s
    where reference.is_on(s.profile, s.area, (select clock.now())) order by s.profile, s.area
"""
PROFILES: Final = ("profile", "name", "items", "on for")
SWITCHES: Final = ("active_from", "version", "profile", "area", "switched_on", "person", "reason")

Profile = Annotated[str, typer.Argument(help="Id of a published profile.")]
Area = Annotated[str, typer.Option("--area", help="A subdistrict; the whole district if not given.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for everybody who is told and for those who look back.")]


@app.command()
def show(*, limit: Annotated[int, typer.Option(min=1, max=1000)] = 20, as_json: AsJson = False) -> None:
    """Show the published profiles, which are on, and the last switches."""
    answer(_show(limit), as_json=as_json)


@app.command("on")
def switch_on(profile: Profile, reason: Reason, *, area: Area = "", as_json: AsJson = False) -> None:
    """Switch a profile on, as the person of WHISTLE_CLI_TOKEN; every unit is told."""
    answer(_switch(profile, area, reason, on=True), as_json=as_json)


@app.command("off")
def switch_off(profile: Profile, reason: Reason, *, area: Area = "", as_json: AsJson = False) -> None:
    """Switch a profile off again; deadlines are what they would have been without it."""
    answer(_switch(profile, area, reason, on=False), as_json=as_json)


async def _show(limit: int) -> Answer:
    async with as_operator() as connection:
        version = await version_named(connection, IN_FORCE)
        on: dict[str, list[str]] = {}
        for row in await connection.fetch(IS_ON):
            on.setdefault(row["profile"], []).append(row["area"])
        switches = [tuple(row) for row in await connection.fetch(LAST_SWITCHES, limit)]
    profiles = [
        (profile.id, profile.name_zh, len(limits_of(profile, version.catalogue)), ", ".join(on.get(profile.id, [])))
        for profile in version.profiles
    ]
    told = {
        "profiles": [dict(zip(PROFILES, row, strict=True)) for row in profiles],
        "switches": [dict(zip(SWITCHES, row, strict=True)) for row in switches],
    }
    return Answer(told, [table(PROFILES, profiles), table(SWITCHES, switches)])


async def _switch(profile: str, area: str, reason: str, *, on: bool) -> Answer:
    token = own_token()
    async with as_operator() as connection, connection.transaction():
        version = await version_named(connection, IN_FORCE)
        district = next(unit.id for unit in version.organisation if unit.kind == "district")
        switch = Switch(profile=profile, area=area or district, on=on, reason=reason)
        switched = await switch_and_tell(connection, switch, version, token)
        await note(connection, "mode switched", str(switched.version), asdict(switch))
    told = {"version": switched.version, "active_from": switched.active_from, "told": len(switched.told)}
    verb, units = "on" if on else "off", len(switched.told)
    line = f"{profile} is {verb} for {switch.area} from {switched.active_from}; {units} units are told"
    return Answer(told, [line])
