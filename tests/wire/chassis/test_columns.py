"""A column's literal means to PostgreSQL what the list means to Python."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from services.chassis.columns import column
from tests.environment.database import Database

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param(
            "text", ['a "quoted" one', "back\\slash", "积水，没过脚踝", "", "NULL", "{a,b}", None], id="texts"
        ),
        pytest.param("uuid", [UUID(int=7), None], id="ids"),
        pytest.param("integer", [1, -2, None], id="numbers"),
        pytest.param("timestamptz", [datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC), None], id="instants"),
        pytest.param("text", [], id="nothing"),
    ],
)
async def test_a_literal_reads_back_as_the_list(database: Database, kind: str, values: list[None]) -> None:
    connection = await asyncpg.connect(database.dsn())
    try:
        read = await connection.fetchval(f"select $1::text::{kind}[]", column(values))
    finally:
        await connection.close()

    assert read == values


def test_a_control_character_is_refused() -> None:
    with pytest.raises(ValueError, match="control character"):
        column(["two\nlines"])
