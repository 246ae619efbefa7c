"""`whistle dedup evaluate`: a labelled file looked through for duplicates: recall, precision, pair errors (S4-03)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
import typer
from rich.console import RenderableType

from services.contracts.events import Place
from services.ledger.domain.likeness import Look, words_of
from services.reference.model.duplicates import DuplicatePolicy
from services.reference.model.policies import Policies
from services.whistle.evaluating.alike import Pair, pairs_alike
from services.whistle.evaluating.clusters import clusters_found, figures, joined, pair_figures
from services.whistle.evaluating.confusion import percent
from services.whistle.evaluating.labelled import CannotUseRowError, Cells, Rows, read_rows, text_in
from services.whistle.exits import RefusedError
from services.whistle.showing import Answer, AsJson, answer, progress, table
from services.whistle.versions import CITY, City

app = typer.Typer(help="Reports about one thing.", no_args_is_help=True)

WRONG_SHOWN: Final = 30


class Labelled(msgspec.Struct, frozen=True):
    """A report, and the cluster somebody put it in; empty for none."""

    look: Look
    cluster: str


@app.callback()
def _dedup() -> None: ...


@app.command()
def evaluate(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: text, time, place, cluster[, item].")],
    *,
    window_hours: Annotated[int | None, typer.Option(min=1, max=24 * 366, help="Instead of the policy's.")] = None,
    city: City = CITY,
    as_json: AsJson = False,
) -> None:
    """Find duplicates among labelled reports as the ledger does, and count pairs; changes nothing.

    A place is `longitude,latitude` or words that name it, alike for reports of one place; it may be empty.
    """
    answer(_evaluate(file, window_hours, city), as_json=as_json)


async def _evaluate(file: Path, window_hours: int | None, city: Path) -> Answer:
    policy = _policy(city)
    if window_hours is not None:
        policy = msgspec.structs.replace(policy, window_hours=window_hours)
    rows = read_rows(file, ("text", "time", "place", "cluster"), _labelled)
    rows.used.sort(key=lambda used: used[1].look.accepted_at)
    looks = [row.look for _, row in rows.used]
    with progress("comparing", len(looks)) as tell:
        pairs = pairs_alike(looks, policy, tell)
    return _answer(rows, pairs)


def _policy(city: Path) -> DuplicatePolicy:
    path = city / "policies.json"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Policies).duplicates
    except msgspec.DecodeError as error:
        raise RefusedError(f"{path.name}: {error}") from error
    # Also where the policy leaves merging to people: how it would fare is what is asked.
    return msgspec.structs.replace(found or DuplicatePolicy(), automatic=True)


def _labelled(cells: Cells) -> Labelled:
    look = Look(
        case_id=UUID(int=0),
        accepted_at=_instant(cells["time"].strip()),
        item=cells.get("item", "").strip() or None,
        place=_place(cells["place"].strip()),
        words=words_of(text_in(cells)),
    )
    return Labelled(look, cells["cluster"].strip())


def _instant(written: str) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise CannotUseRowError(f"time {written[:40]!r} is none, such as 2026-03-02T09:00") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _place(written: str) -> Place:
    longitude, comma, latitude = written.partition(",")
    try:
        point = (float(longitude), float(latitude)) if comma else None
    except ValueError:
        point = None
    if point is None:
        return Place(grid=written or None, community=written or None, address=written or None)
    if not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
        raise CannotUseRowError("a point lies within -180..180 and -90..90 degrees")
    # A file's points know no grids; a square of about a kilometre stands in.
    grid = f"{point[0]:.2f},{point[1]:.2f}"
    return Place(longitude=point[0], latitude=point[1], grid=grid, community=grid)


def _answer(rows: Rows[Labelled], pairs: Sequence[Pair]) -> Answer:
    labels = [row.cluster for _, row in rows.used]
    alike = [(one, other) for one, other, _ in pairs]
    merged = joined(len(labels), ((one, other) for one, other, found in pairs if found.verdict == "merge"))
    counted = {"merged": figures(labels, merged), "merged_or_proposed": pair_figures(labels, alike)}
    wrong = _wrong(rows, pairs)
    told: dict[str, Any] = {
        **rows.told(),
        **{way: each.told() for way, each in counted.items()},
        "clusters": [
            {"cluster": name, "reports": size, "found_together": largest}
            for name, size, largest in clusters_found(labels, joined(len(labels), alike))
        ],
        "wrong_pairs": wrong[:WRONG_SHOWN],
    }
    return Answer(told, _lines(rows, told))


def _wrong(rows: Rows[Labelled], pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Return pairs of different clusters that were found alike: first what would have been merged."""
    found = [
        {"rows": [rows.used[one][0], rows.used[other][0]], "verdict": alike.verdict, "share": round(alike.share, 3)}
        for one, other, alike in pairs
        if not rows.used[one][1].cluster or rows.used[one][1].cluster != rows.used[other][1].cluster
    ]
    return sorted(found, key=lambda each: (each["verdict"], -each["share"]))


def _lines(rows: Rows[Labelled], told: dict[str, Any]) -> list[RenderableType | str]:
    columns = ("", "recall", "precision", "labelled", "found", "right", "missed", "wrong")
    names = ("pairs_labelled", "pairs_found", "pairs_right", "pairs_missed", "pairs_wrong")
    shown = (
        (
            way.replace("_", " "),
            percent(told[way]["recall"]),
            percent(told[way]["precision"]),
            *map(told[way].get, names),
        )
        for way in ("merged", "merged_or_proposed")
    )
    lines: list[RenderableType | str] = [
        *rows.lines(),
        table(columns, shown, title="pairs of reports"),
        table(("cluster", "reports", "found together"), (each.values() for each in told["clusters"])),
    ]
    if told["wrong_pairs"]:
        lines.append(table(("rows", "verdict", "share"), (each.values() for each in told["wrong_pairs"])))
    return lines
