"""The checker can fail: in calm weather it finds nothing, and each kind of wrong, done by hand and undone, it sees."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.faults.checker import Findings, check
from tests.faults.ground import Ground
from tests.faults.playing import play
from tests.faults.schedule import Scenario, hour_passes

pytestmark = [pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(240)]

CALM: Final = Scenario(
    number=0, title="nothing breaks", checked="", faults=[hour_passes(2, 240), hour_passes(4, 240)], reports_min=40
)
ONE: Final = (
    "(select case_id from ledger.cases where duplicate_of is null and closed_at is null order by number desc limit 1)"
)
"""The newest: the oldest may come from another test's load, of which this one's history knows nothing."""
TWO: Final = "(select case_id from ledger.cases where version > 1 order by number limit 1)"
"""A case of more facts than one."""
A_STEP: Final = """(
    select s.ctid from ledger.steps s join ledger.cases c using (case_id)
    where c.duplicate_of is null and s.step = 'reminder' and s.kind = 'promise' order by c.number limit 1
)"""
WRONGS: Final[Mapping[str, str]] = {
    "lost": f"delete from ledger.cases where case_id = {ONE}",
    "astray": f"update ledger.cases set lead = 'veterans' where case_id = {ONE}",
    "gaps": f"delete from ledger.facts where topic = 'case.progressed.v1' and version = 1 and case_id = {TWO}",
    "ownerless": f"update ledger.assignments set ended_at = opened_at where role = 'lead' and case_id = {ONE}",
    "missed": f"delete from ledger.steps where ctid = {A_STEP}",
    "false": f"update ledger.steps set step = 'express' where ctid = {A_STEP}",
    "early": f"""
        update ledger.steps set owed_at = owed_at - interval '1 minute', effective_at = owed_at - interval '1 minute'
        where ctid = {A_STEP}
    """,
    "untold": f"delete from notify.messages where case_id = {ONE}",
    "left_pending": """
        insert into intake.pending (topic, id) select 'report.received.v1', report_id from intake.reports limit 1
    """,
    "dead_letters": """
        insert into delivery.dead_letters (topic, partition, kafka_offset, reason) values ('a.topic.v1', 0, 0, 'wrong')
    """,
}
"""By the field of `Findings` that must tell: what is done to the tables."""


async def test_without_a_fault_nothing_is_wrong_and_nobody_is_refused(ground: Ground) -> None:
    outcome = await play(ground, CALM)

    assert outcome.complaints(CALM) == {}
    assert 201 in outcome.history.answers
    assert outcome.history.odd_while_it_ran() == []


@pytest.mark.parametrize("kind", WRONGS)
async def test_each_kind_of_wrong_is_seen(ground: Ground, kind: str) -> None:
    found = await _wronged(ground, WRONGS[kind])

    assert len(_told(found, kind)) > len(_told(ground.known, kind))


async def _wronged(ground: Ground, wrong: str) -> Findings:
    """Return what the checker finds when this is done to the tables, and undo it."""
    if not ground.history.accepted:
        await play(ground, CALM)
    accepted = list(ground.history.accepted.values())
    reference = await ground.reference()
    async with ground.superuser() as connection:
        now = await connection.fetchval("select clock.now()")
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("set local session_replication_role = replica")
        await connection.execute(wrong)
        found = await check(connection, accepted, reference, now)
        await transaction.rollback()
    return found


def _told(findings: Findings, kind: str) -> Any:
    told = getattr(findings, kind)
    return told if isinstance(told, list) else range(told)
