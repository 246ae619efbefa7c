"""What `make demo` promises of its week, on a small one: everything that is to happen in it does, and nothing leaks."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest

from deploy.demo.bulletin import month_so_far
from deploy.demo.city.results import Results
from deploy.demo.city.week import SimulatedWeek
from deploy.demo.happenings import ACCUSED, BURST
from deploy.demo.living import simulated_week
from deploy.demo.moments import WEEK_STARTS_AT
from deploy.demo.preparing import install_stepped_clock, load_district
from deploy.embedded.running import System
from deploy.embedded.state import State
from deploy.embedded.system import Settings, running_system
from services.appraisal.domain.bulletin import Bulletin
from services.chassis.sealing import keys_in
from services.identity.sessions import COOKIE
from services.intake.domain.tracking import tracking_code
from services.ledger.domain.state import CENTER
from tests.journeys.prepared import VALUES
from tests.journeys.running_city import RunningCity, city_of
from tests.requirements.hearing import PEOPLE, subscribed
from tests.requirements.leaks import METRICS, NEWEST, Leak, Scan, leaks_in, session_of
from tests.wire.notify.receiver import Receiver

pytestmark = [pytest.mark.slow, pytest.mark.kafka, pytest.mark.postgres, pytest.mark.timeout(1_800)]

SEED: Final = 248
COUNT: Final = 24
"""Reports beside the week's own events: few, and by this seed two residents among them who will not be satisfied."""
PLANTED: Final = "13700000099"
CLAUSE_MIN: Final = 8
"""Characters from which a clause of a sensitive report is nobody else's words."""
ACCUSING: Final = "select case_id from ledger.cases where $1 = any (barred_units)"
LEADS: Final = """
    select distinct unit from ledger.facts f, lateral (
        select convert_from(f.body, 'UTF8')::jsonb as body) b,
        lateral jsonb_array_elements_text(coalesce(b.body -> 'units', '[]') || jsonb_build_array(b.body -> 'lead')) unit
    where f.case_id = $1 and f.topic = 'case.progressed.v1'
"""
BURSTS: Final = """
    select count(*) from (select convert_from(body, 'UTF8')::jsonb as body from ledger.notices) n
    where body ->> 'kind' = 'burst' and body ->> 'subject' <> 'hello'
"""
PLANT: Final = f"""
    update ledger.cases set decision = jsonb_set(decision::jsonb, '{{report,text}}', to_jsonb($1::text))::json
    where case_id = (
        select case_id from ledger.cases where lane = 'ordinary' and barred_units = '{{}}'
        order by {NEWEST} limit 1)
"""
SENSITIVE: Final = "select case_id, lead, decision #>> '{report,text}' as text from ledger.cases where lane = 'drugs'"
CODES: Final = """
    select distinct on (c.lane, c.barred_units <> '{}', c.duplicate_of is null) c.number, c.case_id, r.key_id
    from ledger.cases c join intake.reports r on r.report_id = c.case_id
"""


@dataclass(frozen=True)
class Lived:
    """A week that is over, and what it came to."""

    city: RunningCity
    week: SimulatedWeek
    results: Results
    bulletin: Bulletin
    receiver: Receiver


def prepare(system: System) -> None:
    """As the demo does; the policies are those that ship, so duplicates are merged."""
    install_stepped_clock(system, WEEK_STARTS_AT)
    load_district(system)


@asynccontextmanager
async def a_week(state: State) -> AsyncIterator[Lived]:
    """Live the demo's week, with fewer reports; everything runs on until the block is left."""
    folder = state.folder / "demo-week"
    folder.mkdir()
    settings = Settings.on_free_ports(
        State(folder), values={**VALUES, "WHISTLE_COMPARE_SECONDS": "0.05"}, prepare=prepare
    )
    with running_system(settings) as system:
        async with AsyncExitStack() as stack:
            city = await stack.enter_async_context(city_of(system, WEEK_STARTS_AT))
            receiver = await stack.enter_async_context(
                subscribed(city, "drainage", "police", ACCUSED, "sub-01", CENTER)
            )
            week = await stack.enter_async_context(
                simulated_week(system, seed=SEED, count=COUNT, progress=lambda _: None, happenings=True)
            )
            await week.run()
            bulletin = await month_so_far(system, week.quiet, week.operator)
            yield Lived(city, week, await Results.read(week.connection), bulletin, receiver)


