"""The appraisal as a process: facts from Kafka become rows, once, also after a kill; one command fills them again."""

import asyncio
import signal
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from deploy.embedded.kafka import Kafka
from services.contracts.codec import encode
from services.contracts.events import CaseProgressed, NoticeIssued
from tests.builders import an_id
from tests.environment.database import Database
from tests.unit.appraisal.stories import Story
from tests.waiting import eventually
from tests.wire.notify.process import publish, running
from tests.wire.whistle.command_line import CommandLine, environment_for

pytestmark = [pytest.mark.postgres, pytest.mark.kafka]

ZONE = ZoneInfo("Asia/Shanghai")


def march(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=ZONE)


async def test_figures_are_kept_once_also_after_a_kill_and_filled_again_by_one_command(
    database: Database, kafka_server: Kafka
) -> None:
    name = f"appraisal-{database.name}"
    events = Story(name, march(2), march(6)).handled(march(3)).closed(march(4)).called(march(5), "satisfied").events
    facts: dict[str, str | int | float | bool | None] = {
        "department": "statistics",
        "refused": 1,
        "refused_in_all": 1,
        "first": "统计电梯",
    }
    notice = NoticeIssued(
        event_id=an_id(name), at=march(3), kind="task_refused", units=("statistics",), subject="退回", facts=facts
    )
    async with running("appraisal", "appraisal", database, kafka_server) as appraisal:
        await appraisal.ready()
        await publish(kafka_server, events[2], events[0], notice)
        await eventually(lambda: len(kept(database, name)) == 3, within_seconds=60)
        assert appraisal.end(signal.SIGKILL) != 0

        appraisal.start()
        await appraisal.ready()
        await publish(kafka_server, *events, notice)
        await eventually(lambda: len(kept(database, name)) == 5, within_seconds=60)
        before = kept(database, name)

        await asyncio.to_thread(rebuild, database, events, notice)
        assert kept(database, name) == []
        assert database.run_sql("select count(*) from ledger.pending").strip() == "5"
        await publish(kafka_server, notice, *reversed(events))
        await eventually(lambda: kept(database, name) == before, within_seconds=60)


def rebuild(database: Database, events: list[CaseProgressed], notice: NoticeIssued) -> None:
    """Let the ledger have stated the facts, and rebuild."""
    rows = "".join(
        "insert into ledger.facts (case_id, version, topic, event_id, at, body) values"
        f" ('{each.case_id}', {each.version}, '{each.TYPE}', '{each.event_id}', '{each.at.isoformat()}',"
        f" '\\x{encode(each).hex()}');"
        for each in events
    )
    database.run_sql(
        f"{rows} insert into ledger.notices (notice_id, at, body)"
        f" values ('{notice.event_id}', '{notice.at.isoformat()}', '\\x{encode(notice).hex()}')"
    )
    whistle = CommandLine(environment_for(database))
    assert whistle.run("appraisal", "rebuild").status == 2, "it says what it does before it does it"
    assert whistle.told("appraisal", "rebuild", "--yes") == {"facts": 4, "notices": 1}


def kept(database: Database, name: str) -> list[str]:
    """Return the rows of the test's own case and notice."""
    return database.run_sql(
        f"select version, at, what, item, place, due_at, body from appraisal.facts where case_id = '{an_id(name)}'"
        " union all select 0, at, kind, department, first, null, null from appraisal.notices"
        f" where notice_id = '{an_id(name)}' order by 1"
    ).splitlines()
