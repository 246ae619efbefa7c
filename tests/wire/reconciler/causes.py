"""Rows that should have an effect, and rows that are one; written as the owner, past every guard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tests.environment.database import Database

Write = Callable[[Database, UUID], str]


def a_report(database: Database, id: UUID) -> str:  # noqa: A002 -- the column's name
    return database.run_sql(
        "insert into intake.reports (report_id, serial, epoch, accepted_at, key_id, lane, body)"
        f" select '{id}', (select count(*) + 1 from intake.reports), 1, clock.now(), 'k1', 'ordinary', 'x'"
    )


def a_case(database: Database, id: UUID) -> str:  # noqa: A002
    return database.run_sql(
        "insert into ledger.cases (case_id, number, version, state, attempt, lead, cooperating, tier, urgency, lane,"
        " barred_units, units, accepted_at, opened_at, changed_at, reference_version, applied_version, decision,"
        f" reports) values ('{id}', '{id}', 1, 'dispatched', 1, 'drainage', '{{}}', 'D', 'normal', 'ordinary', '{{}}',"
        " '{}', clock.now(), clock.now(), clock.now(), 1, 1, '{}', '[]') on conflict do nothing"
    )


def a_returned_case(database: Database, id: UUID) -> str:  # noqa: A002
    a_case(database, id)
    database.run_sql(f"update ledger.cases set attempt_awaited = 2, version = 3 where case_id = '{id}'")
    return _fact(database, id, 3, "case.returned.v1")


def a_decided_return(database: Database, id: UUID) -> str:  # noqa: A002
    return database.run_sql(f"update ledger.cases set attempt_awaited = null, attempt = 2 where case_id = '{id}'")


def a_followup(database: Database, id: UUID) -> str:  # noqa: A002
    a_report(database, id)
    a_case(database, id)
    return database.run_sql(
        "insert into intake.followups (followup_id, report_id, kind, at, body)"
        f" values ('{id}', '{id}', 'facts', clock.now(), 'x')"
    )


def a_taken_followup(database: Database, id: UUID) -> str:  # noqa: A002
    return database.run_sql(
        f"insert into ledger.followups (followup_id, case_id, body, applied_version) values ('{id}', '{id}', 'x', 2)"
    )


def a_fact(database: Database, id: UUID) -> str:  # noqa: A002
    a_case(database, id)
    return _fact(database, id, 1, "case.progressed.v1")


def a_told_fact(database: Database, id: UUID) -> str:  # noqa: A002
    return database.run_sql(f"insert into notify.messages (case_id, version) values ('{id}', 1)")


def a_notice(database: Database, id: UUID) -> str:  # noqa: A002
    return database.run_sql(f"insert into ledger.notices (notice_id, at, body) values ('{id}', clock.now(), 'x')")


def a_told_notice(database: Database, id: UUID) -> str:  # noqa: A002
    return database.run_sql(f"insert into notify.messages (case_id, version) values ('{id}', 0)")


def _fact(database: Database, id: UUID, version: int, topic: str) -> str:  # noqa: A002
    return database.run_sql(
        "insert into ledger.facts (case_id, version, topic, event_id, at, body)"
        f" values ('{id}', {version}, '{topic}', '{id}', clock.now(), 'x')"
    )


@dataclass(frozen=True)
class Story:
    """A hop's cause and its effect."""

    cause: Write
    effect: Write


STORIES: Final[Mapping[str, Story]] = {
    "report-case": Story(a_report, a_case),
    "return-attempt": Story(a_returned_case, a_decided_return),
    "followup-fact": Story(a_followup, a_taken_followup),
    "fact-notify": Story(a_fact, a_told_fact),
    "notice-notify": Story(a_notice, a_told_notice),
}