async def test_the_demo_week_has_everything_it_is_shown_for_and_leaks_nothing(session_state: State) -> None:
    async with a_week(session_state) as lived:
        await the_sensitive_case_is_in_its_lane(lived)
        await the_accused_department_never_had_it(lived)
        assert lived.results.bursts_alerted == 1, lived.results
        assert await burst_notices(lived) == 1
        assert lived.results.merged_into_another_case > BURST / 2
        assert lived.results.of_unsatisfied_residents >= lived.results.sent_back_by_residents > 0, lived.results
        await the_bulletin_is_read_with_these_figures(lived)

        found, seen = await scanned(lived)

    assert [leak for leak in found if PLANTED not in leak.around] == []
    assert {leak.where.partition(" ")[0] for leak in found} >= {"log", "row", "answer", "page"}
    assert set(seen) == {"log", "row", "record", "message", "answer", "page", "board", "track", "metrics"}


async def the_sensitive_case_is_in_its_lane(lived: Lived) -> None:
    rows = await lived.city.superuser.fetch(SENSITIVE)
    assert rows
    assert {(row["lead"], row["text"]) for row in rows} == {("police", None)}
    assert lived.results.in_a_sensitive_lane >= len(rows)
    for row in rows:
        assert await status_for(lived, "police", row["case_id"], lane="drugs") == 200
        for unit in ("police", "drainage", "sub-01", CENTER):
            assert await status_for(lived, unit, row["case_id"]) == 404, unit


async def the_accused_department_never_had_it(lived: Lived) -> None:
    cases = [row["case_id"] for row in await lived.city.superuser.fetch(ACCUSING, ACCUSED)]
    assert cases
    for case_id in cases:
        units = {row["unit"].partition("@")[0] for row in await lived.city.superuser.fetch(LEADS, case_id)}
        assert ACCUSED not in units
        assert await status_for(lived, ACCUSED, case_id) == 404


async def status_for(lived: Lived, unit: str, case_id: Any, lane: str = "ordinary") -> int:
    token = lived.city.people.works_in(unit, lane=lane)
    address = f"{lived.city.system.url('desk')}/api/v1/cases/{case_id}"
    answer = await lived.city.doors.http.get(address, headers={"Authorization": f"Bearer {token}"})
    return int(answer.status_code)


async def burst_notices(lived: Lived) -> int:
    return int(await lived.city.superuser.fetchval(BURSTS))


async def the_bulletin_is_read_with_these_figures(lived: Lived) -> None:
    page = f"{lived.city.system.url('desk')}/bulletin/{lived.bulletin.period}"
    _, session = await session_of(lived.city.superuser, CENTER, "center_leader")
    answer = await lived.city.doors.http.get(page, headers={"Cookie": f"{COOKIE}={session}"})
    assert answer.status_code == 200, answer.text
    said = re.sub(r"<[^>]+>|\s", "", answer.text)
    for measure, label in (("reported", "受理"), ("closed", "办结")):
        value = lived.bulletin.measures[measure].value  # type: ignore[index]
        assert re.search(rf"{label}[^0-9]{{0,8}}{value}(?![0-9])", said), (label, value)


async def scanned(lived: Lived) -> tuple[list[Leak], dict[str, int]]:
    """Plant one number in a log and in a case, and read everything."""
    city, secret = lived.city, secrets_of(lived)
    (city.system.state.folder / "logs" / "planted.log").write_text(f"called {PLANTED}\n", encoding="utf-8")
    await city.superuser.execute(PLANT, f"请打 {PLANTED}")
    scan = Scan(
        system=city.system,
        superuser=city.superuser,
        http=city.doors.http,
        people={who: await session_of(city.superuser, *place) for who, place in PEOPLE.items()},
        codes=await codes_of(lived),
        month=lived.bulletin.period,
        received=[got.body for got in lived.receiver.received],
        metrics={name: city.system.url(name) for name in METRICS},
    )
    found = [leak async for where, text in scan.texts() for leak in leaks_in(where, text, secret)]
    assert scan.unexpected == []
    return found, scan.seen


def secrets_of(lived: Lived) -> Sequence[str]:
    """Return clauses of the sensitive reports that stand in no other report."""
    others = " ".join(report.text for report in lived.week.reports if report.flavour != "sensitive")
    sensitive = " ".join(report.text for report in lived.week.reports if report.flavour == "sensitive")
    clauses = {clause for clause in re.split(r"[\W_]+", sensitive) if len(clause) >= CLAUSE_MIN}
    kept = sorted(clause for clause in clauses if clause not in others)
    assert kept
    return kept


async def codes_of(lived: Lived) -> list[str]:
    """Return tracking codes of reports of every sort: sensitive, accusing, merged, any."""
    keys = keys_in((lived.city.system.state.secrets / "vault_keys").read_bytes())
    rows = await lived.city.superuser.fetch(CODES)
    return [tracking_code(row["number"], row["case_id"], keys.key(row["key_id"]).marking) for row in rows]
