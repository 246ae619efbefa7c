"""`whistle rules evaluate`: a labelled file decided by a version: accuracy and confusion per class (S0-03)."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, get_args
from uuid import UUID

import msgspec
import typer
from rich.console import RenderableType

from services.contracts.events import Place, ReportFacts
from services.reference.deciding.compile import CompiledReference, compile_version
from services.reference.deciding.decide import decide
from services.whistle.connecting import as_operator
from services.whistle.evaluating.classes import By, Classes
from services.whistle.evaluating.confusion import Confusion, percent
from services.whistle.evaluating.labelled import Cells, Rows, read_rows, text_in
from services.whistle.publishing import NOW
from services.whistle.showing import Answer, AsJson, answer, progress, table
from services.whistle.versions import CITY, IN_FORCE, City, Named, name_of, version_named

NOBODY: Final = UUID(int=0)
EPOCH: Final = 0
TELL_EVERY: Final = 500
CONFUSED_SHOWN: Final = 40


class Labelled(msgspec.Struct, frozen=True):
    """A report and the class somebody gave it."""

    text: str
    label: str
    place: Place


class Evaluation(msgspec.Struct):
    """What the rules made of a file."""

    confusion: Confusion
    consulting: int = 0
    without_unit: int = 0
    """Neither a unit nor the state for unclear ones: always 0."""


def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV with the columns text and label.")],
    *,
    by: Annotated[str, typer.Option(help="What a label names: domain, item or lead.")] = "domain",
    labels: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="CSV `class,label` for labels of others.")
    ] = None,
    version: Named = IN_FORCE,
    city: City = CITY,
    as_json: AsJson = False,
) -> None:
    """Decide labelled reports and count what was decided against what was meant; changes nothing.

    A label is a code or a name of the catalogue (a unit with `--by lead`), or what `--labels` says for each class.
    """
    if by not in get_args(By):
        raise typer.BadParameter(f"--by is one of {', '.join(get_args(By))}")
    answer(_evaluate(file, by, labels, (version, city)), as_json=as_json)


async def _evaluate(file: Path, by: str, labels: Path | None, named: tuple[str, Path]) -> Answer:
    async with as_operator() as connection:
        version = await version_named(connection, *named)
        now: datetime = await connection.fetchval(NOW)
    reference = compile_version(version)
    classes = Classes.of(reference, by, labels)

    def labelled(cells: Cells) -> Labelled:
        place = Place(grid=cells.get("grid") or None, community=cells.get("community") or None)
        return Labelled(text_in(cells), classes.label_of(cells["label"]), place)

    rows = read_rows(file, ("text", "label"), labelled)
    return _answer(name_of(version), rows, _decided(rows, reference, now, classes))


def _decided(rows: Rows[Labelled], reference: CompiledReference, now: datetime, classes: Classes) -> Evaluation:
    found, used = Evaluation(Confusion()), rows.used
    rows.used = []
    with progress("deciding", len(used)) as tell:
        for done, (number, row) in enumerate(used, start=1):
            try:
                decision = decide(_report(number, row, now), reference, EPOCH)
            except LookupError as error:  # a place the version does not know
                rows.refused.append((number, str(error)))
                continue
            rows.used.append((number, row))
            found.confusion.count(row.label, classes.class_of(decision))
            found.consulting += decision.consulting
            found.without_unit += not decision.lead
            if done % TELL_EVERY == 0:
                tell(done)
    return found


def _report(number: int, row: Labelled, now: datetime) -> ReportFacts:
    return ReportFacts(
        report_id=NOBODY,
        case_id=NOBODY,
        number=f"row {number}",
        accepted_at=now,
        channel="web",
        reporter_kind="resident",
        text=row.text,
        place=row.place,
    )


def _answer(version: str, rows: Rows[Labelled], found: Evaluation) -> Answer:
    confusion = found.confusion
    unclear = {"consulting": found.consulting, "without_unit": found.without_unit}
    told = {"by": version, **rows.told(), **confusion.told(), **unclear}
    shown = (
        (each.name, each.meant, each.decided, each.right, percent(each.recall), percent(each.precision))
        for each in confusion.classes()
    )
    wrong = [(*pair, count) for pair, count in confusion.counts.most_common() if pair[0] != pair[1]]
    lines: list[RenderableType | str] = [
        *rows.lines(),
        f"accuracy {percent(confusion.accuracy)} ({confusion.right} of {confusion.total}) by {version}",
        f"consulting {found.consulting}, without a unit {found.without_unit}",
        table(("class", "meant", "decided", "right", "recall", "precision"), shown),
        *([table(("meant", "decided", "count"), wrong[:CONFUSED_SHOWN])] if wrong else []),
    ]
    return Answer(told, lines, failed=found.without_unit > 0)
