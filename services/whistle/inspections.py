"""`whistle appraisal sample`: closed cases drawn for inspection by a seed (S4-11)."""

from typing import Annotated

import typer

from services.appraisal.domain.samples import sample_of
from services.appraisal.store.sampling import keep_sample
from services.whistle.audit import note
from services.whistle.bulletins import MonthName, asked, named, read_span
from services.whistle.connecting import as_operator
from services.whistle.exits import RefusedError
from services.whistle.showing import Answer, AsJson, answer, table
from services.whistle.versions import own_token


def sample(
    month: MonthName,
    *,
    seed: Annotated[int, typer.Option(help="The same seed draws the same cases.")],
    size: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: AsJson = False,
) -> None:
    """Draw closed cases of a month for inspection, as the person of WHISTLE_CLI_TOKEN."""
    answer(_drawn(month, seed, size), as_json=as_json)


async def _drawn(name: str, seed: int, size: int) -> Answer:
    period, token = named(name), own_token()
    async with as_operator() as connection:
        drawn = sample_of((await read_span(connection, period)).records, period, seed, size)
        if not drawn:
            raise RefusedError(f"no case was closed in {name}")
        sample_id = await asked(keep_sample(connection, period, seed, size, drawn, token))
        await note(connection, "sample drawn", name, {"seed": seed, "size": size})
    told = {"sample_id": sample_id, "cases": [{"number": number, "case_id": case_id} for number, case_id in drawn]}
    return Answer(told, [table(("number", "case"), drawn)])
