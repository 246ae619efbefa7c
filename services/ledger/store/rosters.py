"""Who would be called if a whistle were blown now: asked before a case is settled or acted on, and only then (S1-07)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from services.ledger.domain.branches import branch_of
from services.ledger.domain.city import City
from services.ledger.domain.roll import OnDuty
from services.ledger.domain.state import CaseDocument
from services.ledger.domain.taken import TakenCase
from services.ledger.domain.whistle.acts import Blow, Decide
from services.ledger.store.cities import Cities
from services.ledger.store.taking import Taken

ON_DUTY: Final = "select unit, person_id, head from ledger.on_duty($1, $2)"


async def call_the_roll(connection: Any, taken: Taken, cities: Cities, acts: Mapping[UUID, object]) -> None:
    """Let the taken cases know who is on duty, where a whistle may be blown by a step owed now or by the case's act."""
    cases = [case for case in taken.cases if may_whistle(case, taken, acts.get(case.case.case_id))]
    if not cases:
        return
    units = {
        unit
        for case in cases
        for unit in units_of(
            case.document,
            await cities.of(case.case.reference_version, case.case.applied_version),
            acts.get(case.case.case_id),
        )
    }
    rows = await connection.fetch(ON_DUTY, sorted(units), taken.now)
    # asyncpg's own UUID compares and encodes slowly; one of the standard library's.
    on_duty = {row["unit"]: OnDuty(UUID(int=row["person_id"].int), row["head"]) for row in rows}
    for case in cases:
        case.on_duty = on_duty


def may_whistle(case: TakenCase, taken: Taken, act: object) -> bool:
    """Whether a whistle may be blown when this case is settled and acted on."""
    if isinstance(act, Blow | Decide):
        return True
    owed = (clock for clock in case.clocks if clock.next_at is not None and clock.next_at <= taken.now)
    return case.case.subdistrict is not None and any(clock.next_step in {"reminder", "limit"} for clock in owed)


def units_of(document: CaseDocument, city: City, act: object) -> Iterable[str]:
    """Return the departments a whistle may call, and their offices in the case's subdistrict."""
    row = document.case
    asked = act.called if isinstance(act, Blow) else ()
    proposed = (unit for proposal in row.proposals or () for unit in proposal.called)
    for unit in (row.lead, *row.cooperating, *asked, *proposed):
        yield unit
        office = branch_of(unit, row.subdistrict, city)
        if office is not None:
            yield office
