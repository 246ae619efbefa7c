"""What waits for a decision: requests of departments, and cases that the center consults about."""

from typing import Final

from services.desk.domain.queue import QueueFilter
from services.desk.queries.parameters import Parameters
from services.ledger.domain.acts import Asker
from services.ledger.domain.life.who import VERIFYING_ROLES
from services.ledger.domain.state import CENTER

REVIEW: Final = ("k", "'reviewing'::text")
"""The row that carries the due date, and the part that orders equals."""
_EXPECTED: Final = "case when c.request is null then 'dispatch' else 'review' end"
_REVIEWS: Final = f"""
    select {{case}}, k.due_at, '{CENTER}' as unit, '{CENTER}' as handling_unit, 'reviewing' as role,
        {_EXPECTED} as expected, 'reviewing' as part
    from ledger.clocks k join ledger.cases c using (case_id)
    where k.kind = 'review' and k.stopped_at is null and {{mine}} and {{where}}
"""
_FIRST: Final = "(c.request ->> 'kind' = 'suspension' and c.request -> 'approved_by' is null)"
"""A suspension that the unit's head or the street approves before the center does."""
_NOT_MINE_TO_JUDGE: Final = """
    (c.request ->> 'person' = {person} or coalesce((c.request -> 'approved_by')::jsonb, '[]') ? {person})
"""


def reviews_source(given: Parameters, asked: QueueFilter, asker: Asker, units: str, where: str) -> str:
    """Return the source of what this person may decide, its columns left open; the ledger judges again."""
    person = given.add(str(asker.person_id), "text")
    mine = [f"({' or '.join(_houses(asker, units))})", f"{_NOT_MINE_TO_JUDGE.format(person=person)} is not true"]
    if asked.expected in {"review", "dispatch"}:
        mine.append(f"{_EXPECTED} = {given.add(asked.expected, 'text')}")
    return _REVIEWS.format(case="{case}", mine=" and ".join(mine), where=where)


def _houses(asker: Asker, units: str) -> list[str]:
    houses = [f"cardinality({units}) = 0"]  # nobody's; but every parameter must be used
    if CENTER in asker.units:
        houses.append(f"(c.lane = 'ordinary' and {_FIRST} is not true)")
    if not VERIFYING_ROLES.isdisjoint(asker.roles):
        houses.append(f"(c.lane <> 'ordinary' and {_FIRST} is not true)")  # of their lanes: row-level security
    if not {"subdistrict_officer", "subdistrict_coordinator"}.isdisjoint(asker.roles):
        houses.append(f"({_FIRST} and c.subdistrict = any ({units}))")
    if "unit_head" in asker.roles:
        houses.append(f"({_FIRST} and c.lead = any ({units}))")
    return houses
