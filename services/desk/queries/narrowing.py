"""What a queue is narrowed to, and where its page begins and ends: conditions that every source of tasks shares."""

from typing import Final

from services.desk.domain.queue import Narrowing, QueueFilter, QueuePlace
from services.desk.queries.parameters import Parameters
from services.ledger.domain.acts import Asker

_NEAR: Final = """
    (c.decision #>> '{{report,place,address}}' ilike {words} or c.subdistrict = any ({near})
        or c.decision #>> '{{report,place,community}}' = any ({near})
        or c.decision #>> '{{report,place,grid}}' = any ({near}))
"""


def columns_of(given: Parameters, asked: QueueFilter) -> list[str]:
    """Return the conditions on the case's own columns."""
    columns = {"state": asked.state, "item": asked.item, "subdistrict": asked.subdistrict, "number": asked.q}
    named = [f"c.{column} = {given.add(value, 'text')}" for column, value in columns.items() if value is not None]
    return named or ["true"]


def narrowed_to(given: Parameters, asked: QueueFilter, asker: Asker, narrowed: Narrowing) -> list[str]:
    """Return the conditions of who holds it, where it is, and of what a page found out before."""
    where = []
    if asked.mine:
        person = given.add(asker.person_id, "uuid")
        where.append(f"exists (select from ledger.holders h where h.case_id = c.case_id and h.person_id = {person})")
    if asked.place is not None:
        words, near = given.add(_like(asked.place), "text"), given.add(list(narrowed.near), "text[]")
        where.append(_NEAR.format(words=words, near=near))
    if narrowed.cases is not None:
        where.append(f"c.case_id = any ({given.add(list(narrowed.cases), 'uuid[]')})")
    return where


def _like(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def stretch(given: Parameters, asked: QueueFilter, after: QueuePlace | None, key: tuple[str, str]) -> str:
    """Return where the page begins: said twice, so that the index finds the instant and the part decides a tie."""
    row, part = key
    where = ["true"]
    if asked.overdue is not None:
        where.append(f"{row}.due_at {'<' if asked.overdue else '>='} (select clock.now())")
    if after is not None:
        due_at, case_id = given.add(after.due_at, "timestamptz"), given.add(after.case_id, "uuid")
        where.append(f"({row}.due_at, {row}.case_id) >= ({due_at}, {case_id})")
        where.append(f"({row}.due_at, {row}.case_id, {part}) > ({due_at}, {case_id}, {given.add(after.part, 'text')})")
    return " and ".join(where)


def in_order(asked: QueueFilter, key: tuple[str, str], size: str) -> str:
    """Return what stops after a page, in due order; but a single case is found by its number, not along the queue."""
    row, part = key
    return "" if asked.q is not None else f" order by {row}.due_at, {row}.case_id, {part} limit {size}"
