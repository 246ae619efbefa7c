"""`whistle reports import`: a hotline's or a counter's list becomes reports, each line once, refused row by row."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

import httpx2
import typer
from rich.console import RenderableType

from services.whistle.doctor.services import port_of
from services.whistle.evaluating.labelled import CannotUseRowError, Cells, read_rows, text_in
from services.whistle.exits import RefusedError, UnreachableError, UsageError, reason_of
from services.whistle.settings import CliSettings
from services.whistle.showing import Answer, AsJson, answer, progress, table

app = typer.Typer(help="Reports of other systems.", no_args_is_help=True)

From = Literal["hotline", "counter", "grid_worker"]
AT_ONCE_MAX: Final = 2_000
"""Lines of one call; intake takes 10,000."""
REFUSALS_SHOWN: Final = 50
KEY_MAX: Final = 100
PLACES: Final = ("grid", "community", "address")
CONTACT: Final = ("phone", "name")


@app.callback()
def _reports() -> None: ...


@app.command("import")
def import_reports(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV: number, text[, longitude, latitude, grid, community, address, item, phone, name, reported_on].",
        ),
    ],
    *,
    channel: Annotated[str, typer.Option(help="hotline, counter or grid_worker.")] = "hotline",
    url: Annotated[str | None, typer.Option(help="Of intake; where doctor looks for it if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    """Hand in a list as the person of WHISTLE_CLI_TOKEN; its numbers keep a list that is sent again from doubling."""
    if channel not in get_args(From):
        raise typer.BadParameter(f"--channel is one of {', '.join(get_args(From))}")
    answer(_import(file, channel, url), as_json=as_json)


async def _import(file: Path, channel: str, url: str | None) -> Answer:
    settings = CliSettings.read()
    if settings.token is None:
        raise UsageError("WHISTLE_CLI_TOKEN_FILE is not set; who hands reports in is the token's person")
    rows = read_rows(file, ("number", "text"), lambda cells: _line(cells, channel))
    door = url or f"http://{settings.services_host.replace('{service}', 'intake-api')}:{port_of('intake-api')}"
    headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"}
    accepted: list[dict[str, Any]] = []
    async with httpx2.AsyncClient(base_url=door, headers=headers, timeout=settings.seconds_max) as client:
        with progress("handing in", len(rows.used)) as tell:
            for start in range(0, len(rows.used), AT_ONCE_MAX):
                part = rows.used[start : start + AT_ONCE_MAX]
                for (row, line), told in zip(part, await _sent(client, [line for _, line in part]), strict=True):
                    if told["status"] == 201:
                        accepted.append({"row": row, "key": line["idempotency_key"], **_receipt(told)})
                    else:
                        rows.refused.append((row, _reason(told)))
                tell(len(accepted) + len(rows.refused))
    return _answer(accepted, sorted(rows.refused))


def _line(cells: Cells, channel: str) -> dict[str, Any]:
    """Return one line of the bulk call. Raises CannotUseRowError for what intake need not be asked about."""
    number = cells["number"].strip()
    if not number or len(number) > KEY_MAX:
        raise CannotUseRowError(f"no number, or one of more than {KEY_MAX} characters")
    line: dict[str, Any] = {"idempotency_key": f"{channel}/{number}", "text": text_in(cells), "channel": channel}
    line |= {name: cells[name].strip() for name in (*PLACES, "item") if cells.get(name, "").strip()}
    if cells.get("longitude") or cells.get("latitude"):
        try:
            line["point"] = {name: float(cells.get(name, "")) for name in ("longitude", "latitude")}
        except ValueError:
            raise CannotUseRowError("a point has a longitude and a latitude, in degrees") from None
    if channel == "counter" and cells.get("reported_on", "").strip():
        # Papers that were filled in offline: at the counter's page the same number is the same report.
        line |= {"paper": number, "reported_on": cells["reported_on"].strip()}
    contact = {name: cells[name].strip() for name in CONTACT if cells.get(name, "").strip()}
    if contact:
        line["contact"] = contact | {"reply_channel": "phone" if "phone" in contact else "none"}
    return line


async def _sent(client: httpx2.AsyncClient, lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    body = b"\n".join(json.dumps(line, ensure_ascii=False).encode() for line in lines)
    try:
        told = await client.post("/api/v1/reports:batch", content=body)
    except (httpx2.HTTPError, OSError) as error:
        raise UnreachableError(f"intake does not answer: {reason_of(error)}; hand the file in again") from error
    if told.status_code != httpx2.codes.OK:
        raise RefusedError(f"intake: {told.status_code} {told.text[:200]}")
    return list(_results(told.text))


def _results(text: str) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in text.splitlines() if line)


def _receipt(told: dict[str, Any]) -> dict[str, Any]:
    return {"number": told["number"], "tracking_code": told["tracking_code"], "replayed": told["replayed"]}


def _reason(told: dict[str, Any]) -> str:
    problem = told.get("problem", {})
    fields = "; ".join(f"{each.get('field')}: {each.get('reason')}" for each in problem.get("errors", ()))
    return fields or str(problem.get("title", told["status"]))


def _answer(accepted: Sequence[dict[str, Any]], refused: Sequence[tuple[int, str]]) -> Answer:
    again = sum(each["replayed"] for each in accepted)
    refusals = [{"row": row, "reason": reason} for row, reason in refused]
    told = {"accepted": len(accepted), "replayed": again, "refused": len(refused), "refusals": refusals}
    lines: list[RenderableType | str] = [f"{len(accepted)} accepted ({again} known already), {len(refused)} refused"]
    if accepted:
        # What a clerk copies onto the paper slip, or prints for whoever came to the counter.
        columns = ("row", "key", "number", "tracking_code")
        lines.append(table(columns, ([each[name] for name in columns] for each in accepted)))
    if refused:
        lines.append(table(("row", "refused because"), refused[:REFUSALS_SHOWN]))
    return Answer(told | {"reports": list(accepted)}, lines, failed=bool(refused))
