"""What waits for a person at the center: proposals on cases, and which emergencies are on."""

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from services.identity.actors import Connection

PROPOSALS_MAX: Final = 200

# The condition is the index's own (0050), so that it is found by it.
TO_CONFIRM: Final = f"""
    select c.case_id, c.number, c.item, c.lead, c.subdistrict, p.kind, p.unit, p.because, p.proposed_at
    from ledger.cases c, jsonb_to_recordset(c.proposals) as p (
        kind text, unit text, because text, proposed_at timestamptz, decided_at timestamptz
    )
    where c.proposals @? '$[*] ? (!exists (@.decided_at))' and p.decided_at is null
    order by p.proposed_at limit {PROPOSALS_MAX}
"""
ON: Final = """
    select profile, area, active_from, switched_on, active_from > now from (
        select distinct on (s.profile, s.area) s.profile, s.area, s.switched_on, v.active_from,
            (select clock.now()) as now
        from reference.mode_switches s join reference.versions v using (version)
        order by s.profile, s.area, v.active_from desc, v.version desc
    ) last where switched_on or active_from > now order by active_from
"""


class CaseToConfirm(NamedTuple):
    """A proposal nobody has decided yet."""

    case_id: UUID
    number: str
    item: str | None
    lead: str
    subdistrict: str | None
    kind: str
    unit: str
    because: str
    proposed_at: datetime


class EmergencyOn(NamedTuple):
    """A profile that is on for an area, or is about to be switched on or off."""

    profile: str
    area: str
    since: datetime
    stays: bool
    """False: it ends at `since`."""
    is_coming: bool
    """Whether `since` still lies ahead: a switch is published seconds before it is in force."""

    @property
    def is_on(self) -> bool:
        return self.stays != self.is_coming


async def cases_to_confirm(connection: "Connection") -> list[CaseToConfirm]:
    """Return open proposals of the cases the person sees, the oldest first."""
    return [CaseToConfirm(*row) for row in await connection.fetch(TO_CONFIRM)]


async def emergencies_on(connection: "Connection") -> list[EmergencyOn]:
    """Return which emergencies are on now or about to be."""
    return [EmergencyOn(*row) for row in await connection.fetch(ON)]
