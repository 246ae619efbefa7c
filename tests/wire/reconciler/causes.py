"""Rows that should have an effect, and rows that are one; written as the owner, past every guard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tests.environment.database import Database

Write = Callable[[Database, UUID], str]


def a_report(database: Database, key: UUID) -> str:
    return database.run_sql(
        "insert into intake.reports (report_id, serial, epoch, accepted_at, key_id, lane, body)"
        f" select '{key}', (select count(*) + 1 from intake.reports), 1, clock.now(), 'k1', 'ordinary', 'x'"
    )


def a_case(database: Database, key: UUID) -> str:
    return database.run_sql(
        "insert into ledger.cases (case_id, number, version, state, attempt, lead, cooperating, tier, urgency, lane,"
        " barred_units, units, accepted_at, opened_at, changed_at, reference_version, applied_version, decision,"
        f" reports) values ('{key}', '{key}', 1, 'dispatched', 1, 'drainage', '{{}}', 'D', 'normal', 'ordinary',"
        " '{}', '{}', clock.now(), clock.now(), clock.now(), 1, 1, '{}', '[]') on conflict do nothing"
    )


def a_returned_case(database: Database, key: UUID) -> str:
    a_case(database, key)
    database.run_sql(f"update ledger.cases set attempt_awaited = 2, version = 3 where case_id = '{key}'")
    return _fact(database, key, 3, "case.returned.v1")


def a_decided_return(database: Database, key: UUID) -> str:
    return database.run_sql(f"update ledger.cases set attempt_awaited = null, attempt = 2 where case_id = '{key}'")


def a_followup(database: Database, key: UUID) -> str:
    a_report(database, key)
    a_case(database, key)
    return database.run_sql(
        "insert into intake.followups (followup_id, report_id, kind, at, body)"
        f" values ('{key}', '{key}', 'facts', clock.now(), 'x')"
    )


def a_taken_followup(database: Database, key: UUID) -> str:
    return database.run_sql(
        f"insert into ledger.followups (followup_id, case_id, body, applied_version) values ('{key}', '{key}', 'x', 2)"
    )


def a_fact(database: Database, key: UUID) -> str:
    a_case(database, key)
    return _fact(database, key, 1, "case.progressed.v1")


def a_told_fact(database: Database, key: UUID) -> str:
    return database.run_sql(f"insert into notify.messages (case_id, version) values ('{key}', 1)")


def a_notice(database: Database, key: UUID) -> str:
    return database.run_sql(f"insert into ledger.notices (notice_id, at, body) values ('{key}', clock.now(), 'x')")


def a_told_notice(database: Database, key: UUID) -> str:
    return database.run_sql(f"insert into notify.messages (case_id, version) values ('{key}', 0)")


def an_appraised_fact(database: Database, key: UUID) -> str:
    return database.run_sql(
        f"insert into appraisal.facts (case_id, version, at, what) values ('{key}', 1, clock.now(), 'noted')"
    )


def an_appraised_notice(database: Database, key: UUID) -> str:
    return database.run_sql(
        f"insert into appraisal.notices (notice_id, at, kind) values ('{key}', clock.now(), 'digest')"
    )


def _fact(database: Database, key: UUID, version: int, topic: str) -> str:
    return database.run_sql(
        "insert into ledger.facts (case_id, version, topic, event_id, at, body)"
        f" values ('{key}', {version}, '{topic}', '{key}', clock.now(), 'x')"
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
    "fact-appraisal": Story(a_fact, an_appraised_fact),
    "notice-appraisal": Story(a_notice, an_appraised_notice),
}
