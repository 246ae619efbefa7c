"""S0-09: admission form needs funds, staff, powers; all three checked: one missing -> refused, reason names it."""

import json
from datetime import date, timedelta

import asyncpg
import pytest

from services.identity.persons import give_token, load_persons
from services.reference.sheets.persons import PersonInRole
from tests.builders import an_id
from tests.environment.database import Database
from tests.wire.whistle.command_line import CommandLine, environment_for

pytestmark = pytest.mark.postgres

FORM = ("admission", "request", "电梯统计", "--department", "housing", "--item", "0305", "--unit", "sub-01", "--json")
ALL = ("funds", "staff", "powers")
HEAD = PersonInRole(
    person_id=an_id("head"),
    name="head",
    unit="housing",
    role="unit_head",
    lane="ordinary",
    valid_from=date(2026, 1, 1),
    valid_to=None,
)


@pytest.fixture
async def head(database: Database) -> CommandLine:
    """The command line of the head of a department."""
    operator = await asyncpg.connect(database.dsn("operator"))
    try:
        await load_persons(operator, [HEAD])
        token = await give_token(operator, HEAD.person_id, timedelta(hours=1))
    finally:
        await operator.close()
    return CommandLine({**environment_for(database), "WHISTLE_CLI_TOKEN": token.secret})


@pytest.mark.parametrize("missing", [("funds",), ("staff",), ("powers",), ("funds", "powers"), ALL])
def test_without_one_of_the_three_it_is_refused_and_says_which(head: CommandLine, missing: tuple[str, ...]) -> None:
    given = (f"--{condition}" for condition in ALL if condition not in missing)

    ended = head.run(*FORM, *given)

    assert ended.status == 1
    assert ended.told["state"] == "refused"
    assert ended.told["reason"] == f"not given with the task: {', '.join(missing)}"
    assert [row["refusals"] for row in head.told("admission", "refusals")] == [1]


def test_with_all_three_it_waits_for_the_leading_group(head: CommandLine) -> None:
    told = json.loads(head.run(*FORM, *(f"--{condition}" for condition in ALL)).out)

    assert (told["state"], told["reason"]) == ("requested", None)
    assert head.told("admission", "refusals") == []
